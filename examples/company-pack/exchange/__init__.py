"""Traffic among the nodes."""
