variable "groups" {
  type = map(object({
    size  = optional(number, 2)
    types = optional(list(string), ["p5.48xlarge"])
    spot  = optional(bool)
    tags  = optional(map(string), {})
  }))
  default = {
    b = {}
    a = { size = "4", types = ["p4d.24xlarge", "p5.48xlarge"], tags = { team = "x" } }
    c = { size = null, spot = "true" }
  }
}

resource "terraform_data" "group" {
  for_each = var.groups
  input    = { name = each.key, size = each.value.size, first = each.value.types[0], spot = each.value.spot }
}

resource "terraform_data" "named" {
  for_each         = toset(["y", "x", "y"])
  input            = each.value
  triggers_replace = each.key
}

resource "terraform_data" "chosen" {
  for_each = { for name, group in var.groups : "${name}-${group.size}" => group if group.spot != true }
  input    = length(each.value.types)
}

resource "terraform_data" "pairs" {
  for_each = merge([
    for name, group in var.groups : {
      for n, type in group.types : "${name}/${n}" => { type = type, of = name }
    }
  ]...)
  input = each.value
}

resource "terraform_data" "again" {
  for_each = terraform_data.group
  input    = each.value.input.size
}

resource "terraform_data" "all" {
  input            = { for key, one in terraform_data.group : key => one.input.first }
  triggers_replace = values(terraform_data.named)[*].input
}

resource "terraform_data" "none" {
  for_each = {}
  input    = each.key
}
