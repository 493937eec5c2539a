"""What one resource reads of another: handles where only the provider knows, values with a handle where it is written."""

from __future__ import annotations

import pytest

BESIDE = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "m" }
}

resource "aws_subnet" "counted" {
  count      = 2
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_subnet" "keyed" {
  for_each          = { a = 0, b = 1 }
  availability_zone = "us-east-1${each.key}"
}

resource "aws_launch_template" "lt" {
  placement {
    group_name = "g"
  }
  network_interfaces {
    device_index = 3
  }
}

resource "aws_instance" "nulls" {
  availability_zone = null
}

data "aws_availability_zones" "here" {}
data "aws_vpc" "given" { id = "vpc-1" }
data "aws_subnet" "each" {
  for_each = toset(["x", "y"])
  id       = each.value
}
data "aws_subnet" "two" { count = 2 }
"""


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("aws_vpc.main.id", "<aws_vpc.main.id>"),
        ("aws_vpc.main.cidr_block", "10.0.0.0/16"),
        ("aws_vpc.main.tags.Name", "m"),
        ("resource.aws_vpc.main.id", "<aws_vpc.main.id>"),
        ("aws_subnet.counted[1].id", "<aws_subnet.counted[1].id>"),
        ("aws_subnet.counted.1.id", "<aws_subnet.counted[1].id>"),
        ("aws_subnet.counted[*].id", ["<aws_subnet.counted[0].id>", "<aws_subnet.counted[1].id>"]),
        ("aws_subnet.counted.*.cidr_block", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("[for s in aws_subnet.counted : s.id]", ["<aws_subnet.counted[0].id>", "<aws_subnet.counted[1].id>"]),
        ("length(aws_subnet.counted)", 2),
        ("aws_subnet.counted[2].id", "<unknown>"),
        ('aws_subnet.keyed["b"].id', '<aws_subnet.keyed["b"].id>'),
        ("values(aws_subnet.keyed)[*].id", ['<aws_subnet.keyed["a"].id>', '<aws_subnet.keyed["b"].id>']),
        ("[for k, s in aws_subnet.keyed : k]", ["a", "b"]),
        ("{ for k, s in aws_subnet.keyed : s.availability_zone => s.id }",
         {"us-east-1a": '<aws_subnet.keyed["a"].id>', "us-east-1b": '<aws_subnet.keyed["b"].id>'}),
        ("aws_launch_template.lt.placement[0].group_name", "g"),
        ("aws_launch_template.lt.network_interfaces[0].device_index", 3),
        ("aws_launch_template.lt.network_interfaces[0].network_interface_id",
         "<aws_launch_template.lt.network_interfaces[0].network_interface_id>"),
        ("aws_instance.nulls.availability_zone", "<aws_instance.nulls.availability_zone>"),
        ("data.aws_vpc.given.id", "vpc-1"),
        ("data.aws_availability_zones.here.names", "<data.aws_availability_zones.here.names>"),
        ("data.aws_availability_zones.here.names[1]", "<data.aws_availability_zones.here.names[1]>"),
        ("slice(data.aws_availability_zones.here.names, 0, 2)",
         ["<data.aws_availability_zones.here.names[0]>", "<data.aws_availability_zones.here.names[1]>"]),
        ("element(data.aws_availability_zones.here.names, 0)", "<data.aws_availability_zones.here.names[0]>"),
        ('data.aws_subnet.each["x"].id', "x"),
        ("[for s in data.aws_subnet.each : s.id]", ["x", "y"]),
        ("data.aws_subnet.two[*].id", ["<data.aws_subnet.two[0].id>", "<data.aws_subnet.two[1].id>"]),
        ("aws_vpc.main", "<aws_vpc.main>"),
        ('"${aws_vpc.main.id}/x"', "<aws_vpc.main.id>/x"),
        ("aws_vpc.main.id == null", False),
        ('aws_vpc.main.id != ""', True),
        ("aws_vpc.main.id == aws_vpc.main.id", True),
        ("aws_subnet.counted[0].id == aws_subnet.counted[1].id", False),
        ('aws_vpc.main.id == "vpc-1"', "<unknown>"),
        ("try(aws_subnet.counted[5].id, null)", None),
        ("aws_vpc.main[*].id", ["<aws_vpc.main.id>"]),
    ],
)  # fmt: skip
def test_references(evaluate, show, expression, wanted):
    assert show(evaluate(expression, BESIDE)) == wanted


def test_a_written_attribute_is_also_a_handle(evaluate):
    value = evaluate("aws_vpc.main.cidr_block", BESIDE)
    assert str(value.reference) == "aws_vpc.main.cidr_block"


def test_a_handle_survives_locals(evaluate, show):
    value = evaluate(
        "local.one.id", BESIDE + "locals {\n  all = aws_subnet.counted\n  one = local.all[0]\n}\n"
    )
    assert show(value) == "<aws_subnet.counted[0].id>"


def test_the_region_of_a_data_source(evaluate, show):
    beside = 'provider "aws" {\n  region = "eu-west-1"\n}\ndata "aws_region" "here" {}\n'
    assert evaluate("data.aws_region.here.name", beside).data == "eu-west-1"
    assert (
        show(evaluate("data.aws_region.here.name", 'data "aws_region" "here" {}'))
        == "<data.aws_region.here.name>"
    )


def test_rendered_data_sources(evaluate, show):
    beside = """
data "template_file" "t" {
  template = "mount $${host}:/x\\n"
  vars     = { host = "fs-1" }
}
data "cloudinit_config" "c" {
  part {
    content_type = "text/x-shellscript"
    content      = data.template_file.t.rendered
  }
  part {
    content = "echo ${aws_vpc.probe2.id}"
  }
}
resource "aws_vpc" "probe2" {}
"""
    assert evaluate("data.template_file.t.rendered", beside).data == "mount fs-1:/x\n"
    rendered = evaluate("data.cloudinit_config.c.rendered", beside)
    assert show(rendered) == "mount fs-1:/x\necho <aws_vpc.probe2.id>\n"
