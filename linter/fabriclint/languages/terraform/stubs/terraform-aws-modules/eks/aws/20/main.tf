# The cluster, and its node groups with the defaults of their kind laid under each.

locals {
  cluster_group_id = local.makes_cluster_group ? aws_security_group.cluster[0].id : var.cluster_security_group_id
  node_group_id    = local.makes_node_group ? aws_security_group.node[0].id : var.node_security_group_id
  on_outpost       = length(var.outpost_config) > 0

  addons = { for name, addon in var.cluster_addons : name => addon if var.create && !local.on_outpost }

  # What differs between the major versions.
  says_efa = true

  managed = {
    for name, group in var.eks_managed_node_groups : name => { written = group, settings = merge(var.eks_managed_node_group_defaults, group) }
    if var.create && !local.on_outpost
  }
  self_managed = {
    for name, group in var.self_managed_node_groups : name => { written = group, settings = merge(var.self_managed_node_group_defaults, group) }
    if var.create
  }
}

resource "aws_eks_cluster" "this" {
  count   = var.create ? 1 : 0
  name    = var.cluster_name
  version = var.cluster_version

  vpc_config {
    subnet_ids         = try(coalescelist(var.control_plane_subnet_ids, var.subnet_ids), var.subnet_ids)
    security_group_ids = compact(concat(var.cluster_additional_security_group_ids, [local.cluster_group_id]))
  }

  compute_config {
    enabled = try(var.cluster_compute_config.enabled, false)
  }
}

resource "aws_eks_addon" "this" {
  for_each     = { for name, addon in local.addons : name => addon if !try(addon.before_compute, false) }
  cluster_name = aws_eks_cluster.this[0].name
  addon_name   = try(each.value.name, each.key)
}

resource "aws_eks_addon" "before_compute" {
  for_each     = { for name, addon in local.addons : name => addon if try(addon.before_compute, false) }
  cluster_name = aws_eks_cluster.this[0].name
  addon_name   = try(each.value.name, each.key)
}

module "eks_managed_node_group" {
  source   = "./modules/eks-managed-node-group"
  for_each = local.managed

  create          = try(each.value.settings.create, true)
  cluster_name    = aws_eks_cluster.this[0].name
  name            = try(each.value.settings.name, each.key)
  use_name_prefix = try(each.value.settings.use_name_prefix, true)
  subnet_ids      = try(each.value.settings.subnet_ids, var.subnet_ids)

  min_size       = try(each.value.settings.min_size, 1)
  max_size       = try(each.value.settings.max_size, 3)
  desired_size   = try(each.value.settings.desired_size, 1)
  ami_id         = try(each.value.settings.ami_id, "")
  ami_type       = try(each.value.settings.ami_type, null)
  capacity_type  = try(each.value.settings.capacity_type, null)
  instance_types = try(each.value.settings.instance_types, null)
  labels         = try(each.value.settings.labels, null)
  taints         = try(each.value.settings.taints, {})
  tags           = merge(var.tags, try(each.value.settings.tags, {}))

  create_launch_template          = try(each.value.settings.create_launch_template, true)
  use_custom_launch_template      = try(each.value.settings.use_custom_launch_template, true)
  launch_template_id              = try(each.value.settings.launch_template_id, "")
  launch_template_name            = try(each.value.settings.launch_template_name, each.key)
  launch_template_use_name_prefix = try(each.value.settings.launch_template_use_name_prefix, true)
  launch_template_version         = try(each.value.settings.launch_template_version, null)
  launch_template_tags            = try(each.value.settings.launch_template_tags, {})
  tag_specifications              = try(each.value.settings.tag_specifications, ["instance", "volume", "network-interface"])
  pre_bootstrap_user_data         = try(each.value.settings.pre_bootstrap_user_data, "")
  post_bootstrap_user_data        = try(each.value.settings.post_bootstrap_user_data, "")
  user_data_template_path         = try(each.value.settings.user_data_template_path, "")
  cloudinit_pre_nodeadm           = try(each.value.settings.cloudinit_pre_nodeadm, [])
  cloudinit_post_nodeadm          = try(each.value.settings.cloudinit_post_nodeadm, [])

  capacity_reservation_specification = try(each.value.settings.capacity_reservation_specification, {})
  instance_market_options            = try(each.value.settings.instance_market_options, {})
  enable_efa_support                 = local.says_efa && try(each.value.settings.enable_efa_support, false)
  enable_efa_only                    = try(each.value.settings.enable_efa_only, false)
  efa_indices                        = try(each.value.settings.efa_indices, [0])
  network_interfaces                 = try(each.value.settings.network_interfaces, [])
  placement                          = try(each.value.settings.placement, {})
  create_placement_group             = local.says_efa && try(each.value.settings.create_placement_group, false)
  placement_group_strategy           = try(each.value.settings.placement_group_strategy, "cluster")
  placement_group_az                 = try(each.value.settings.placement_group_az, null)

  vpc_security_group_ids            = compact(concat([local.node_group_id], try(each.value.settings.vpc_security_group_ids, [])))
  cluster_primary_security_group_id = try(each.value.settings.attach_cluster_primary_security_group, false) ? aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id : null

  # Of the versions whose node groups have a security group of their own.
  vpc_id                       = var.vpc_id
  cluster_security_group_id    = local.cluster_group_id
  create_security_group        = try(each.value.settings.create_security_group, true)
  security_group_name          = try(each.value.settings.security_group_name, null)
  security_group_rules         = try(each.value.settings.security_group_rules, {})
  security_group_ingress_rules = try(each.value.settings.security_group_ingress_rules, {})
  security_group_egress_rules  = try(each.value.settings.security_group_egress_rules, {})
}

module "self_managed_node_group" {
  source   = "./modules/self-managed-node-group"
  for_each = local.self_managed

  create                   = try(each.value.settings.create, true)
  create_autoscaling_group = try(each.value.settings.create_autoscaling_group, true)
  cluster_name             = aws_eks_cluster.this[0].name
  name                     = try(each.value.settings.name, each.key)
  use_name_prefix          = try(each.value.settings.use_name_prefix, true)
  subnet_ids               = try(each.value.settings.subnet_ids, var.subnet_ids)
  availability_zones       = try(each.value.settings.availability_zones, null)

  min_size        = try(each.value.settings.min_size, 0)
  max_size        = try(each.value.settings.max_size, 3)
  desired_size    = try(each.value.settings.desired_size, 1)
  ami_id          = try(each.value.settings.ami_id, "")
  ami_type        = try(each.value.settings.ami_type, "AL2_x86_64")
  cluster_version = try(each.value.settings.cluster_version, aws_eks_cluster.this[0].version)
  instance_type   = try(each.value.settings.instance_type, "m6i.large")
  placement_group = try(each.value.settings.placement_group, null)
  tags            = merge(var.tags, try(each.value.settings.tags, {}))

  autoscaling_group_tags     = try(each.value.settings.autoscaling_group_tags, {})
  use_mixed_instances_policy = try(each.value.settings.use_mixed_instances_policy, false)
  mixed_instances_policy     = try(each.value.settings.mixed_instances_policy, null)
  instance_requirements      = try(each.value.settings.instance_requirements, {})

  create_launch_template          = try(each.value.settings.create_launch_template, true)
  launch_template_id              = try(each.value.settings.launch_template_id, "")
  launch_template_name            = try(each.value.settings.launch_template_name, each.key)
  launch_template_use_name_prefix = try(each.value.settings.launch_template_use_name_prefix, true)
  launch_template_version         = try(each.value.settings.launch_template_version, null)
  launch_template_tags            = try(each.value.settings.launch_template_tags, {})
  tag_specifications              = try(each.value.settings.tag_specifications, ["instance", "volume", "network-interface"])
  pre_bootstrap_user_data         = try(each.value.settings.pre_bootstrap_user_data, "")
  post_bootstrap_user_data        = try(each.value.settings.post_bootstrap_user_data, "")
  user_data_template_path         = try(each.value.settings.user_data_template_path, "")
  cloudinit_pre_nodeadm           = try(each.value.settings.cloudinit_pre_nodeadm, [])
  cloudinit_post_nodeadm          = try(each.value.settings.cloudinit_post_nodeadm, [])

  capacity_reservation_specification = try(each.value.settings.capacity_reservation_specification, {})
  instance_market_options            = try(each.value.settings.instance_market_options, {})
  enable_efa_support                 = local.says_efa && try(each.value.settings.enable_efa_support, false)
  enable_efa_only                    = try(each.value.settings.enable_efa_only, false)
  efa_indices                        = try(each.value.settings.efa_indices, [0])
  network_interfaces                 = try(each.value.settings.network_interfaces, [])
  placement                          = try(each.value.settings.placement, {})
  create_placement_group             = local.says_efa && try(each.value.settings.create_placement_group, false)
  placement_group_az                 = try(each.value.settings.placement_group_az, null)

  vpc_security_group_ids            = compact(concat([local.node_group_id], try(each.value.settings.vpc_security_group_ids, [])))
  cluster_primary_security_group_id = try(each.value.settings.attach_cluster_primary_security_group, false) ? aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id : null

  vpc_id                       = var.vpc_id
  cluster_security_group_id    = local.cluster_group_id
  create_security_group        = try(each.value.settings.create_security_group, true)
  security_group_name          = try(each.value.settings.security_group_name, null)
  security_group_rules         = try(each.value.settings.security_group_rules, {})
  security_group_ingress_rules = try(each.value.settings.security_group_ingress_rules, {})
  security_group_egress_rules  = try(each.value.settings.security_group_egress_rules, {})
}
