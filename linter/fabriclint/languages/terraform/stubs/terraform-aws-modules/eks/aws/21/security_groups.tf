# The group of the control plane's own interfaces, and the group that all node groups share.

locals {
  makes_cluster_group = var.create && var.create_security_group
  makes_node_group    = var.create && var.create_node_security_group

  cluster_rules = {
    ingress_nodes_443 = { type = "ingress", protocol = "tcp", port = 443, source_node_security_group = true }
  }

  needed_rules = {
    ingress_cluster_443      = { type = "ingress", protocol = "tcp", port = 443, source_cluster_security_group = true }
    ingress_cluster_kubelet  = { type = "ingress", protocol = "tcp", port = 10250, source_cluster_security_group = true }
    ingress_self_coredns_tcp = { type = "ingress", protocol = "tcp", port = 53, self = true }
    ingress_self_coredns_udp = { type = "ingress", protocol = "udp", port = 53, self = true }
  }

  recommended_rules = {
    ingress_nodes_ephemeral       = { type = "ingress", protocol = "tcp", from_port = 1025, to_port = 65535, self = true }
    ingress_cluster_4443_webhook  = { type = "ingress", protocol = "tcp", port = 4443, source_cluster_security_group = true }
    ingress_cluster_10251_webhook = { type = "ingress", protocol = "tcp", port = 10251, source_cluster_security_group = true }
    ingress_cluster_6443_webhook  = { type = "ingress", protocol = "tcp", port = 6443, source_cluster_security_group = true }
    ingress_cluster_8443_webhook  = { type = "ingress", protocol = "tcp", port = 8443, source_cluster_security_group = true }
    ingress_cluster_9443_webhook  = { type = "ingress", protocol = "tcp", port = 9443, source_cluster_security_group = true }
    egress_all                    = { type = "egress", protocol = "-1", port = 0, cidr_blocks = ["0.0.0.0/0"], ipv6_cidr_blocks = var.ip_family == "ipv6" ? ["::/0"] : null }
  }

  node_rules = merge(
    local.needed_rules,
    { for name, rule in local.recommended_rules : name => rule if var.node_security_group_enable_recommended_rules },
    var.node_security_group_additional_rules,
  )
}

resource "aws_security_group" "cluster" {
  count  = local.makes_cluster_group ? 1 : 0
  name   = var.security_group_name != null ? var.security_group_name : "${var.name}-cluster"
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "cluster" {
  for_each = {
    for name, rule in merge(
      { for name, rule in local.cluster_rules : name => rule if local.makes_node_group },
      var.security_group_additional_rules,
    ) : name => rule if local.makes_cluster_group
  }

  security_group_id        = aws_security_group.cluster[0].id
  type                     = each.value.type
  protocol                 = each.value.protocol
  from_port                = try(each.value.from_port, each.value.port)
  to_port                  = try(each.value.to_port, each.value.port)
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_node_security_group, false) ? local.node_group_id : try(each.value.source_security_group_id, null)
}

resource "aws_security_group" "node" {
  count  = local.makes_node_group ? 1 : 0
  name   = var.node_security_group_name != null ? var.node_security_group_name : "${var.name}-node"
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "node" {
  for_each = { for name, rule in local.node_rules : name => rule if local.makes_node_group }

  security_group_id        = aws_security_group.node[0].id
  type                     = each.value.type
  protocol                 = each.value.protocol
  from_port                = try(each.value.from_port, each.value.port)
  to_port                  = try(each.value.to_port, each.value.port)
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_cluster_security_group, false) ? local.cluster_group_id : try(each.value.source_security_group_id, null)
}
