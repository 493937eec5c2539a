# A bucket, or a directory bucket of one zone.

variable "create_bucket" { default = true }
variable "region" { default = null }
variable "bucket" { default = null }
variable "bucket_prefix" { default = null }
variable "tags" { default = {} }
variable "is_directory_bucket" { default = false }
variable "availability_zone_id" { default = null }

resource "aws_s3_bucket" "this" {
  count         = var.create_bucket && !var.is_directory_bucket ? 1 : 0
  region        = var.region
  bucket        = var.bucket
  bucket_prefix = var.bucket_prefix
  tags          = var.tags
}

resource "aws_s3_directory_bucket" "this" {
  count  = var.create_bucket && var.is_directory_bucket ? 1 : 0
  region = var.region
  bucket = "${var.bucket}--${var.availability_zone_id}--x-s3"

  location {
    name = var.availability_zone_id
  }
}

output "s3_bucket_id" { value = try(aws_s3_bucket.this[0].id, aws_s3_directory_bucket.this[0].bucket, "") }
output "s3_bucket_arn" { value = try(aws_s3_bucket.this[0].arn, "") }
output "s3_bucket_bucket_domain_name" { value = try(aws_s3_bucket.this[0].bucket_domain_name, "") }
output "s3_bucket_bucket_regional_domain_name" { value = try(aws_s3_bucket.this[0].bucket_regional_domain_name, "") }
output "s3_bucket_region" { value = try(aws_s3_bucket.this[0].region, "") }
output "s3_directory_bucket_name" { value = try(aws_s3_directory_bucket.this[0].bucket, null) }
output "s3_directory_bucket_arn" { value = try(aws_s3_directory_bucket.this[0].arn, null) }
