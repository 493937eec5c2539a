# The image where the caller gives none: AWS's newest for the type of image and the version of the cluster.

locals {
  parameters = {
    AL2_x86_64                 = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2/recommended"
    AL2_x86_64_GPU             = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2-gpu/recommended"
    AL2_ARM_64                 = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2-arm64/recommended"
    AL2023_x86_64_STANDARD     = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2023/x86_64/standard/recommended"
    AL2023_x86_64_NVIDIA       = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2023/x86_64/nvidia/recommended"
    AL2023_x86_64_NEURON       = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2023/x86_64/neuron/recommended"
    AL2023_ARM_64_STANDARD     = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2023/arm64/standard/recommended"
    AL2023_ARM_64_NVIDIA       = "eks/optimized-ami/${local.kubernetes}/amazon-linux-2023/arm64/nvidia/recommended"
    BOTTLEROCKET_x86_64        = "bottlerocket/aws-k8s-${local.kubernetes}/x86_64/latest"
    BOTTLEROCKET_ARM_64        = "bottlerocket/aws-k8s-${local.kubernetes}/arm64/latest"
    BOTTLEROCKET_x86_64_FIPS   = "bottlerocket/aws-k8s-${local.kubernetes}-fips/x86_64/latest"
    BOTTLEROCKET_ARM_64_FIPS   = "bottlerocket/aws-k8s-${local.kubernetes}-fips/arm64/latest"
    BOTTLEROCKET_x86_64_NVIDIA = "bottlerocket/aws-k8s-${local.kubernetes}-nvidia/x86_64/latest"
    BOTTLEROCKET_ARM_64_NVIDIA = "bottlerocket/aws-k8s-${local.kubernetes}-nvidia/arm64/latest"
  }
  kubernetes    = var.cluster_version != null ? var.cluster_version : ""
  default_image = try(data.aws_ssm_parameter.ami[0].value, null)
}

data "aws_ssm_parameter" "ami" {
  count = var.create ? 1 : 0
  name  = try("/aws/service/${local.parameters[var.ami_type]}/image_id", null)
}
