# Tables and ways out. Private subnets share as many tables as there are NAT gateways, also where no gateway is made.

resource "aws_internet_gateway" "this" {
  count  = local.number.public > 0 && var.create_igw ? 1 : 0
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_egress_only_internet_gateway" "this" {
  count  = var.create_vpc && var.create_egress_only_igw && var.enable_ipv6 && local.most_subnets > 0 ? 1 : 0
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_nat_gateway" "this" {
  count     = var.create_vpc && var.enable_nat_gateway ? local.nat_gateways : 0
  region    = var.region
  subnet_id = element(aws_subnet.public[*].id, var.single_nat_gateway ? 0 : count.index)
}

resource "aws_route_table" "public" {
  count  = local.public_tables
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_route" "public_internet_gateway" {
  count                  = var.create_igw ? local.public_tables : 0
  region                 = var.region
  route_table_id         = aws_route_table.public[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route" "public_internet_gateway_ipv6" {
  count                       = var.create_igw && var.enable_ipv6 ? local.public_tables : 0
  region                      = var.region
  route_table_id              = aws_route_table.public[count.index].id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  count          = local.number.public
  region         = var.region
  subnet_id      = element(aws_subnet.public[*].id, count.index)
  route_table_id = element(aws_route_table.public[*].id, count.index)
}

resource "aws_route_table" "private" {
  count  = local.private_tables
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_route" "private_nat_gateway" {
  count                  = var.create_vpc && var.enable_nat_gateway && var.create_private_nat_gateway_route ? local.nat_gateways : 0
  region                 = var.region
  route_table_id         = element(aws_route_table.private[*].id, count.index)
  destination_cidr_block = var.nat_gateway_destination_cidr_block
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route" "private_dns64_nat_gateway" {
  count                       = var.create_vpc && var.enable_nat_gateway && local.dns64 ? local.nat_gateways : 0
  region                      = var.region
  route_table_id              = element(aws_route_table.private[*].id, count.index)
  destination_ipv6_cidr_block = "64:ff9b::/96"
  nat_gateway_id              = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route" "private_ipv6_egress" {
  count                       = var.create_egress_only_igw && var.enable_ipv6 ? local.ipv6_egress_routes : 0
  region                      = var.region
  route_table_id              = element(aws_route_table.private[*].id, count.index)
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this[0].id
}

resource "aws_route_table_association" "private" {
  count          = local.number.private
  region         = var.region
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, var.single_nat_gateway ? 0 : count.index)
}

resource "aws_route_table" "intra" {
  count  = local.intra_tables
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "intra" {
  count          = local.number.intra
  region         = var.region
  subnet_id      = element(aws_subnet.intra[*].id, count.index)
  route_table_id = element(aws_route_table.intra[*].id, count.index)
}

resource "aws_route_table_association" "outpost" {
  count          = local.number.outpost
  region         = var.region
  subnet_id      = element(aws_subnet.outpost[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, var.single_nat_gateway ? 0 : count.index)
}

# Database, cache and warehouse subnets use the private tables unless they are given their own.

locals {
  own_database_tables    = local.number.database > 0 && var.create_database_subnet_route_table
  shared_database_table  = var.single_nat_gateway || var.create_database_internet_gateway_route
  own_elasticache_tables = local.number.elasticache > 0 && var.create_elasticache_subnet_route_table
  own_redshift_tables    = local.number.redshift > 0 && var.create_redshift_subnet_route_table
}

resource "aws_route_table" "database" {
  count  = !local.own_database_tables ? 0 : local.shared_database_table ? 1 : local.number.database
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_route" "database_internet_gateway" {
  count                  = local.own_database_tables && var.create_igw && var.create_database_internet_gateway_route && !var.create_database_nat_gateway_route ? 1 : 0
  region                 = var.region
  route_table_id         = aws_route_table.database[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route" "database_nat_gateway" {
  count                  = local.own_database_tables && !var.create_database_internet_gateway_route && var.create_database_nat_gateway_route && var.enable_nat_gateway ? length(aws_route_table.database) : 0
  region                 = var.region
  route_table_id         = element(aws_route_table.database[*].id, count.index)
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route" "database_dns64_nat_gateway" {
  count                       = local.dns64 ? length(aws_route.database_nat_gateway) : 0
  region                      = var.region
  route_table_id              = element(aws_route_table.database[*].id, count.index)
  destination_ipv6_cidr_block = "64:ff9b::/96"
  nat_gateway_id              = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route" "database_ipv6_egress" {
  count                       = local.own_database_tables && var.create_egress_only_igw && var.enable_ipv6 && var.create_database_internet_gateway_route ? 1 : 0
  region                      = var.region
  route_table_id              = aws_route_table.database[0].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this[0].id
}

resource "aws_route_table_association" "database" {
  count          = local.number.database
  region         = var.region
  subnet_id      = element(aws_subnet.database[*].id, count.index)
  route_table_id = element(local.own_database_tables ? aws_route_table.database[*].id : aws_route_table.private[*].id, count.index)
}

resource "aws_route_table" "elasticache" {
  count  = local.own_elasticache_tables ? 1 : 0
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "elasticache" {
  count          = local.number.elasticache
  region         = var.region
  subnet_id      = element(aws_subnet.elasticache[*].id, count.index)
  route_table_id = element(local.own_elasticache_tables ? aws_route_table.elasticache[*].id : aws_route_table.private[*].id, count.index)
}

resource "aws_route_table" "redshift" {
  count  = local.own_redshift_tables ? 1 : 0
  region = var.region
  vpc_id = local.vpc_id
}

resource "aws_route_table_association" "redshift" {
  count          = var.enable_public_redshift ? 0 : local.number.redshift
  region         = var.region
  subnet_id      = element(aws_subnet.redshift[*].id, count.index)
  route_table_id = element(local.own_redshift_tables ? aws_route_table.redshift[*].id : aws_route_table.private[*].id, count.index)
}

resource "aws_route_table_association" "redshift_public" {
  count          = var.enable_public_redshift ? local.number.redshift : 0
  region         = var.region
  subnet_id      = element(aws_subnet.redshift[*].id, count.index)
  route_table_id = element(local.own_redshift_tables ? aws_route_table.redshift[*].id : aws_route_table.public[*].id, count.index)
}
