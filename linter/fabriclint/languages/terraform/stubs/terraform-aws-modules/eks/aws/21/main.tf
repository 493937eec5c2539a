# The cluster and its node groups. What a group does not say is decided by the submodule; there are no defaults of the cluster's.

locals {
  cluster_group_id = local.makes_cluster_group ? aws_security_group.cluster[0].id : var.security_group_id
  node_group_id    = local.makes_node_group ? aws_security_group.node[0].id : var.node_security_group_id
  addons           = { for name, addon in merge(var.addons, {}) : name => addon if var.create && var.outpost_config == null }
  managed          = { for name, group in merge(var.eks_managed_node_groups, {}) : name => group if var.create && var.outpost_config == null }
  self_managed     = { for name, group in merge(var.self_managed_node_groups, {}) : name => group if var.create }
}

resource "aws_eks_cluster" "this" {
  count   = var.create ? 1 : 0
  name    = var.name
  version = var.kubernetes_version

  vpc_config {
    subnet_ids         = try(coalescelist(var.control_plane_subnet_ids, var.subnet_ids), var.subnet_ids)
    security_group_ids = compact(concat(var.additional_security_group_ids, [local.cluster_group_id]))
  }

  compute_config {
    enabled = try(var.compute_config.enabled, false)
  }
}

resource "aws_eks_addon" "this" {
  for_each     = { for name, addon in local.addons : name => addon if !try(coalesce(addon.before_compute, false), false) }
  cluster_name = aws_eks_cluster.this[0].name
  addon_name   = try(coalesce(each.value.name, each.key), each.key)
}

resource "aws_eks_addon" "before_compute" {
  for_each     = { for name, addon in local.addons : name => addon if try(coalesce(addon.before_compute, false), false) }
  cluster_name = aws_eks_cluster.this[0].name
  addon_name   = try(coalesce(each.value.name, each.key), each.key)
}

module "eks_managed_node_group" {
  source   = "./modules/eks-managed-node-group"
  for_each = local.managed

  create          = try(coalesce(each.value.create, true), true)
  cluster_name    = aws_eks_cluster.this[0].name
  name            = try(coalesce(each.value.name, each.key), each.key)
  use_name_prefix = try(each.value.use_name_prefix, null)
  subnet_ids      = try(coalesce(each.value.subnet_ids, var.subnet_ids), var.subnet_ids)

  min_size       = try(each.value.min_size, null)
  max_size       = try(each.value.max_size, null)
  desired_size   = try(each.value.desired_size, null)
  ami_id         = try(each.value.ami_id, null)
  ami_type       = try(each.value.ami_type, null)
  capacity_type  = try(each.value.capacity_type, null)
  instance_types = try(each.value.instance_types, null)
  labels         = try(each.value.labels, null)
  taints         = try(each.value.taints, null)
  tags           = merge(var.tags, try(merge(each.value.tags, {}), {}))

  create_launch_template          = try(each.value.create_launch_template, null)
  use_custom_launch_template      = try(each.value.use_custom_launch_template, null)
  launch_template_id              = try(each.value.launch_template_id, null)
  launch_template_name            = try(coalesce(each.value.launch_template_name, each.key), each.key)
  launch_template_use_name_prefix = try(each.value.launch_template_use_name_prefix, null)
  launch_template_version         = try(each.value.launch_template_version, null)
  launch_template_tags            = try(each.value.launch_template_tags, null)
  tag_specifications              = try(each.value.tag_specifications, null)
  pre_bootstrap_user_data         = try(each.value.pre_bootstrap_user_data, null)
  post_bootstrap_user_data        = try(each.value.post_bootstrap_user_data, null)
  user_data_template_path         = try(each.value.user_data_template_path, null)
  cloudinit_pre_nodeadm           = try(each.value.cloudinit_pre_nodeadm, null)
  cloudinit_post_nodeadm          = try(each.value.cloudinit_post_nodeadm, null)

  capacity_reservation_specification = try(each.value.capacity_reservation_specification, null)
  instance_market_options            = try(each.value.instance_market_options, null)
  enable_efa_support                 = try(each.value.enable_efa_support, null)
  enable_efa_only                    = try(each.value.enable_efa_only, null)
  efa_indices                        = try(each.value.efa_indices, null)
  enable_efa_placement_group         = try(each.value.enable_efa_placement_group, null)
  network_interfaces                 = try(each.value.network_interfaces, null)
  placement                          = try(each.value.placement, null)
  create_placement_group             = try(each.value.create_placement_group, null)

  vpc_security_group_ids            = compact(concat([local.node_group_id], try([for one in each.value.vpc_security_group_ids : one], [])))
  cluster_primary_security_group_id = try(coalesce(each.value.attach_cluster_primary_security_group, false), false) ? aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id : null

  vpc_id                       = var.vpc_id
  cluster_security_group_id    = local.cluster_group_id
  create_security_group        = try(each.value.create_security_group, null)
  security_group_name          = try(each.value.security_group_name, null)
  security_group_ingress_rules = try(each.value.security_group_ingress_rules, null)
  security_group_egress_rules  = try(each.value.security_group_egress_rules, null)
}

module "self_managed_node_group" {
  source   = "./modules/self-managed-node-group"
  for_each = local.self_managed

  create                   = try(coalesce(each.value.create, true), true)
  create_autoscaling_group = try(each.value.create_autoscaling_group, null)
  cluster_name             = aws_eks_cluster.this[0].name
  name                     = try(coalesce(each.value.name, each.key), each.key)
  use_name_prefix          = try(each.value.use_name_prefix, null)
  subnet_ids               = try(coalesce(each.value.subnet_ids, var.subnet_ids), var.subnet_ids)
  availability_zones       = try(each.value.availability_zones, null)

  min_size           = try(each.value.min_size, null)
  max_size           = try(each.value.max_size, null)
  desired_size       = try(each.value.desired_size, null)
  ami_id             = try(each.value.ami_id, null)
  ami_type           = try(each.value.ami_type, null)
  kubernetes_version = try(coalesce(each.value.kubernetes_version, aws_eks_cluster.this[0].version), aws_eks_cluster.this[0].version)
  instance_type      = try(each.value.instance_type, null)
  placement_group    = try(each.value.placement_group, null)
  tags               = merge(var.tags, try(merge(each.value.tags, {}), {}))

  autoscaling_group_tags     = try(each.value.autoscaling_group_tags, null)
  use_mixed_instances_policy = try(each.value.use_mixed_instances_policy, null)
  mixed_instances_policy     = try(each.value.mixed_instances_policy, null)
  instance_requirements      = try(each.value.instance_requirements, null)

  create_launch_template          = try(each.value.create_launch_template, null)
  launch_template_id              = try(each.value.launch_template_id, null)
  launch_template_name            = try(coalesce(each.value.launch_template_name, each.key), each.key)
  launch_template_use_name_prefix = try(each.value.launch_template_use_name_prefix, null)
  launch_template_version         = try(each.value.launch_template_version, null)
  launch_template_tags            = try(each.value.launch_template_tags, null)
  tag_specifications              = try(each.value.tag_specifications, null)
  pre_bootstrap_user_data         = try(each.value.pre_bootstrap_user_data, null)
  post_bootstrap_user_data        = try(each.value.post_bootstrap_user_data, null)
  user_data_template_path         = try(each.value.user_data_template_path, null)
  cloudinit_pre_nodeadm           = try(each.value.cloudinit_pre_nodeadm, null)
  cloudinit_post_nodeadm          = try(each.value.cloudinit_post_nodeadm, null)

  capacity_reservation_specification = try(each.value.capacity_reservation_specification, null)
  instance_market_options            = try(each.value.instance_market_options, null)
  enable_efa_support                 = try(each.value.enable_efa_support, null)
  enable_efa_only                    = try(each.value.enable_efa_only, null)
  efa_indices                        = try(each.value.efa_indices, null)
  enable_efa_placement_group         = try(each.value.enable_efa_placement_group, null)
  network_interfaces                 = try(each.value.network_interfaces, null)
  placement                          = try(each.value.placement, null)
  create_placement_group             = try(each.value.create_placement_group, null)

  vpc_security_group_ids            = compact(concat([local.node_group_id], try([for one in each.value.vpc_security_group_ids : one], [])))
  cluster_primary_security_group_id = try(coalesce(each.value.attach_cluster_primary_security_group, false), false) ? aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id : null

  vpc_id                       = var.vpc_id
  cluster_security_group_id    = local.cluster_group_id
  create_security_group        = try(each.value.create_security_group, null)
  security_group_name          = try(each.value.security_group_name, null)
  security_group_ingress_rules = try(each.value.security_group_ingress_rules, null)
  security_group_egress_rules  = try(each.value.security_group_egress_rules, null)
}
