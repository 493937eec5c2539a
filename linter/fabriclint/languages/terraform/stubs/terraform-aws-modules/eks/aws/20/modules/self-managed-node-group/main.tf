# The launch template and the Auto Scaling group.

locals {
  placement     = [var.placement, { group_name = aws_placement_group.this[0].name }][local.efa ? 1 : 0]
  template_name = try(coalesce(var.launch_template_name, "${var.name}-node-group"), "node-group")
  template_id   = var.create && var.create_launch_template ? aws_launch_template.this[0].id : var.launch_template_id
  template      = { id = local.template_id, name = null }
  subnets       = local.efa && try(length(var.subnet_ids), 0) != 1 ? data.aws_subnets.placement_group[0].ids : var.subnet_ids
  version       = try(coalesce(var.launch_template_version, aws_launch_template.this[0].default_version), "$Default")

  shell = [
    for part in concat(try([for one in var.cloudinit_pre_nodeadm : one], []), try([for one in var.cloudinit_post_nodeadm : one], [])) : part.content
    if startswith(lower(try(part.content_type, "")), "text/x-shellscript")
  ]
  scripts = compact(concat([var.pre_bootstrap_user_data], local.shell, [var.post_bootstrap_user_data]))
  # A template of the caller's own makes user data that is not shown here.
  user_data = coalesce(var.user_data_template_path, "-") != "-" ? data.stub_rendered.user_data.text : length(local.scripts) == 0 ? null : length(local.scripts) == 1 ? base64encode(local.scripts[0]) : base64encode(join("\n", local.scripts))

  group_ids     = compact(concat([var.cluster_primary_security_group_id], var.vpc_security_group_ids, local.own_groups))
  launched_type = var.instance_type
  # Of the versions that make a group for every node group.
  own_groups = []
}

data "stub_rendered" "user_data" {}

resource "aws_launch_template" "this" {
  count = var.create && var.create_launch_template ? 1 : 0

  name          = var.launch_template_use_name_prefix ? null : local.template_name
  name_prefix   = var.launch_template_use_name_prefix ? "${local.template_name}-" : null
  image_id      = try(coalesce(var.ami_id, local.default_image), local.default_image)
  instance_type = local.launched_type
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
      subnet_id                   = try(network_interfaces.value.subnet_id, null)
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

  dynamic "instance_requirements" {
    for_each = length(merge(var.instance_requirements, {})) > 0 ? [var.instance_requirements] : []
    content {
      allowed_instance_types    = try(instance_requirements.value.allowed_instance_types, null)
      accelerator_manufacturers = try(instance_requirements.value.accelerator_manufacturers, null)
      accelerator_names         = try(instance_requirements.value.accelerator_names, null)
      accelerator_types         = try(instance_requirements.value.accelerator_types, null)
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

resource "aws_autoscaling_group" "this" {
  count = var.create && var.create_autoscaling_group ? 1 : 0

  name                = var.use_name_prefix ? null : var.name
  name_prefix         = var.use_name_prefix ? "${var.name}-" : null
  vpc_zone_identifier = local.subnets
  availability_zones  = var.availability_zones
  placement_group     = var.placement_group
  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = var.desired_size

  dynamic "launch_template" {
    for_each = var.use_mixed_instances_policy ? [] : [local.template]
    content {
      id      = launch_template.value.id
      name    = launch_template.value.name
      version = local.version
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = var.use_mixed_instances_policy ? [var.mixed_instances_policy] : []
    content {
      launch_template {
        launch_template_specification {
          launch_template_id   = local.template.id
          launch_template_name = local.template.name
          version              = local.version
        }

        dynamic "override" {
          for_each = try([for one in mixed_instances_policy.value.override : one], mixed_instances_policy.value.launch_template.override, [])
          content {
            instance_type = try(override.value.instance_type, null)

            dynamic "instance_requirements" {
              for_each = try(override.value.instance_requirements, null) != null ? flatten([override.value.instance_requirements]) : []
              content {
                allowed_instance_types    = try(instance_requirements.value.allowed_instance_types, null)
                accelerator_manufacturers = try(instance_requirements.value.accelerator_manufacturers, null)
                accelerator_names         = try(instance_requirements.value.accelerator_names, null)
                accelerator_types         = try(instance_requirements.value.accelerator_types, null)
              }
            }

            dynamic "launch_template_specification" {
              for_each = try(override.value.launch_template_specification, null) != null ? flatten([override.value.launch_template_specification]) : []
              content {
                launch_template_id   = try(launch_template_specification.value.launch_template_id, null)
                launch_template_name = try(launch_template_specification.value.launch_template_name, null)
              }
            }
          }
        }
      }
    }
  }

  dynamic "tag" {
    for_each = merge({ Name = var.name }, var.tags, var.autoscaling_group_tags)
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}

output "autoscaling_group_name" { value = try(aws_autoscaling_group.this[0].name, null) }
output "autoscaling_group_id" { value = try(aws_autoscaling_group.this[0].id, null) }
output "autoscaling_group_arn" { value = try(aws_autoscaling_group.this[0].arn, null) }
output "autoscaling_group_vpc_zone_identifier" { value = try(aws_autoscaling_group.this[0].vpc_zone_identifier, null) }
output "launch_template_id" { value = try(aws_launch_template.this[0].id, null) }
output "launch_template_arn" { value = try(aws_launch_template.this[0].arn, null) }
output "launch_template_name" { value = try(aws_launch_template.this[0].name, null) }
output "launch_template_latest_version" { value = try(aws_launch_template.this[0].latest_version, null) }
output "image_id" { value = try(aws_launch_template.this[0].image_id, null) }
output "user_data" { value = try(aws_launch_template.this[0].user_data, null) }
