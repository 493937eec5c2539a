variable "name" {}

variable "subnets" {
  type = map(string)
}

resource "terraform_data" "subnet" {
  for_each = var.subnets
  input    = { cidr = each.value, name = "${var.name}-${each.key}", bits = cidrsubnet(each.value, 2, 1) }
}

output "names" {
  value = [for subnet in terraform_data.subnet : subnet.input.name]
}

output "label" {
  value = upper(var.name)
}
