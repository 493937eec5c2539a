"""Direct Connect as these sources show it: which virtual interfaces there are, and what a stack's path to AWS carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from fabriclint.facts.transfer_time import BadQuantity, parse_speed
from fabriclint.model.element import Element
from fabriclint.values import NO_INPUTS, Inputs, Reason, Truth, Unknown, any_of

if TYPE_CHECKING:
    from fabriclint.model.stack import Stack

PRIVATE = ("private", "transit")


class PathCeiling(Struct, frozen=True, eq=False):
    """What the path between a site and AWS carries, in Gbps, and the resources that say so; None where it is not known."""

    gbps: float | None
    words: str = ""
    parts: tuple[Element, ...] = ()
    open: Unknown | None = None
    inputs: Inputs = NO_INPUTS


def offers(stack: Stack, *visibilities: str) -> Truth:
    """Whether Direct Connect offers a virtual interface of one of these visibilities (public; private and transit).

    Its absence is decided only where these sources make the hybrid side and take no gateway by id.
    """
    found = any_of(
        element.exists
        for element in stack.of("dx_interface")
        if element.get("visibility").text() in visibilities
    )
    if found.certain:
        return found
    if stack.open is not None:
        return found | Truth.unknown(stack.open)
    side = stack.hybrid
    if not side.present:
        why = "these sources do not show whether there is Direct Connect"
        return found | Truth.unknown(Reason(why))
    if side.direct_connect.undecided:
        return found | side.direct_connect
    gateways = stack.of("dx_gateway", "dx_gateway_association")
    interfaces = stack.of("dx_interface")
    bare = [
        connection
        for connection in stack.of("dx_connection")
        if not any(
            stack.link(one.get("connection"), "dx_connection").element is connection for one in interfaces
        )
    ]
    unseen: list[Element] = []
    if set(visibilities) & set(PRIVATE) and not any(
        one.get("visibility").text() in PRIVATE for one in interfaces
    ):
        unseen.extend(gateways)
    if not interfaces:
        unseen.extend(bare)
    return found | any_of(
        Truth.unknown(
            Reason(f"the virtual interfaces of {element.label} are not in these sources", element.place)
        )
        for element in unseen
    )


def path_ceiling(stack: Stack) -> PathCeiling:
    """Direct Connect's bandwidth where there is any, all connections added up; else what the VPN connections carry."""
    side = stack.hybrid
    connections = [element for element in stack.of("dx_connection") if not element.exists.excluded]
    if connections:
        return _of_connections(connections)
    if not side.vpn_connections:
        place = next(
            (part.place for part in stack.of("dx_interface", "dx_gateway", "customer_gateway")), None
        )
        why = Unknown.because(
            "the bandwidth of the path between the data and AWS is not in these sources", place
        )
        return PathCeiling(None, open=why)
    if not side.direct_connect.excluded:
        place = side.vpn_connections[0].place
        unseen = Unknown.because("the bandwidth of Direct Connect is not in these sources", place)
        return PathCeiling(
            None, open=Unknown(side.direct_connect.reasons) if side.direct_connect.undecided else unseen
        )
    vpns = side.vpn_connections
    added = sum(vpn.ceiling_gbps for vpn in vpns if vpn.ecmp.certain)
    gbps = added or max(vpn.ceiling_gbps for vpn in vpns)
    return PathCeiling(gbps, "Site-to-Site VPN", tuple(vpn.element for vpn in vpns))


def _of_connections(connections: list[Element]) -> PathCeiling:
    total = 0.0
    inputs: Inputs = NO_INPUTS
    for element in connections:
        written = element.get("bandwidth")
        try:
            total += parse_speed(written.text() or "")
        except BadQuantity:
            why = written.unknown or Unknown.because(
                f"the bandwidth of {element.label} is not known", written.place or element.place
            )
            return PathCeiling(None, parts=tuple(connections), open=why)
        inputs |= written.inputs
    return PathCeiling(total, "Direct Connect", tuple(connections), inputs=inputs)
