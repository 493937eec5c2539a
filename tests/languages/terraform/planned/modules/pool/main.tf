variable "name" {
  type = string
}

variable "subnets" {
  type    = list(string)
  default = []
}

variable "size" {
  type     = number
  default  = 3
  nullable = false
}

module "node" {
  source = "./node"
  count  = var.size
  name   = "${var.name}-${count.index}"
  subnet = try(element(var.subnets, count.index), "default")
}

output "nodes" {
  value = module.node[*].address
}

output "size" {
  value = var.size
}
