"""What values come to: absent, open, empty, blocks and scripts."""

from __future__ import annotations

from fabriclint.values import Reference

from .documents import block, by_address, change, document, names, read


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
