resource "terraform_data" "stays" {
  input = "stays"
}

resource "terraform_data" "changes" {
  input = "old"
}

resource "terraform_data" "replaced" {
  input            = "replaced"
  triggers_replace = "one"
}

resource "terraform_data" "goes" {
  count = 2
  input = terraform_data.stays.id
}

resource "terraform_data" "removed" {
  input = "removed"
}

output "told" {
  value = "told by the state"
}
