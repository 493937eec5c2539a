# Intra subnets counted for the number of NAT gateways in version 4.
locals {
  most_subnets = max(local.wanted.private, local.wanted.public, local.wanted.intra, local.wanted.elasticache, local.wanted.database, local.wanted.redshift)
}
