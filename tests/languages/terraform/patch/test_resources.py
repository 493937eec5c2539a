"""New resources: where they stand and what they name."""

from __future__ import annotations

from textwrap import dedent

import pytest

from fabriclint.languages.base import NoEdit
from fabriclint.model.change import Add, Join, Link, New, Region, Set

from .sources import TEMPLATE, Sources, patched

NETWORK = """\
provider "aws" {
  region = var.region
}

variable "region" {
  default = "us-east-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "gpu" {
  vpc_id = aws_vpc.main.id
}
"""


def endpoint(root: Sources, *tables: str, name: str = "s3_endpoint") -> Add:
    words = {
        "vpc": Link(root.at("aws_vpc.main")),
        "service_name": Join(("com.amazonaws.", Region(), ".s3")),
        "type": "Gateway",
        "route_tables": [Link(root.at(table)) for table in tables],
    }
    return Add("vpc_endpoint", name, words)


def test_a_new_resource_stands_behind_what_it_belongs_to_and_names_the_region_by_its_variable() -> None:
    made = patched(NETWORK, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private"))
    new = """
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
}
"""
    assert made == NETWORK.replace('\nresource "aws_subnet"', f'{new}\nresource "aws_subnet"')


SIXTH = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.2"
    }
  }
}
"""


@pytest.mark.parametrize(
    ("more", "code", "added"),
    [
        ("", "name", True),
        (SIXTH, "region", True),
        ('data "aws_region" "here" {}\n', "name", False),
        ('data "aws_region" "here" {}\n\noutput "r" {\n  value = data.aws_region.here.id\n}\n', "id", False),
    ],
)  # fmt: skip
def test_without_a_provider_block_the_region_is_asked_for(more: str, code: str, added: bool) -> None:
    text = NETWORK[NETWORK.index('resource "aws_vpc"') :] + more
    made = patched(text, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private"))
    name = "current" if added else "here"
    assert f'"com.amazonaws.${{data.aws_region.{name}.{code}}}.s3"' in made
    assert made.count('data "aws_region"') == 1
    if added:
        assert 'data "aws_region" "current" {}\n\nresource "aws_vpc_endpoint"' in made


def test_a_name_that_is_taken_is_numbered_and_hyphens_are_followed() -> None:
    taken = '\nresource "aws_vpc_endpoint" "s3" {\n  vpc_id = "vpc-2"\n}\n'
    made = patched(NETWORK + taken, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private"))
    assert 'resource "aws_vpc_endpoint" "s3_2" {' in made
    hyphens = NETWORK.replace('"private"', '"private-one"').replace('"gpu"', '"gpu-one"')
    made = patched(
        hyphens, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private-one", name="s3_of_lab")
    )
    assert 'resource "aws_vpc_endpoint" "s3-of-lab" {' in made


def test_what_refers_to_nothing_stands_before_what_uses_it() -> None:
    text = "# The fleet.\n" + dedent(TEMPLATE)
    made = patched(
        text,
        "aws_launch_template.train",
        lambda _: Add("placement_group", "train_cluster", {"name": "train-cluster", "strategy": "cluster"}),
        lambda root: Set(
            root.at("aws_launch_template.train"), "placement_group", New("train_cluster", "name")
        ),
    )
    group = 'resource "aws_placement_group" "train_cluster" {\n  name     = "train-cluster"\n  strategy = "cluster"\n}\n\n'
    assert made.startswith(f"{group}# The fleet.\nresource")
    assert "group_name = aws_placement_group.train_cluster.name" in made


def test_all_instances_of_a_resource_are_named_at_once() -> None:
    zones = 'variable "zones" {\n  default = ["a", "b"]\n}\n'
    counted = NETWORK.replace('"private" {\n', '"private" {\n  count  = length(var.zones)\n') + zones
    made = patched(
        counted,
        "aws_vpc.main",
        lambda root: endpoint(root, "aws_route_table.private[0]", "aws_route_table.private[1]"),
    )
    assert "route_table_ids   = aws_route_table.private[*].id\n" in made
    with pytest.raises(NoEdit, match=r"only for some inputs \(count = length\(var\.zones\)\)"):
        patched(counted, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private[0]"))
