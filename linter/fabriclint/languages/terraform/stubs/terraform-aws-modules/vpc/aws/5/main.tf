# Zones are given by name, or by id (`usw2-az1`).
data "stub_zones" "given" {
  zones = var.azs
}

# How many subnets each tier has: IPv4 ranges or IPv6 prefixes, whichever are more.
locals {
  wanted = {
    public      = max(length(var.public_subnets), length(var.public_subnet_ipv6_prefixes))
    private     = max(length(var.private_subnets), length(var.private_subnet_ipv6_prefixes))
    database    = max(length(var.database_subnets), length(var.database_subnet_ipv6_prefixes))
    elasticache = max(length(var.elasticache_subnets), length(var.elasticache_subnet_ipv6_prefixes))
    redshift    = max(length(var.redshift_subnets), length(var.redshift_subnet_ipv6_prefixes))
    intra       = max(length(var.intra_subnets), length(var.intra_subnet_ipv6_prefixes))
    outpost     = max(length(var.outpost_subnets), length(var.outpost_subnet_ipv6_prefixes))
  }
  number = { for tier, wanted in local.wanted : tier => var.create_vpc ? wanted : 0 }

  # Tiers that may have a way out decide how many NAT gateways there are; public and intra subnets need none of their own.
  most_subnets = max(local.wanted.private, local.wanted.public, local.wanted.elasticache, local.wanted.database, local.wanted.redshift)
  nat_gateways = var.single_nat_gateway ? 1 : var.one_nat_gateway_per_az ? length(var.azs) : local.most_subnets

  vpc_id         = try(aws_vpc_ipv4_cidr_block_association.this[0].vpc_id, aws_vpc.this[0].id, null)
  public_tables  = local.number.public == 0 ? 0 : var.create_multiple_public_route_tables ? local.number.public : 1
  intra_tables   = local.number.intra == 0 ? 0 : var.create_multiple_intra_route_tables ? local.number.intra : 1
  private_tables = local.number.private > 0 ? local.nat_gateways : 0
  # IPv6 leaves once a private table; IPv4 behind it is translated where DNS64 is on.
  ipv6_egress_routes = local.private_tables
  dns64              = var.enable_ipv6 && var.private_subnet_enable_dns64

  has_vgw = var.enable_vpn_gateway || var.vpn_gateway_id != ""
  vgw_id  = try(aws_vpn_gateway.this[0].id, aws_vpn_gateway_attachment.this[0].vpn_gateway_id, null)
}

resource "aws_vpc" "this" {
  count                = var.create_vpc ? 1 : 0
  region               = var.region
  cidr_block           = var.use_ipam_pool ? null : var.cidr
  enable_dns_hostnames = var.enable_dns_hostnames
  enable_dns_support   = var.enable_dns_support
  tags                 = merge({ Name = var.name }, var.tags, var.vpc_tags)
}

resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count      = var.create_vpc ? length(var.secondary_cidr_blocks) : 0
  region     = var.region
  vpc_id     = aws_vpc.this[0].id
  cidr_block = var.secondary_cidr_blocks[count.index]
}
