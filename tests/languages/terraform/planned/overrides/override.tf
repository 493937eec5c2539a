variable "size" {
  default = "7"
}

locals {
  changed = "after ${local.kept}"
}

resource "terraform_data" "one" {
  input = local.changed
}
