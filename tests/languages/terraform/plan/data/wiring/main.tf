variable "names" {
  default = ["blue", "green"]
}

variable "size" {
  default = 3
}

locals {
  anchor = terraform_data.anchor.id
}

resource "terraform_data" "anchor" {
  input = "anchor"
}

resource "terraform_data" "numbered" {
  count = 2
  input = { anchor = terraform_data.anchor.id, number = count.index, size = var.size }
}

resource "terraform_data" "named" {
  for_each = toset(var.names)
  input    = each.key
}

resource "terraform_data" "same_number" {
  count = 2
  input = terraform_data.numbered[count.index].id
}

resource "terraform_data" "same_name" {
  for_each = toset(var.names)
  input    = terraform_data.named[each.key].id
}

resource "terraform_data" "chained" {
  for_each = terraform_data.named
  input    = each.value.id
}

resource "terraform_data" "fixed" {
  input = terraform_data.numbered[1].id
}

resource "terraform_data" "by_name" {
  input = terraform_data.named["green"].id
}

resource "terraform_data" "all" {
  input = terraform_data.numbered[*].id
}

resource "terraform_data" "some" {
  input = slice(terraform_data.numbered[*].id, 1, 2)
}

resource "terraform_data" "pair" {
  input = [terraform_data.named["green"].id, terraform_data.anchor.id]
}

resource "terraform_data" "through_local" {
  input = local.anchor
}

resource "terraform_data" "in_text" {
  input = "near ${terraform_data.anchor.id}"
}

resource "terraform_data" "sized" {
  input = var.size
}

module "part" {
  source = "./child"
  count  = 2
  anchor = terraform_data.anchor.id
  ids    = terraform_data.numbered[*].id
}

module "next" {
  source = "./child"
  anchor = module.part[1].made
  ids    = [for one in terraform_data.numbered : one.id]
}

resource "terraform_data" "from_module" {
  input = module.next.made
}
