"""Roots that read each other's state are judged together, and only those."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fabriclint.languages.base import Reading, Roots, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.testing import MemoryFiles

NETWORK = """
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}
output "vpc" { value = aws_vpc.main.id }
output "subnets" { value = aws_subnet.a[*].id }
"""

TRAIN = """
resource "aws_vpc" "main" { cidr_block = "10.1.0.0/16" }
resource "aws_instance" "node" {
  subnet_id     = data.terraform_remote_state.network.outputs.subnets[1]
  instance_type = "p5.48xlarge"
}
"""


def decide(files: Mapping[str, str]) -> tuple[Roots, MemoryFiles]:
    tree = MemoryFiles(files)
    return LANGUAGE.roots(sorted(files), (), tree), tree


def read(files: Mapping[str, str]) -> Reading:
    roots, tree = decide(files)
    assert len(roots.roots) == 1, roots
    return LANGUAGE.read(roots.roots[0], tree, Settings())


STATES = {
    "local": ("", 'backend = "local"\n config = { path = "../network/terraform.tfstate" }'),
    "local path": (
        'terraform {\n  backend "local" {\n    path = "net.tfstate"\n  }\n}',
        'backend = "local"\n config = { path = "${path.module}/../network/net.tfstate" }',
    ),
    "s3": (
        'terraform {\n  backend "s3" {\n    bucket = "b"\n    key = "n/x"\n    region = "eu-west-1"\n  }\n}',
        'backend = "s3"\n config = { bucket = "b", key = local.key, region = "us-east-1" }',
    ),
    "remote": (
        'terraform {\n  cloud {\n    organization = "o"\n    workspaces {\n      name = "net"\n    }\n  }\n}',
        'backend = "remote"\n config = { organization = "o", workspaces = { name = "net" } }',
    ),
}


def stack(kept: str, reading: str) -> dict[str, str]:
    data = f'data "terraform_remote_state" "network" {{\n {reading}\n}}\nlocals {{\n key = "n/x"\n}}\n'
    return {"network/main.tf": kept + NETWORK, "train/main.tf": data + TRAIN}


@pytest.mark.parametrize("name", STATES)
def test_the_roots_are_one(name: str) -> None:
    reading = read(stack(*STATES[name]))
    assert reading.diagnostics == ()
    by_address = {element.address: element for element in reading.elements}
    node = by_address['root["train"].aws_instance.node']
    handle = node.get("subnet").handle
    assert handle is not None
    assert by_address[handle.target].place.path == "network/main.tf"
    assert handle.target == 'root["network"].aws_subnet.a[1]'
    assert by_address[handle.target].label == "aws_subnet.a[1] (of network)"


@pytest.mark.parametrize(
    ("kept", "reading"),
    [
        ("", 'backend = "local"\n config = { path = "../other/terraform.tfstate" }'),
        ("", 'backend = "local"\n config = { path = var.path }'),
        (STATES["s3"][0], 'backend = "s3"\n config = { bucket = "b", key = "n/y" }'),
        (STATES["s3"][0], 'backend = "s3"\n workspace = "prod"\n config = { bucket = "b", key = "n/x" }'),
        ('terraform {\n  backend "s3" {}\n}', 'backend = "s3"\n config = { bucket = "b", key = "n/x" }'),
        (STATES["s3"][0], STATES["local"][1]),
    ],
)
def test_what_is_not_certain_stays_apart(kept: str, reading: str) -> None:
    roots, tree = decide(stack(kept, reading))
    assert [root.path for root in roots.roots] == ["network", "train"]
    node = next(e for e in LANGUAGE.read(roots.roots[1], tree, Settings()).elements if e.kind == "instance")
    handle = node.get("subnet").handle
    assert handle is not None
    assert handle.target.startswith("data.terraform_remote_state.network")


def test_a_state_of_two_roots_means_neither() -> None:
    files = stack(*STATES["s3"])
    files["copy/main.tf"] = STATES["s3"][0] + NETWORK
    assert [root.path for root in decide(files)[0].roots] == ["copy", "network", "train"]


def test_a_root_alone_keeps_its_addresses() -> None:
    files = stack(*STATES["local"])
    del files["network/main.tf"]
    assert {element.address for element in read(files).elements} >= {"aws_vpc.main", "aws_instance.node"}
