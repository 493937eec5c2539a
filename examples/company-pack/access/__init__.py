"""Reading the data from the nodes."""
