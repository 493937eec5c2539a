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
    %{for x in local.list~}
      item ${x}
    %{endfor~}
    %{if true}
    yes
    %{endif}
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

locals {
  yes     = true
  nothing = null
  nested  = [["a", "b"], [], ["c"]]
  deep    = { one = { inner = [1, 2], name = "n1" }, two = { inner = [], name = null } }
}

variable "strings" {
  type    = list(string)
  default = ["x", "y", "", "x"]
}

variable "numbers" {
  type    = list(number)
  default = [3, 1, 2]
}

variable "tags" {
  type    = map(string)
  default = { env = "dev", team = "ml", k = "v" }
}

variable "rows" {
  type = list(object({
    name = string
    tags = optional(map(string), {})
    size = optional(number)
  }))
  default = [{ name = "r1", tags = { env = "dev" } }, { name = "r2", size = "4", tags = { env = "x" } }]
}

variable "anything" {
  default = { list = ["a"], none = null }
}

variable "deep" {
  type = object({
    pool = optional(object({
      kind  = optional(string, "gpu")
      sizes = optional(list(number), [1])
      inner = optional(object({ on = optional(bool, true), at = optional(string) }), {})
    }), {})
    pools = optional(map(object({ count = optional(number, 1), labels = optional(map(string), { a = 1 }) })), { d = {} })
    rest  = optional(any)
    pair  = optional(tuple([string, bool]), ["p", "true"])
    tags  = optional(set(string), ["z", "a", "z"])
  })
  default = { pools = { p = { count = "2" }, q = { labels = null } }, rest = [1, "a"] }
}

variable "any_list" {
  type    = list(any)
  default = [1, "a", true]
}

variable "any_map" {
  type    = map(any)
  default = { a = 1, b = "x" }
}

variable "not_null" {
  type     = string
  nullable = false
  default  = "d"
}

variable "numbers_of_text" {
  type    = set(number)
  default = ["3", 1, "2", 3]
}
