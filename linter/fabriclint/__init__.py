"""fabriclint: finds what starves generative-AI training of network on AWS, in Terraform and CloudFormation."""

__version__ = "0.1.0"
