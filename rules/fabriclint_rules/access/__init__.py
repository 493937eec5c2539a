"""Reading the data from the nodes: S3 endpoints and file systems."""
