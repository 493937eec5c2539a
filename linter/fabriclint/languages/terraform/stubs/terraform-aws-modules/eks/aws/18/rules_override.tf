# Before version 19 the shared node group let out DNS, HTTPS and time only, and nodes reached each other on DNS only.

variable "node_security_group_ntp_ipv4_cidr_block" { default = ["0.0.0.0/0"] }
variable "node_security_group_ntp_ipv6_cidr_block" { default = ["::/0"] }

resource "aws_eks_addon" "this" {
  for_each = local.addons
}

resource "aws_eks_addon" "before_compute" {
  for_each = {}
}

locals {
  recommended_rules = {}

  needed_rules = {
    egress_cluster_443       = { type = "egress", protocol = "tcp", port = 443, source_cluster_security_group = true }
    ingress_cluster_443      = { type = "ingress", protocol = "tcp", port = 443, source_cluster_security_group = true }
    ingress_cluster_kubelet  = { type = "ingress", protocol = "tcp", port = 10250, source_cluster_security_group = true }
    ingress_self_coredns_tcp = { type = "ingress", protocol = "tcp", port = 53, self = true }
    egress_self_coredns_tcp  = { type = "egress", protocol = "tcp", port = 53, self = true }
    ingress_self_coredns_udp = { type = "ingress", protocol = "udp", port = 53, self = true }
    egress_self_coredns_udp  = { type = "egress", protocol = "udp", port = 53, self = true }
    egress_https             = { type = "egress", protocol = "tcp", port = 443, cidr_blocks = ["0.0.0.0/0"], ipv6_cidr_blocks = var.cluster_ip_family == "ipv6" ? ["::/0"] : null }
    egress_ntp_tcp           = { type = "egress", protocol = "tcp", port = 123, cidr_blocks = var.node_security_group_ntp_ipv4_cidr_block, ipv6_cidr_blocks = var.cluster_ip_family == "ipv6" ? var.node_security_group_ntp_ipv6_cidr_block : null }
    egress_ntp_udp           = { type = "egress", protocol = "udp", port = 123, cidr_blocks = var.node_security_group_ntp_ipv4_cidr_block, ipv6_cidr_blocks = var.cluster_ip_family == "ipv6" ? var.node_security_group_ntp_ipv6_cidr_block : null }
  }

  cluster_rules = {
    ingress_nodes_443    = { type = "ingress", protocol = "tcp", port = 443, source_node_security_group = true }
    egress_nodes_443     = { type = "egress", protocol = "tcp", port = 443, source_node_security_group = true }
    egress_nodes_kubelet = { type = "egress", protocol = "tcp", port = 10250, source_node_security_group = true }
  }
}
