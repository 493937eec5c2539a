variable "ami_ssm_parameter" { default = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }
variable "vpc_security_group_ids" { default = [] }
variable "network_interface" { default = null }
variable "create_security_group" { default = true }
variable "security_group_name" { default = null }
variable "security_group_vpc_id" { default = null }
variable "security_group_ingress_rules" { default = null }
variable "security_group_egress_rules" {
  default = {
    ipv4_default = { ip_protocol = "-1", cidr_ipv4 = "0.0.0.0/0" }
    ipv6_default = { ip_protocol = "-1", cidr_ipv6 = "::/0" }
  }
}

locals {
  own_group = var.create && var.create_security_group && var.network_interface == null
  group_ids = concat(try([for one in var.vpc_security_group_ids : one], []), aws_security_group.this[*].id)
}

data "aws_subnet" "this" {
  count = local.own_group ? 1 : 0
  id    = var.subnet_id
}

resource "aws_security_group" "this" {
  count  = local.own_group ? 1 : 0
  region = var.region
  name   = try(coalesce(var.security_group_name, var.name), null)
  vpc_id = var.security_group_vpc_id != null ? var.security_group_vpc_id : data.aws_subnet.this[0].vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = { for name, rule in merge(var.security_group_ingress_rules, {}) : name => rule if local.own_group }
  region                       = var.region
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(coalesce(each.value.from_port, each.value.to_port), each.value.from_port, each.value.to_port, null)
  to_port                      = try(coalesce(each.value.to_port, each.value.from_port), each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each                     = { for name, rule in merge(var.security_group_egress_rules, {}) : name => rule if local.own_group }
  region                       = var.region
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(coalesce(each.value.from_port, each.value.to_port), each.value.from_port, each.value.to_port, null)
  to_port                      = try(coalesce(each.value.to_port, each.value.from_port), each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
}

output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
