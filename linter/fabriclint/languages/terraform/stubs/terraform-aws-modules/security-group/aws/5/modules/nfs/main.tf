# The generic module with the rules of nfs for the ranges given, everything from itself, and everything out.

variable "create" { default = true }
variable "region" { default = null }
variable "vpc_id" { default = null }
variable "name" { default = null }
variable "use_name_prefix" { default = true }
variable "tags" { default = {} }
variable "ingress_rules" { default = [] }
variable "computed_ingress_rules" { default = [] }
variable "ingress_with_self" { default = [] }
variable "computed_ingress_with_self" { default = [] }
variable "ingress_with_cidr_blocks" { default = [] }
variable "computed_ingress_with_cidr_blocks" { default = [] }
variable "ingress_with_ipv6_cidr_blocks" { default = [] }
variable "computed_ingress_with_ipv6_cidr_blocks" { default = [] }
variable "ingress_with_source_security_group_id" { default = [] }
variable "computed_ingress_with_source_security_group_id" { default = [] }
variable "ingress_with_prefix_list_ids" { default = [] }
variable "computed_ingress_with_prefix_list_ids" { default = [] }
variable "ingress_cidr_blocks" { default = [] }
variable "ingress_ipv6_cidr_blocks" { default = [] }
variable "ingress_prefix_list_ids" { default = [] }
variable "egress_rules" { default = [] }
variable "computed_egress_rules" { default = [] }
variable "egress_with_self" { default = [] }
variable "computed_egress_with_self" { default = [] }
variable "egress_with_cidr_blocks" { default = [] }
variable "computed_egress_with_cidr_blocks" { default = [] }
variable "egress_with_ipv6_cidr_blocks" { default = [] }
variable "computed_egress_with_ipv6_cidr_blocks" { default = [] }
variable "egress_with_source_security_group_id" { default = [] }
variable "computed_egress_with_source_security_group_id" { default = [] }
variable "egress_with_prefix_list_ids" { default = [] }
variable "computed_egress_with_prefix_list_ids" { default = [] }
variable "egress_cidr_blocks" { default = ["0.0.0.0/0"] }
variable "egress_ipv6_cidr_blocks" { default = ["::/0"] }
variable "egress_prefix_list_ids" { default = [] }

module "sg" {
  source = "../../"

  create                                         = var.create
  name                                           = var.name
  use_name_prefix                                = var.use_name_prefix
  vpc_id                                         = var.vpc_id
  region                                         = var.region
  tags                                           = var.tags
  ingress_rules                                  = distinct(concat(["nfs-tcp"], var.ingress_rules))
  computed_ingress_rules                         = var.computed_ingress_rules
  ingress_with_self                              = concat([{ rule = "all-all" }], var.ingress_with_self)
  computed_ingress_with_self                     = var.computed_ingress_with_self
  ingress_with_cidr_blocks                       = var.ingress_with_cidr_blocks
  computed_ingress_with_cidr_blocks              = var.computed_ingress_with_cidr_blocks
  ingress_with_ipv6_cidr_blocks                  = var.ingress_with_ipv6_cidr_blocks
  computed_ingress_with_ipv6_cidr_blocks         = var.computed_ingress_with_ipv6_cidr_blocks
  ingress_with_source_security_group_id          = var.ingress_with_source_security_group_id
  computed_ingress_with_source_security_group_id = var.computed_ingress_with_source_security_group_id
  ingress_with_prefix_list_ids                   = var.ingress_with_prefix_list_ids
  computed_ingress_with_prefix_list_ids          = var.computed_ingress_with_prefix_list_ids
  ingress_cidr_blocks                            = var.ingress_cidr_blocks
  ingress_ipv6_cidr_blocks                       = var.ingress_ipv6_cidr_blocks
  ingress_prefix_list_ids                        = var.ingress_prefix_list_ids
  egress_rules                                   = distinct(concat(["all-all"], var.egress_rules))
  computed_egress_rules                          = var.computed_egress_rules
  egress_with_self                               = var.egress_with_self
  computed_egress_with_self                      = var.computed_egress_with_self
  egress_with_cidr_blocks                        = var.egress_with_cidr_blocks
  computed_egress_with_cidr_blocks               = var.computed_egress_with_cidr_blocks
  egress_with_ipv6_cidr_blocks                   = var.egress_with_ipv6_cidr_blocks
  computed_egress_with_ipv6_cidr_blocks          = var.computed_egress_with_ipv6_cidr_blocks
  egress_with_source_security_group_id           = var.egress_with_source_security_group_id
  computed_egress_with_source_security_group_id  = var.computed_egress_with_source_security_group_id
  egress_with_prefix_list_ids                    = var.egress_with_prefix_list_ids
  computed_egress_with_prefix_list_ids           = var.computed_egress_with_prefix_list_ids
  egress_cidr_blocks                             = var.egress_cidr_blocks
  egress_ipv6_cidr_blocks                        = var.egress_ipv6_cidr_blocks
  egress_prefix_list_ids                         = var.egress_prefix_list_ids
}

output "security_group_id" { value = module.sg.security_group_id }
output "security_group_arn" { value = module.sg.security_group_arn }
output "security_group_name" { value = module.sg.security_group_name }
output "security_group_vpc_id" { value = module.sg.security_group_vpc_id }
