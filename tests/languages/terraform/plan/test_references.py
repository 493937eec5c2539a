"""What leads where: ids, references, names, and what is followed."""

from __future__ import annotations

import pytest

from fabriclint.values import Reference

from .documents import GROUP, VPC, block, by_address, change, document, names, read


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


def test_an_id_that_two_resources_have_leads_nowhere() -> None:
    changes = [change(f"aws_vpc.{name}", {"id": VPC}, actions=("no-op",)) for name in ("a", "b")]
    found = by_address(read(document(*changes, change("aws_subnet.a", {"vpc_id": VPC}))))
    assert found["aws_subnet.a"].get("vpc").handle is None


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
