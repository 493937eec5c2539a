# Outputs that callers read. `try` gives null where the VPC is not made.

output "vpc_id" { value = try(aws_vpc.this[0].id, null) }
output "vpc_arn" { value = try(aws_vpc.this[0].arn, null) }
output "vpc_cidr_block" { value = try(aws_vpc.this[0].cidr_block, null) }
output "default_security_group_id" { value = try(aws_vpc.this[0].default_security_group_id, null) }
output "default_route_table_id" { value = try(aws_vpc.this[0].default_route_table_id, null) }
output "default_network_acl_id" { value = try(aws_vpc.this[0].default_network_acl_id, null) }
output "vpc_main_route_table_id" { value = try(aws_vpc.this[0].main_route_table_id, null) }
output "vpc_enable_dns_support" { value = try(aws_vpc.this[0].enable_dns_support, null) }
output "vpc_enable_dns_hostnames" { value = try(aws_vpc.this[0].enable_dns_hostnames, null) }
output "vpc_instance_tenancy" { value = try(aws_vpc.this[0].instance_tenancy, null) }
output "vpc_owner_id" { value = try(aws_vpc.this[0].owner_id, null) }
output "vpc_ipv6_cidr_block" { value = try(aws_vpc.this[0].ipv6_cidr_block, null) }
output "vpc_ipv6_association_id" { value = try(aws_vpc.this[0].ipv6_association_id, null) }
output "vpc_secondary_cidr_blocks" { value = compact(aws_vpc_ipv4_cidr_block_association.this[*].cidr_block) }
output "name" { value = var.name }
output "azs" { value = var.azs }

output "public_subnets" { value = aws_subnet.public[*].id }
output "public_subnet_objects" { value = aws_subnet.public }
output "public_subnet_arns" { value = aws_subnet.public[*].arn }
output "public_subnets_cidr_blocks" { value = compact(aws_subnet.public[*].cidr_block) }
output "public_subnets_ipv6_cidr_blocks" { value = aws_subnet.public[*].ipv6_cidr_block }

output "private_subnets" { value = aws_subnet.private[*].id }
output "private_subnet_objects" { value = aws_subnet.private }
output "private_subnet_arns" { value = aws_subnet.private[*].arn }
output "private_subnets_cidr_blocks" { value = compact(aws_subnet.private[*].cidr_block) }
output "private_subnets_ipv6_cidr_blocks" { value = aws_subnet.private[*].ipv6_cidr_block }

output "database_subnets" { value = aws_subnet.database[*].id }
output "database_subnet_objects" { value = aws_subnet.database }
output "database_subnet_arns" { value = aws_subnet.database[*].arn }
output "database_subnets_cidr_blocks" { value = compact(aws_subnet.database[*].cidr_block) }
output "database_subnets_ipv6_cidr_blocks" { value = aws_subnet.database[*].ipv6_cidr_block }

output "elasticache_subnets" { value = aws_subnet.elasticache[*].id }
output "elasticache_subnet_objects" { value = aws_subnet.elasticache }
output "elasticache_subnet_arns" { value = aws_subnet.elasticache[*].arn }
output "elasticache_subnets_cidr_blocks" { value = compact(aws_subnet.elasticache[*].cidr_block) }
output "elasticache_subnets_ipv6_cidr_blocks" { value = aws_subnet.elasticache[*].ipv6_cidr_block }

output "redshift_subnets" { value = aws_subnet.redshift[*].id }
output "redshift_subnet_objects" { value = aws_subnet.redshift }
output "redshift_subnet_arns" { value = aws_subnet.redshift[*].arn }
output "redshift_subnets_cidr_blocks" { value = compact(aws_subnet.redshift[*].cidr_block) }
output "redshift_subnets_ipv6_cidr_blocks" { value = aws_subnet.redshift[*].ipv6_cidr_block }

output "intra_subnets" { value = aws_subnet.intra[*].id }
output "intra_subnet_objects" { value = aws_subnet.intra }
output "intra_subnet_arns" { value = aws_subnet.intra[*].arn }
output "intra_subnets_cidr_blocks" { value = compact(aws_subnet.intra[*].cidr_block) }
output "intra_subnets_ipv6_cidr_blocks" { value = aws_subnet.intra[*].ipv6_cidr_block }

output "outpost_subnets" { value = aws_subnet.outpost[*].id }
output "outpost_subnet_objects" { value = aws_subnet.outpost }
output "outpost_subnet_arns" { value = aws_subnet.outpost[*].arn }
output "outpost_subnets_cidr_blocks" { value = compact(aws_subnet.outpost[*].cidr_block) }
output "outpost_subnets_ipv6_cidr_blocks" { value = aws_subnet.outpost[*].ipv6_cidr_block }

output "public_route_table_ids" { value = aws_route_table.public[*].id }
output "private_route_table_ids" { value = aws_route_table.private[*].id }
output "intra_route_table_ids" { value = aws_route_table.intra[*].id }
output "database_route_table_ids" { value = local.own_database_tables ? aws_route_table.database[*].id : aws_route_table.private[*].id }
output "elasticache_route_table_ids" { value = local.own_elasticache_tables ? aws_route_table.elasticache[*].id : aws_route_table.private[*].id }
output "redshift_route_table_ids" { value = local.own_redshift_tables ? aws_route_table.redshift[*].id : var.enable_public_redshift ? aws_route_table.public[*].id : aws_route_table.private[*].id }
output "public_route_table_association_ids" { value = aws_route_table_association.public[*].id }
output "private_route_table_association_ids" { value = aws_route_table_association.private[*].id }
output "database_route_table_association_ids" { value = aws_route_table_association.database[*].id }
output "elasticache_route_table_association_ids" { value = aws_route_table_association.elasticache[*].id }
output "redshift_route_table_association_ids" { value = aws_route_table_association.redshift[*].id }
output "intra_route_table_association_ids" { value = aws_route_table_association.intra[*].id }
output "private_nat_gateway_route_ids" { value = aws_route.private_nat_gateway[*].id }
output "public_internet_gateway_route_id" { value = try(aws_route.public_internet_gateway[0].id, null) }

output "igw_id" { value = try(aws_internet_gateway.this[0].id, null) }
output "igw_arn" { value = try(aws_internet_gateway.this[0].arn, null) }
output "egress_only_internet_gateway_id" { value = try(aws_egress_only_internet_gateway.this[0].id, null) }
output "natgw_ids" { value = aws_nat_gateway.this[*].id }
output "nat_ids" { value = aws_nat_gateway.this[*].allocation_id }
output "nat_public_ips" { value = aws_nat_gateway.this[*].public_ip }
output "this_customer_gateway" { value = aws_customer_gateway.this }
output "cgw_ids" { value = [for gateway in aws_customer_gateway.this : gateway.id] }
output "vgw_id" { value = local.vgw_id }
output "default_vpc_id" { value = try(aws_default_vpc.this[0].id, null) }
output "default_vpc_cidr_block" { value = try(aws_default_vpc.this[0].cidr_block, null) }
output "default_vpc_default_security_group_id" { value = try(aws_default_vpc.this[0].default_security_group_id, null) }
output "default_vpc_main_route_table_id" { value = try(aws_default_vpc.this[0].main_route_table_id, null) }

# Groups of subnets for other services; their names are the VPC's unless the caller says otherwise.
output "database_subnet_group" { value = lower(var.name) }
output "database_subnet_group_name" { value = lower(var.name) }
output "elasticache_subnet_group" { value = var.name }
output "elasticache_subnet_group_name" { value = var.name }
output "redshift_subnet_group" { value = var.name }
