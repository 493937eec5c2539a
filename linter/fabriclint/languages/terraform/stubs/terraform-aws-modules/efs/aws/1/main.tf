# An EFS file system, a mount target for each entry, and the security group of the targets.

variable "create" { default = true }
variable "region" { default = null }
variable "name" { default = "" }
variable "tags" { default = {} }
variable "creation_token" { default = null }
variable "availability_zone_name" { default = null }
variable "throughput_mode" { default = null }
variable "mount_targets" { default = {} }
variable "create_security_group" { default = true }
variable "security_group_name" { default = null }
variable "security_group_vpc_id" { default = null }
variable "security_group_rules" { default = {} }

resource "aws_efs_file_system" "this" {
  count                  = var.create ? 1 : 0
  region                 = var.region
  creation_token         = var.creation_token
  availability_zone_name = var.availability_zone_name
  throughput_mode        = var.throughput_mode
  tags                   = merge(var.tags, { Name = var.name })
}

resource "aws_efs_mount_target" "this" {
  for_each        = { for name, target in var.mount_targets : name => target if var.create }
  region          = var.region
  file_system_id  = aws_efs_file_system.this[0].id
  subnet_id       = each.value.subnet_id
  security_groups = concat(aws_security_group.this[*].id, try([for one in each.value.security_groups : one], []))
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_security_group && length(var.mount_targets) > 0 ? 1 : 0
  region = var.region
  name   = try(coalesce(var.security_group_name, var.name), null)
  vpc_id = var.security_group_vpc_id
}

resource "aws_security_group_rule" "this" {
  for_each                 = { for name, rule in var.security_group_rules : name => rule if var.create && var.create_security_group && length(var.mount_targets) > 0 }
  region                   = var.region
  security_group_id        = aws_security_group.this[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = try(each.value.from_port, 2049)
  to_port                  = try(each.value.to_port, 2049)
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
}

output "id" { value = try(aws_efs_file_system.this[0].id, null) }
output "arn" { value = try(aws_efs_file_system.this[0].arn, null) }
output "dns_name" { value = try(aws_efs_file_system.this[0].dns_name, null) }
output "mount_targets" { value = aws_efs_mount_target.this }
output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
output "security_group_arn" { value = try(aws_security_group.this[0].arn, null) }
