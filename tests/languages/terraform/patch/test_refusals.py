"""What is refused, with the reason."""

from __future__ import annotations

import pytest

from fabriclint.languages.base import NoEdit
from fabriclint.model.change import Add, Inside, Reword, Set, Shell

from .sources import TEMPLATE, Sources, patched

REFUSED = {
    "set through a variable": (
        TEMPLATE.replace('"p5.48xlarge"', "var.type") + 'variable "type" {\n  default = "p5.48xlarge"\n}\n',
        lambda root: Set(root.at("aws_launch_template.train"), "type", "p5en.48xlarge"),
        "instance_type of aws_launch_template.train is set through var.type",
    ),
    "a dynamic block": (
        TEMPLATE.replace(
            "      tag_spec",
            '      dynamic "placement" {\n        for_each = ["a"]\n        content {\n          group_name = placement.value\n'
            "        }\n      }\n\n      tag_spec",
        ),
        lambda root: Set(root.at("aws_launch_template.train"), "placement_group", "b"),
        "placement of aws_launch_template.train is not one block",
    ),
    "a block on one line": (
        'resource "aws_launch_template" "train" { name = "x" }\n',
        lambda root: Set(root.at("aws_launch_template.train"), "placement_group", "b"),
        "is written on one line",
    ),
    "a decision": (
        TEMPLATE,
        lambda _: Add("placement_group", "g", {"strategy": "cluster"}, "choose a name"),
        "it needs a decision: choose a name",
    ),
    "a script": (TEMPLATE, lambda _: Shell(("true",)), "the fix is a script of its own"),
    "no place": (
        TEMPLATE,
        lambda root: Set(root.at("aws_launch_template.train"), "maximum", 2),
        "aws_launch_template has no place for maximum",
    ),
    "a heredoc list": (
        'resource "aws_vpc_endpoint" "e" {\n  route_table_ids = concat(\n    [],\n    []\n  )\n}\n'
        + TEMPLATE,
        lambda root: Inside(root.at("aws_vpc_endpoint.e"), "route_tables", ("rtb-1",)),
        "is an expression of several lines",
    ),
    "another text": (
        TEMPLATE,
        lambda root: Reword(root.at("aws_launch_template.train").get("type").place, "p5.48xlarge", "x"),
        "is put together from other values",
    ),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_cannot_be_written_cleanly_is_refused_with_the_reason(case: str) -> None:
    text, change, reason = REFUSED[case]
    with pytest.raises(NoEdit, match=r".") as refused:
        patched(text, "aws_launch_template.train", change)
    assert reason in str(refused.value)


def test_json_and_broken_files_are_left_alone() -> None:
    json = '{"resource": {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}}}'
    root = Sources({"main.tf.json": json})
    with pytest.raises(NoEdit, match="not written in Terraform's own syntax"):
        root.patched("aws_vpc.v", Set(root.at("aws_vpc.v"), "dns_support", True))
    root = Sources({"main.tf": 'resource "aws_vpc" "v" {\n  cidr_block = [\n}\n'})
    with pytest.raises(NoEdit, match="does not parse"):
        root.patched("aws_vpc.v", Set(root.at("aws_vpc.v"), "dns_support", True))


def test_a_module_of_others_is_left_alone_and_ones_own_is_changed() -> None:
    module = {
        "main.tf": 'module "net" {\n  source = "./net"\n}\n',
        "net/main.tf": 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n',
    }
    root = Sources(module)
    made = root.patched("module.net.aws_vpc.v", Set(root.at("module.net.aws_vpc.v"), "dns_hostnames", True))
    assert list(made) == ["net/main.tf"]
    assert "  cidr_block           = " in made["net/main.tf"]
    call = 'module "vpc" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "5.1.0"\n  cidr = "10.0.0.0/16"\n}\n'
    root = Sources({"main.tf": call})
    vpc = next(one for one in root.elements if one.kind == "vpc")
    with pytest.raises(NoEdit, match="made by a module whose sources are not here"):
        root.patched(vpc.address, Set(vpc, "dns_hostnames", True))
