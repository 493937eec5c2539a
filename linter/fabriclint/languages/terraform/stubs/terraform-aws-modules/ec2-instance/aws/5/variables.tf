# What a caller may say that matters for the machine.

variable "create" { default = true }
variable "region" { default = null }
variable "name" { default = "" }
variable "tags" { default = {} }
variable "instance_tags" { default = {} }
variable "ami" { default = null }
variable "ami_ssm_parameter" { default = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2" }
variable "ignore_ami_changes" { default = false }
variable "instance_type" { default = "t3.micro" }
variable "subnet_id" { default = null }
variable "availability_zone" { default = null }
variable "associate_public_ip_address" { default = null }
variable "vpc_security_group_ids" { default = null }
variable "network_interface" { default = [] }
variable "launch_template" { default = {} }
variable "placement_group" { default = null }
variable "placement_group_id" { default = null }
variable "user_data" { default = null }
variable "user_data_base64" { default = null }
variable "instance_market_options" { default = {} }
variable "capacity_reservation_specification" { default = {} }
variable "create_spot_instance" { default = false }
