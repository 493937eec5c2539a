# Version 2 has one map of rules for each direction.
variable "security_group_rules" { default = {} }
variable "security_group_ingress_rules" { default = {} }
variable "security_group_egress_rules" { default = {} }

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = { for name, rule in merge(var.security_group_ingress_rules, {}) : name => rule if length(aws_security_group.this) > 0 }
  region                       = var.region
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(coalesce(each.value.from_port, each.value.to_port), each.value.from_port, each.value.to_port, null)
  to_port                      = try(coalesce(each.value.to_port, each.value.from_port), each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null) == "self" ? aws_security_group.this[0].id : try(each.value.referenced_security_group_id, null)
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each                     = { for name, rule in merge(var.security_group_egress_rules, {}) : name => rule if length(aws_security_group.this) > 0 }
  region                       = var.region
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(coalesce(each.value.from_port, each.value.to_port), each.value.from_port, each.value.to_port, null)
  to_port                      = try(coalesce(each.value.to_port, each.value.from_port), each.value.to_port, each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null) == "self" ? aws_security_group.this[0].id : try(each.value.referenced_security_group_id, null)
}
