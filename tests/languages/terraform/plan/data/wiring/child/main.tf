variable "anchor" {}

variable "ids" {}

resource "terraform_data" "inner" {
  input = var.anchor
}

resource "terraform_data" "each_id" {
  count = 2
  input = var.ids[count.index]
}

output "made" {
  value = terraform_data.inner.id
}
