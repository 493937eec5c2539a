# Compute environments, queues and job definitions as the caller gives them. A placement group reaches the environment in version 3
# only; before that it is dropped.

variable "create" { default = true }
variable "region" { default = null }
variable "tags" { default = {} }
variable "compute_environments" { default = {} }
variable "create_job_queues" { default = true }
variable "job_queues" { default = {} }
variable "job_definitions" { default = {} }
variable "create_job_definitions" { default = true }

locals {
  passes_placement = false
}

resource "aws_batch_compute_environment" "this" {
  for_each = { for name, environment in merge(var.compute_environments, {}) : name => environment if var.create }

  region      = var.region
  name        = try(each.value.name, null)
  name_prefix = try(each.value.name_prefix, null)
  type        = try(coalesce(each.value.type, "MANAGED"), "MANAGED")
  tags        = merge(var.tags, try(each.value.tags, {}))

  dynamic "compute_resources" {
    for_each = try(each.value.compute_resources, null) != null ? [each.value.compute_resources] : []
    content {
      type               = try(compute_resources.value.type, null)
      instance_type      = try(startswith(compute_resources.value.type, "FARGATE"), false) ? null : try(compute_resources.value.instance_types, null)
      max_vcpus          = try(compute_resources.value.max_vcpus, null)
      min_vcpus          = try(compute_resources.value.min_vcpus, null)
      subnets            = try(compute_resources.value.subnets, null)
      security_group_ids = try(compute_resources.value.security_group_ids, null)
      placement_group    = local.passes_placement ? try(compute_resources.value.placement_group, null) : null
      tags               = try(compute_resources.value.tags, {})

      dynamic "launch_template" {
        for_each = try(compute_resources.value.launch_template, null) != null ? [compute_resources.value.launch_template] : []
        content {
          launch_template_id   = try(launch_template.value.launch_template_id, launch_template.value.id, null)
          launch_template_name = try(launch_template.value.launch_template_name, launch_template.value.name, null)
          version              = try(launch_template.value.version, null)
        }
      }
    }
  }

  dynamic "eks_configuration" {
    for_each = try(each.value.eks_configuration, null) != null ? [each.value.eks_configuration] : []
    content {
      eks_cluster_arn = eks_configuration.value.eks_cluster_arn
    }
  }
}

resource "aws_batch_job_queue" "this" {
  for_each = { for name, queue in merge(var.job_queues, {}) : name => queue if var.create && var.create_job_queues }

  region = var.region
  name   = try(coalesce(each.value.name, each.key), each.key)

  dynamic "compute_environment_order" {
    for_each = try(each.value.compute_environment_order, [for name in try(each.value.compute_environments, keys(var.compute_environments)) : { compute_environment_key = name }])
    content {
      compute_environment = aws_batch_compute_environment.this[compute_environment_order.value.compute_environment_key].arn
    }
  }
}

resource "aws_batch_job_definition" "this" {
  for_each = { for name, job in merge(var.job_definitions, {}) : name => job if var.create && var.create_job_definitions }

  region               = var.region
  name                 = try(coalesce(each.value.name, each.key), each.key)
  type                 = try(coalesce(each.value.type, "container"), "container")
  container_properties = try(each.value.container_properties, null)
  node_properties      = try(each.value.node_properties, null)
  tags                 = merge(var.tags, try(each.value.tags, {}))
}

output "compute_environments" { value = aws_batch_compute_environment.this }
output "job_queues" { value = aws_batch_job_queue.this }
output "job_definitions" { value = aws_batch_job_definition.this }
