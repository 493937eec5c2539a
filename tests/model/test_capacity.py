"""Whether capacity is held for a fleet, and whether its reservations are in its placement group."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.facts.capacity import sold_ahead
from fabriclint.facts.instances import instance
from fabriclint.model.capacity import bought_as_spot, capacity_held, in_group, reservations_of
from fabriclint.values import Reference, Text

from .conftest import element, ref, unknown


def trainer(**words: Any) -> Any:
    template = element("launch_template", "lt", type="p5.48xlarge", **words)
    group = element("autoscaling_group", "asg", maximum=8, launch_template=[{"id": ref("lt")}])
    return [template, group]


def held(stack: Any, *elements: Any) -> str:
    return str(capacity_held(stack(*elements).fleets[0]).state)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("p4d.24xlarge", True),
        ("p6-b200.48xlarge", True),
        ("trn2.48xlarge", True),
        ("p5.4xlarge", False),
        ("p3dn.24xlarge", False),
        ("g5.48xlarge", False),
        ("hpc7a.96xlarge", False),
    ],
)
def test_what_is_sold_ahead(name: str, expected: bool) -> None:
    known = instance(name)
    assert known is not None
    assert sold_ahead(known) is expected


def test_nothing_holds_capacity_for_a_plain_launch(stack: Any) -> None:
    assert held(stack, *trainer()) == "no"


def test_what_holds_capacity(stack: Any) -> None:
    assert held(stack, *trainer(reservation="cr-1")) == "yes"
    assert held(stack, *trainer(reservation_group="arn:aws:resource-groups:x")) == "yes"
    assert held(stack, *trainer(market_type="capacity-block")) == "yes"
    assert held(stack, *trainer(reservation_preference="capacity-reservations-only")) == "yes"
    assert held(stack, *trainer(reservation=unknown())) == "unknown"


def test_an_open_reservation_needs_no_target(stack: Any) -> None:
    words: dict[str, Any] = {"type": "p5.48xlarge", "match": "open"}
    assert held(stack, *trainer(), element("capacity_reservation", "cr", **words)) == "yes"
    assert (
        held(stack, *trainer(), element("capacity_reservation", "cr", **{**words, "match": "targeted"}))
        == "no"
    )
    assert (
        held(stack, *trainer(), element("capacity_reservation", "cr", **{**words, "type": "p4d.24xlarge"}))
        == "no"
    )


def test_a_block_that_is_bought_here_leaves_it_open(stack: Any) -> None:
    assert held(stack, *trainer(), element("capacity_block", "block")) == "unknown"


def test_a_template_without_a_launcher_leaves_it_open(stack: Any) -> None:
    lone = element("launch_template", "lt", type="p5.48xlarge", interfaces=[{"type": "efa"}])
    assert held(stack, lone) == "unknown"


def test_spot_in_three_spellings(stack: Any) -> None:
    assert bought_as_spot(stack(*trainer(market_type="spot")).fleets[0]).certain
    node_group = element("eks_node_group", "ng", types=["p5.48xlarge"], capacity_type="SPOT", maximum=2)
    assert bought_as_spot(stack(node_group).fleets[0]).certain
    batch = element("batch_environment", "ce", types=["p5.48xlarge"], capacity="SPOT", maximum_vcpus=384)
    assert bought_as_spot(stack(batch).fleets[0]).certain
    assert bought_as_spot(stack(*trainer()).fleets[0]).excluded


@pytest.mark.parametrize(
    ("written", "state"),
    [
        (None, "no"),
        (Reference("pg", ("arn",)), "yes"),
        (Text(("arn:aws:ec2:us-east-2:1:placement-group/", Reference("pg"))), "yes"),
        (Text(("arn:aws:ec2:us-east-2:1:placement-group/", Reference("other"))), "no"),
        ("arn:aws:ec2:us-east-2:1:placement-group/elsewhere", "unknown"),
    ],
)
def test_whether_a_reservation_is_in_the_group(stack: Any, written: Any, state: str) -> None:
    found = stack(
        element("placement_group", "pg", strategy="cluster"),
        element("placement_group", "other", strategy="cluster"),
        element("capacity_reservation", "cr", type="p5.48xlarge", placement_group=written),
        *trainer(reservation=ref("cr"), placement_group=ref("pg")),
    )
    (fleet,) = found.fleets
    (link,) = reservations_of(fleet).known()
    assert link.element is not None
    assert in_group(found, link.element, fleet.placement).state == state
