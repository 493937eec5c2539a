"""Whether groups let a port through: by group, by range, by default."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.model.element import Element
from fabriclint.model.groups import SecurityGroup
from fabriclint.model.ports import https_out, opens
from fabriclint.model.stack import Stack
from fabriclint.values import Many, Value

from .conftest import element, ref, unknown


def groups(*elements: Element) -> Many[SecurityGroup]:
    stack = Stack(elements)
    return Many.of(*(stack.view(SecurityGroup, one) for one in elements))


def tcp(low: Any, high: Any, **peer: Any) -> dict[str, Any]:
    return {"protocol": "tcp", "from_port": low, "to_port": high, **peer}


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (tcp(988, 988, cidr_blocks=["0.0.0.0/0"]), "yes"),
        (tcp(0, 65535, cidr_blocks=["10.0.0.0/8"]), "yes"),
        (tcp(988, 988, cidr_blocks=["192.168.0.0/16"]), "no"),
        (tcp(988, 988, cidr_blocks=["10.1.1.0/28"]), "unknown"),
        (tcp(988, 988, cidr_blocks=[unknown()]), "unknown"),
        (tcp(443, 443, cidr_blocks=["0.0.0.0/0"]), "no"),
        (tcp(988, 988, prefix_lists=["pl-1"]), "yes"),
        (tcp(unknown(), 988, cidr_blocks=["0.0.0.0/0"]), "unknown"),
        ({"protocol": "-1", "self": True}, "no"),
        ({"protocol": "udp", "from_port": 988, "to_port": 988, "cidr_blocks": ["0.0.0.0/0"]}, "no"),
    ],
)
def test_a_port(rule: dict[str, Any], state: str) -> None:
    found = groups(element("security_group", "a", ingress=[rule]))
    assert opens(found, "ingress", 988, Many(), Many.of(Value("10.1.1.0/24"))).state == state


def test_a_port_by_the_other_side_s_group() -> None:
    own = element("security_group", "a", ingress=[tcp(988, 1023, security_groups=[ref("b")])])
    stack = Stack([own, element("security_group", "b")])
    one, other = (stack.view(SecurityGroup, element_) for element_ in stack.of("security_group"))
    assert opens(Many.of(one), "ingress", 988, Many.of(other), Many()).certain
    assert opens(Many.of(one), "ingress", 22, Many.of(other), Many()).excluded


@pytest.mark.parametrize(
    ("egress", "state"),
    [
        ([{"protocol": "-1", "self": True}], "no"),
        ([{"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}], "yes"),
        ([tcp(443, 443, prefix_lists=["pl-1"])], "yes"),
        ([tcp(443, 443, security_groups=[Value("sg-0123456789abcdef0")])], "unknown"),
        ([tcp(443, 443, cidr_blocks=["10.0.0.0/8"])], "unknown"),
        (None, "no"),
    ],
)
def test_https_out(egress: Any, state: str) -> None:
    assert https_out(groups(element("security_group", "a", egress=egress))).state == state
