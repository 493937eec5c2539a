from_tfvars = "20"
last_wins   = "tfvars"
any         = { deep = [1, "a", { b = null }] }
