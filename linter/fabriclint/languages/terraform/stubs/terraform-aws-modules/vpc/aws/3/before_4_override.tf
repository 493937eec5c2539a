# Defaults before version 4.
variable "cidr" { default = "0.0.0.0/0" }
variable "enable_dns_hostnames" { default = false }
variable "map_public_ip_on_launch" { default = true }
variable "manage_default_security_group" { default = false }
variable "manage_default_route_table" { default = false }

# IPv6 prefixes alone made no subnet. Public and intra subnets did not count for the number of gateways, and private tables stood without private subnets.
locals {
  wanted = {
    public      = length(var.public_subnets)
    private     = length(var.private_subnets)
    database    = length(var.database_subnets)
    elasticache = length(var.elasticache_subnets)
    redshift    = length(var.redshift_subnets)
    intra       = length(var.intra_subnets)
    outpost     = length(var.outpost_subnets)
  }
  ipv6_egress_routes = local.number.private
  dns64              = false
  most_subnets       = max(local.wanted.private, local.wanted.elasticache, local.wanted.database, local.wanted.redshift)
  private_tables     = var.create_vpc && local.most_subnets > 0 ? local.nat_gateways : 0
}
