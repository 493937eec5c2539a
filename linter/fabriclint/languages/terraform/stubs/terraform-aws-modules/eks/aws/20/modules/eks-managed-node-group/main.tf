# The launch template and the group. Subnet, profile and Spot market must not stand in the template of a managed group.

locals {
  placement     = [var.placement, { group_name = aws_placement_group.this[0].name }][local.makes_placement_group ? 1 : 0]
  template_name = try(coalesce(var.launch_template_name, "${var.name}-eks-node-group"), "eks-node-group")
  template_id   = var.create && var.create_launch_template ? try(aws_launch_template.this[0].id, null) : var.launch_template_id
  own_template  = var.use_custom_launch_template
  template      = { id = local.template_id, name = null }
  subnets       = local.makes_placement_group && try(length(var.subnet_ids), 0) != 1 ? data.aws_subnets.placement_group[0].ids : var.subnet_ids

  shell = [
    for part in concat(try([for one in var.cloudinit_pre_nodeadm : one], []), try([for one in var.cloudinit_post_nodeadm : one], [])) : part.content
    if startswith(lower(try(part.content_type, "")), "text/x-shellscript")
  ]
  scripts = compact(concat([var.pre_bootstrap_user_data], local.shell, [var.post_bootstrap_user_data]))
  # A template of the caller's own makes user data that is not shown here.
  user_data = coalesce(var.user_data_template_path, "-") != "-" ? data.stub_rendered.user_data.text : length(local.scripts) == 0 ? null : length(local.scripts) == 1 ? base64encode(local.scripts[0]) : base64encode(join("\n", local.scripts))

  group_ids = compact(concat([var.cluster_primary_security_group_id], var.vpc_security_group_ids, local.own_groups))
  # Of the versions that make a group for every node group.
  own_groups = []
}

data "stub_rendered" "user_data" {}

resource "aws_launch_template" "this" {
  count = var.create && var.create_launch_template && var.use_custom_launch_template ? 1 : 0

  name          = var.launch_template_use_name_prefix ? null : local.template_name
  name_prefix   = var.launch_template_use_name_prefix ? "${local.template_name}-" : null
  image_id      = var.ami_id
  instance_type = var.capacity_type == "CAPACITY_BLOCK" ? var.instance_types[0] : null
  user_data     = local.user_data

  vpc_security_group_ids = length(local.interfaces) > 0 ? [] : local.group_ids

  dynamic "network_interfaces" {
    for_each = local.interfaces
    content {
      network_card_index          = try(network_interfaces.value.network_card_index, null)
      device_index                = try(network_interfaces.value.device_index, null)
      interface_type              = try(network_interfaces.value.interface_type, null)
      associate_public_ip_address = try(network_interfaces.value.associate_public_ip_address, null)
      network_interface_id        = try(network_interfaces.value.network_interface_id, null)
      security_groups             = compact(concat(try(network_interfaces.value.security_groups, []), local.group_ids))
    }
  }

  dynamic "placement" {
    for_each = length(local.placement) > 0 ? [local.placement] : []
    content {
      group_name        = try(placement.value.group_name, null)
      availability_zone = try(placement.value.availability_zone, null)
      tenancy           = try(placement.value.tenancy, null)
    }
  }

  dynamic "instance_market_options" {
    for_each = length(merge(var.instance_market_options, {})) > 0 ? [var.instance_market_options] : []
    content {
      market_type = try(instance_market_options.value.market_type, null)
    }
  }

  dynamic "capacity_reservation_specification" {
    for_each = length(merge(var.capacity_reservation_specification, {})) > 0 ? [var.capacity_reservation_specification] : []
    content {
      capacity_reservation_preference = try(capacity_reservation_specification.value.capacity_reservation_preference, null)

      dynamic "capacity_reservation_target" {
        for_each = try(capacity_reservation_specification.value.capacity_reservation_target, null) != null ? [capacity_reservation_specification.value.capacity_reservation_target] : []
        content {
          capacity_reservation_id                 = try(capacity_reservation_target.value.capacity_reservation_id, null)
          capacity_reservation_resource_group_arn = try(capacity_reservation_target.value.capacity_reservation_resource_group_arn, null)
        }
      }
    }
  }
  dynamic "tag_specifications" {
    for_each = toset(var.tag_specifications)
    content {
      resource_type = tag_specifications.key
      tags          = merge(var.tags, { Name = var.name }, var.launch_template_tags)
    }
  }

  tags = merge(var.tags, var.launch_template_tags)
}

resource "aws_eks_node_group" "this" {
  count = var.create ? 1 : 0

  cluster_name           = var.cluster_name
  node_group_name        = var.use_name_prefix ? null : var.name
  node_group_name_prefix = var.use_name_prefix ? "${var.name}-" : null
  subnet_ids             = local.subnets
  ami_type               = var.ami_id != "" && var.ami_id != null ? null : var.ami_type
  capacity_type          = var.capacity_type
  instance_types         = var.capacity_type == "CAPACITY_BLOCK" ? null : var.instance_types
  labels                 = var.labels
  tags                   = merge(var.tags, { Name = var.name })

  scaling_config {
    min_size     = var.min_size
    max_size     = var.max_size
    desired_size = var.desired_size
  }

  dynamic "launch_template" {
    for_each = local.own_template ? [local.template] : []
    content {
      id      = launch_template.value.id
      name    = launch_template.value.name
      version = try(coalesce(var.launch_template_version, aws_launch_template.this[0].default_version), "$Default")
    }
  }

  dynamic "taint" {
    for_each = merge(var.taints, {})
    content {
      key    = taint.value.key
      value  = try(taint.value.value, null)
      effect = taint.value.effect
    }
  }
}

output "node_group_id" { value = try(aws_eks_node_group.this[0].id, null) }
output "node_group_arn" { value = try(aws_eks_node_group.this[0].arn, null) }
output "node_group_autoscaling_group_names" { value = try(aws_eks_node_group.this[0].resources[0].autoscaling_groups[*].name, []) }
output "node_group_labels" { value = try(aws_eks_node_group.this[0].labels, {}) }
output "launch_template_id" { value = try(aws_launch_template.this[0].id, null) }
output "launch_template_arn" { value = try(aws_launch_template.this[0].arn, null) }
output "launch_template_name" { value = try(aws_launch_template.this[0].name, null) }
output "launch_template_latest_version" { value = try(aws_launch_template.this[0].latest_version, null) }
