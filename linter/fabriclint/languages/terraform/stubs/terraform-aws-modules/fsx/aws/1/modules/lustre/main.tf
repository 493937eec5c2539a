# A Lustre file system with its links to S3, and a security group that lets its own servers talk to each other.

variable "create" { default = true }
variable "name" { default = "" }
variable "tags" { default = {} }
variable "deployment_type" { default = null }
variable "storage_type" { default = null }
variable "storage_capacity" { default = null }
variable "per_unit_storage_throughput" { default = null }
variable "throughput_capacity" { default = null }
variable "file_system_type_version" { default = null }
variable "efa_enabled" { default = null }
variable "metadata_configuration" { default = {} }
variable "subnet_ids" { default = [] }
variable "security_group_ids" { default = [] }
variable "data_repository_associations" { default = {} }
variable "create_security_group" { default = true }
variable "security_group_name" { default = null }
variable "security_group_ingress_rules" { default = {} }
variable "security_group_egress_rules" { default = {} }
variable "region" { default = null }

locals {
  own_group = var.create && var.create_security_group
  lustre_rules = {
    self_988       = { from_port = 988, to_port = 988, self = true }
    self_1018_1023 = { from_port = 1018, to_port = 1023, self = true }
  }
  # The module's own rules win over a caller's of the same name.
  ingress = merge(var.security_group_ingress_rules, local.lustre_rules)
  egress  = merge(var.security_group_egress_rules, local.lustre_rules)
}

resource "aws_fsx_lustre_file_system" "this" {
  count = var.create ? 1 : 0

  deployment_type             = var.deployment_type
  storage_type                = var.storage_type
  storage_capacity            = var.storage_capacity
  per_unit_storage_throughput = var.per_unit_storage_throughput
  throughput_capacity         = var.throughput_capacity
  file_system_type_version    = var.file_system_type_version
  efa_enabled                 = var.efa_enabled
  subnet_ids                  = var.subnet_ids
  security_group_ids          = concat(var.security_group_ids, aws_security_group.this[*].id)
  tags                        = merge(var.tags, { Name = var.name })

  dynamic "metadata_configuration" {
    for_each = length(var.metadata_configuration) > 0 ? [var.metadata_configuration] : []
    content {
      mode = try(metadata_configuration.value.mode, null)
      iops = try(metadata_configuration.value.iops, null)
    }
  }
}

resource "aws_fsx_data_repository_association" "this" {
  for_each = { for name, association in var.data_repository_associations : name => association if var.create }

  file_system_id       = aws_fsx_lustre_file_system.this[0].id
  file_system_path     = each.value.file_system_path
  data_repository_path = each.value.data_repository_path

  dynamic "s3" {
    for_each = try([each.value.s3], [])
    content {
      dynamic "auto_import_policy" {
        for_each = try([s3.value.auto_import_policy], [])
        content {
          events = try(auto_import_policy.value.events, null)
        }
      }

      dynamic "auto_export_policy" {
        for_each = try([s3.value.auto_export_policy], [])
        content {
          events = try(auto_export_policy.value.events, null)
        }
      }
    }
  }
}

data "aws_subnet" "this" {
  count = local.own_group ? 1 : 0
  id    = try(var.subnet_ids[0], null)
}

resource "aws_security_group" "this" {
  count  = local.own_group ? 1 : 0
  name   = try(coalesce(var.security_group_name, var.name), null)
  vpc_id = data.aws_subnet.this[0].vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each                     = { for name, rule in merge(local.ingress, {}) : name => rule if local.own_group }
  region                       = var.region
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(each.value.to_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.self, false) ? aws_security_group.this[0].id : try(each.value.referenced_security_group_id, null)
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each                     = { for name, rule in merge(local.egress, {}) : name => rule if local.own_group }
  region                       = var.region
  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol, "tcp"), "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(each.value.to_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.self, false) ? aws_security_group.this[0].id : try(each.value.referenced_security_group_id, null)
}

output "file_system_id" { value = try(aws_fsx_lustre_file_system.this[0].id, null) }
output "file_system_arn" { value = try(aws_fsx_lustre_file_system.this[0].arn, null) }
output "file_system_dns_name" { value = try(aws_fsx_lustre_file_system.this[0].dns_name, null) }
output "file_system_mount_name" { value = try(aws_fsx_lustre_file_system.this[0].mount_name, null) }
output "file_system_network_interface_ids" { value = try(aws_fsx_lustre_file_system.this[0].network_interface_ids, []) }
output "data_repository_associations" { value = aws_fsx_data_repository_association.this }
output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
output "security_group_arn" { value = try(aws_security_group.this[0].arn, null) }
