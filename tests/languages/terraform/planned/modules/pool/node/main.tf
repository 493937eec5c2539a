variable "name" {}
variable "subnet" {}

resource "terraform_data" "node" {
  input = { name = var.name, subnet = var.subnet, path = path.module }
}

output "address" {
  value = "${var.name}.${var.subnet}"
}
