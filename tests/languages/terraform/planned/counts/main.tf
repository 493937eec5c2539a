variable "zones" {
  type    = list(string)
  default = ["a", "b", "c"]
}

variable "enabled" {
  type    = bool
  default = false
}

resource "terraform_data" "zone" {
  count = length(var.zones)
  input = { zone = var.zones[count.index], number = count.index, last = count.index == length(var.zones) - 1 }
}

resource "terraform_data" "off" {
  count = var.enabled ? 1 : 0
  input = "off"
}

resource "terraform_data" "on" {
  count = var.enabled ? 0 : 1
  input = "on"
}

resource "terraform_data" "text_count" {
  count = "2"
  input = "n${count.index}"
}

resource "terraform_data" "splat" {
  input            = terraform_data.zone[*].input.zone
  triggers_replace = terraform_data.zone.*.input.number
}

resource "terraform_data" "maybe" {
  input            = one(terraform_data.off[*].input)
  triggers_replace = try(terraform_data.on[0].input, "none")
}

resource "terraform_data" "joined" {
  input = join(",", [for z in terraform_data.zone : upper(z.input.zone) if z.input.number != 1])
}
