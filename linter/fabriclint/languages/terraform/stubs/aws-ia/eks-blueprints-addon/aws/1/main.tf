# One chart, with an IAM role for its service accounts. What goes into `set_sensitive` is not looked at.

variable "create" { default = true }
variable "create_release" { default = true }
variable "create_role" { default = false }
variable "name" { default = "" }
variable "chart" { default = "" }
variable "chart_version" { default = null }
variable "repository" { default = null }
variable "values" { default = [] }
variable "set" { default = [] }
variable "set_irsa_names" { default = [] }

data "aws_iam_role" "this" {}

resource "helm_release" "this" {
  count = var.create && var.create_release ? 1 : 0

  name       = try(coalesce(var.name, var.chart), "")
  chart      = var.chart
  version    = var.chart_version
  repository = var.repository
  values     = var.values

  dynamic "set" {
    for_each = var.set

    content {
      name  = set.value.name
      value = set.value.value
    }
  }

  dynamic "set" {
    for_each = var.create && var.create_role ? toset(var.set_irsa_names) : []

    content {
      name  = set.value
      value = data.aws_iam_role.this.arn
    }
  }
}
