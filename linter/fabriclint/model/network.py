"""The network inside AWS: VPCs, subnets, zones and route tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.model.element import Element, Fixed, Shape
from fabriclint.model.endpoints import Endpoint, names_main_table
from fabriclint.model.stack import Link, Stack, View
from fabriclint.values import (
    NO,
    YES,
    Many,
    Map,
    Member,
    Reference,
    Truth,
    Unknown,
    Value,
    any_of,
)

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

Hop = Literal["internet", "nat", "vpn", "transit", "peering", "other"]


class Zone(Struct, frozen=True, eq=False):
    """An Availability Zone as it is written: a zone name or a zone id (the two are not comparable)."""

    value: Value
    by_id: bool

    def same(self, other: Zone) -> Truth:
        """Whether both are the same zone."""
        if self.by_id != other.by_id:
            return Truth.unknown("a zone id and a zone name cannot be compared", self.value.place)
        return self.value.same(other.value)

    def show(self) -> str:
        """The zone for a message: its name, or the last part of the handle that stands for it."""
        handle = self.value.data if isinstance(self.value.data, Reference) else None
        if handle is None:
            return self.value.show()
        return str(Reference(handle.target.rpartition(".")[2], handle.path))


class Route(Struct, frozen=True, eq=False):
    """One route of a table: its destination and what it leads to."""

    destination: Value
    hop: Hop
    through: Link
    value: Value

    def default(self) -> Truth:
        """Whether it is the way to everything (0.0.0.0/0)."""
        return self.destination.is_("0.0.0.0/0")


class Subnet(View):
    """A subnet these sources make."""

    @cached_property
    def vpc(self) -> Link:
        """The VPC it is in."""
        return self.stack.link(self.element.get("vpc"), "vpc")

    @cached_property
    def zone(self) -> Zone:
        """Its Availability Zone; unknown where none is written (AWS picks one)."""
        name, by_id = self.element.get("zone"), self.element.get("zone_id")
        if not name.absent:
            return Zone(name, False)
        if not by_id.absent:
            return Zone(by_id, True)
        return Zone(Value(Unknown.because(f"{self.label} names no zone", self.place), self.place), False)

    def shares_zone(self, link: Link) -> Truth:
        """Whether what a link leads to is this subnet, which is one zone, or a subnet of the same zone."""
        if link.element is None:
            return NO if link.state == "absent" else Truth.unknown(link.unseen)
        if link.element is self.element and self.element.many is None:
            return YES
        return self.zone.same(self.stack.view(Subnet, link.element).zone)

    @cached_property
    def table(self) -> Link:
        """The route table it uses: the associated one, else the main table of its VPC ("absent": the implicit main table)."""
        for element in self.stack.of("route_table_association"):
            link = self.stack.link(element.get("subnet"), "subnet")
            if link.element is self.element:
                if element.exists.undecided:
                    return Link("unknown", element.get("route_table"), reason=Unknown(element.exists.reasons))
                return self.stack.link(element.get("route_table"), "route_table")
        unseen = self.stack.handed_to_unseen(self.element)
        if unseen is not None:
            return Link("unknown", Value(unseen, self.place), reason=unseen)
        for element in self.stack.of("route_table_association"):
            link = self.stack.link(element.get("subnet"), "subnet")
            if link.state == "unknown":
                return Link("unknown", element.get("subnet"), reason=link.reason)
        vpc = self.vpc
        if vpc.element is None:
            return Link("unknown", vpc.value, reason=vpc.unseen)
        return self.stack.view(Vpc, vpc.element).main_table

    @cached_property
    def way_out(self) -> Truth:
        """Whether its table has a default route, to whatever it leads."""
        link = self.table
        if link.element is not None:
            return self.stack.view(RouteTable, link.element).routes.any(lambda route: route.default())
        if link.state != "absent" or self.vpc.element is None:
            return Truth.unknown(link.unseen)
        return self.stack.view(Vpc, self.vpc.element).implicit_table_leads_out


class RouteTable(View):
    """A route table these sources make."""

    @cached_property
    def routes(self) -> Many[Route]:
        """Its routes, inline and standalone."""
        found: list[Member[Route]] = []
        inline = self.element.get("routes").members()
        for member in inline.members:
            found.append(Member(self._route(member.item), member.exists))
        more = inline.more
        for element in self.stack.of("route"):
            link = self.stack.link(element.get("route_table"), "route_table")
            if link.element is self.element:
                words = {word: element.get(word) for word in element.shape.attributes}
                found.append(Member(self._route(Value(Map(words), element.place)), element.exists))
        unseen = self.stack.handed_to_unseen(self.element) or self.stack.open
        if unseen is not None:
            more = unseen if more is None else more.also(unseen)
        return Many(tuple(found), more)

    def _route(self, words: Value) -> Route:
        destination = words.field("cidr_block")
        hop, through = self._hop(words)
        return Route(destination, hop, through, words)

    def _hop(self, words: Value) -> tuple[Hop, Link]:
        link = self.stack.link
        gateway = words.field("gateway")
        if not gateway.absent:
            to = link(gateway, "internet_gateway", "vpn_gateway")
            if to.element is not None and to.element.kind == "vpn_gateway":
                return "vpn", to
            text = gateway.text() or ""
            return (
                "vpn"
                if text.startswith("vgw-")
                else "internet"
                if to.element or text.startswith("igw-")
                else "other"
            ), to
        spellings: tuple[tuple[str, Hop, str], ...] = (
            ("nat_gateway", "nat", "nat_gateway"),
            ("transit_gateway", "transit", "transit_gateway"),
            ("core_network", "transit", "cloud_wan_attachment"),
            ("peering", "peering", "peering"),
        )
        for word, hop, kind in spellings:
            value = words.field(word)
            if not value.absent:
                return hop, link(value, kind)
        return "other", Link(
            "unknown", words, reason=Unknown.because("the route's target is not read", words.place)
        )

    def leads(self, hop: Hop) -> Truth:
        """Whether its default route goes through this kind of gateway."""
        return self.routes.any(lambda route: Truth.of(route.hop == hop) & route.default())


class Vpc(View):
    """A VPC these sources make."""

    @cached_property
    def link(self) -> Link:
        """A link to itself, to compare with."""
        return Link("here", Value(Reference(self.address, ("id",))), self.element)

    @cached_property
    def main_table(self) -> Link:
        """Its main route table; "absent" is the implicit one that AWS makes, with local routes only."""
        for element in self.stack.leading_to(self.element, "main_route_table", "vpc"):
            return self.stack.link(element.get("route_table"), "route_table")
        for element in self.stack.of("route_table"):
            owner = element.get("default_of").handle
            if owner is not None and owner.target == self.address:
                return Link("here", Value(Reference(element.address, ("id",))), element)
        return Link("absent", Value(None, self.place, "absent"))

    @cached_property
    def implicit_table_leads_out(self) -> Truth:
        """Whether a default route was put into the main route table that AWS makes."""
        found: list[Truth] = []
        for route in self.stack.of("route"):
            handle = route.get("route_table").handle
            if handle is not None and handle.target == self.address and names_main_table(handle):
                found.append(route.exists & route.get("cidr_block").is_("0.0.0.0/0"))
        unseen = self.stack.handed_to_unseen(self.element) or self.stack.open
        return any_of(found) if unseen is None else any_of(found) | Truth.unknown(unseen)

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        """The subnets of these sources that are in it."""
        views = (self.stack.view(Subnet, element) for element in self.stack.of("subnet"))
        return tuple(subnet for subnet in views if subnet.vpc.element is self.element)

    @cached_property
    def tables(self) -> tuple[RouteTable, ...]:
        """The route tables of these sources that are in it."""
        return tuple(
            self.stack.view(RouteTable, element)
            for element in self.stack.leading_to(self.element, "route_table", "vpc")
        )

    @property
    def endpoints(self) -> Many[Endpoint]:
        """Its endpoints; there may be more where an unseen module takes the VPC or a subnet or table of it."""
        found: list[Member[Endpoint]] = []
        more = self.stack.open
        for element in self.stack.leading_to(self.element, "vpc_endpoint", "vpc", unsure=True):
            endpoint = self.stack.view(Endpoint, element)
            inside = (
                endpoint.vpc.same(self.link) if endpoint.vpc.state != "outside" else _elsewhere(endpoint.vpc)
            )
            found.append(Member(endpoint, element.exists & inside))
        for part in self._parts():
            unseen = self.stack.handed_to_unseen(part)
            if unseen is not None:
                more = unseen if more is None else more.also(unseen)
        return Many(tuple(member for member in found if not member.exists.excluded), more)

    def _parts(self) -> Iterator[Element]:
        yield self.element
        yield from (table.element for table in self.tables)

    def gateway_endpoints(self, service: str) -> Many[Endpoint]:
        """Its gateway endpoints of a service."""
        return self.endpoints.where(lambda endpoint: endpoint.gateway & endpoint.serves(service))

    def interface_endpoints(self, service: str) -> Many[Endpoint]:
        """Its interface endpoints of a service."""
        return self.endpoints.where(lambda endpoint: endpoint.interface & endpoint.serves(service))

    @property
    def fleets(self) -> tuple[Fleet, ...]:
        """The fleets that certainly run in it."""
        return tuple(fleet for fleet in self.stack.fleets if fleet.vpc.element is self.element)

    @cached_property
    def cidrs(self) -> Many[Value]:
        """Its address ranges."""
        found = [Member(self.element.get("cidr_block"))]
        for element in self.stack.of("vpc_cidr"):
            if self.stack.link(element.get("vpc"), "vpc").element is self.element:
                found.append(Member(element.get("cidr_block"), element.exists))
        return Many(tuple(found))


class ForeignVpc(Vpc):
    """A VPC that these sources do not make and fleets of theirs run in: what it holds is not known."""

    def __init__(self, stack: Stack, element: Element, fleets: tuple[Fleet, ...], why: Unknown) -> None:
        super().__init__(stack, element)
        self._fleets = fleets
        self._why = why

    @property
    def fleets(self) -> tuple[Fleet, ...]:
        """The fleets that run in it."""
        return self._fleets

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        """None of its subnets is shown."""
        return ()

    @cached_property
    def tables(self) -> tuple[RouteTable, ...]:
        """None of its route tables is shown."""
        return ()

    @property
    def endpoints(self) -> Many[Endpoint]:
        """Those that the configuration gives; else they are not shown."""
        given = self.stack.facts.endpoints_of(self._fleets[0].vpc.value)
        if given is None:
            return Many((), self._why)
        return Many(tuple(Member(self._given_endpoint(service)) for service in given))

    def _given_endpoint(self, service: str) -> Endpoint:
        gateway = service in ("s3", "dynamodb", "s3express")
        unsaid = Unknown.because(f"{self.stack.facts.origin} does not say where it is attached", self.place)

        def unseen(_: str) -> Value:
            return Value(unsaid, self.place)

        shape = Shape(
            "vpc_endpoint",
            {
                "service_name": Fixed(f"com.amazonaws.{service}"),
                "type": Fixed("Gateway" if gateway else "Interface"),
                "private_dns": Fixed(not gateway),
                **{word: word for word in ("route_tables", "subnets", "security_groups", "policy")},
            },
        )
        made = replace(
            self.element,
            kind="vpc_endpoint",
            address=f"{self.element.address}/{service}",
            label=f"the {service} endpoint that {self.stack.facts.origin} gives",
            shape=shape,
            read=unseen,
            _seen={},
        )
        return Endpoint(self.stack, made)


def foreign_vpcs(stack: Stack) -> tuple[ForeignVpc, ...]:
    """The VPCs of other sources that accelerated or training fleets run in, each once, in the order of the fleets."""
    found: dict[str, list[Fleet]] = {}
    for fleet in stack.fleets:
        if fleet.vpc.element is None and not (fleet.accelerated | fleet.trains).excluded:
            # Fleets that lack the same thing are in the same VPC, wherever each of them says so.
            lacking = [reason.what for reason in fleet.vpc.unseen.reasons[:1]]
            found.setdefault(str(fleet.vpc.value.handle or lacking), []).append(fleet)
    vpcs: list[ForeignVpc] = []
    for fleets in found.values():
        first = fleets[0]
        why = first.vpc.unseen
        place = first.vpc.value.place or first.place
        element = Element(
            kind="vpc",
            type="",
            address=f"{first.address}.vpc",
            label=f"the VPC of {first.label}",
            place=place,
            language=first.element.language,
            shape=Shape("vpc", {}),
            read=lambda _: Value(None, None, "absent"),
            calls=first.element.calls,
        )
        vpcs.append(ForeignVpc(stack, element, tuple(fleets), why))
    return tuple(vpcs)


def _elsewhere(link: Link) -> Truth:
    """A handle that is not this VPC's own: a data source may still name the same VPC, so it stays open."""
    return Truth.unknown(link.unseen)


def several_zones(zones: Many[Zone]) -> Truth:
    """Whether there are two zones that differ."""
    known = [(member.item, member.exists) for member in zones.members]
    pairs = (
        one_exists & two_exists & ~one.same(two)
        for n, (one, one_exists) in enumerate(known)
        for two, two_exists in known[n + 1 :]
    )
    result = any_of(pairs)
    if zones.more is not None:
        result = result | Truth.unknown(zones.more)
    return result
