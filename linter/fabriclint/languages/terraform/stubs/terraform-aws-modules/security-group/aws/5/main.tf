# A security group and its rules: by name for the default ranges, or one map a rule. What the module calls "computed" are more of the
# same, told apart from the others only so that Terraform can count them.

variable "create" { default = true }
variable "create_sg" { default = true }
variable "region" { default = null }
variable "security_group_id" { default = null }
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

locals {
  # What the module's rule names mean: the ports they open. Of a name that is not here only the service is known.
  named = {
    "all-all"        = [-1, -1, "-1"]
    "all-tcp"        = [0, 65535, "tcp"]
    "all-udp"        = [0, 65535, "udp"]
    "all-icmp"       = [-1, -1, "icmp"]
    "all-ipv6-icmp"  = [-1, -1, "58"]
    "ssh-tcp"        = [22, 22, "tcp"]
    "http-80-tcp"    = [80, 80, "tcp"]
    "http-8080-tcp"  = [8080, 8080, "tcp"]
    "https-443-tcp"  = [443, 443, "tcp"]
    "https-8443-tcp" = [8443, 8443, "tcp"]
    "nfs-tcp"        = [2049, 2049, "tcp"]
    "dns-tcp"        = [53, 53, "tcp"]
    "dns-udp"        = [53, 53, "udp"]
    "ntp-udp"        = [123, 123, "udp"]
    "mysql-tcp"      = [3306, 3306, "tcp"]
    "postgresql-tcp" = [5432, 5432, "tcp"]
    "redis-tcp"      = [6379, 6379, "tcp"]
    "rdp-tcp"        = [3389, 3389, "tcp"]
  }

  group_id = var.create_sg ? try(aws_security_group.this[0].id, aws_security_group.this_name_prefix[0].id, null) : var.security_group_id
}

# The ports of a name that is not in the table.
data "stub_rule" "other" {}

resource "aws_security_group" "this" {
  count  = var.create && var.create_sg && !var.use_name_prefix ? 1 : 0
  region = var.region
  name   = var.name
  vpc_id = var.vpc_id
}

resource "aws_security_group" "this_name_prefix" {
  count       = var.create && var.create_sg && var.use_name_prefix ? 1 : 0
  region      = var.region
  name_prefix = "${var.name}-"
  vpc_id      = var.vpc_id
}

locals {
  ingress_rules = concat(var.ingress_rules, var.computed_ingress_rules)
}

resource "aws_security_group_rule" "ingress_rules" {
  count             = var.create ? length(local.ingress_rules) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(local.named[local.ingress_rules[count.index]][0], data.stub_rule.other.from_port)
  to_port           = try(local.named[local.ingress_rules[count.index]][1], data.stub_rule.other.to_port)
  protocol          = try(local.named[local.ingress_rules[count.index]][2], data.stub_rule.other.protocol)
  cidr_blocks       = var.ingress_cidr_blocks
  ipv6_cidr_blocks  = var.ingress_ipv6_cidr_blocks
  prefix_list_ids   = var.ingress_prefix_list_ids
}

locals {
  ingress_with_self = concat(var.ingress_with_self, var.computed_ingress_with_self)
}

resource "aws_security_group_rule" "ingress_with_self" {
  count             = var.create ? length(local.ingress_with_self) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(local.ingress_with_self[count.index].from_port, local.named[local.ingress_with_self[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.ingress_with_self[count.index].to_port, local.named[local.ingress_with_self[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.ingress_with_self[count.index].protocol, local.named[local.ingress_with_self[count.index].rule][2], data.stub_rule.other.protocol)
  self              = try(local.ingress_with_self[count.index].self, true)
}

locals {
  ingress_with_cidr_blocks = concat(var.ingress_with_cidr_blocks, var.computed_ingress_with_cidr_blocks)
}

resource "aws_security_group_rule" "ingress_with_cidr_blocks" {
  count             = var.create ? length(local.ingress_with_cidr_blocks) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(local.ingress_with_cidr_blocks[count.index].from_port, local.named[local.ingress_with_cidr_blocks[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.ingress_with_cidr_blocks[count.index].to_port, local.named[local.ingress_with_cidr_blocks[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.ingress_with_cidr_blocks[count.index].protocol, local.named[local.ingress_with_cidr_blocks[count.index].rule][2], data.stub_rule.other.protocol)
  cidr_blocks       = compact(split(",", try(local.ingress_with_cidr_blocks[count.index].cidr_blocks, join(",", var.ingress_cidr_blocks))))
}

locals {
  ingress_with_ipv6_cidr_blocks = concat(var.ingress_with_ipv6_cidr_blocks, var.computed_ingress_with_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "ingress_with_ipv6_cidr_blocks" {
  count             = var.create ? length(local.ingress_with_ipv6_cidr_blocks) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(local.ingress_with_ipv6_cidr_blocks[count.index].from_port, local.named[local.ingress_with_ipv6_cidr_blocks[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.ingress_with_ipv6_cidr_blocks[count.index].to_port, local.named[local.ingress_with_ipv6_cidr_blocks[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.ingress_with_ipv6_cidr_blocks[count.index].protocol, local.named[local.ingress_with_ipv6_cidr_blocks[count.index].rule][2], data.stub_rule.other.protocol)
  ipv6_cidr_blocks  = compact(split(",", try(local.ingress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks, join(",", var.ingress_ipv6_cidr_blocks))))
  prefix_list_ids   = var.ingress_prefix_list_ids
}

locals {
  ingress_with_source_security_group_id = concat(var.ingress_with_source_security_group_id, var.computed_ingress_with_source_security_group_id)
}

resource "aws_security_group_rule" "ingress_with_source_security_group_id" {
  count                    = var.create ? length(local.ingress_with_source_security_group_id) : 0
  region                   = var.region
  security_group_id        = local.group_id
  type                     = "ingress"
  from_port                = try(local.ingress_with_source_security_group_id[count.index].from_port, local.named[local.ingress_with_source_security_group_id[count.index].rule][0], data.stub_rule.other.from_port)
  to_port                  = try(local.ingress_with_source_security_group_id[count.index].to_port, local.named[local.ingress_with_source_security_group_id[count.index].rule][1], data.stub_rule.other.to_port)
  protocol                 = try(local.ingress_with_source_security_group_id[count.index].protocol, local.named[local.ingress_with_source_security_group_id[count.index].rule][2], data.stub_rule.other.protocol)
  source_security_group_id = local.ingress_with_source_security_group_id[count.index].source_security_group_id
  prefix_list_ids          = var.ingress_prefix_list_ids
}

locals {
  ingress_with_prefix_list_ids = concat(var.ingress_with_prefix_list_ids, var.computed_ingress_with_prefix_list_ids)
}

resource "aws_security_group_rule" "ingress_with_prefix_list_ids" {
  count             = var.create ? length(local.ingress_with_prefix_list_ids) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "ingress"
  from_port         = try(local.ingress_with_prefix_list_ids[count.index].from_port, local.named[local.ingress_with_prefix_list_ids[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.ingress_with_prefix_list_ids[count.index].to_port, local.named[local.ingress_with_prefix_list_ids[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.ingress_with_prefix_list_ids[count.index].protocol, local.named[local.ingress_with_prefix_list_ids[count.index].rule][2], data.stub_rule.other.protocol)
  prefix_list_ids   = compact(split(",", try(local.ingress_with_prefix_list_ids[count.index].prefix_list_ids, join(",", var.ingress_prefix_list_ids))))
}

locals {
  egress_rules = concat(var.egress_rules, var.computed_egress_rules)
}

resource "aws_security_group_rule" "egress_rules" {
  count             = var.create ? length(local.egress_rules) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(local.named[local.egress_rules[count.index]][0], data.stub_rule.other.from_port)
  to_port           = try(local.named[local.egress_rules[count.index]][1], data.stub_rule.other.to_port)
  protocol          = try(local.named[local.egress_rules[count.index]][2], data.stub_rule.other.protocol)
  cidr_blocks       = var.egress_cidr_blocks
  ipv6_cidr_blocks  = var.egress_ipv6_cidr_blocks
  prefix_list_ids   = var.egress_prefix_list_ids
}

locals {
  egress_with_self = concat(var.egress_with_self, var.computed_egress_with_self)
}

resource "aws_security_group_rule" "egress_with_self" {
  count             = var.create ? length(local.egress_with_self) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(local.egress_with_self[count.index].from_port, local.named[local.egress_with_self[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.egress_with_self[count.index].to_port, local.named[local.egress_with_self[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.egress_with_self[count.index].protocol, local.named[local.egress_with_self[count.index].rule][2], data.stub_rule.other.protocol)
  self              = try(local.egress_with_self[count.index].self, true)
}

locals {
  egress_with_cidr_blocks = concat(var.egress_with_cidr_blocks, var.computed_egress_with_cidr_blocks)
}

resource "aws_security_group_rule" "egress_with_cidr_blocks" {
  count             = var.create ? length(local.egress_with_cidr_blocks) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(local.egress_with_cidr_blocks[count.index].from_port, local.named[local.egress_with_cidr_blocks[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.egress_with_cidr_blocks[count.index].to_port, local.named[local.egress_with_cidr_blocks[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.egress_with_cidr_blocks[count.index].protocol, local.named[local.egress_with_cidr_blocks[count.index].rule][2], data.stub_rule.other.protocol)
  cidr_blocks       = compact(split(",", try(local.egress_with_cidr_blocks[count.index].cidr_blocks, join(",", var.egress_cidr_blocks))))
}

locals {
  egress_with_ipv6_cidr_blocks = concat(var.egress_with_ipv6_cidr_blocks, var.computed_egress_with_ipv6_cidr_blocks)
}

resource "aws_security_group_rule" "egress_with_ipv6_cidr_blocks" {
  count             = var.create ? length(local.egress_with_ipv6_cidr_blocks) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(local.egress_with_ipv6_cidr_blocks[count.index].from_port, local.named[local.egress_with_ipv6_cidr_blocks[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.egress_with_ipv6_cidr_blocks[count.index].to_port, local.named[local.egress_with_ipv6_cidr_blocks[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.egress_with_ipv6_cidr_blocks[count.index].protocol, local.named[local.egress_with_ipv6_cidr_blocks[count.index].rule][2], data.stub_rule.other.protocol)
  ipv6_cidr_blocks  = compact(split(",", try(local.egress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks, join(",", var.egress_ipv6_cidr_blocks))))
  prefix_list_ids   = var.egress_prefix_list_ids
}

locals {
  egress_with_source_security_group_id = concat(var.egress_with_source_security_group_id, var.computed_egress_with_source_security_group_id)
}

resource "aws_security_group_rule" "egress_with_source_security_group_id" {
  count                    = var.create ? length(local.egress_with_source_security_group_id) : 0
  region                   = var.region
  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(local.egress_with_source_security_group_id[count.index].from_port, local.named[local.egress_with_source_security_group_id[count.index].rule][0], data.stub_rule.other.from_port)
  to_port                  = try(local.egress_with_source_security_group_id[count.index].to_port, local.named[local.egress_with_source_security_group_id[count.index].rule][1], data.stub_rule.other.to_port)
  protocol                 = try(local.egress_with_source_security_group_id[count.index].protocol, local.named[local.egress_with_source_security_group_id[count.index].rule][2], data.stub_rule.other.protocol)
  source_security_group_id = local.egress_with_source_security_group_id[count.index].source_security_group_id
  prefix_list_ids          = var.egress_prefix_list_ids
}

locals {
  egress_with_prefix_list_ids = concat(var.egress_with_prefix_list_ids, var.computed_egress_with_prefix_list_ids)
}

resource "aws_security_group_rule" "egress_with_prefix_list_ids" {
  count             = var.create ? length(local.egress_with_prefix_list_ids) : 0
  region            = var.region
  security_group_id = local.group_id
  type              = "egress"
  from_port         = try(local.egress_with_prefix_list_ids[count.index].from_port, local.named[local.egress_with_prefix_list_ids[count.index].rule][0], data.stub_rule.other.from_port)
  to_port           = try(local.egress_with_prefix_list_ids[count.index].to_port, local.named[local.egress_with_prefix_list_ids[count.index].rule][1], data.stub_rule.other.to_port)
  protocol          = try(local.egress_with_prefix_list_ids[count.index].protocol, local.named[local.egress_with_prefix_list_ids[count.index].rule][2], data.stub_rule.other.protocol)
  prefix_list_ids   = compact(split(",", try(local.egress_with_prefix_list_ids[count.index].prefix_list_ids, join(",", var.egress_prefix_list_ids))))
}

output "security_group_id" { value = local.group_id }
output "security_group_arn" { value = try(aws_security_group.this[0].arn, aws_security_group.this_name_prefix[0].arn, "") }
output "security_group_vpc_id" { value = var.vpc_id }
output "security_group_name" { value = try(aws_security_group.this[0].name, aws_security_group.this_name_prefix[0].name, "") }
