variable "name" {}

resource "terraform_data" "it" {
  input = "child of ${var.name}"
}

output "name" {
  value = terraform_data.it.input
}
