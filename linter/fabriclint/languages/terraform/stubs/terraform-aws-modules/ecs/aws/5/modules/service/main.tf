# A service and its task definition; it makes nothing of the network but a security group, whose rules are not shown here.

variable "create" { default = true }
