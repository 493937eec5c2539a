# Every node group has a security group of its own, with the rules the caller gives; templates are named, not numbered, and the
# card of an interface is not passed on.

locals {
  own_template = var.create_launch_template || try(coalesce(var.launch_template_name, "-"), "-") != "-"
  own_groups   = aws_security_group.this[*].id
  template     = { id = null, name = var.create_launch_template ? try(aws_launch_template.this[0].name, null) : var.launch_template_name }
  interfaces   = [for interface in var.network_interfaces : { for name, value in interface : name => value if name != "network_card_index" }]
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_security_group ? 1 : 0
  name   = try(coalesce(var.security_group_name, var.name), null)
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each                 = { for name, rule in var.security_group_rules : name => rule if var.create && var.create_security_group }
  security_group_id        = aws_security_group.this[0].id
  type                     = each.value.type
  protocol                 = each.value.protocol
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, try(each.value.source_cluster_security_group, false) ? var.cluster_security_group_id : null)
}
