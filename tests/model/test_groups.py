"""Whether a set of security groups lets EFA traffic through: every spelling of a rule, and what never counts."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.model.element import Element
from fabriclint.model.groups import SecurityGroup, efa_passes
from fabriclint.model.stack import Stack
from fabriclint.values import Reason, Truth

from .conftest import PLACE, element, ref, unknown

MAYBE = Truth.unknown("var.open has no value", PLACE)
ALL = {"protocol": "-1", "from_port": 0, "to_port": 0}
EVERYWHERE = {**ALL, "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": ["::/0"]}


def to(address: str, **more: Any) -> dict[str, Any]:
    """A rule for all traffic whose peer is a group."""
    return {**ALL, "security_groups": [ref(address)], **more}


def group(name: str = "a", ingress: Any = None, egress: Any = None, **more: Any) -> Element:
    return element("security_group", name, ingress=ingress, egress=egress, **more)


def rule(direction: str, of: Any, words: dict[str, Any], **more: Any) -> Element:
    """A rule that is a resource of its own."""
    address = f"rule.{direction}.{of if isinstance(of, str) else 'x'}"
    owner = ref(of) if isinstance(of, str) else of
    return element("security_group_rule", address, direction=direction, group=owner, **words, **more)


def passes(*elements: Element, of: tuple[str, ...] = ("a",), **settings: Any) -> Truth:
    stack = Stack(elements, **settings)
    found = [stack.at(address) for address in of]
    return efa_passes(tuple(stack.view(SecurityGroup, one) for one in found if one is not None))


ITSELF = [{**ALL, "self": True}]
OPEN_IN = rule("ingress", "a", to("a"))
OPEN_OUT = rule("egress", "a", to("a"))


@pytest.mark.parametrize(
    ("elements", "state"),
    [
        pytest.param((group(ingress=ITSELF, egress=ITSELF),), "yes", id="inline, self"),
        pytest.param((group(ingress=[to("a")], egress=[to("a")]),), "yes", id="inline, by its id"),
        pytest.param((group(), OPEN_IN, OPEN_OUT), "yes", id="standalone, by its id"),
        pytest.param(
            (group(), rule("ingress", "a", ITSELF[0]), rule("egress", "a", ITSELF[0])),
            "yes",
            id="standalone, self",
        ),
        pytest.param((group(ingress=ITSELF), OPEN_OUT), "yes", id="one inline, one standalone"),
        pytest.param(
            (group(ingress=[EVERYWHERE, *ITSELF], egress=[EVERYWHERE, *ITSELF]),),
            "yes",
            id="beside rules for addresses",
        ),
        pytest.param(
            (group(ingress=[{"protocol": -1, "self": True}], egress=[{"protocol": "all", "self": "true"}]),),
            "yes",
            id="-1 as a number, all as a word, self as text",
        ),
        pytest.param((group(),), "no", id="no rules"),
        pytest.param((group(ingress=ITSELF),), "no", id="in only"),
        pytest.param((group(egress=ITSELF),), "no", id="out only"),
        pytest.param((group(ingress=ITSELF, egress=[EVERYWHERE]),), "no", id="out by address"),
        pytest.param((group(ingress=[EVERYWHERE], egress=ITSELF),), "no", id="in by address"),
        pytest.param(
            (group(ingress=ITSELF, egress=[{**ALL, "prefix_lists": ["pl-63a5400a"]}]),),
            "no",
            id="out by prefix list",
        ),
        pytest.param(
            (
                group(
                    ingress=ITSELF,
                    egress=[{"protocol": "tcp", "from_port": 0, "to_port": 65535, "self": True}],
                ),
            ),
            "no",
            id="every port of TCP is not every protocol",
        ),
        pytest.param(
            (group(ingress=ITSELF, egress=[{"protocol": "6", "self": True}]),), "no", id="TCP by its number"
        ),
        pytest.param(
            (group(ingress=[{**ALL, "self": False}], egress=ITSELF),), "no", id="self written and false"
        ),
        pytest.param(
            (group(), group("b"), OPEN_IN, rule("egress", "b", to("a"))),
            "no",
            id="the egress rule is another group's",
        ),
        pytest.param(
            (group(), group("b"), OPEN_IN, rule("egress", "a", to("b"))),
            "no",
            id="the egress rule leads elsewhere",
        ),
    ],
)
def test_one_group(elements: tuple[Element, ...], state: str) -> None:
    assert passes(*elements).state == state


@pytest.mark.parametrize(
    ("elements", "state"),
    [
        pytest.param(
            (group(ingress=ITSELF, egress=ITSELF), group("b")), "yes", id="one of them is open to itself"
        ),
        pytest.param(
            (group(egress=[to("b")]), group("b", ingress=[to("a")])), "yes", id="out of one, into the other"
        ),
        pytest.param(
            (group("b", egress=[to("a")]), group(), rule("ingress", "a", to("b"))),
            "yes",
            id="and the other way round",
        ),
        pytest.param(
            (group(egress=[to("b")], ingress=[to("b")]), group("b")),
            "no",
            id="one speaks of both ways, the other of none",
        ),
        pytest.param(
            (group(egress=[to("b")]), group("b", egress=[to("a")])), "no", id="out of both, into none"
        ),
        pytest.param(
            (group(egress=ITSELF), group("b", ingress=ITSELF)), "no", id="each open to itself, one way each"
        ),
        pytest.param(
            (group(egress=[to("b")]), group("b", ingress=[{**ALL, "self": True}])),
            "no",
            id="self of the other group is not this group",
        ),
    ],
)
def test_two_groups_on_every_interface(elements: tuple[Element, ...], state: str) -> None:
    assert passes(*elements, of=("a", "b")).state == state


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        pytest.param(
            (group(ingress=ITSELF, egress=[{**ALL, "security_groups": [unknown("var.peer has no value")]}]),),
            "var.peer has no value",
            id="the peer",
        ),
        pytest.param(
            (
                group(
                    ingress=ITSELF, egress=[{"protocol": unknown("var.protocol has no value"), "self": True}]
                ),
            ),
            "var.protocol has no value",
            id="the protocol",
        ),
        pytest.param(
            (group(ingress=ITSELF, egress=unknown("var.rules has no value")),),
            "var.rules has no value",
            id="the rules",
        ),
        pytest.param(
            (group(ingress=ITSELF), rule("egress", "a", to("a"), exists=MAYBE)),
            "var.open has no value",
            id="whether a rule is there",
        ),
        pytest.param(
            (group(ingress=ITSELF), rule("egress", unknown("var.group has no value"), {**ALL, "self": True})),
            "var.group has no value",
            id="whose rule it is",
        ),
        pytest.param(
            (
                group(ingress=ITSELF),
                element("unseen", "module.rules", source="acme/rules/aws", inputs={"group_id": ref("a")}),
            ),
            "module.rules (acme/rules/aws) is not in these sources and takes a",
            id="a module that is not here takes the group",
        ),
    ],
)
def test_what_is_not_known(elements: tuple[Element, ...], reason: str) -> None:
    truth = passes(*elements)
    assert truth.undecided
    assert reason in [one.what for one in truth.reasons]


def test_an_unseen_module_that_takes_something_else_changes_nothing() -> None:
    module = element("unseen", "module.vpc", source="acme/vpc/aws", inputs={"cidr": "10.0.0.0/16"})
    assert passes(group(ingress=ITSELF), module).excluded


def test_open_sources_leave_absence_open_and_presence_certain() -> None:
    """Rules may stand in sources that were not read; a rule that is here is here."""
    open_ = (Reason("a file could not be read"),)
    assert passes(group(ingress=ITSELF), open_=open_).undecided
    assert passes(group(ingress=ITSELF, egress=ITSELF), open_=open_).certain


def test_no_groups_let_nothing_through() -> None:
    assert efa_passes(()).excluded


def test_where_a_missing_rule_belongs() -> None:
    """The style of a group: inline where it has inline rules, else the type of its standalone rules."""
    stack = Stack((group(ingress=ITSELF), group("b"), rule("ingress", "b", to("b")), group("c")))
    a, b, c = stack.groups
    assert (a.inline_style, a.standalone_type) == (True, None)
    assert (b.inline_style, b.standalone_type) == (False, "security_group_rule")
    assert (c.inline_style, c.standalone_type) == (False, None)
    assert a.has_rules("ingress")
    assert not a.has_rules("egress")
