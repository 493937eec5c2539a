# Endpoints of a VPC. An entry is of type Interface unless it says service_type = "Gateway"; only a gateway takes route tables.

variable "create" { default = true }
variable "region" { default = null }
variable "vpc_id" { default = null }
variable "endpoints" { default = {} }
variable "security_group_ids" { default = [] }
variable "subnet_ids" { default = [] }
variable "create_security_group" { default = false }
variable "security_group_name" { default = null }
variable "security_group_name_prefix" { default = null }
variable "security_group_rules" { default = {} }
variable "tags" { default = {} }

locals {
  made   = { for name, endpoint in var.endpoints : name => endpoint if var.create && try(endpoint.create, true) }
  types  = { for name, endpoint in local.made : name => try(endpoint.service_type, "Interface") }
  groups = concat(var.security_group_ids, aws_security_group.this[*].id)
}

# The service's full name; its last word is the one the caller gives.
data "aws_region" "here" {}

resource "aws_vpc_endpoint" "this" {
  for_each = local.made

  region            = var.region
  vpc_id            = var.vpc_id
  vpc_endpoint_type = local.types[each.key]
  service_name = try(
    each.value.service_endpoint,
    each.value.service_name,
    "com.amazonaws.${try(coalesce(each.value.service_region, var.region), data.aws_region.here.name)}.${each.value.service}",
  )
  service_region      = try(each.value.service_region, null)
  route_table_ids     = local.types[each.key] == "Gateway" ? try(each.value.route_table_ids, null) : null
  subnet_ids          = local.types[each.key] == "Interface" ? distinct(concat(var.subnet_ids, try(each.value.subnet_ids, []))) : null
  security_group_ids  = local.types[each.key] == "Interface" ? distinct(concat(local.groups, try(each.value.security_group_ids, []))) : null
  private_dns_enabled = local.types[each.key] == "Interface" ? try(each.value.private_dns_enabled, null) : null
  policy              = try(each.value.policy, null)

  dynamic "dns_options" {
    for_each = try([each.value.dns_options], [])
    content {
      private_dns_only_for_inbound_resolver_endpoint = try(dns_options.value.private_dns_only_for_inbound_resolver_endpoint, null)
    }
  }

  dynamic "subnet_configuration" {
    for_each = try(each.value.subnet_configurations, [])
    content {
      subnet_id = try(subnet_configuration.value.subnet_id, null)
    }
  }
}

resource "aws_security_group" "this" {
  count       = var.create && var.create_security_group ? 1 : 0
  region      = var.region
  name        = var.security_group_name
  name_prefix = var.security_group_name_prefix
  vpc_id      = var.vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each                 = { for name, rule in var.security_group_rules : name => rule if var.create && var.create_security_group }
  region                   = var.region
  security_group_id        = aws_security_group.this[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = try(each.value.from_port, 443)
  to_port                  = try(each.value.to_port, 443)
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
}

output "endpoints" { value = aws_vpc_endpoint.this }
output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
output "security_group_arn" { value = try(aws_security_group.this[0].arn, null) }
