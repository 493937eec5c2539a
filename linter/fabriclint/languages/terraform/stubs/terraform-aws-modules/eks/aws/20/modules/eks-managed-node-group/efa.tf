# With the EFA flag: a cluster placement group, and one EFA interface on every network card of the first instance type.

locals {
  efa = var.create && var.enable_efa_support

  card_number = local.efa ? data.aws_ec2_instance_type.this[0].maximum_network_cards : 0
  efa_interfaces = [
    for card in range(local.card_number) : {
      network_card_index          = card
      device_index                = card == 0 ? 0 : 1
      interface_type              = var.enable_efa_only && !contains(concat([0], var.efa_indices), card) ? "efa-only" : "efa"
      associate_public_ip_address = false
    }
  ]
  interfaces = [var.network_interfaces, local.efa_interfaces][local.efa ? 1 : 0]

  makes_placement_group = var.create && (local.efa || var.create_placement_group)
}

data "aws_ec2_instance_type" "this" {
  count         = local.efa ? 1 : 0
  instance_type = try(var.instance_types[0], "")
}

resource "aws_placement_group" "this" {
  count    = local.makes_placement_group ? 1 : 0
  name     = "${var.cluster_name}-${var.name}"
  strategy = var.placement_group_strategy
}

# Which subnets are in a zone that offers the type, or in the zone asked for, only the API knows: some of those given.
data "aws_subnets" "placement_group" {
  count = local.makes_placement_group ? 1 : 0

  filter {
    name   = "subnet-id"
    values = var.subnet_ids
  }
}
