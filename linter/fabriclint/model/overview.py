"""Every fleet as it was understood: what `fabriclint inspect` shows, so that a user sees why a rule spoke or kept silent."""

from __future__ import annotations

from msgspec import Struct

from fabriclint.model.compute import Fleet
from fabriclint.model.element import Element
from fabriclint.model.network import RouteTable, Subnet
from fabriclint.model.stack import Stack
from fabriclint.text import Span
from fabriclint.values import YES


class FleetOverview(Struct, frozen=True):
    """One fleet in words and numbers; None or a sentence where the sources do not decide."""

    label: str
    address: str
    kind: str
    place: Span
    types: tuple[str, ...]
    maximum: int | None
    """The most nodes; None where it is not decided."""
    maximum_open: str
    trains: str
    """yes, no or unknown."""
    evidence: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why `trains` is unknown."""
    efa_interfaces: str
    fabric_gbps: float | None
    """The type's ceiling with EFA on every card, in Gbps."""
    used_gbps: float | None
    """What the interfaces as written reach, in Gbps: the share of EFA cards, else the Ethernet of card 0."""
    zones: tuple[str, ...]
    several_zones: str
    placement: str
    s3_path: str
    storage: tuple[str, ...]


def overview(stack: Stack) -> tuple[FleetOverview, ...]:
    """The fleets of a stack in source order."""
    return tuple(_fleet(fleet) for fleet in stack.fleets)


def _fleet(fleet: Fleet) -> FleetOverview:
    least, most = fleet.efa_interfaces.count()
    best = max(fleet.known_types, key=lambda t: t.gbps or 0, default=None)
    ceiling = best.gbps if best is not None else None
    used: float | None = None
    interfaces = "not known" if most is None else str(least)
    if fleet.managed_fabric:
        interfaces = "brought by the service"
    elif fleet.adds_interfaces:
        interfaces = "added when pods ask for them"
    if best is not None and ceiling is not None:
        if fleet.managed_fabric and best.efa_capable:
            used = ceiling
        elif fleet.adds_interfaces:
            used = ceiling if fleet.asks_efa.certain else None
        elif most is not None and most == least:
            wanted = len(best.recommended_efa_cards)
            used = ceiling * min(least, wanted) / wanted if least and wanted else best.ethernet_gbps
            if wanted and least:
                interfaces = f"{least} of {wanted}"
    size = fleet.size
    return FleetOverview(
        label=fleet.label,
        address=fleet.address,
        kind=fleet.kind,
        place=fleet.place,
        types=tuple(value.show() for value in fleet.types.possible()),
        maximum=size.maximum,
        maximum_open="" if size.open is None else str(size.open.reasons[0]),
        trains=fleet.trains.state,
        evidence=fleet.role.evidence,
        reasons=tuple(str(reason) for reason in fleet.trains.reasons),
        efa_interfaces=interfaces,
        fabric_gbps=ceiling,
        used_gbps=used,
        zones=tuple(dict.fromkeys(zone.show() for zone in fleet.zones.possible())),
        several_zones=fleet.spans_zones.state,
        placement=_placement(fleet),
        s3_path=_s3_path(fleet),
        storage=_storage(fleet),
    )


def _placement(fleet: Fleet) -> str:
    if fleet.managed_fabric:
        return "the service places the nodes"
    if fleet.in_capacity_block.certain:
        return "Capacity Block (placed close together by AWS)"
    link = fleet.placement
    if link.state == "absent":
        made = fleet.by_parallelcluster and fleet.takes_placement_group.excluded
        return "a cluster group that ParallelCluster makes" if made else "none"
    if fleet.placement_group is not None:
        return f"{fleet.placement_group.label} ({fleet.placement_group.strategy.show()})"
    return f"not known: {link.unseen.reasons[0]}" if link.unseen.reasons else "not known"


def _s3_path(fleet: Fleet) -> str:
    vpc = fleet.vpc_view
    if vpc is None:
        reasons = fleet.vpc.unseen.reasons
        return f"not known: {reasons[0]}" if reasons else "not known"
    paths = dict.fromkeys(_subnet_path(fleet, subnet) for subnet in fleet.known_subnets)
    return ", ".join(paths) or "not known"


def _subnet_path(fleet: Fleet, subnet: Subnet) -> str:
    vpc = fleet.vpc_view
    table = subnet.table
    if vpc is None or table.state in ("outside", "unknown"):
        return f"not known: {table.unseen.reasons[0]}"
    endpoints = vpc.gateway_endpoints("s3")
    if table.element is not None:
        element = table.element
        if endpoints.any(lambda endpoint: endpoint.routed(element)).certain:
            return "gateway endpoint"
        view = vpc.stack.view(RouteTable, element)
        if view.leads("nat").certain:
            return "NAT gateway"
        if view.leads("internet").certain:
            return "internet gateway"
    undecided = endpoints.any(lambda _: YES).undecided
    return (
        "whether there is a gateway endpoint is not known" if undecided else "no way to S3 in these sources"
    )


def _storage(fleet: Fleet) -> tuple[str, ...]:
    found = [f"mounts {m.host.show() if m.host is not None else '?'} ({m.kind})" for m in fleet.mounts]
    vpc = fleet.vpc_view
    for element in fleet.stack.of("lustre", "efs", "other_file_system"):
        if vpc is None or _inside(fleet.stack, element, vpc.element):
            found.append(f"{element.label} ({element.kind.replace('_', ' ')})")
    return tuple(dict.fromkeys(found))


def _inside(stack: Stack, element: Element, vpc: Element) -> bool:
    """Whether a file system has a subnet in the VPC (EFS by its mount targets)."""
    values = [element.get("subnets")]
    for target in stack.of("efs_mount_target"):
        if stack.link(target.get("file_system"), "efs").element is element:
            values.append(target.get("subnet"))
    for value in values:
        for link in stack.links(value, "subnet").possible():
            if link.element is not None and stack.link(link.element.get("vpc"), "vpc").element is vpc:
                return True
    return False
