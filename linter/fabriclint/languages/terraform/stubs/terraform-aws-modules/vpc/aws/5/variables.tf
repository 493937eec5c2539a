# What terraform-aws-modules/vpc/aws makes of the network: the VPC, its subnets by tier, their tables and ways out. It makes no
# endpoint in this major version; those are the submodule vpc-endpoints, or the caller's own.

variable "create_vpc" { default = true }
variable "name" { default = "" }
variable "region" { default = null }
variable "cidr" { default = "10.0.0.0/16" }
variable "secondary_cidr_blocks" { default = [] }
variable "use_ipam_pool" { default = false }
variable "azs" { default = [] }
variable "enable_dns_hostnames" { default = true }
variable "enable_dns_support" { default = true }
variable "tags" { default = {} }
variable "vpc_tags" { default = {} }

variable "public_subnets" { default = [] }
variable "public_subnet_ipv6_prefixes" { default = [] }
variable "public_subnet_ipv6_native" { default = false }
variable "public_subnet_suffix" { default = "public" }
variable "public_subnet_names" { default = [] }
variable "public_subnet_tags" { default = {} }
variable "public_subnet_tags_per_az" { default = {} }
variable "map_public_ip_on_launch" { default = false }
variable "create_multiple_public_route_tables" { default = false }

variable "private_subnets" { default = [] }
variable "private_subnet_ipv6_prefixes" { default = [] }
variable "private_subnet_ipv6_native" { default = false }
variable "private_subnet_suffix" { default = "private" }
variable "private_subnet_names" { default = [] }
variable "private_subnet_tags" { default = {} }
variable "private_subnet_tags_per_az" { default = {} }
variable "create_private_nat_gateway_route" { default = true }

variable "database_subnets" { default = [] }
variable "database_subnet_ipv6_prefixes" { default = [] }
variable "database_subnet_ipv6_native" { default = false }
variable "database_subnet_suffix" { default = "db" }
variable "database_subnet_names" { default = [] }
variable "database_subnet_tags" { default = {} }
variable "create_database_subnet_route_table" { default = false }
variable "create_database_internet_gateway_route" { default = false }
variable "create_database_nat_gateway_route" { default = false }

variable "elasticache_subnets" { default = [] }
variable "elasticache_subnet_ipv6_prefixes" { default = [] }
variable "elasticache_subnet_ipv6_native" { default = false }
variable "elasticache_subnet_suffix" { default = "elasticache" }
variable "elasticache_subnet_names" { default = [] }
variable "elasticache_subnet_tags" { default = {} }
variable "create_elasticache_subnet_route_table" { default = false }

variable "redshift_subnets" { default = [] }
variable "redshift_subnet_ipv6_prefixes" { default = [] }
variable "redshift_subnet_ipv6_native" { default = false }
variable "redshift_subnet_suffix" { default = "redshift" }
variable "redshift_subnet_names" { default = [] }
variable "redshift_subnet_tags" { default = {} }
variable "create_redshift_subnet_route_table" { default = false }
variable "enable_public_redshift" { default = false }

variable "intra_subnets" { default = [] }
variable "intra_subnet_ipv6_prefixes" { default = [] }
variable "intra_subnet_ipv6_native" { default = false }
variable "intra_subnet_suffix" { default = "intra" }
variable "intra_subnet_names" { default = [] }
variable "intra_subnet_tags" { default = {} }
variable "create_multiple_intra_route_tables" { default = false }

variable "outpost_subnets" { default = [] }
variable "outpost_subnet_ipv6_prefixes" { default = [] }
variable "outpost_subnet_ipv6_native" { default = false }
variable "outpost_subnet_suffix" { default = "outpost" }
variable "outpost_subnet_names" { default = [] }
variable "outpost_subnet_tags" { default = {} }
variable "outpost_az" { default = null }

variable "create_igw" { default = true }
variable "create_egress_only_igw" { default = true }
variable "enable_ipv6" { default = false }
variable "private_subnet_enable_dns64" { default = true }
variable "enable_nat_gateway" { default = false }
variable "nat_gateway_destination_cidr_block" { default = "0.0.0.0/0" }
variable "single_nat_gateway" { default = false }
variable "one_nat_gateway_per_az" { default = false }
variable "external_nat_ips" { default = [] }

variable "customer_gateways" { default = {} }
variable "enable_vpn_gateway" { default = false }
variable "vpn_gateway_id" { default = "" }
variable "propagate_intra_route_tables_vgw" { default = false }
variable "propagate_private_route_tables_vgw" { default = false }
variable "propagate_public_route_tables_vgw" { default = false }

variable "manage_default_security_group" { default = true }
variable "default_security_group_ingress" { default = [] }
variable "default_security_group_egress" { default = [] }
variable "manage_default_route_table" { default = true }
variable "default_route_table_routes" { default = [] }
variable "default_route_table_propagating_vgws" { default = [] }
variable "manage_default_vpc" { default = false }
