"""Whether a fleet runs in more than one Availability Zone, as far as its subnets say."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.model.element import Element
from fabriclint.model.network import Zone, several_zones
from fabriclint.model.stack import Stack
from fabriclint.values import Many, Member, OneOf, Reference, Truth, Unknown, Value

from .conftest import PLACE, element, ref, unknown, value

NAMES = Reference("data.aws_availability_zones.here", ("names",))
OTHER = Reference("data.aws_availability_zones.there", ("names",))


def subnet(name: str, zone: Any = None, zone_id: Any = None, **more: Any) -> Element:
    return element("subnet", name, zone=zone, zone_id=zone_id, **more)


def spans(*elements: Element, subnets: Any, kind: str = "autoscaling_group", **words: Any) -> Truth:
    (fleet,) = Stack((*elements, element(kind, "nodes", subnets=subnets, **words))).fleets
    return fleet.spans_zones


ONE = unknown("var.zone has no value")


@pytest.mark.parametrize(
    ("one", "two", "state"),
    [
        pytest.param({"zone": "us-east-1a"}, {"zone": "us-east-1a"}, "no", id="the same name"),
        pytest.param({"zone": "us-east-1a"}, {"zone": "us-east-1b"}, "yes", id="two names"),
        pytest.param({"zone_id": "use1-az1"}, {"zone_id": "use1-az1"}, "no", id="the same id"),
        pytest.param({"zone_id": "use1-az1"}, {"zone_id": "use1-az4"}, "yes", id="two ids"),
        pytest.param({"zone": "us-east-1a"}, {"zone_id": "use1-az1"}, "unknown", id="a name and an id"),
        pytest.param({"zone": NAMES.at(0)}, {"zone": NAMES.at(0)}, "no", id="one member of a symbolic list"),
        pytest.param(
            {"zone": NAMES.at(0)}, {"zone": NAMES.at(1)}, "yes", id="two members of a symbolic list"
        ),
        pytest.param({"zone": NAMES.at(0)}, {"zone": OTHER.at(1)}, "unknown", id="members of two lists"),
        pytest.param({"zone": NAMES.at(0)}, {"zone": "us-east-1a"}, "unknown", id="a member and a name"),
        pytest.param({"zone": ref("param")}, {"zone": ref("param")}, "no", id="one opaque parameter twice"),
        pytest.param({"zone": ref("param")}, {"zone": ref("other")}, "unknown", id="two opaque parameters"),
        pytest.param({"zone": "us-east-1a"}, {"zone": ONE}, "unknown", id="a variable without a value"),
        pytest.param({"zone": "us-east-1a"}, {}, "unknown", id="AWS picks the zone"),
        pytest.param({}, {}, "unknown", id="AWS picks both"),
    ],
)
def test_two_subnets(one: dict[str, Any], two: dict[str, Any], state: str) -> None:
    truth = spans(subnet("a", **one), subnet("b", **two), subnets=[ref("a"), ref("b")])
    assert truth.state == state
    assert bool(truth.reasons) == (state == "unknown")


@pytest.mark.parametrize(
    ("elements", "subnets", "state"),
    [
        pytest.param((subnet("a", "us-east-1a"),), [ref("a")], "no", id="one subnet"),
        pytest.param((subnet("a"),), [ref("a"), ref("a")], "no", id="one subnet twice, whatever its zone"),
        pytest.param((subnet("a", ONE),), [ref("a"), ref("a")], "no", id="the same, its zone not known"),
        pytest.param((), ["subnet-1"], "no", id="one subnet by id"),
        pytest.param((), ["subnet-1", "subnet-2"], "unknown", id="two subnets by id"),
        pytest.param(
            (subnet("a", "us-east-1a"),), [ref("a"), "subnet-2"], "unknown", id="one here, one by id"
        ),
        pytest.param((), unknown("var.subnets has no value"), "unknown", id="a list without a value"),
        pytest.param(
            (), Reference("data.aws_subnets.private", ("ids",)), "unknown", id="a list that is looked up"
        ),
        pytest.param((), None, "unknown", id="no subnets written"),
        pytest.param(
            (subnet("a", "us-east-1a"), subnet("b", "us-east-1b"), subnet("c", ONE)),
            [ref("a"), ref("c"), ref("b")],
            "yes",
            id="two that differ settle it",
        ),
    ],
)
def test_lists_of_subnets(elements: tuple[Element, ...], subnets: Any, state: str) -> None:
    assert spans(*elements, subnets=subnets).state == state


def test_a_subnet_that_stands_for_many_may_be_in_several_zones() -> None:
    many = Unknown.because("var.zones has no value", PLACE)
    assert spans(subnet("a", ONE, many=many), subnets=[ref("a"), ref("a")]).undecided


def test_a_zone_that_may_not_be_used() -> None:
    maybe = Truth.unknown("var.second has no value", PLACE)
    assert several_zones(Many((Member(zone("us-east-1a")), Member(zone("us-east-1b"), maybe)))).undecided
    assert several_zones(Many((Member(zone("us-east-1a")), Member(zone("us-east-1a"), maybe)))).excluded


def test_one_of_two_zones() -> None:
    either = Value(
        OneOf((value("us-east-1a"), value("us-east-1b")), Unknown.because("var.zone", PLACE)), PLACE
    )
    assert several_zones(Many.of(zone(either), zone("us-east-1a"))).undecided


def zone(data: Any, by_id: bool = False) -> Zone:
    return Zone(value(data), by_id)


def test_zones_written_at_the_group() -> None:
    assert spans(subnets=None, zones=["eu-west-1a", "eu-west-1b"]).certain
    assert spans(subnets=None, zones=["eu-west-1a"]).excluded
    assert spans(subnets=None, zones=unknown()).undecided


def test_hyperpod_puts_a_group_into_one_zone() -> None:
    subnets = (subnet("a", "us-east-1a"), subnet("b", "us-east-1b"))
    groups = [{"name": "workers", "type": "ml.p5.48xlarge", "count": 4}]
    assert spans(*subnets, subnets=[ref("a"), ref("b")], kind="hyperpod_cluster", groups=groups).excluded


def test_instances_are_where_their_interfaces_are() -> None:
    """An instance that names no subnet is in that of its interface; every instance of a count is asked."""
    made: list[Element] = []
    for n, name in enumerate("ab"):
        made.append(subnet(name, NAMES.at(n)))
        made.append(element("network_interface", f"nic[{n}]", subnet=ref(name), type="efa"))
        block = {"device": 0, "network_interface": ref(f"nic[{n}]")}
        made.append(element("instance", f"node[{n}]", type="p4d.24xlarge", interfaces=[block]))
    (fleet,) = Stack(made).fleets
    assert fleet.spans_zones.certain


def test_an_ec2_fleet_that_keeps_to_one_zone() -> None:
    subnets = (subnet("a", "us-east-1a"), subnet("b", "us-east-1b"))
    words: dict[str, Any] = {"overrides": [{"subnet": ref("a")}, {"subnet": ref("b")}], "target": 4}
    (fleet,) = Stack((*subnets, element("ec2_fleet", "fleet", **words))).fleets
    assert fleet.spans_zones.certain
    (fleet,) = Stack((*subnets, element("ec2_fleet", "fleet", single_zone=True, **words))).fleets
    assert fleet.spans_zones.excluded
    (fleet,) = Stack((*subnets, element("ec2_fleet", "fleet", single_zone=unknown(), **words))).fleets
    assert fleet.spans_zones.undecided
