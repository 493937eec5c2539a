# A cluster without machines of its own: those come from Auto Scaling groups the caller gives as capacity providers.

variable "create" { default = true }
variable "cluster_name" { default = "" }
variable "name" { default = "" }

resource "aws_ecs_cluster" "this" {
  count = var.create ? 1 : 0
  name  = try(coalesce(var.cluster_name, var.name), "")
}

output "arn" { value = try(aws_ecs_cluster.this[0].arn, null) }
output "id" { value = try(aws_ecs_cluster.this[0].id, null) }
output "name" { value = try(aws_ecs_cluster.this[0].name, null) }
