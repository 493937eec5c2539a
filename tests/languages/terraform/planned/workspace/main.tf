locals {
  sizes = { default = 1, training = 3 }
}

resource "terraform_data" "by_workspace" {
  count = local.sizes[terraform.workspace]
  input = "${terraform.workspace}-${count.index}"
}

resource "terraform_data" "only_training" {
  count = terraform.workspace == "training" ? 1 : 0
  input = lookup({ training = "p5" }, terraform.workspace, "t3")
}
