# What a caller may say that matters for the machines.

variable "create" { default = true }
variable "region" { default = null }
variable "name" { default = "" }
variable "use_name_prefix" { default = true }
variable "instance_name" { default = "" }
variable "tags" { default = {} }
variable "autoscaling_group_tags" { default = {} }
variable "vpc_zone_identifier" { default = null }
variable "availability_zones" { default = null }
variable "placement_group" { default = null }
variable "min_size" { default = null }
variable "max_size" { default = null }
variable "desired_capacity" { default = null }
variable "ignore_desired_capacity_changes" { default = false }
variable "use_mixed_instances_policy" { default = false }
variable "mixed_instances_policy" { default = null }

variable "create_launch_template" { default = true }
variable "launch_template" { default = null }
variable "launch_template_id" { default = null }
variable "launch_template_name" { default = "" }
variable "launch_template_use_name_prefix" { default = true }
variable "launch_template_version" { default = null }
variable "launch_template_tags" { default = {} }
variable "image_id" { default = null }
variable "instance_type" { default = null }
variable "instance_requirements" { default = {} }
variable "user_data" { default = null }
variable "security_groups" { default = [] }
variable "network_interfaces" { default = [] }
variable "placement" { default = {} }
variable "instance_market_options" { default = {} }
variable "capacity_reservation_specification" { default = {} }
variable "tag_specifications" { default = [] }
