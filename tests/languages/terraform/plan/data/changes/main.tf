resource "terraform_data" "stays" {
  input = "stays"
}

resource "terraform_data" "changes" {
  input = "new"
}

resource "terraform_data" "replaced" {
  input            = "replaced"
  triggers_replace = "two"
}

resource "terraform_data" "goes" {
  count = 1
  input = terraform_data.stays.id
}

resource "terraform_data" "uses" {
  input = terraform_data.stays.id
}

resource "terraform_data" "waits" {
  input = terraform_data.replaced.id
}

data "terraform_remote_state" "own" {
  backend = "local"

  config = {
    path = "terraform.tfstate"
  }
}

resource "terraform_data" "looked_up" {
  input = data.terraform_remote_state.own.outputs.told
}
