"""Plans of AWS resources, written by hand: joins, what is absent, Regions, places, and what is no plan."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fabriclint.engine.discover import plan as planned
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Reading, Root, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.languages.terraform.plan.reading import read as read_plan
from fabriclint.model.element import Element, Shape
from fabriclint.reporters import json as json_reporter
from fabriclint.reporters import text as text_reporter
from fabriclint.testing import MemoryFiles
from fabriclint.values import Reference, Text

VPC = "vpc-0a1b2c3d4e5f60718"
GROUP = "sg-0a1b2c3d4e5f60718"
TABLE = "rtb-0a1b2c3d4e5f60718"


def change(
    address: str,
    after: dict[str, Any] | None,
    unknown: dict[str, Any] | None = None,
    *,
    sensitive: Any = None,
    actions: tuple[str, ...] = ("create",),
    **more: Any,
) -> dict[str, Any]:
    kind, name = address.rsplit(".", 2)[-2:]
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name.partition("[")[0],
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": list(actions),
            "before": None,
            "after": after,
            "after_unknown": unknown or {},
            "before_sensitive": False,
            "after_sensitive": sensitive or {},
        },
        **more,
    }


def block(address: str, **expressions: Any) -> dict[str, Any]:
    kind, name = address.split(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name,
            "provider_config_key": "aws", "expressions": expressions, "schema_version": 0}  # fmt: skip


def names(*references: str) -> dict[str, Any]:
    return {"references": list(references)}


def document(
    *changes: dict[str, Any], blocks: tuple[dict[str, Any], ...] = (), **more: Any
) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": {"root_module": {"resources": list(blocks)}},
        **more,
    }


def read(contents: dict[str, Any], files: dict[str, str] | None = None) -> Reading:
    tree = MemoryFiles({**(files or {}), "plan.json": json.dumps(contents)})
    roots = LANGUAGE.roots(["plan.json"], ("plan.json",), tree).roots
    assert roots == (Root("terraform", "plan.json", "plan", ("plan.json",)),)
    return LANGUAGE.read(roots[0], tree, Settings())


def by_address(reading: Reading) -> dict[str, Element]:
    return {element.address: element for element in reading.elements}


def test_real_ids_lead_to_the_resource_that_has_them() -> None:
    found = by_address(
        read(
            document(
                change("aws_vpc.main", {"id": VPC, "default_security_group_id": GROUP}, actions=("no-op",)),
                change("aws_subnet.a", {"vpc_id": VPC}, {"id": True}),
                change("aws_instance.a", {"vpc_security_group_ids": [GROUP, "sg-0fffffffffffffff1"]}),
            )
        )
    )
    vpc = found["aws_subnet.a"].get("vpc")
    assert (vpc.data, vpc.handle) == (VPC, Reference("aws_vpc.main", ("id",)))
    own, other = (member.item for member in found["aws_instance.a"].get("security_groups").members().members)
    assert own.handle == Reference("aws_vpc.main", ("default_security_group_id",))
    assert (other.data, other.handle) == ("sg-0fffffffffffffff1", None)


def test_a_reference_stands_only_where_its_value_is_the_known_one() -> None:
    groups = [f"sg-0000000000000000{n}" for n in range(2)]
    found = by_address(
        read(
            document(
                *(
                    change(f"aws_security_group.{'ba'[n]}", {"id": groups[n]}, actions=("no-op",))
                    for n in range(2)
                ),
                change("aws_instance.x", {"vpc_security_group_ids": groups, "subnet_id": "subnet-5"}),
                change("aws_subnet.x", {"id": "subnet-4"}, actions=("no-op",)),
                blocks=(
                    block(
                        "aws_instance.x",
                        vpc_security_group_ids=names("aws_security_group.a.id", "aws_security_group.b.id"),
                        subnet_id=names("aws_subnet.x.id", "aws_subnet.x"),
                    ),
                ),
            )
        )
    )["aws_instance.x"]
    members = found.get("security_groups").members().members
    assert [str(member.item.handle) for member in members] == [
        "aws_security_group.b.id",
        "aws_security_group.a.id",
    ]
    assert found.get("subnet").handle is None


def test_an_id_that_is_written_out_leads_to_its_resource() -> None:
    contents = document(
        change("aws_vpc.main", {"id": VPC}, actions=("no-op",)),
        change("aws_subnet.a", {"vpc_id": VPC}),
        blocks=(block("aws_vpc.main"), block("aws_subnet.a", vpc_id={"constant_value": VPC})),
    )
    sources = f'resource "aws_vpc" "main" {{}}\n\nresource "aws_subnet" "a" {{\n  vpc_id = "{VPC}"\n}}\n'
    value = by_address(read(contents, {"main.tf": sources}))["aws_subnet.a"].get("vpc")
    assert value.handle == Reference("aws_vpc.main", ("id",))
    assert str(value.place) == "main.tf:4"


def test_the_default_of_a_sensitive_variable_is_not_read_from_the_sources() -> None:
    contents = document(
        change("aws_launch_template.a", {}, {"id": True, "user_data": True}),
        change("aws_vpc.main", {}, {"id": True}),
        blocks=(
            block("aws_launch_template.a", user_data=names("var.secret", "aws_vpc.main.id")),
            block("aws_vpc.main"),
        ),
        variables={"secret": {"value": "hush"}},
    )
    sources = """
variable "secret" {
  sensitive = true
  default   = "hush"
}

resource "aws_vpc" "main" {}

resource "aws_launch_template" "a" {
  user_data = "login ${nonsensitive(var.secret)} ${aws_vpc.main.id}"
}
"""
    value = by_address(read(contents, {"main.tf": sources}))["aws_launch_template.a"].get("user_data")
    assert isinstance(value.data, Text)
    assert value.data.render("_") == "login _ _"
    assert "hush" not in str(sorted(map(str, value.inputs)))


def test_an_id_that_two_resources_have_leads_nowhere() -> None:
    changes = [change(f"aws_vpc.{name}", {"id": VPC}, actions=("no-op",)) for name in ("a", "b")]
    found = by_address(read(document(*changes, change("aws_subnet.a", {"vpc_id": VPC}))))
    assert found["aws_subnet.a"].get("vpc").handle is None


def test_what_nobody_wrote_is_absent_though_it_is_known_after_apply() -> None:
    found = by_address(
        read(
            document(
                change(
                    "aws_subnet.a", {"cidr_block": "10.0.0.0/24"}, {"availability_zone": True, "vpc_id": True}
                ),
                change("aws_vpc.main", {}, {"id": True}),
                blocks=(
                    block("aws_subnet.a", vpc_id=names("aws_vpc.main.id", "aws_vpc.main")),
                    block("aws_vpc.main"),
                ),
            )
        )
    )["aws_subnet.a"]
    assert found.get("zone").absent
    assert found.get("vpc").data == Reference("aws_vpc.main", ("id",))


def test_without_a_configuration_what_is_known_after_apply_is_open() -> None:
    found = by_address(read(document(change("aws_subnet.a", {}, {"vpc_id": True}))))["aws_subnet.a"]
    unknown = found.get("vpc").unknown
    assert unknown is not None
    assert str(unknown.reasons[0]) == "known after apply: aws_subnet.a.vpc_id (plan.json:1)"


def test_a_name_in_a_text_is_not_taken_for_the_text() -> None:
    system = "aws_efs_file_system.data"
    found = by_address(
        read(
            document(
                change("aws_launch_template.a", {}, {"user_data": True, "id": True}),
                change("aws_efs_file_system.data", {}, {"id": True}),
                blocks=(
                    block("aws_launch_template.a", user_data=names(f"{system}.id", system)),
                    block("aws_efs_file_system.data"),
                ),
            )
        )
    )
    assert found["aws_launch_template.a"].get("user_data").unknown is not None


@pytest.mark.parametrize(
    ("tables", "same"), [((0, 1), "aws_route_table.private[1]"), ((0,), None), ((0, 1, 2), None)]
)
def test_count_index_is_followed_where_both_have_the_same_keys(
    tables: tuple[int, ...], same: str | None
) -> None:
    both = {"count_expression": {"constant_value": 2}}
    changes = [change(f"aws_route_table.private[{n}]", {}, {"id": True}, index=n) for n in tables]
    changes += [change(f"aws_route.nat[{n}]", {}, {"route_table_id": True}, index=n) for n in range(2)]
    blocks = (
        block("aws_route.nat", route_table_id=names("aws_route_table.private", "count.index")) | both,
        block("aws_route_table.private") | both,
    )
    value = by_address(read(document(*changes, blocks=blocks)))["aws_route.nat[1]"].get("route_table")
    assert (value.handle.target if value.handle else None) == same
    assert (value.unknown is None) == (same is not None)


def test_old_plans_name_only_the_resource() -> None:
    found = by_address(
        read(
            document(
                change("aws_vpc.main", {}, {"id": True}),
                change("aws_subnet.a", {}, {"vpc_id": True}),
                blocks=(block("aws_subnet.a", vpc_id=names("aws_vpc.main")), block("aws_vpc.main")),
                format_version="0.1",
                terraform_version="0.12.23",
            )
        )
    )
    assert found["aws_subnet.a"].get("vpc").data == Reference("aws_vpc.main", ("id",))


def test_blocks_are_read_through_the_same_shapes() -> None:
    nics = [{"interface_type": "efa", "device_index": None, "network_card_index": 1}]
    found = by_address(
        read(
            document(
                change(
                    "aws_launch_template.a",
                    {"network_interfaces": nics},
                    {"network_interfaces": [{"security_groups": True, "network_interface_id": True}]},
                ),
                change("aws_security_group.a", {}, {"id": True}),
                blocks=(
                    block(
                        "aws_launch_template.a",
                        network_interfaces=[
                            {"security_groups": names("aws_security_group.a.id", "aws_security_group.a")}
                        ],
                    ),
                ),
            )
        )
    )
    card = next(found["aws_launch_template.a"].get("interfaces").members().known())
    assert card.field("type").data == "efa"
    assert card.field("card").data == 1
    assert card.field("device").origin == "default"
    assert card.field("security_groups").data == Reference("aws_security_group.a", ("id",))
    assert card.field("network_interface").absent


def test_a_reference_to_something_else_than_a_handle_is_not_followed() -> None:
    found = by_address(
        read(
            document(
                change("aws_vpc.main", {}, {"id": True, "cidr_block": True}),
                change("aws_instance.a", {}, {"subnet_id": True}),
                blocks=(
                    block("aws_instance.a", subnet_id=names("aws_vpc.main.cidr_block", "aws_vpc.main")),
                    block("aws_vpc.main"),
                ),
            )
        )
    )
    assert found["aws_instance.a"].get("subnet").unknown is not None


def test_empty_texts_and_lists_are_what_providers_keep_for_nothing() -> None:
    route = {"cidr_block": "0.0.0.0/0", "gateway_id": "", "nat_gateway_id": "nat-0a1b2c3d4e5f60718"}
    found = by_address(
        read(document(change("aws_route_table.a", {"route": [route], "propagating_vgws": []})))
    )
    inner = next(found["aws_route_table.a"].get("routes").members().known())
    assert inner.field("gateway").absent
    assert inner.field("nat_gateway").data == "nat-0a1b2c3d4e5f60718"
    assert found["aws_route_table.a"].get("propagating_gateways").absent


def test_a_checksum_of_user_data_is_not_a_script() -> None:
    checksum = "0123456789abcdef0123456789abcdef01234567"
    found = by_address(read(document(change("aws_instance.a", {"user_data": checksum}))))
    unknown = found["aws_instance.a"].get("user_data").unknown
    assert unknown is not None
    assert unknown.reasons[0].what == "the plan holds only a checksum of user_data"


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


@pytest.mark.parametrize("cleared", [None, "kind: NodePool\n"])
def test_a_kubectl_manifest_is_read_without_its_secrets(cleared: str | None) -> None:
    after = {"yaml_body": "kind: NodePool\nsecret: hush\n"} | (
        {"yaml_body_parsed": cleared} if cleared else {}
    )
    contents = document(change("kubectl_manifest.pool", after, sensitive={"yaml_body": True}))
    value = read(contents).elements[0].get("manifest")
    assert value.data == cleared if cleared else value.unknown is not None


def test_no_report_shows_what_is_sensitive() -> None:
    secret = "tr0ub4dor"
    contents = document(
        change(
            "aws_security_group.a",
            {"name": secret, "vpc_id": secret, "ingress": [], "egress": []},
            sensitive={"name": True, "vpc_id": True},
        ),
        change(
            "aws_launch_template.a",
            {
                "name": "a",
                "instance_type": "p5.48xlarge",
                "user_data": secret,
                "network_interfaces": [{"interface_type": "efa"}],
            },
            {"id": True, "network_interfaces": [{"security_groups": True}]},
            sensitive={"user_data": True},
        ),
        change(
            "aws_autoscaling_group.a",
            {"min_size": 8, "max_size": 8, "launch_template": [{}], "vpc_zone_identifier": [secret]},
            {"launch_template": [{"id": True}]},
            sensitive={"vpc_zone_identifier": True},
        ),
        blocks=(
            block("aws_security_group.a", name={"constant_value": secret}),
            block(
                "aws_launch_template.a",
                network_interfaces=[
                    {"security_groups": names("aws_security_group.a.id", "aws_security_group.a")}
                ],
            ),
            block(
                "aws_autoscaling_group.a",
                launch_template=[{"id": names("aws_launch_template.a.id", "aws_launch_template.a")}],
            ),
        ),
        variables={"password": {"value": secret}},
    )
    tree = MemoryFiles({"plan.json": json.dumps(contents)})
    report = run(planned(["plan.json"], tree, languages()), tree, Settings(), builtin_rules())
    assert report.findings
    assert not report.crashed
    assert secret not in text_reporter.render(report, show_not_checked=True) + json_reporter.render(report)
