# A launch template, and the Auto Scaling group on it. Interfaces, placement and groups are what the caller gives.

locals {
  interfaces    = try([for one in var.network_interfaces : one], [])
  template_name = try(coalesce(var.launch_template_name, var.name), null)
  template = {
    id   = var.create_launch_template ? try(aws_launch_template.this[0].id, null) : var.launch_template_id
    name = var.create_launch_template ? null : var.launch_template # by name before version 7
  }
  version = var.launch_template_version != null ? var.launch_template_version : try(aws_launch_template.this[0].latest_version, null)
}

resource "aws_launch_template" "this" {
  count = var.create && var.create_launch_template ? 1 : 0

  name          = var.launch_template_use_name_prefix ? null : local.template_name
  name_prefix   = var.launch_template_use_name_prefix ? "${local.template_name}-" : null
  image_id      = var.image_id
  instance_type = var.instance_type
  user_data     = var.user_data

  vpc_security_group_ids = length(local.interfaces) > 0 ? [] : var.security_groups

  dynamic "network_interfaces" {
    for_each = local.interfaces
    content {
      network_card_index          = try(network_interfaces.value.network_card_index, null)
      device_index                = try(network_interfaces.value.device_index, null)
      interface_type              = try(network_interfaces.value.interface_type, null)
      associate_public_ip_address = try(network_interfaces.value.associate_public_ip_address, null)
      network_interface_id        = try(network_interfaces.value.network_interface_id, null)
      security_groups             = compact(concat(try(network_interfaces.value.security_groups, []), var.security_groups))
      subnet_id                   = try(network_interfaces.value.subnet_id, null)
    }
  }

  dynamic "placement" {
    for_each = length(merge(var.placement, {})) > 0 ? [var.placement] : []
    content {
      group_name        = try(placement.value.group_name, null)
      group_id          = try(placement.value.group_id, null)
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
    for_each = try([for one in var.tag_specifications : one], [])
    content {
      resource_type = tag_specifications.value.resource_type
      tags          = merge(var.tags, try(tag_specifications.value.tags, {}))
    }
  }

  tags = merge(var.tags, var.launch_template_tags)
}

resource "aws_autoscaling_group" "this" {
  count = var.create && !var.ignore_desired_capacity_changes ? 1 : 0

  name                = var.use_name_prefix ? null : var.name
  name_prefix         = var.use_name_prefix ? "${var.name}-" : null
  vpc_zone_identifier = var.vpc_zone_identifier
  availability_zones  = var.availability_zones
  placement_group     = var.placement_group
  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = var.desired_capacity

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
    for_each = merge({ Name = coalesce(var.instance_name, var.name) }, var.tags, var.autoscaling_group_tags)
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}

resource "aws_autoscaling_group" "idc" {
  count = var.create && var.ignore_desired_capacity_changes ? 1 : 0

  name                = var.use_name_prefix ? null : var.name
  name_prefix         = var.use_name_prefix ? "${var.name}-" : null
  vpc_zone_identifier = var.vpc_zone_identifier
  availability_zones  = var.availability_zones
  placement_group     = var.placement_group
  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = var.desired_capacity

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
    for_each = merge({ Name = coalesce(var.instance_name, var.name) }, var.tags, var.autoscaling_group_tags)
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}

output "autoscaling_group_id" { value = try(aws_autoscaling_group.this[0].id, aws_autoscaling_group.idc[0].id, null) }
output "autoscaling_group_name" { value = try(aws_autoscaling_group.this[0].name, aws_autoscaling_group.idc[0].name, null) }
output "autoscaling_group_arn" { value = try(aws_autoscaling_group.this[0].arn, aws_autoscaling_group.idc[0].arn, null) }
output "launch_template_id" { value = try(aws_launch_template.this[0].id, null) }
output "launch_template_arn" { value = try(aws_launch_template.this[0].arn, null) }
output "launch_template_name" { value = try(aws_launch_template.this[0].name, null) }
output "launch_template_latest_version" { value = try(aws_launch_template.this[0].latest_version, null) }
