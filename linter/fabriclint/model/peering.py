"""How two VPCs of these sources reach each other: peering, or a transit gateway that both are attached to."""

from __future__ import annotations

from fabriclint.model.element import Element
from fabriclint.model.network import Vpc
from fabriclint.values import Truth, any_of


def attachment_between(one: Vpc, two: Vpc) -> Element | None:
    """The attachment of the first VPC to a transit gateway that both are attached to."""
    stack = one.stack
    attached = [
        (
            element,
            stack.link(element.get("vpc"), "vpc").element,
            stack.link(element.get("transit_gateway"), "transit_gateway"),
        )
        for element in stack.of("transit_gateway_attachment")
    ]
    for mine, vpc, gateway in attached:
        if vpc is one.element and any(
            other is two.element and gateway.same(its).certain for _, other, its in attached
        ):
            return mine
    return None


def peered(one: Vpc, two: Vpc) -> Truth:
    """Whether a peering of these sources joins the two; one whose ends are not known may."""
    stack = one.stack
    found: list[Truth] = []
    for element in stack.of("peering"):
        ends = [stack.link(element.get(word), "vpc") for word in ("vpc", "peer_vpc")]
        for first, second in ((one, two), (two, one)):
            found.append(element.exists & ends[0].same(first.link) & ends[1].same(second.link))
    result = any_of(found)
    return result if stack.open is None else result | Truth.unknown(stack.open)
