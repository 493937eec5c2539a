# What a caller may say that matters for network and machines; everything else is passed over.

variable "create" { default = true }
variable "cluster_name" { default = "" }
variable "cluster_version" { default = null }
variable "cluster_compute_config" { default = {} }
variable "cluster_ip_family" { default = "ipv4" }
variable "vpc_id" { default = null }
variable "subnet_ids" { default = [] }
variable "control_plane_subnet_ids" { default = [] }
variable "cluster_additional_security_group_ids" { default = [] }
variable "cluster_addons" { default = {} }
variable "outpost_config" { default = {} }
variable "tags" { default = {} }

variable "create_cluster_security_group" { default = true }
variable "cluster_security_group_id" { default = "" }
variable "cluster_security_group_name" { default = null }
variable "cluster_security_group_additional_rules" { default = {} }

variable "create_node_security_group" { default = true }
variable "node_security_group_id" { default = "" }
variable "node_security_group_name" { default = null }
variable "node_security_group_additional_rules" { default = {} }
variable "node_security_group_enable_recommended_rules" { default = true }
variable "enable_efa_support" { default = false }

variable "eks_managed_node_groups" { default = {} }
variable "eks_managed_node_group_defaults" { default = {} }
variable "self_managed_node_groups" { default = {} }
variable "self_managed_node_group_defaults" { default = {} }
