variable "name" {}

resource "terraform_data" "it" {
  input = var.name
}
