"""JSON syntax, OpenTofu files and overrides say the same as the files they stand for."""

from __future__ import annotations

import json

HCL = """
variable "n" {
  type    = number
  default = 2
}
locals {
  name = "x-${var.n}"
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_security_group" "g" {
  count = var.n
  name  = local.name
  ingress {
    from_port = 1
    self      = true
  }
  dynamic "egress" {
    for_each = [5, 6]
    content {
      from_port = egress.value
    }
  }
}
module "m" {
  source = "./m"
  v      = aws_security_group.g[0].id
}
"""
TWIN = {
    "//": "a comment",
    "variable": {"n": {"type": "number", "default": 2}},
    "locals": {"name": "x-${var.n}"},
    "provider": {"aws": {"region": "us-east-1"}},
    "resource": {
        "aws_security_group": {
            "g": {
                "count": "${var.n}",
                "name": "${local.name}",
                "ingress": [{"from_port": 1, "self": True}],
                "dynamic": {"egress": {"for_each": [5, 6], "content": {"from_port": "${egress.value}"}}},
            }
        }
    },
    "module": {"m": {"source": "./m", "v": "${aws_security_group.g[0].id}"}},
}
INSIDE = 'variable "v" {}\nresource "aws_vpc" "v" {\n  tags = { v = var.v }\n}\n'


def told(reading, show):
    return [
        (e.address, e.region.data, [show(e.read(name)) for name in ("name", "ingress", "egress", "tags")])
        for e in reading.elements
    ]


def test_the_json_twin(read, show):
    one = read({"main.tf": HCL, "m/main.tf": INSIDE})
    two = read({"main.tf.json": json.dumps(TWIN, indent=2), "m/main.tf": INSIDE})
    assert two.diagnostics == ()
    assert told(one, show) == told(two, show)
    assert told(two, show)[0] == (
        "aws_security_group.g[0]",
        "us-east-1",
        ["x-2", [{"from_port": 1, "self": True}], [{"from_port": 5}, {"from_port": 6}], None],
    )


def test_places_in_json(read):
    reading = read({"main.tf.json": json.dumps(TWIN, indent=2), "m/main.tf": INSIDE})
    group = reading.elements[0]
    assert group.place.text == '"g"'
    assert group.read("name").place.text == '"${local.name}"'
    assert group.read("ingress").data.items[0].place.text.startswith("{")


def test_broken_json(read):
    reading = read({"a.tf.json": '{"resource": {', "main.tf": INSIDE})
    (problem,) = reading.diagnostics
    assert problem.place.path == "a.tf.json"
    assert len(reading.open) == 1
    assert len(reading.elements) == 1


def test_overrides(read, element, show):
    reading = read(
        {
            "main.tf": 'resource "aws_security_group" "g" {\n  name = "a"\n  vpc_id = "v"\n'
            "  ingress {\n    from_port = 1\n  }\n}\n"
            "locals {\n  x = 1\n}\n",
            "main_override.tf": 'resource "aws_security_group" "g" {\n  name = local.x\n  ingress {\n    from_port = 2\n  }\n}\n'
            "locals {\n  x = 2\n}\n",
        }
    )
    group = element(reading, "aws_security_group.g")
    assert reading.diagnostics == ()
    assert [show(group.read(name)) for name in ("name", "vpc_id", "ingress")] == [2, "v", [{"from_port": 2}]]


def test_a_tofu_file_stands_in_for_its_terraform_file(read):
    vpc = 'resource "aws_vpc" "{}" {{}}\n'
    reading = read({"main.tf": vpc.format("a"), "main.tofu": vpc.format("b"), "more.tf": vpc.format("c")})
    assert [e.address for e in reading.elements] == ["aws_vpc.b", "aws_vpc.c"]


def test_the_sources_read_are_named(read):
    reading = read({"main.tf": HCL, "m/main.tf": INSIDE, "terraform.tfvars": "n = 1\n"})
    assert sorted(source.path for source in reading.sources) == ["m/main.tf", "main.tf", "terraform.tfvars"]


def test_nothing_is_evaluated_that_is_not_asked_for(read, element):
    reading = read({"main.tf": 'resource "aws_vpc" "v" {\n  cidr_block = file("gone.txt")\n  tags = {}\n}\n'})
    assert element(reading, "aws_vpc.v").read("tags").unknown is None
    assert "gone.txt" in str(element(reading, "aws_vpc.v").read("cidr_block").data)
