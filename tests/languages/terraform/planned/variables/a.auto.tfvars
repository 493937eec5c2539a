from_auto = { x = "1", y = 2 }
last_wins = "a"
