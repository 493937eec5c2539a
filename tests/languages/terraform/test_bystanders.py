"""Public modules without a part in the network leave nothing open where they are not on disk; all others do."""

from __future__ import annotations

import pytest

from fabriclint.languages.terraform.bystanders import BYSTANDERS
from fabriclint.languages.terraform.stub_index import StubFiles
from fabriclint.testing import MemoryFiles
from fabriclint.values import Unknown

from .conftest import read_stack

CALL = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

module "beside" {
  source  = "%s"
  vpc_id  = aws_vpc.main.id
}

resource "aws_subnet" "one" {
  vpc_id     = aws_vpc.main.id
  cidr_block = module.beside.range
}
"""


@pytest.mark.parametrize(
    "source",
    [
        "terraform-aws-modules/rds/aws",
        "registry.terraform.io/terraform-aws-modules/elasticache/aws",
        "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts-eks",
        "git::https://github.com/terraform-aws-modules/terraform-aws-kms.git?ref=v4.0.0",
        "cloudposse/label/null",
    ],
)
def test_a_bystander_leaves_nothing_open_but_its_outputs(source: str) -> None:
    reading = read_stack(CALL % source)
    assert {element.kind for element in reading.elements} == {"vpc", "subnet"}
    subnet = next(element for element in reading.elements if element.kind == "subnet")
    assert isinstance(subnet.get("cidr_block").data, Unknown)


@pytest.mark.parametrize(
    "source",
    [
        "terraform-aws-modules/transit-gateway/aws",
        "terraform-aws-modules/datadog-forwarders/aws",
        "acme/rds/aws",
        "terraform-aws-modules/rds/google",
        "app.terraform.io/terraform-aws-modules/rds/aws",
        "../rds",
    ],
)
def test_every_other_module_may_do_anything(source: str) -> None:
    reading = read_stack(CALL % source)
    assert "unseen" in {element.kind for element in reading.elements}


def test_no_module_is_a_bystander_and_has_a_stub() -> None:
    stubs = StubFiles(MemoryFiles({}), ())
    assert not [name for name in BYSTANDERS if stubs.knows(name)]
