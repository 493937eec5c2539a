# What a caller may say of one self-managed node group.
variable "create" { default = true }
variable "region" { default = null }
variable "cluster_name" { default = "" }
variable "name" { default = "" }
variable "use_name_prefix" {
  default  = true
  nullable = false
}
variable "subnet_ids" { default = null }
variable "min_size" {
  default  = 0
  nullable = false
}
variable "max_size" {
  default  = 3
  nullable = false
}
variable "desired_size" {
  default  = 1
  nullable = false
}
variable "ami_id" { default = "" }
variable "ami_type" {
  default  = "AL2_x86_64"
  nullable = false
}
variable "cluster_version" { default = null }
variable "tags" { default = {} }

variable "create_launch_template" {
  default  = true
  nullable = false
}
variable "launch_template_id" { default = "" }
variable "launch_template_name" { default = null }
variable "launch_template_use_name_prefix" {
  default  = true
  nullable = false
}
variable "launch_template_version" { default = null }
variable "launch_template_tags" { default = {} }
variable "tag_specifications" {
  default  = ["instance", "volume", "network-interface"]
  nullable = false
}
variable "pre_bootstrap_user_data" { default = "" }
variable "post_bootstrap_user_data" { default = "" }
variable "user_data_template_path" { default = "" }
variable "cloudinit_pre_nodeadm" { default = [] }
variable "cloudinit_post_nodeadm" { default = [] }

variable "capacity_reservation_specification" { default = {} }
variable "instance_market_options" { default = {} }
variable "enable_efa_support" {
  default  = false
  nullable = false
}
variable "enable_efa_only" {
  default  = false
  nullable = false
}
variable "efa_indices" {
  default  = [0]
  nullable = false
}
variable "network_interfaces" {
  default  = []
  nullable = false
}
variable "placement" { default = {} }
variable "create_placement_group" {
  default  = false
  nullable = false
}
variable "placement_group_az" { default = null }

variable "vpc_security_group_ids" {
  default  = []
  nullable = false
}
variable "cluster_primary_security_group_id" { default = null }
variable "vpc_id" { default = null }
variable "cluster_security_group_id" { default = null }
variable "create_security_group" {
  default  = true
  nullable = false
}
variable "security_group_name" { default = null }
variable "security_group_rules" { default = {} }
variable "security_group_ingress_rules" {
  default  = {}
  nullable = false
}
variable "security_group_egress_rules" {
  default  = {}
  nullable = false
}

variable "create_autoscaling_group" {
  default  = true
  nullable = false
}
variable "instance_type" {
  default  = ""
  nullable = false
}
variable "instance_requirements" { default = {} }
variable "availability_zones" { default = null }
variable "placement_group" { default = null }
variable "use_mixed_instances_policy" {
  default  = false
  nullable = false
}
variable "mixed_instances_policy" { default = null }
variable "autoscaling_group_tags" { default = {} }
