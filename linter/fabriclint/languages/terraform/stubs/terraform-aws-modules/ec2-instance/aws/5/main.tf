# One instance (or a Spot request for one). Version 6 gives it a security group of its own that lets everything out.

locals {
  image = var.ami != null ? var.ami : data.aws_ssm_parameter.this.value

  # Of the versions that make a security group.
  group_ids = var.vpc_security_group_ids
}

data "aws_ssm_parameter" "this" {
  name = var.ami_ssm_parameter
}

resource "aws_instance" "this" {
  count = var.create && !var.ignore_ami_changes && !var.create_spot_instance ? 1 : 0

  region                      = var.region
  ami                         = local.image
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  availability_zone           = var.availability_zone
  placement_group             = var.placement_group
  placement_group_id          = var.placement_group_id
  vpc_security_group_ids      = local.group_ids
  associate_public_ip_address = var.associate_public_ip_address
  user_data                   = var.user_data
  user_data_base64            = var.user_data_base64
  tags                        = merge({ Name = var.name }, var.instance_tags, var.tags)

  dynamic "network_interface" {
    for_each = [var.network_interface, []][var.network_interface == null ? 1 : 0]
    content {
      device_index         = try(network_interface.value.device_index, network_interface.key, null)
      network_card_index   = try(network_interface.value.network_card_index, null)
      network_interface_id = try(network_interface.value.network_interface_id, null)
    }
  }

  dynamic "launch_template" {
    for_each = length(merge(var.launch_template, {})) > 0 ? [var.launch_template] : []
    content {
      id      = try(launch_template.value.id, null)
      name    = try(launch_template.value.name, null)
      version = try(launch_template.value.version, null)
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
}

resource "aws_instance" "ignore_ami" {
  count = var.create && var.ignore_ami_changes && !var.create_spot_instance ? 1 : 0

  region                      = var.region
  ami                         = local.image
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  availability_zone           = var.availability_zone
  placement_group             = var.placement_group
  placement_group_id          = var.placement_group_id
  vpc_security_group_ids      = local.group_ids
  associate_public_ip_address = var.associate_public_ip_address
  user_data                   = var.user_data
  user_data_base64            = var.user_data_base64
  tags                        = merge({ Name = var.name }, var.instance_tags, var.tags)

  dynamic "network_interface" {
    for_each = [var.network_interface, []][var.network_interface == null ? 1 : 0]
    content {
      device_index         = try(network_interface.value.device_index, network_interface.key, null)
      network_card_index   = try(network_interface.value.network_card_index, null)
      network_interface_id = try(network_interface.value.network_interface_id, null)
    }
  }

  dynamic "launch_template" {
    for_each = length(merge(var.launch_template, {})) > 0 ? [var.launch_template] : []
    content {
      id      = try(launch_template.value.id, null)
      name    = try(launch_template.value.name, null)
      version = try(launch_template.value.version, null)
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
}

resource "aws_spot_instance_request" "this" {
  count = var.create && var.create_spot_instance ? 1 : 0

  region                      = var.region
  ami                         = local.image
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  availability_zone           = var.availability_zone
  placement_group             = var.placement_group
  vpc_security_group_ids      = local.group_ids
  associate_public_ip_address = var.associate_public_ip_address
  user_data                   = var.user_data
  user_data_base64            = var.user_data_base64
  tags                        = merge({ Name = var.name }, var.instance_tags, var.tags)

  dynamic "network_interface" {
    for_each = [var.network_interface, []][var.network_interface == null ? 1 : 0]
    content {
      device_index         = try(network_interface.value.device_index, network_interface.key, null)
      network_card_index   = try(network_interface.value.network_card_index, null)
      network_interface_id = try(network_interface.value.network_interface_id, null)
    }
  }

  dynamic "launch_template" {
    for_each = length(merge(var.launch_template, {})) > 0 ? [var.launch_template] : []
    content {
      id      = try(launch_template.value.id, null)
      name    = try(launch_template.value.name, null)
      version = try(launch_template.value.version, null)
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
}

output "id" { value = try(aws_instance.this[0].id, aws_instance.ignore_ami[0].id, aws_spot_instance_request.this[0].spot_instance_id, null) }
output "arn" { value = try(aws_instance.this[0].arn, aws_instance.ignore_ami[0].arn, aws_spot_instance_request.this[0].arn, null) }
output "private_ip" { value = try(aws_instance.this[0].private_ip, aws_instance.ignore_ami[0].private_ip, aws_spot_instance_request.this[0].private_ip, null) }
output "public_ip" { value = try(aws_instance.this[0].public_ip, aws_instance.ignore_ami[0].public_ip, aws_spot_instance_request.this[0].public_ip, null) }
output "private_dns" { value = try(aws_instance.this[0].private_dns, aws_instance.ignore_ami[0].private_dns, aws_spot_instance_request.this[0].private_dns, null) }
output "public_dns" { value = try(aws_instance.this[0].public_dns, aws_instance.ignore_ami[0].public_dns, aws_spot_instance_request.this[0].public_dns, null) }
output "primary_network_interface_id" { value = try(aws_instance.this[0].primary_network_interface_id, aws_instance.ignore_ami[0].primary_network_interface_id, aws_spot_instance_request.this[0].primary_network_interface_id, null) }
output "availability_zone" { value = try(aws_instance.this[0].availability_zone, aws_instance.ignore_ami[0].availability_zone, aws_spot_instance_request.this[0].availability_zone, null) }
output "ami" { value = try(aws_instance.this[0].ami, aws_instance.ignore_ami[0].ami, aws_spot_instance_request.this[0].ami, null) }
