"""What a root looks up by tags or names is what exactly one other root creates, or it stays a handle."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages.base import Reading, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles
from fabriclint.values import OneOf, Reference, Seq, Value

NETWORK = """
variable "name" { default = "core" }
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = var.name, Stage = "prod" }
}
resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 4, count.index)
  availability_zone = "us-east-1a"
  tags              = { Name = "${var.name}-private-${count.index}", Tier = "private" }
}
resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.128.0/20"
  tags       = { Name = "${var.name}-public", Tier = "public" }
}
resource "aws_security_group" "efa" {
  name   = "efa"
  vpc_id = aws_vpc.main.id
}
"""

BY_TAGS = 'data "aws_vpc" "core" {\n  tags = { Name = "core" }\n}\n'
BY_FILTER = 'data "aws_vpc" "core" {\n  filter {\n    name = "tag:Name"\n    values = ["core"]\n  }\n}\n'
BY_LOCAL = (
    'variable "stack" { default = "core" }\nlocals {\n  vpc = { Name = var.stack, Stage = "prod" }\n}\n'
    'data "aws_vpc" "core" {\n  tags = local.vpc\n  state = "available"\n}\n'
)
IN_VPC = """
data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.core.id]
  }
  tags = { Tier = "private" }
}
"""
FLEET = """
resource "aws_security_group" "own" {
  vpc_id = data.aws_vpc.core.id
}
"""
VPC = 'root["network"].aws_vpc.main'


def roots_of(files: Mapping[str, str]) -> list[str]:
    return [root.path for root in LANGUAGE.roots(sorted(files), (), MemoryFiles(files)).roots]


def read(files: Mapping[str, str]) -> Reading:
    tree = MemoryFiles(files)
    roots = LANGUAGE.roots(sorted(files), (), tree).roots
    assert len(roots) == 1, roots
    return LANGUAGE.read(roots[0], tree, Settings())


def element(reading: Reading, address: str) -> Element:
    return next(one for one in reading.elements if one.address == address)


def targets(value: Value) -> list[str]:
    assert isinstance(value.data, Seq)
    return [str(one.data) for one in value.data.items]


@pytest.mark.parametrize("lookup", [BY_TAGS, BY_FILTER, BY_LOCAL])
def test_a_vpc_of_another_root(lookup: str) -> None:
    files = {"network/main.tf": NETWORK, "train/main.tf": lookup + FLEET}
    reading = read(files)
    assert reading.diagnostics == ()
    own = element(reading, 'root["train"].aws_security_group.own')
    assert own.get("vpc").data == Reference(VPC, ("id",))
    assert element(reading, VPC).label == "aws_vpc.main (of network)"


def test_what_is_found_rests_on_the_inputs_of_both() -> None:
    reading = read({"network/main.tf": NETWORK, "train/main.tf": BY_LOCAL + FLEET})
    own = element(reading, 'root["train"].aws_security_group.own')
    assert {one.name for one in own.get("vpc").inputs} == {"var.name", "var.stack"}


@pytest.mark.parametrize(
    "lookup",
    [
        IN_VPC,
        'data "aws_subnets" "private" {\n  tags = { Name = "core-private-*" }\n}\n',
        'data "aws_subnets" "private" {\n  tags = { Name = "core-private-?" }\n}\n',
        'data "aws_subnet_ids" "private" {\n  vpc_id = data.aws_vpc.core.id\n  tags = { Tier = "private" }\n}\n',
    ],
)
def test_subnets_of_another_root(lookup: str) -> None:
    kind = "aws_subnet_ids" if "aws_subnet_ids" in lookup else "aws_subnets"
    group = (
        f'resource "aws_autoscaling_group" "g" {{\n  vpc_zone_identifier = data.{kind}.private.ids\n}}\n'
        f'resource "aws_instance" "n" {{\n  subnet_id = data.{kind}.private.ids[0]\n}}\n'
    )
    reading = read({"network/main.tf": NETWORK, "train/main.tf": BY_TAGS + lookup + group})
    found = element(reading, 'root["train"].aws_autoscaling_group.g').read("vpc_zone_identifier")
    assert targets(found) == [f'root["network"].aws_subnet.private[{n}].id' for n in (0, 1)]
    assert isinstance(found.data, Seq)
    assert found.data.more is None
    # AWS gives them in no order: one of them by its number is one of the two.
    node = element(reading, 'root["train"].aws_instance.n').get("subnet")
    assert isinstance(node.data, OneOf)
    assert [str(one.data) for one in node.options()] == targets(found)


def test_a_subnet_and_a_group_by_name() -> None:
    train = """
data "aws_subnet" "one" {
  filter {
    name   = "tag:Name"
    values = ["core-public"]
  }
}
data "aws_security_group" "efa" { name = "efa" }
resource "aws_instance" "n" {
  subnet_id              = data.aws_subnet.one.id
  vpc_security_group_ids = [data.aws_security_group.efa.id]
}
"""
    node = element(read({"network/main.tf": NETWORK, "train/main.tf": train}), 'root["train"].aws_instance.n')
    assert node.get("subnet").data == Reference('root["network"].aws_subnet.public', ("id",))
    assert targets(node.read("vpc_security_group_ids")) == ['root["network"].aws_security_group.efa.id']


def test_subnets_that_may_match_leave_the_list_open() -> None:
    network = NETWORK + (
        'variable "tier" {}\nresource "aws_subnet" "more" {\n  vpc_id = aws_vpc.main.id\n  tags = { Tier = var.tier }\n}\n'
    )
    group = (
        'resource "aws_autoscaling_group" "g" {\n  vpc_zone_identifier = data.aws_subnets.private.ids\n}\n'
    )
    reading = read({"network/main.tf": network, "train/main.tf": BY_TAGS + IN_VPC + group})
    found = element(reading, 'root["train"].aws_autoscaling_group.g').read("vpc_zone_identifier")
    assert len(targets(found)) == 2
    assert isinstance(found.data, Seq)
    assert found.data.more is not None
    assert "aws_subnet.more" in str(found.data.more.reasons[0])


@pytest.mark.parametrize("major", [3, 4, 5, 6])
def test_what_a_registry_module_creates(major: int) -> None:
    network = f"""
data "aws_availability_zones" "all" {{}}
module "vpc" {{
  source          = "terraform-aws-modules/vpc/aws"
  version         = "~> {major}.0"
  name            = "core"
  cidr            = "10.0.0.0/16"
  azs             = slice(data.aws_availability_zones.all.names, 0, 2)
  private_subnets = ["10.0.0.0/20", "10.0.16.0/20"]
  public_subnets  = ["10.0.128.0/20"]
}}
"""
    train = """
data "aws_subnets" "private" {
  filter {
    name   = "tag:Name"
    values = ["core-private-*"]
  }
}
module "eks" {
  source     = "terraform-aws-modules/eks/aws"
  version    = "~> 20.0"
  vpc_id     = data.aws_vpc.core.id
  subnet_ids = data.aws_subnets.private.ids
  eks_managed_node_groups = {
    gpu = { instance_types = ["p5.48xlarge"], subnet_ids = data.aws_subnets.private.ids }
  }
}
"""
    reading = read({"network/main.tf": network, "train/main.tf": BY_TAGS + train + FLEET})
    own = element(reading, 'root["train"].aws_security_group.own')
    assert str(own.get("vpc").data) == 'root["network"].module.vpc.aws_vpc.this[0].id'
    group = next(one for one in reading.elements if one.type == "aws_eks_node_group")
    assert targets(group.read("subnet_ids")) == [
        f'root["network"].module.vpc.aws_subnet.private[{n}].id' for n in (0, 1)
    ]


OTHER = NETWORK.replace("10.0.", "10.9.")


@pytest.mark.parametrize(
    ("network", "lookup"),
    [
        (NETWORK.replace('{ default = "core" }', "{}"), BY_TAGS),
        (NETWORK, BY_TAGS.replace('"core" }', '"other" }')),
        (NETWORK, BY_TAGS.replace('"core" }', '"core", Stage = "test" }')),
        (NETWORK, BY_TAGS.replace('"core" }', '"core", Owner = "me" }')),
        (NETWORK, 'variable "n" {}\n' + BY_TAGS.replace('"core" }', "var.n }")),
        (NETWORK, BY_TAGS.replace("tags", "default = true\n  tags")),
        (NETWORK, BY_FILTER.replace("tag:Name", "dhcp-options-id")),
        (NETWORK, 'data "aws_vpc" "core" {}\n'),
        (NETWORK.replace("  cidr_block = ", "  count = 2\n  cidr_block = ", 1), BY_TAGS),
        (
            'variable "on" {}\n'
            + NETWORK.replace("  cidr_block = ", "  count = var.on ? 1 : 0\n  cidr_block = ", 1),
            BY_TAGS,
        ),
        (NETWORK.replace("10.0.0.0/16", "10.0.0.0/16", 1), BY_TAGS + NETWORK),
        (
            'provider "aws" { region = "us-east-1" }\n' + NETWORK,
            'provider "aws" { region = "eu-west-1" }\n' + BY_TAGS,
        ),
    ],
)
def test_what_is_not_certain_stays_apart(network: str, lookup: str) -> None:
    assert roots_of({"network/main.tf": network, "train/main.tf": lookup + FLEET}) == ["network", "train"]


@pytest.mark.parametrize("name", ['{ default = "core" }', "{}"])
def test_two_creators_mean_neither(name: str) -> None:
    other = NETWORK.replace('{ default = "core" }', name)
    files = {"copy/main.tf": other, "network/main.tf": NETWORK, "train/main.tf": BY_TAGS + FLEET}
    assert roots_of(files) == ["copy", "network", "train"]


def test_two_creators_mean_neither_where_one_is_joined_by_its_state() -> None:
    state = 'data "terraform_remote_state" "n" {\n  backend = "local"\n  config = { path = "../network/terraform.tfstate" }\n}\n'
    files = {"copy/main.tf": NETWORK, "network/main.tf": NETWORK, "train/main.tf": state + BY_TAGS + FLEET}
    tree = MemoryFiles(files)
    roots = LANGUAGE.roots(sorted(files), (), tree).roots
    assert [root.path for root in roots] == ["copy", "network"]
    own = element(LANGUAGE.read(roots[1], tree, Settings()), 'root["train"].aws_security_group.own')
    assert str(own.get("vpc").data) == 'root["train"].data.aws_vpc.core.id'


def test_a_root_that_names_its_vpc_after_its_folder() -> None:
    network = NETWORK.replace('{ default = "core" }', "{}").replace(
        "Name = var.name", "Name = basename(path.cwd)"
    )
    reading = read({"live/core/main.tf": network, "live/train/main.tf": BY_TAGS + FLEET})
    own = element(reading, 'root["live/train"].aws_security_group.own')
    assert own.get("vpc").data == Reference('root["live/core"].aws_vpc.main', ("id",))


def test_default_tags_are_tags() -> None:
    tagged = 'provider "aws" {\n  default_tags {\n    tags = { Owner = "me" }\n  }\n}\n'
    lookup = BY_TAGS.replace('"core" }', '"core", Owner = "me" }') + FLEET
    reading = read({"network/main.tf": tagged + NETWORK, "train/main.tf": lookup})
    assert element(reading, 'root["train"].aws_security_group.own').get("vpc").handle == Reference(
        VPC, ("id",)
    )


def test_a_root_alone_keeps_its_handles() -> None:
    reading = read({"train/main.tf": BY_TAGS + FLEET})
    own = element(reading, "aws_security_group.own")
    assert own.get("vpc").data == Reference("data.aws_vpc.core", ("id",))


def test_roots_without_lookups_are_not_read_for_them() -> None:
    tree = MemoryFiles({"network/main.tf": NETWORK + 'module "m" {\n  source = "./m"\n}\n', "train/main.tf": FLEET,
                        "network/m/main.tf": ""})  # fmt: skip
    LANGUAGE.roots(["network/main.tf", "train/main.tf"], (), tree)
    assert "network/m/main.tf" not in tree.seen


def test_the_finding_names_both_roots() -> None:
    train = (
        BY_TAGS
        + IN_VPC
        + """
resource "aws_launch_template" "gpu" {
  instance_type = "p5.48xlarge"
}
resource "aws_autoscaling_group" "gpu" {
  min_size            = 4
  max_size            = 4
  vpc_zone_identifier = data.aws_subnets.private.ids
  launch_template {
    id = aws_launch_template.gpu.id
  }
}
"""
    )
    files = MemoryFiles({"network/main.tf": NETWORK, "train/main.tf": train})
    rules = [one for one in builtin_rules() if one.name == "s3-without-gateway-endpoint"]
    report = run(plan(["."], files, [LANGUAGE]), files, Settings(), rules)
    assert [(one.place.path, one.place.line) for one in report.findings] == [("network/main.tf", 3)]
    assert "(of network)" in report.findings[0].message
    assert [(one.place.path, one.message) for one in report.findings[0].related] == [
        ("train/main.tf", "aws_autoscaling_group.gpu (of train) runs in it")
    ]
