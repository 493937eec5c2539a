# Intra subnets counted for the number of NAT gateways in version 4, and every private subnet made an IPv6 route.
locals {
  ipv6_egress_routes = local.number.private
  most_subnets       = max(local.wanted.private, local.wanted.public, local.wanted.intra, local.wanted.elasticache, local.wanted.database, local.wanted.redshift)
}
