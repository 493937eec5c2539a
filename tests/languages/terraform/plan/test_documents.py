"""What a plan holds: actions, data sources, Regions, sources beside it; and what is no plan."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fabriclint.engine.discover import plan as planned
from fabriclint.languages import languages
from fabriclint.languages.base import Root, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.languages.terraform.plan.reading import read as read_plan
from fabriclint.model.element import Shape
from fabriclint.testing import MemoryFiles
from fabriclint.values import Reference

from .documents import block, by_address, change, document, names, read


@pytest.mark.parametrize(
    ("actions", "there"),
    [
        (("no-op",), True),
        (("create",), True),
        (("update",), True),
        (("delete", "create"), True),
        (("create", "delete"), True),
        (("delete",), False),
        (("forget",), False),
    ],
)
def test_what_is_deleted_or_forgotten_does_not_exist(actions: tuple[str, ...], there: bool) -> None:
    reading = read(document(change("aws_vpc.main", {"cidr_block": "10.0.0.0/16"}, actions=actions)))
    assert bool(reading.elements) == there


def test_what_data_sources_found_stands_in_the_prior_state() -> None:
    image: dict[str, Any] = {
        "address": "data.aws_ami.base",
        "mode": "data",
        "type": "aws_ami",
        "name": "base",
    }
    state = {"values": {"root_module": {"resources": [image | {"values": {"owners": ["amazon"]}}]}}}
    tree = MemoryFiles(
        {
            "plan.json": json.dumps(
                document(
                    blocks=(image | {"expressions": {"owners": {"constant_value": ["amazon"]}}},),
                    prior_state=state,
                )
            )
        }
    )
    shapes = {"data.aws_ami": Shape("image", {"owners": "owners"})}
    (element,) = read_plan(
        Root("terraform", "plan.json", "plan", ("plan.json",)), tree, Settings(), shapes
    ).elements
    assert (element.kind, element.type, element.address) == ("image", "data.aws_ami", "data.aws_ami.base")
    assert [member.item.data for member in element.get("owners").members().members] == ["amazon"]


def test_deposed_objects_are_passed_over() -> None:
    live = change("aws_vpc.main", {"cidr_block": "10.0.0.0/16"})
    old = change("aws_vpc.main", {"cidr_block": "10.9.0.0/16"}, actions=("no-op",), deposed="byebye00")
    assert read(document(live, old)).elements[0].get("cidr_block").data == "10.0.0.0/16"


def test_the_region_is_the_providers_or_the_resources_own() -> None:
    providers = {
        "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
        "aws.west": {
            "name": "aws",
            "alias": "west",
            "expressions": {"region": {"constant_value": "us-west-2"}},
        },
    }
    blocks = [
        block("aws_vpc.a"),
        block("aws_vpc.b") | {"provider_config_key": "aws.west"},
        block("aws_vpc.c"),
    ]
    reading = read(
        document(
            change("aws_vpc.a", {}),
            change("aws_vpc.b", {}),
            change("aws_vpc.c", {"region": "eu-west-1"}),
            variables={"region": {"value": "us-east-2"}},
            configuration={
                "provider_config": providers,
                "root_module": {"resources": blocks, "variables": {"region": {}}},
            },
        )
    )
    regions = [None if element.region is None else element.region.data for element in reading.elements]
    assert regions == ["us-east-2", "us-west-2", "eu-west-1"]
    assert reading.region == "us-east-2"


def test_a_plan_that_is_not_complete_leaves_the_stack_open() -> None:
    reading = read(document(change("aws_vpc.main", {}), complete=False, errored=True))
    assert [reason.what for reason in reading.open] == [
        "the plan is not complete: some changes are deferred",
        "the plan is not complete: planning failed",
    ]


def test_values_without_changes_are_read_too() -> None:
    values = {
        "root_module": {
            "child_modules": [
                {
                    "address": "module.net",
                    "resources": [
                        {
                            "address": "module.net.aws_vpc.main",
                            "mode": "managed",
                            "type": "aws_vpc",
                            "name": "main",
                            "values": {"cidr_block": "10.0.0.0/16", "tags": {"Name": "hidden"}},
                            "sensitive_values": {"tags": True},
                        }
                    ],
                }
            ]
        }
    }
    state = {"format_version": "1.0", "terraform_version": "1.11.4", "values": values}
    (element,) = read(state).elements
    assert element.address == "module.net.aws_vpc.main"
    assert [call.name for call in element.calls] == ["net"]
    assert element.get("cidr_block").data == "10.0.0.0/16"
    assert element.get("name").unknown is not None


def test_sources_above_the_plan_are_found_and_foreign_ones_are_not_taken() -> None:
    contents = document(
        change("aws_vpc.main", {"cidr_block": "10.0.0.0/16"}),
        blocks=(block("aws_vpc.main", cidr_block={"constant_value": "10.0.0.0/16"}),),
    )
    mine = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    other = 'resource "aws_vpc" "other" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    for sources, path in ((mine, "net/main.tf"), (other, "net/out/plan.json")):
        tree = MemoryFiles({"net/main.tf": sources, "net/out/plan.json": json.dumps(contents)})
        root = LANGUAGE.roots(["net/out/plan.json"], (), tree).roots[0]
        (element,) = LANGUAGE.read(root, tree, Settings()).elements
        assert element.place.path == path


def test_a_module_that_is_not_on_disk_is_shown_at_its_call() -> None:
    call = {"source": "git::https://example.com/net.git", "module": {"resources": [block("aws_vpc.main")]}}
    contents = document(
        change("module.net.aws_vpc.main", {"cidr_block": "10.0.0.0/16"}),
        configuration={"root_module": {"module_calls": {"net": call}}},
    )
    (element,) = read(
        contents, {"main.tf": 'module "net" {\n  source = "git::https://example.com/net.git"\n}\n'}
    ).elements
    assert (element.place.path, element.place.text) == ("main.tf", 'module "net"')
    assert element.get("cidr_block").place is not None
    assert element.body is None


def test_a_stub_fills_what_the_configuration_of_a_registry_module_hides() -> None:
    subnets = [
        block("aws_subnet.private", vpc_id=names("local.vpc_id"), cidr_block=names("var.private_subnets"))
    ]
    call = {
        "source": "terraform-aws-modules/vpc/aws",
        "module": {"resources": [block("aws_vpc.this"), *subnets]},
    }
    contents = document(
        change("module.vpc.aws_vpc.this[0]", {"cidr_block": "10.0.0.0/16"}, {"id": True}, index=0),
        change(
            "module.vpc.aws_subnet.private[0]",
            {"cidr_block": "10.0.1.0/24", "availability_zone": "us-east-1d"},
            {"vpc_id": True},
            index=0,
        ),
        configuration={"root_module": {"module_calls": {"vpc": call}}},
    )
    caller = """
module "vpc" {
  source          = "terraform-aws-modules/vpc/aws"
  version         = "~> 5.0"
  cidr            = "10.0.0.0/16"
  azs             = ["us-east-1a"]
  private_subnets = ["10.0.1.0/24"]
}
"""
    subnet = by_address(read(contents, {"main.tf": caller}))["module.vpc.aws_subnet.private[0]"]
    assert subnet.get("vpc").data == Reference("module.vpc.aws_vpc.this[0]", ("id",))
    assert subnet.get("zone").data == "us-east-1d"
    assert subnet.place.text == 'module "vpc"'
    alone = by_address(read(contents))["module.vpc.aws_subnet.private[0]"]
    assert alone.get("vpc").unknown is not None


def test_a_windows_redirection_writes_utf_16() -> None:
    contents = json.dumps(document(change("aws_vpc.main", {"cidr_block": "10.0.0.0/16"})), indent=1)
    tree = MemoryFiles({"plan.json": contents.encode("utf-16")})
    (root,) = LANGUAGE.roots(["plan.json"], (), tree).roots
    (element,) = LANGUAGE.read(root, tree, Settings()).elements
    assert element.place.text == '"address": "aws_vpc.main"'
    assert element.place.line == 9


@pytest.mark.parametrize(
    "contents",
    [
        "{}",
        "[]",
        '{"name": "package", "version": "1.0.0"}',
        '{"format_version": "1.0", "provider_schemas": {}}',
        '{"version": 4, "terraform_version": "1.11.4", "resources": []}',
        '{"format_version": "1.0", "terraform_version": "1.11.4"}',
        '{"inner": {"format_version": "1.0", "planned_values": {}}}',
    ],
)
def test_other_json_is_passed_over_in_silence(contents: str) -> None:
    decided = LANGUAGE.roots(["other.json"], ("other.json",), MemoryFiles({"other.json": contents}))
    assert (decided.roots, decided.diagnostics) == ((), ())


def test_a_plan_is_nobody_elses() -> None:
    contents = document(
        change(
            "aws_cloudformation_stack.a", {"template_body": '{"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}'}
        )
    )
    tree = MemoryFiles(
        {
            "plan.json": json.dumps(contents),
            "template.json": '{"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}',
        }
    )
    decided = planned(["."], tree, languages())
    assert [(root.language, root.path) for _, root in decided.roots] == [
        ("terraform", "plan.json"),
        ("cloudformation", "template.json"),
    ]
