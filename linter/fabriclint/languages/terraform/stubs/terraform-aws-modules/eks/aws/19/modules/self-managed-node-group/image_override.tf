# Before version 20 the image was always the plain Amazon Linux 2 one of EKS, found by name.

locals {
  default_image = try(data.aws_ami.eks_default[0].image_id, null)
}

data "aws_ssm_parameter" "ami" {
  count = 0
}

data "aws_ami" "eks_default" {
  count       = var.create && var.create_launch_template ? 1 : 0
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["amazon-eks-node-${local.kubernetes}-v*"]
  }
}
