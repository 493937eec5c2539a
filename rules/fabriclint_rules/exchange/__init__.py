"""Traffic among the nodes: EFA, placement, zones, security groups."""
