# Version 21: every subnet the caller gives is used, EFA-only is the default beside the first card, and a node group that needs
# rules of its own (EFA does) has a security group of its own.

variable "min_size" {
  default  = 1
  nullable = false
}
variable "enable_efa_placement_group" {
  default  = true # asked for in the module's pull request 3730; where a caller says it, the version has it
  nullable = false
}
variable "enable_efa_only" {
  default  = true
  nullable = false
}
variable "ami_type" {
  default  = "AL2023_x86_64_STANDARD"
  nullable = false
}
variable "kubernetes_version" { default = null }
variable "instance_type" {
  default  = "m6i.large"
  nullable = false
}

locals {
  makes_placement_group = var.create && (local.efa && var.enable_efa_placement_group || var.create_placement_group)
  launched_type         = length(merge(var.instance_requirements, {})) > 0 ? null : var.instance_type
  kubernetes            = var.kubernetes_version != null ? var.kubernetes_version : ""
  subnets               = var.subnet_ids
  placement             = [try(merge(var.placement, {}), {}), { group_name = aws_placement_group.this[0].name }][local.makes_placement_group ? 1 : 0]
  # Up to 21.19 the template of a self-managed group does not take the group that is made for it; later versions may.
  own_groups = length(local.ingress) + length(local.egress) > 0 ? data.stub_attached.own.group_ids : []
  efa_rule   = { for name in ["all_self_efa"] : name => { ip_protocol = "-1", self = true } if var.enable_efa_support }
  ingress    = merge(local.efa_rule, var.security_group_ingress_rules)
  egress     = merge(local.efa_rule, var.security_group_egress_rules)
}

data "stub_attached" "own" {}

data "aws_ssm_parameter" "ami" {
  count = var.create && (var.ami_id == null || var.ami_id == "") ? 1 : 0
}

data "aws_subnet" "this" {
  count = length(local.ingress) + length(local.egress) > 0 ? 1 : 0
  id    = try(var.subnet_ids[0], null)
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_security_group && length(local.ingress) + length(local.egress) > 0 ? 1 : 0
  name   = try(coalesce(var.security_group_name, "${var.cluster_name}-${var.name}"), null)
  vpc_id = try(coalesce(var.vpc_id, data.aws_subnet.this[0].vpc_id), null)
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = { for name, rule in local.ingress : name => rule if var.create && var.create_security_group }
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(coalesce(each.value.to_port, each.value.from_port), each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(coalesce(each.value.self, false), false) ? aws_security_group.this[0].id : try(each.value.referenced_security_group_id, null)
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each                     = { for name, rule in local.egress : name => rule if var.create && var.create_security_group }
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(coalesce(each.value.from_port, each.value.to_port), each.value.from_port, each.value.to_port, null)
  to_port                      = try(each.value.to_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(coalesce(each.value.self, false), false) ? aws_security_group.this[0].id : try(each.value.referenced_security_group_id, null)
}

output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
