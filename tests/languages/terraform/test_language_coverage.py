"""Parts of the language that no recorded answer can show: what stays unknown, and what is passed over."""

from __future__ import annotations

import json

import pytest

from fabriclint.doors.cli import main
from fabriclint.languages.terraform.failures import Failure
from fabriclint.values import OneOf, Reason, Unknown

GATE = 'variable "open" {\n  type = bool\n}\n'


def reasons(value) -> tuple[Reason, ...]:
    assert isinstance(value.data, Unknown)
    assert not isinstance(value.data, Failure)
    assert value.data.reasons
    assert all(reason.place is not None for reason in value.data.reasons)
    return value.data.reasons


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("timestamp()", "timestamp()"),
        ("plantimestamp()", "plantimestamp()"),
        ("uuid()", "uuid()"),
        ('bcrypt("x")', "bcrypt()"),
        ('rsadecrypt("x", "y")', "rsadecrypt()"),
        ('provider::acme::parse("x")', "provider::acme::parse()"),
        ('nothing_like_it("x")', "nothing_like_it()"),
        ('"a-${timestamp()}" == "b-1" ? "x" : provider::acme::parse("x")', "provider::acme::parse()"),
        ('file("../outside.txt")', "outside.txt"),
        ('file("/etc/hostname")', "/etc/hostname"),
        ('templatefile("none.tftpl", {})', "none.tftpl"),
    ],
)
def test_what_is_never_evaluated_says_why(evaluate, expression, wanted):
    assert any(wanted in reason.what for reason in reasons(evaluate(expression)))


def test_an_open_condition_is_one_of_both_in_one_type(evaluate, show):
    value = evaluate('var.open ? 1 : "two"', GATE)
    assert isinstance(value.data, OneOf)
    assert value.data.because.reasons[0].what == "var.open has no value"
    assert show(value) == {"<one of>": ["1", "two"]}


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("[for n in (var.open ? [1] : [2, 3]) : n * 2]", {"<one of>": [[2], [4, 6]]}),
        ("length(var.open ? [1] : [2, 3])", {"<one of>": [1, 2]}),
        ('(var.open ? toset(["a"]) : toset([]))', {"<one of>": [["a"], []]}),
        ("!var.open && false", False),
        ("var.open || true", True),
        ('{ a = 1, (var.open ? "b" : "c") = 2 }.a', 1),
        ('sensitive("s")', "s"),
        ("length([timestamp(), uuid()])", 2),
        ('{ for k, v in { a = uuid(), b = "x" } : k => v }.b', "x"),
        ('"x-${uuid()}"', "x-<?>"),
        ('[for k, v in toset(["b", "a"]) : k]', ["a", "b"]),
    ],
)
def test_open_values_in_expressions(evaluate, show, expression, wanted):
    assert show(evaluate(expression, GATE)) == wanted


def test_ephemeral_values_are_handles(evaluate, show):
    beside = 'ephemeral "aws_secretsmanager_secret_version" "s" {\n  secret_id = "x"\n}\n'
    found = show(evaluate("ephemeral.aws_secretsmanager_secret_version.s.secret_string", beside))
    assert found == "<ephemeral.aws_secretsmanager_secret_version.s.secret_string>"


def test_a_data_source_gives_back_what_it_is_looked_up_by(evaluate, show):
    beside = """
resource "aws_subnet" "a" { cidr_block = "10.0.0.0/24" }
data "aws_subnet" "own" { id = aws_subnet.a.id }
data "aws_subnet" "named" { id = "subnet-1" }
data "aws_subnet" "tagged" { tags = { Name = "x" } }
"""
    expression = "[data.aws_subnet.own.id, data.aws_subnet.named.id, data.aws_subnet.tagged.id]"
    value = evaluate(expression, beside)
    assert show(value) == ["<aws_subnet.a.id>", "subnet-1", "<data.aws_subnet.tagged.id>"]
    assert str(value.data.items[1].handle) == "data.aws_subnet.named.id"
    assert show(evaluate("data.aws_subnet.tagged.tags", beside)) == "<data.aws_subnet.tagged.tags>"


def test_regions_of_aliases_and_of_the_resource_itself(read, element):
    reading = read("""
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_vpc" "here" { cidr_block = "10.0.0.0/16" }
resource "aws_vpc" "west" {
  provider   = aws.west
  cidr_block = "10.1.0.0/16"
}
resource "aws_vpc" "own" {
  provider   = aws.west
  region     = "eu-west-1"
  cidr_block = "10.2.0.0/16"
}
""")
    regions = {name: element(reading, f"aws_vpc.{name}").region for name in ("here", "west", "own")}
    assert {name: value.data for name, value in regions.items()} == {
        "here": "us-east-1",
        "west": "us-west-2",
        "own": "eu-west-1",
    }


def test_blocks_that_make_nothing_are_passed_over(read):
    reading = read("""
terraform {
  required_version = ">= 1.5"
}
resource "aws_vpc" "a" { cidr_block = "10.0.0.0/16" }
moved {
  from = aws_vpc.b
  to   = aws_vpc.a
}
removed {
  from = aws_vpc.c
  lifecycle {
    destroy = false
  }
}
import {
  to = aws_vpc.a
  id = "vpc-1"
}
check "x" {
  data "aws_vpc" "inside" { id = "vpc-2" }
  assert {
    condition     = data.aws_vpc.inside.id != ""
    error_message = "none"
  }
}
output "x" { value = aws_vpc.a.id }
""")
    assert reading.diagnostics == ()
    assert [found.address for found in reading.elements] == ["aws_vpc.a"]


ROOT = """
variable "group" {}

data "external" "types" {
  program = ["x"]
}

resource "aws_security_group" "efa" {
  vpc_id = "vpc-1"
}

resource "aws_launch_template" "train" {
  instance_type = "p5.48xlarge"
  dynamic "placement" {
    for_each = provider::acme::groups(var.group)
    content {
      group_name = placement.value
    }
  }
  dynamic "network_interfaces" {
    for_each = range(data.external.types.result.count)
    content {
      network_card_index = network_interfaces.value
      interface_type     = "efa"
      security_groups    = [aws_security_group.efa.id]
    }
  }
}

resource "aws_autoscaling_group" "train" {
  max_size            = 4
  min_size            = 4
  vpc_zone_identifier = jsondecode(timestamp())
  launch_template {
    id = aws_launch_template.train.id
  }
}
"""


def test_the_reason_and_place_of_an_unknown_reach_the_report(tmp_path, monkeypatch, capsys):
    (tmp_path / "main.tf").write_text(ROOT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    main(["check", ".", "--format", "json", "--show", "not-checked", "--exit-zero", "--isolated"])
    report = json.loads(capsys.readouterr().out)
    told = {
        (reason["what"], reason["path"], reason["line"])
        for entry in report["not_checked"]
        for reason in entry["reasons"]
    }
    lines = ROOT.splitlines()

    def line(text: str) -> int:
        return next(n for n, one in enumerate(lines, 1) if text in one)

    assert (
        "provider::acme::groups() is not evaluated: it belongs to a provider",
        "main.tf",
        line("provider::acme"),
    ) in told
    assert (
        "data.external.types.result.count is looked up when Terraform runs",
        "main.tf",
        line("range("),
    ) in told
    assert ("timestamp() is not evaluated: it is the time of the run", "main.tf", line("timestamp()")) in told
    assert all(entry["reasons"] for entry in report["not_checked"])
