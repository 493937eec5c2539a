variable "efa" {
  type    = bool
  default = true
}

variable "subnets" {
  type    = list(string)
  default = []
}

locals {
  interfaces = var.efa ? [for n in range(4) : { index = n == 0 ? 0 : 1, card = n, type = n == 0 ? "efa" : "efa-only" }] : []
  subnets    = length(var.subnets) > 0 ? var.subnets : ["default"]
  either     = var.efa ? 1 : "one"
  object     = var.efa ? { a = 1 } : { a = "x" }
  nothing    = var.efa ? null : { a = 1 }
  list       = coalescelist(var.subnets, local.subnets, ["never"])
}

resource "terraform_data" "values" {
  input = {
    interfaces = local.interfaces
    subnets    = local.subnets
    either     = local.either
    object     = local.object
    nothing    = local.nothing
    list       = local.list
    same       = local.subnets == ["default"]
    not_same   = local.either == 1
    tried      = try(local.nothing.a, local.object.b, "neither")
    can        = can(local.nothing.a)
    first      = coalesce(null, "", local.either)
  }
}

resource "terraform_data" "interface" {
  count            = length(local.interfaces)
  triggers_replace = { for name, value in local.interfaces[count.index] : upper(name) => value if name != "index" }
}
