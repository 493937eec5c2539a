# A cluster without machines of its own: those come from Auto Scaling groups the caller gives as capacity providers.

variable "create" { default = true }
variable "cluster_name" { default = "" }

resource "aws_ecs_cluster" "this" {
  count = var.create ? 1 : 0
  name  = var.cluster_name
}

output "cluster_arn" { value = try(aws_ecs_cluster.this[0].arn, null) }
output "cluster_id" { value = try(aws_ecs_cluster.this[0].id, null) }
output "cluster_name" { value = try(aws_ecs_cluster.this[0].name, null) }
