variable "from_default" {
  default = "default"
}

variable "from_tfvars" {
  type    = number
  default = 1
}

variable "from_json" {
  type    = list(string)
  default = []
}

variable "from_auto" {
  type    = map(number)
  default = {}
}

variable "last_wins" {}

variable "any" {
  type    = any
  default = null
}

variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "pair" {
  type    = tuple([string, bool])
  default = [1, "true"]
}

resource "terraform_data" "values" {
  input = {
    a = var.from_default
    b = var.from_tfvars
    c = var.from_json
    d = var.from_auto
    e = var.last_wins
    f = var.any
    g = var.set
    h = var.pair
  }
}

resource "terraform_data" "set" {
  for_each = var.set
  input    = each.key
}
