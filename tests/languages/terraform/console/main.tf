locals {
  key     = "k"
  list    = ["a", "b", "c"]
  map     = { a = 1, b = 2 }
  numbers = [1, 2.5]
  objects = [
    { name = "one", tags = { env = "dev" } },
    { name = "two", tags = { env = "prod" } },
  ]
  heredoc    = <<EOT
first ${local.key}
  "second" \n $${x}
EOT
  indented   = <<-EOT
      two
    one
        four
    EOT
  directives = <<-EOT
    start
    %{ for x in local.list ~}
      item ${x}
    %{ endfor ~}
    %{ if true }
    yes
    %{ endif }
    end
  EOT
  ragged     = <<-EOT
    ${local.key} first
      second

    third
    EOT
  blank      = <<EOT
EOT
}

variable "text" {
  type    = string
  default = 12
}

variable "number" {
  type    = number
  default = "12"
}

variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "typed" {
  type = object({
    name = string
    size = optional(number, 3)
    tags = optional(map(string))
  })
  default = { name = "x", extra = true }
}

variable "objects" {
  type    = map(object({ a = optional(string, "d"), b = optional(bool) }))
  default = { one = {}, two = { a = "z", b = "true" } }
}

variable "tuple" {
  type    = tuple([string, number])
  default = [1, "2"]
}
