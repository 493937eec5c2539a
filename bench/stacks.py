"""A Terraform root as teams have it: twelve files, about five thousand lines, one VPC for each environment and many fleets.

The text depends on nothing but the arguments, so that two measurements are of the same root.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from machines import fleet, roles

ENVIRONMENTS = ("research", "production")
TEAMS = ("vision", "speech", "pretraining", "alignment", "robotics", "retrieval")
SERVICES = ("ecr.api", "ecr.dkr", "sts", "logs", "ssm", "kms")
PORTS = (22, 988, 1021, 9100)


def write_root(folder: Path) -> dict[str, int]:
    """Write the root into a folder; the lines of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, int] = {}
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
        made[name] = text.count("\n")
    return made


def files() -> dict[str, str]:
    """The files of the root by name."""
    made = {
        "versions.tf": VERSIONS,
        "variables.tf": "\n".join(variables()),
        "network.tf": "\n".join(network(name, number) for number, name in enumerate(ENVIRONMENTS)),
        "endpoints.tf": "\n".join(endpoints(name) for name in ENVIRONMENTS),
        "security.tf": "\n".join(security(name, team) for name in ENVIRONMENTS for team in TEAMS),
        "storage.tf": "\n".join(storage(name, team) for name in ENVIRONMENTS for team in TEAMS),
        "iam.tf": "\n".join(roles(name, team) for name in ENVIRONMENTS for team in TEAMS),
        "eks.tf": "\n".join(kubernetes(name) for name in ENVIRONMENTS),
        "alarms.tf": "\n".join(alarms(name, team) for name in ENVIRONMENTS for team in TEAMS),
        "outputs.tf": "\n".join(outputs()),
    }
    for name in ENVIRONMENTS:
        made[f"fleets_{name}.tf"] = "\n".join(fleet(name, team) for team in TEAMS)
    return made


VERSIONS = """\
terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket = "corp-terraform-state"
    key    = "training/terraform.tfstate"
    region = "us-east-1"
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

data "aws_caller_identity" "current" {}

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  zones   = slice(data.aws_availability_zones.available.names, 0, 3)
  account = data.aws_caller_identity.current.account_id
  image   = "resolve:ssm:/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"

  tags = {
    owner      = "platform"
    costcenter = "4711"
    managed    = "terraform"
  }
}
"""


def variables() -> Iterator[str]:
    """Inputs with defaults, a few for each team."""
    yield 'variable "region" {\n  type        = string\n  default     = "us-east-1"\n  description = "The Region."\n}\n'
    for environment in ENVIRONMENTS:
        for team in TEAMS:
            for name, kind, default, words in (
                ("nodes", "number", "8", "How many machines train together."),
                ("volume_gb", "number", "500", "The root volume of each machine."),
                ("image", "string", "null", "An image of the team's own."),
                ("extra_tags", "map(string)", "{}", "Tags beside the common ones."),
            ):
                yield (
                    f'variable "{environment}_{team}_{name}" {{\n  type        = {kind}\n'
                    f'  default     = {default}\n  description = "{words}"\n}}\n'
                )


def network(name: str, number: int) -> str:
    """A VPC with public and private subnets in three zones, NAT gateways and routes."""
    subnets = "\n".join(
        f"""\
resource "aws_subnet" "{name}_{kind}_{zone}" {{
  vpc_id                  = aws_vpc.{name}.id
  cidr_block              = cidrsubnet(aws_vpc.{name}.cidr_block, 4, {index})
  availability_zone       = local.zones[{zone}]
  map_public_ip_on_launch = {"true" if kind == "public" else "false"}

  tags = {{
    Name = "{name}-{kind}-{zone}"
    tier = "{kind}"
  }}
}}

resource "aws_route_table" "{name}_{kind}_{zone}" {{
  vpc_id = aws_vpc.{name}.id

  tags = {{
    Name = "{name}-{kind}-{zone}"
  }}
}}

resource "aws_route" "{name}_{kind}_{zone}" {{
  route_table_id         = aws_route_table.{name}_{kind}_{zone}.id
  destination_cidr_block = "0.0.0.0/0"
  {_next_hop(name, kind, zone)}
}}

resource "aws_route_table_association" "{name}_{kind}_{zone}" {{
  subnet_id      = aws_subnet.{name}_{kind}_{zone}.id
  route_table_id = aws_route_table.{name}_{kind}_{zone}.id
}}
"""
        for index, (kind, zone) in enumerate(
            (kind, zone) for kind in ("public", "private") for zone in range(3)
        )
    )
    gateways = "\n".join(
        f"""\
resource "aws_eip" "{name}_{zone}" {{
  domain = "vpc"
}}

resource "aws_nat_gateway" "{name}_{zone}" {{
  allocation_id = aws_eip.{name}_{zone}.id
  subnet_id     = aws_subnet.{name}_public_{zone}.id

  depends_on = [aws_internet_gateway.{name}]
}}
"""
        for zone in range(3)
    )
    return f"""\
# The network of {name}.
resource "aws_vpc" "{name}" {{
  cidr_block           = "10.{10 + number}.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {{
    Name = "{name}"
  }}
}}

resource "aws_internet_gateway" "{name}" {{
  vpc_id = aws_vpc.{name}.id
}}

{subnets}
{gateways}"""


def _next_hop(name: str, kind: str, zone: int) -> str:
    if kind == "public":
        return f"gateway_id             = aws_internet_gateway.{name}.id"
    return f"nat_gateway_id         = aws_nat_gateway.{name}_{zone}.id"


def endpoints(name: str) -> str:
    """A gateway endpoint for S3, and interface endpoints for what the machines call."""
    tables = "\n".join(f"    aws_route_table.{name}_private_{zone}.id," for zone in range(3))
    interfaces = "\n".join(
        f"""\
resource "aws_vpc_endpoint" "{name}_{service.replace(".", "_")}" {{
  vpc_id              = aws_vpc.{name}.id
  service_name        = "com.amazonaws.${{var.region}}.{service}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true

  subnet_ids = [
    aws_subnet.{name}_private_0.id,
    aws_subnet.{name}_private_1.id,
    aws_subnet.{name}_private_2.id,
  ]

  security_group_ids = [aws_security_group.{name}_endpoints.id]

  tags = {{
    Name = "{name}-{service}"
  }}
}}
"""
        for service in SERVICES
    )
    return f"""\
resource "aws_vpc_endpoint" "{name}_s3" {{
  vpc_id            = aws_vpc.{name}.id
  service_name      = "com.amazonaws.${{var.region}}.s3"
  vpc_endpoint_type = "Gateway"

  route_table_ids = [
{tables}
  ]
}}

resource "aws_security_group" "{name}_endpoints" {{
  name   = "{name}-endpoints"
  vpc_id = aws_vpc.{name}.id

  ingress {{
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.{name}.cidr_block]
  }}
}}

{interfaces}"""


def security(name: str, team: str) -> str:
    """The group of a team's machines: EFA to itself, and the ports of the tools round them."""
    rules = "\n".join(
        f"""\
resource "aws_vpc_security_group_ingress_rule" "{name}_{team}_{port}" {{
  security_group_id = aws_security_group.{name}_{team}.id
  description       = "port {port} from the VPC"
  cidr_ipv4         = aws_vpc.{name}.cidr_block
  ip_protocol       = "tcp"
  from_port         = {port}
  to_port           = {port}
}}
"""
        for port in PORTS
    )
    both = "\n".join(
        f"""\
resource "aws_vpc_security_group_{way}_rule" "{name}_{team}_efa" {{
  security_group_id            = aws_security_group.{name}_{team}.id
  referenced_security_group_id = aws_security_group.{name}_{team}.id
  ip_protocol                  = "-1"
}}
"""
        for way in ("ingress", "egress")
    )
    return f"""\
resource "aws_security_group" "{name}_{team}" {{
  name        = "{name}-{team}"
  description = "Machines of {team} in {name}"
  vpc_id      = aws_vpc.{name}.id

  tags = merge(local.tags, var.{name}_{team}_extra_tags)
}}

{both}
resource "aws_vpc_security_group_egress_rule" "{name}_{team}_out" {{
  security_group_id = aws_security_group.{name}_{team}.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}}

{rules}"""


def storage(name: str, team: str) -> str:
    """A bucket with its policy, and a Lustre file system that reads it."""
    return f"""\
resource "aws_s3_bucket" "{name}_{team}" {{
  bucket = "corp-{name}-{team}-${{local.account}}"

  tags = {{
    team = "{team}"
  }}
}}

resource "aws_s3_bucket_policy" "{name}_{team}" {{
  bucket = aws_s3_bucket.{name}_{team}.id

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.{name}_{team}.arn, "${{aws_s3_bucket.{name}_{team}.arn}}/*"]
        Condition = {{ Bool = {{ "aws:SecureTransport" = "false" }} }}
      }},
    ]
  }})
}}

resource "aws_fsx_lustre_file_system" "{name}_{team}" {{
  storage_capacity            = 48000
  subnet_ids                  = [aws_subnet.{name}_private_0.id]
  security_group_ids          = [aws_security_group.{name}_{team}.id]
  deployment_type             = "PERSISTENT_2"
  per_unit_storage_throughput = 250
  data_compression_type       = "LZ4"

  metadata_configuration {{
    mode = "AUTOMATIC"
  }}
}}

resource "aws_fsx_data_repository_association" "{name}_{team}" {{
  file_system_id       = aws_fsx_lustre_file_system.{name}_{team}.id
  data_repository_path = "s3://${{aws_s3_bucket.{name}_{team}.id}}"
  file_system_path     = "/datasets"

  s3 {{
    auto_import_policy {{
      events = ["NEW", "CHANGED", "DELETED"]
    }}
  }}
}}
"""


def kubernetes(name: str) -> str:
    """A cluster with a node group for each team."""
    groups = "\n".join(
        f"""\
resource "aws_eks_node_group" "{name}_{team}" {{
  cluster_name    = aws_eks_cluster.{name}.name
  node_group_name = "{team}"
  node_role_arn   = aws_iam_role.{name}_{team}.arn
  subnet_ids      = [aws_subnet.{name}_private_1.id]
  instance_types  = ["m6i.4xlarge"]
  capacity_type   = "ON_DEMAND"

  scaling_config {{
    min_size     = 1
    desired_size = 2
    max_size     = 10
  }}

  labels = {{
    team = "{team}"
  }}
}}
"""
        for team in TEAMS
    )
    return f"""\
resource "aws_eks_cluster" "{name}" {{
  name     = "{name}"
  role_arn = aws_iam_role.{name}_vision.arn
  version  = "1.33"

  vpc_config {{
    subnet_ids              = [aws_subnet.{name}_private_0.id, aws_subnet.{name}_private_1.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }}
}}

{groups}"""


def alarms(name: str, team: str) -> str:
    """What pages somebody at night."""
    return "\n".join(
        f"""\
resource "aws_cloudwatch_metric_alarm" "{name}_{team}_{metric.lower()}" {{
  alarm_name          = "{name}-{team}-{metric}"
  namespace           = "AWS/EC2"
  metric_name         = "{metric}"
  comparison_operator = "{operator}"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  threshold           = {threshold}
  alarm_actions       = ["arn:aws:sns:${{var.region}}:${{local.account}}:pager"]

  dimensions = {{
    AutoScalingGroupName = aws_autoscaling_group.{name}_{team}.name
  }}
}}
"""
        for metric, operator, threshold in (
            ("NetworkIn", "LessThanThreshold", 1000000),
            ("StatusCheckFailed", "GreaterThanThreshold", 0),
        )
    )


def outputs() -> Iterator[str]:
    """What other roots read."""
    for environment in ENVIRONMENTS:
        yield f'output "{environment}_vpc_id" {{\n  value = aws_vpc.{environment}.id\n}}\n'
        for team in TEAMS:
            yield f'output "{environment}_{team}_bucket" {{\n  value = aws_s3_bucket.{environment}_{team}.arn\n}}\n'
            yield f'output "{environment}_{team}_group" {{\n  value = aws_security_group.{environment}_{team}.id\n}}\n'
