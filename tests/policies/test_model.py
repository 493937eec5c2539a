"""Conditions over real stacks: links, lists that may have more, zones, tags and rules, in both languages."""

from __future__ import annotations

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.policies.read import read
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source

TERRAFORM = """\
resource "aws_vpc" "a" {
  cidr_block = "10.0.0.0/16"
  tags       = { team = "research" }
}
resource "aws_vpc" "b" { cidr_block = "10.1.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.a.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-east-1a"
}
resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.a.id
  cidr_block        = "10.0.2.0/24"
  availability_zone = "us-east-1b"
}
resource "aws_security_group" "g" {
  name   = "g"
  vpc_id = aws_vpc.a.id
  ingress {
    protocol  = "-1"
    from_port = 0
    to_port   = 0
    self      = true
  }
}
resource "aws_security_group_rule" "g" {
  security_group_id = aws_security_group.g.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"]
}
resource "aws_placement_group" "p" {
  name     = "p"
  strategy = "cluster"
}
resource "aws_launch_template" "t" {
  image_id      = "ami-1"
  instance_type = "p5.48xlarge"
  placement { group_name = aws_placement_group.p.name }
  network_interfaces {
    interface_type  = "efa"
    security_groups = [aws_security_group.g.id]
  }
}
resource "aws_autoscaling_group" "f" {
  min_size            = 0
  max_size            = 8
  vpc_zone_identifier = [aws_subnet.a.id, aws_subnet.b.id]
  launch_template { id = aws_launch_template.t.id }
  tag {
    key                 = "team"
    value               = "research"
    propagate_at_launch = true
  }
}
resource "aws_instance" "lone" {
  ami           = "ami-1"
  instance_type = "g5.xlarge"
  subnet_id     = aws_subnet.a.id
}
"""
TEMPLATE = """\
Resources:
  Net:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
      Tags: [{Key: team, Value: research}]
"""
UNSEEN = (
    TERRAFORM + 'module "more" {\n  source = "git::https://example.com/net.git"\n  vpc = aws_vpc.a.id\n}\n'
)


def settled(subject, require, contents=TERRAFORM, path="main.tf"):
    """What a condition comes to, by the last part of each subject's address."""
    text = (
        f"policy: a-policy\nfor: {subject}\nseverity: warning\ndescription: It is not so.\nmessage: m\nwhy: w\nfix: f\n"
        f"require: |\n  {require}\n"
    )
    files = MemoryFiles({path: contents})
    report = run(
        plan(["."], files, languages()),
        files,
        Settings(),
        [read(Source("a-policy.yaml", text.encode()), "x")],
    )
    assert not report.crashed, report.diagnostics
    return {
        one.address.rpartition(".")[2]: {"yes": "no", "no": "yes"}.get(one.state, one.state)
        for one in report.verdicts
    }


@pytest.mark.parametrize(
    ("require", "f", "lone"),
    [
        ("has(fleet.placement) && fleet.placement.cluster", "yes", "no"),
        ("fleet.placement.cluster", "yes", "unknown"),
        ('fleet.placement == "p"', "yes", "no"),
        ("fleet.placement == null", "no", "yes"),
        ('fleet.placement.strategy == "cluster" || fleet.placement == null', "yes", "yes"),
        ("fleet.subnets.all(one, one.vpc == fleet.vpc)", "yes", "yes"),
        ("fleet.subnets.size() == 1", "no", "yes"),
        ('fleet.zones.exists(one, one == "us-east-1b")', "yes", "no"),
        ('fleet.zones.exists(one, one == "use1-az1")', "unknown", "unknown"),
        ("fleet.known_types.all(one, one.efa_capable && one.gbps >= 400)", "yes", "no"),
        ('fleet.known_types.map(one, one.family) == ["p5"]', "yes", "no"),
        ('fleet.types == ["p5.48xlarge"]', "yes", "no"),
        ("fleet.size.maximum == 8", "yes", "no"),
        ('fleet.kind == "Auto Scaling group"', "yes", "no"),
        ('fleet.kind in ["instance", "Spot Fleet"]', "no", "yes"),
        ('has(fleet.tags.team) && fleet.tags["team"] == "research"', "yes", "unknown"),
        ("fleet.vpc.subnets.exists(one, one.zone == fleet.subnets[0].zone)", "yes", "yes"),
        ("fleet.interfaces.exists(one, one.efa)", "yes", "no"),
        ("fleet.launch_groups.size() >= 0", "yes", "yes"),
        ("fleet.vpc.fleets.size() >= 2", "yes", "yes"),
        ("fleet.vpc.fleets.size() == 2", "unknown", "unknown"),
    ],
)
def test_a_fleet(require, f, lone):
    assert settled("Fleet", require) == {"f": f, "lone": lone}


@pytest.mark.parametrize(
    ("require", "a", "b", "unseen"),
    [
        ('vpc.tags.team == "research"', "yes", "unknown", "yes"),
        ("vpc.subnets.size() == 2", "yes", "no", "unknown"),
        ("vpc.subnets.size() >= 2", "yes", "no", "yes"),
        ("vpc.endpoints.exists(one, one.gateway)", "no", "no", "unknown"),
        ("vpc.cidrs.all(one, one.startsWith('10.0'))", "yes", "no", "yes"),
        ("vpc.subnets.all(one, one.vpc == vpc)", "yes", "yes", "unknown"),
    ],
)
def test_a_vpc_and_what_an_unseen_module_may_add(require, a, b, unseen):
    assert settled("Vpc", require) == {"a": a, "b": b}
    assert settled("Vpc", require, UNSEEN)["a"] == unseen


def test_a_security_group_has_the_rules_that_stand_alone():
    assert settled("SecurityGroup", "security_group.ingress.size() == 2") == {"g": "yes"}
    assert settled("SecurityGroup", 'security_group.ingress.exists(one, "0.0.0.0/0" in one.cidr_blocks)') == {
        "g": "yes"
    }
    assert settled("SecurityGroup", "security_group.ingress.exists(one, one.to_port == 22)") == {"g": "yes"}


def test_tags_are_one_object_in_both_languages():
    for require in ('vpc.tags["team"] == "research"', '"team" in vpc.tags'):
        assert settled("Vpc", require, TEMPLATE, "template.yaml") == {"Net": "yes"}
        assert settled("Vpc", require)["a"] == "yes"
    # The provider or the stack may add one.
    assert settled("Vpc", "has(vpc.tags.cost)") == {"a": "unknown", "b": "unknown"}
    assert settled("Vpc", "has(vpc.tags.cost)", TEMPLATE, "template.yaml") == {"Net": "unknown"}


def test_one_subnet_may_be_asked():
    assert settled("Subnet", 'subnet.zone == "us-east-1a" && subnet.vpc.label.contains("a")') == {
        "a": "yes",
        "b": "no",
    }
