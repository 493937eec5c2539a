variable "password" {
  type      = string
  sensitive = true
  default   = "correct-horse-battery"
}

variable "region" {
  default = "eu-north-1"
}

resource "terraform_data" "anchor" {
  input = "anchor"
}

resource "terraform_data" "whole" {
  input = "login with ${var.password}"
}

resource "terraform_data" "part" {
  input = {
    password = var.password
    region   = var.region
    anchor   = terraform_data.anchor.id
  }
}

resource "terraform_data" "later" {
  input = "login to ${terraform_data.anchor.id} with ${var.password}"
}

resource "terraform_data" "marked" {
  input = sensitive("staple-in-the-source")
}
