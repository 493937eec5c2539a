resource "terraform_data" "base" {
  input = { name = "base", size = 2 }
}

resource "terraform_data" "parts" {
  input = {
    id     = terraform_data.base.id
    text   = "id is ${terraform_data.base.id}"
    known  = terraform_data.base.input.name
    list   = [terraform_data.base.id, "x"]
    map    = { id = terraform_data.base.id, n = 1 }
    time   = timestamp()
    uuid   = uuid()
    count  = length([terraform_data.base.id, "x"])
    secret = nonsensitive(sensitive("s"))
  }
}

resource "terraform_data" "each" {
  for_each = { a = terraform_data.base.id, b = "fixed" }
  input    = each.value
}
