"""The first form of a rule for the subjects that it can be written for: a demand that is easily seen, and stacks that show it."""

from __future__ import annotations

from msgspec import Struct

VARIABLE = """\
variable "given" {
  type = string
}

"""
PARAMETER = """\
Parameters:
  Given:
    Type: String
"""


class Form(Struct, frozen=True):
    """A demand, in words, in CEL and in Python, and a stack with one value in it that decides.

    In a stack `@` stands for the value and `#` for the mark, at the end of the line that a finding points at.
    """

    fault: str
    require: str
    claim: str
    terraform: str
    cloudformation: str
    bad: str
    good: str


FORMS = {
    "Fleet": Form(
        "may grow to more than 16 nodes",
        "fleet.size.maximum <= 16",
        "fleet.size.above(16)",
        """\
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = "p5.48xlarge"
}

resource "aws_autoscaling_group" "nodes" {#
  min_size            = 0
  max_size            = @
  vpc_zone_identifier = ["subnet-0a1b2c3d4e5f60718"]

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }
}
""",
        """\
Resources:
  NodesTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-0a1b2c3d4e5f60718
        InstanceType: p5.48xlarge

  Nodes:#
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "0"
      MaxSize: @
      VPCZoneIdentifier:
        - subnet-0a1b2c3d4e5f60718
      LaunchTemplate:
        LaunchTemplateId: !Ref NodesTemplate
        Version: !GetAtt NodesTemplate.LatestVersionNumber
""",
        '"32"',
        '"8"',
    ),
    "Vpc": Form(
        "has DNS host names turned off",
        "vpc.dns_hostnames == true",
        '~vpc.element.get("dns_hostnames").on()',
        """\
resource "aws_vpc" "research" {#
  cidr_block           = "10.40.0.0/16"
  enable_dns_hostnames = @
}
""",
        """\
Resources:
  ResearchVpc:#
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.40.0.0/16
      EnableDnsHostnames: @
""",
        "false",
        "true",
    ),
    "Subnet": Form(
        "gives its machines public addresses",
        "subnet.public_ip != true",
        'subnet.element.get("public_ip").on()',
        """\
resource "aws_vpc" "research" {
  cidr_block = "10.40.0.0/16"
}

resource "aws_subnet" "gpu" {#
  vpc_id                  = aws_vpc.research.id
  cidr_block              = "10.40.16.0/20"
  map_public_ip_on_launch = @
}
""",
        """\
Resources:
  ResearchVpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.40.0.0/16

  GpuSubnet:#
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref ResearchVpc
      CidrBlock: 10.40.16.0/20
      MapPublicIpOnLaunch: @
""",
        "true",
        "false",
    ),
    "SecurityGroup": Form(
        "lets everybody in",
        'security_group.ingress.all(one, !has(one.cidr_blocks) || !("0.0.0.0/0" in one.cidr_blocks))',
        'security_group.ingress.any(lambda one: one.words.field("cidr_blocks").members().any('
        'lambda cidr: cidr.is_("0.0.0.0/0")))',
        """\
resource "aws_security_group" "nodes" {#
  name   = "nodes"
  vpc_id = "vpc-0a1b2c3d4e5f60718"

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = [@]
  }
}
""",
        """\
Resources:
  Nodes:#
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: nodes
      VpcId: vpc-0a1b2c3d4e5f60718
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 22
          ToPort: 22
          CidrIp: @
""",
        '"0.0.0.0/0"',
        '"10.40.0.0/16"',
    ),
    "Lustre": Form(
        "is not of the type PERSISTENT_2",
        'lustre.deployment_type == "PERSISTENT_2"',
        '~lustre.type_is("PERSISTENT_2")',
        """\
resource "aws_fsx_lustre_file_system" "datasets" {#
  subnet_ids       = ["subnet-0a1b2c3d4e5f60718"]
  storage_capacity = 4800
  deployment_type  = @
}
""",
        """\
Resources:
  Datasets:#
    Type: AWS::FSx::FileSystem
    Properties:
      FileSystemType: LUSTRE
      SubnetIds:
        - subnet-0a1b2c3d4e5f60718
      StorageCapacity: 4800
      LustreConfiguration:
        DeploymentType: @
""",
        '"SCRATCH_2"',
        '"PERSISTENT_2"',
    ),
}

POLICY = """\
policy: {name}
for: {subject}
severity: warning
description: A {what} {fault}.

# when: for whom it is asked. require: what has to hold. Words of {subject}: docs/policies.md
require: |
  {require}

message: ${{{variable}.label}} {fault}
why: Say why that is wrong, in one sentence.
fix: Say what to do about it.
limits: Say what this does not see.
"""
RULE = '''\
"""A {what} {fault}.

## Why

Say why that is wrong, with the numbers that matter.

## How to fix

Say what to do about it.

## Limits

Say what this does not see.
"""

from fabriclint.sdk import Claim, Claims, Fix, {subject}, rule


@rule(name="{name}", subject={subject}, severity="warning", sources=())
def {function}({variable}: {subject}) -> Claims:
    yield Claim(
        when={claim},
        at={variable}.place,
        message=f"{{{variable}.label}} {fault}",
        why="Say why that is wrong, in one sentence.",
        fix=Fix("Say what to do about it."),
    )
'''
