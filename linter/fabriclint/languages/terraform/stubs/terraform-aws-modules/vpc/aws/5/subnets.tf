# One tier of subnets below the other. Their order is that of the caller's lists.

resource "aws_subnet" "public" {
  count                   = !var.one_nat_gateway_per_az || local.number.public >= length(var.azs) ? local.number.public : 0
  region                  = var.region
  vpc_id                  = local.vpc_id
  availability_zone       = data.stub_zones.given.by_id ? null : element(var.azs, count.index)
  availability_zone_id    = data.stub_zones.given.by_id ? element(var.azs, count.index) : null
  cidr_block              = var.public_subnet_ipv6_native ? null : try(var.public_subnets[count.index], null)
  map_public_ip_on_launch = var.map_public_ip_on_launch
  tags                    = merge({ Name = try(var.public_subnet_names[count.index], "${var.name}-${var.public_subnet_suffix}-${element(var.azs, count.index)}") }, var.tags, var.public_subnet_tags, lookup(var.public_subnet_tags_per_az, element(var.azs, count.index), {}))
}

resource "aws_subnet" "private" {
  count                = local.number.private
  region               = var.region
  vpc_id               = local.vpc_id
  availability_zone    = data.stub_zones.given.by_id ? null : element(var.azs, count.index)
  availability_zone_id = data.stub_zones.given.by_id ? element(var.azs, count.index) : null
  cidr_block           = var.private_subnet_ipv6_native ? null : try(var.private_subnets[count.index], null)
  tags                 = merge({ Name = try(var.private_subnet_names[count.index], "${var.name}-${var.private_subnet_suffix}-${element(var.azs, count.index)}") }, var.tags, var.private_subnet_tags, lookup(var.private_subnet_tags_per_az, element(var.azs, count.index), {}))
}

resource "aws_subnet" "database" {
  count                = local.number.database
  region               = var.region
  vpc_id               = local.vpc_id
  availability_zone    = data.stub_zones.given.by_id ? null : element(var.azs, count.index)
  availability_zone_id = data.stub_zones.given.by_id ? element(var.azs, count.index) : null
  cidr_block           = var.database_subnet_ipv6_native ? null : try(var.database_subnets[count.index], null)
  tags                 = merge({ Name = try(var.database_subnet_names[count.index], "${var.name}-${var.database_subnet_suffix}-${element(var.azs, count.index)}") }, var.tags, var.database_subnet_tags)
}

resource "aws_subnet" "elasticache" {
  count                = local.number.elasticache
  region               = var.region
  vpc_id               = local.vpc_id
  availability_zone    = data.stub_zones.given.by_id ? null : element(var.azs, count.index)
  availability_zone_id = data.stub_zones.given.by_id ? element(var.azs, count.index) : null
  cidr_block           = var.elasticache_subnet_ipv6_native ? null : try(var.elasticache_subnets[count.index], null)
  tags                 = merge({ Name = try(var.elasticache_subnet_names[count.index], "${var.name}-${var.elasticache_subnet_suffix}-${element(var.azs, count.index)}") }, var.tags, var.elasticache_subnet_tags)
}

resource "aws_subnet" "redshift" {
  count                = local.number.redshift
  region               = var.region
  vpc_id               = local.vpc_id
  availability_zone    = data.stub_zones.given.by_id ? null : element(var.azs, count.index)
  availability_zone_id = data.stub_zones.given.by_id ? element(var.azs, count.index) : null
  cidr_block           = var.redshift_subnet_ipv6_native ? null : try(var.redshift_subnets[count.index], null)
  tags                 = merge({ Name = try(var.redshift_subnet_names[count.index], "${var.name}-${var.redshift_subnet_suffix}-${element(var.azs, count.index)}") }, var.tags, var.redshift_subnet_tags)
}

resource "aws_subnet" "intra" {
  count                = local.number.intra
  region               = var.region
  vpc_id               = local.vpc_id
  availability_zone    = data.stub_zones.given.by_id ? null : element(var.azs, count.index)
  availability_zone_id = data.stub_zones.given.by_id ? element(var.azs, count.index) : null
  cidr_block           = var.intra_subnet_ipv6_native ? null : try(var.intra_subnets[count.index], null)
  tags                 = merge({ Name = try(var.intra_subnet_names[count.index], "${var.name}-${var.intra_subnet_suffix}-${element(var.azs, count.index)}") }, var.tags, var.intra_subnet_tags)
}

resource "aws_subnet" "outpost" {
  count             = local.number.outpost
  region            = var.region
  vpc_id            = local.vpc_id
  availability_zone = var.outpost_az
  cidr_block        = var.outpost_subnet_ipv6_native ? null : try(var.outpost_subnets[count.index], null)
  tags              = merge({ Name = try(var.outpost_subnet_names[count.index], "${var.name}-${var.outpost_subnet_suffix}-${var.outpost_az}") }, var.tags, var.outpost_subnet_tags)
}
