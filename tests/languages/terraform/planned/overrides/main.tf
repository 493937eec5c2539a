variable "size" {
  type    = number
  default = 1
}

locals {
  kept    = "kept"
  changed = "before"
}

resource "terraform_data" "one" {
  input            = "before"
  triggers_replace = var.size
}

module "child" {
  source = "./child"
  name   = "before"
}

output "name" {
  value = local.changed
}
