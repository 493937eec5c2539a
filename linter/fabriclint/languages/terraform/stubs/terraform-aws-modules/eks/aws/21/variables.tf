# What a caller may say that matters for network and machines; everything else is passed over.

variable "create" { default = true }
variable "region" { default = null }
variable "name" { default = "" }
variable "kubernetes_version" { default = null }
variable "compute_config" { default = null }
variable "ip_family" { default = "ipv4" }
variable "vpc_id" { default = null }
variable "subnet_ids" { default = [] }
variable "control_plane_subnet_ids" { default = [] }
variable "additional_security_group_ids" { default = [] }
variable "addons" { default = null }
variable "outpost_config" { default = null }
variable "tags" { default = {} }

variable "create_security_group" { default = true }
variable "security_group_id" { default = "" }
variable "security_group_name" { default = null }
variable "security_group_additional_rules" { default = {} }

variable "create_node_security_group" { default = true }
variable "node_security_group_id" { default = "" }
variable "node_security_group_name" { default = null }
variable "node_security_group_additional_rules" { default = {} }
variable "node_security_group_enable_recommended_rules" { default = true }

variable "eks_managed_node_groups" { default = null }
variable "self_managed_node_groups" { default = null }
