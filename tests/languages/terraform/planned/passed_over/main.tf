terraform {
  required_version = ">= 1.5"
}

variable "ready" {
  default = true
}

resource "terraform_data" "renamed" {
  input = "here"
}

moved {
  from = terraform_data.old_name
  to   = terraform_data.renamed
}

removed {
  from = terraform_data.gone

  lifecycle {
    destroy = false
  }
}

check "ready" {
  assert {
    condition     = var.ready
    error_message = "not ready"
  }
}

resource "terraform_data" "guarded" {
  input = var.ready

  lifecycle {
    ignore_changes = [input]

    precondition {
      condition     = var.ready
      error_message = "not ready"
    }
  }

  provisioner "local-exec" {
    command = "true"
  }

  depends_on = [terraform_data.renamed]
}
