"""The links to what is outside AWS: VPN, Direct Connect, and which hosts certainly lie beyond them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from functools import cached_property

from fabriclint.facts.links import VPN_TUNNEL_LARGE, VPN_TUNNEL_STANDARD, VPN_TUNNELS_PER_CONNECTION
from fabriclint.model.element import Element
from fabriclint.model.network import RouteTable, Vpc
from fabriclint.model.stack import Link, Stack, View
from fabriclint.text import Span
from fabriclint.values import NO, YES, Reference, Text, Truth, Unknown, Value, any_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Range = ipaddress.IPv4Network | ipaddress.IPv6Network

_AWS_SUFFIXES = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".compute.internal",
    ".ec2.internal",
    ".svc.cluster.local",
    ".localdomain",
    ".on.aws",
)
_AWS_NAMES = ("fs-", "amznfsx", "svm-")


class VpnConnection(View):
    """A Site-to-Site VPN connection these sources make."""

    @cached_property
    def over_direct_connect(self) -> Truth:
        """Whether it is a private IP VPN, which runs inside a Direct Connect."""
        return self.element.get("outside_address_type").is_("PrivateIpv4")

    @cached_property
    def transit_gateway(self) -> Link:
        """The transit gateway it ends at."""
        return self.stack.link(self.element.get("transit_gateway"), "transit_gateway")

    @cached_property
    def tunnel_gbps(self) -> float:
        """The ceiling of one tunnel in Gbps: 1.25, or 5 with large tunnels (transit gateway and Cloud WAN only)."""
        large = self.element.get("tunnel_bandwidth").is_("large")
        return VPN_TUNNEL_LARGE.gbps if large.certain else VPN_TUNNEL_STANDARD.gbps

    @cached_property
    def ecmp(self) -> Truth:
        """Whether its tunnels can be used at once: a transit gateway with ECMP, and BGP instead of static routes."""
        static = self.element.get("static_routes_only").on()
        gateway = self.transit_gateway
        if gateway.state == "absent":
            return NO
        if gateway.element is None:
            return Truth.unknown(gateway.unseen) & ~static
        return gateway.element.get("vpn_ecmp").is_("enable") & ~static

    @property
    def ceiling_gbps(self) -> float:
        """What the connection carries at most, in Gbps: both tunnels where ECMP is certain, else one."""
        return self.tunnel_gbps * (VPN_TUNNELS_PER_CONNECTION if self.ecmp.certain else 1)


class HybridSide:
    """Everything in a stack that leads out of AWS."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    @property
    def element(self) -> Element:
        """The first VPN connection, which stands for the side (a stack without one has no such subject)."""
        return self.vpn_connections[0].element

    @property
    def address(self) -> str:
        """The first VPN connection's address."""
        return self.element.address

    @property
    def label(self) -> str:
        """The first VPN connection's name."""
        return self.element.label

    @property
    def place(self) -> Span:
        """The header of the first VPN connection."""
        return self.element.place

    @cached_property
    def vpn_connections(self) -> tuple[VpnConnection, ...]:
        """The Site-to-Site VPN connections of these sources."""
        return tuple(self.stack.view(VpnConnection, element) for element in self.stack.of("vpn_connection"))

    @cached_property
    def direct_connect(self) -> Truth:
        """Whether there is Direct Connect beside: yes where these sources have any of it, unknown where a gateway comes by id."""
        parts = self.stack.of("dx_connection", "dx_interface", "dx_gateway", "dx_gateway_association")
        found = any_of(part.exists for part in parts)
        if found.certain:
            return found
        by_id = [
            vpn.transit_gateway
            for vpn in self.vpn_connections
            if vpn.transit_gateway.state in ("outside", "unknown")
        ]
        unseen = [Truth.unknown(link.unseen) for link in by_id]
        for vpn in self.vpn_connections:
            gateway = self.stack.link(vpn.element.get("vpn_gateway"), "vpn_gateway")
            if gateway.state in ("outside", "unknown"):
                unseen.append(Truth.unknown(gateway.unseen))
        for element in self.stack.of("transit_gateway", "vpn_gateway"):
            handed = self.stack.handed_to_unseen(element)
            if handed is not None:
                unseen.append(Truth.unknown(handed))
        return found | any_of(unseen)

    @property
    def present(self) -> bool:
        """Whether these sources make a hybrid link at all."""
        return bool(
            self.stack.of(
                "vpn_connection",
                "customer_gateway",
                "vpn_gateway",
                "dx_connection",
                "dx_interface",
                "dx_gateway",
            )
        )

    # what lies beyond

    @cached_property
    def ranges(self) -> tuple[tuple[Range, Element, str], ...]:
        """Address ranges that certainly lie outside AWS, with the element that says so and how."""
        found: list[tuple[Range, Element, str]] = []
        for element in self.stack.of("vpn_route"):
            found.extend((range_, element, "a VPN route") for range_ in _ranges(element.get("cidr_block")))
        for table_element in self.stack.of("route_table"):
            table = self.stack.view(RouteTable, table_element)
            for route in table.routes.known():
                if route.hop == "vpn" or (
                    route.hop == "transit" and self._only_vpn_behind(route.through, table_element)
                ):
                    ranges = _ranges(route.destination)
                    found.extend(
                        (r, table_element, f"a route of {table_element.label}")
                        for r in ranges
                        if r.prefixlen > 0
                    )
        return tuple(found)

    def _only_vpn_behind(self, gateway: Link, table: Element) -> bool:
        """Whether nothing but VPN and the table's own VPC hangs on a transit gateway of these sources."""
        if gateway.element is None or self.stack.handed_to_unseen(gateway.element) is not None:
            return False
        hangs = [vpn for vpn in self.vpn_connections if vpn.transit_gateway.element is gateway.element]
        own = self.stack.link(table.get("vpc"), "vpc").element
        attached = [
            self.stack.link(element.get("vpc"), "vpc").element
            for element in self.stack.of("transit_gateway_attachment")
            if self.stack.link(element.get("transit_gateway"), "transit_gateway").element is gateway.element
        ]
        return bool(hangs) and own is not None and all(element is own for element in attached)

    @cached_property
    def forwarded_domains(self) -> tuple[tuple[str, Element], ...]:
        """Domains that a resolver rule of these sources forwards to name servers of one's own."""
        found: list[tuple[str, Element]] = []
        for element in self.stack.of("resolver_rule"):
            name = element.get("domain_name").text()
            if name and element.get("rule_type").is_("FORWARD").certain:
                found.append((name.strip(".").lower(), element))
        return tuple(found)

    @cached_property
    def own_domains(self) -> tuple[str, ...]:
        """Domains of private zones and service discovery of these sources."""
        names = (element.get("name").text() for element in self.stack.of("private_zone"))
        return tuple(name.strip(".").lower() for name in names if name)

    def outside(self, host: Value, vpc: Link) -> tuple[Truth, str, tuple[tuple[Span, str], ...]]:
        """Whether a host that machines of `vpc` talk to is certainly outside AWS; how that is known; the places that say so."""
        verdicts = [self._outside(option, vpc) for option in host.options()]
        if len(verdicts) == 1:
            return verdicts[0]
        if all(verdict[0].certain for verdict in verdicts) or all(
            verdict[0].excluded for verdict in verdicts
        ):
            return verdicts[0]
        return Truth.unknown(host.unknown or Unknown(())), "", ()

    def _outside(self, host: Value, vpc: Link) -> tuple[Truth, str, tuple[tuple[Span, str], ...]]:
        data = host.data
        if isinstance(data, Reference):
            if (
                "parameter" in data.target
                or data.target.startswith("export ")
                or data.target.startswith("{{")
            ):
                return Truth.unknown(f"{data} is given from outside", host.place), "", ()
            return NO, "it is made or found in AWS", ()
        if isinstance(data, Text):
            known = (
                "".join(part if isinstance(part, str) else "\0" for part in data.parts).lower().rstrip(".")
            )
            if known.endswith(_AWS_SUFFIXES) or known.startswith(_AWS_NAMES):
                return NO, "it is an AWS name", ()
            if any(
                isinstance(part, Reference) and not part.target.startswith("parameter") for part in data.parts
            ):
                return NO, "it is made or found in AWS", ()
            domain = self._domain(known)
            if domain is not None and "\0" not in known.rpartition(domain[0])[2]:
                return self._forwarded(domain)
            return Truth.unknown(data.unknown()), "", ()
        text = host.text()
        if text is None:
            return (
                Truth.unknown(host.unknown or Unknown.because(f"{host.show()} is not known", host.place)),
                "",
                (),
            )
        name = text.strip().strip("[]").rstrip(".").lower()
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return self._outside_name(name, host)
        return self._outside_address(address, vpc, host)

    def _outside_name(self, name: str, host: Value) -> tuple[Truth, str, tuple[tuple[Span, str], ...]]:
        if "." not in name or name.endswith(_AWS_SUFFIXES) or name.startswith(_AWS_NAMES):
            return NO, "it is an AWS or local name", ()
        if any(name == own or name.endswith(f".{own}") for own in self.own_domains):
            return NO, "it is in a private zone of these sources", ()
        domain = self._domain(name)
        if domain is not None:
            return self._forwarded(domain)
        return Truth.unknown(f"where {name} is cannot be told from these sources", host.place), "", ()

    def _domain(self, name: str) -> tuple[str, Element] | None:
        for domain, element in self.forwarded_domains:
            if name == domain or name.endswith(f".{domain}"):
                return domain, element
        return None

    def _forwarded(self, domain: tuple[str, Element]) -> tuple[Truth, str, tuple[tuple[Span, str], ...]]:
        name, element = domain
        if self.present:
            related = ((element.place, f"{element.label} forwards {name} to name servers outside AWS"),)
            return YES, f"{element.label} forwards {name} on-premises", related
        return Truth.unknown(f"where {element.label} forwards {name} to is not known", element.place), "", ()

    def _outside_address(
        self, address: Address, vpc: Link, host: Value
    ) -> tuple[Truth, str, tuple[tuple[Span, str], ...]]:
        if address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast:
            return NO, "it is the machine itself", ()
        if vpc.element is not None:
            view = self.stack.view(Vpc, vpc.element)
            ranges = [_ranges(cidr) for cidr in view.cidrs.possible()]
            if any(address in range_ for group in ranges for range_ in group):
                return NO, "it is in the VPC", ()
        for element in self.stack.of("vpc", "subnet", "vpc_cidr"):
            if any(address in range_ for range_ in _ranges(element.get("cidr_block"))):
                return NO, f"it is in {element.label}", ()
        if address.is_global:
            return YES, "it is a public address", ()
        for range_, element, how in self.ranges:
            if address in range_:
                return YES, f"{range_} lies behind {how}", ((element.place, f"{how} leads to {range_}"),)
        if vpc.element is None:
            return Truth.unknown(vpc.unseen), "", ()
        view = self.stack.view(Vpc, vpc.element)
        closed = self._closed(view)
        if closed.certain:
            ranges_known = all(_ranges(cidr) for cidr in view.cidrs.known())
            if ranges_known:
                return closed, f"it is outside every range of {view.label}, which reaches no other VPC", ()
            return Truth.unknown(f"the ranges of {view.label} are not known", view.place), "", ()
        if closed.excluded:
            return (
                Truth.unknown(f"{address} may be in another VPC that {view.label} reaches", host.place),
                "",
                (),
            )
        return Truth("unknown", closed.reasons), "", ()

    def _closed(self, vpc: Vpc) -> Truth:
        """Whether a VPC reaches no other VPC: no peering, transit gateway or Cloud WAN, and nothing unseen takes it."""
        for element in self.stack.of("peering", "transit_gateway_attachment", "cloud_wan_attachment"):
            ends = [
                self.stack.link(element.get(word), "vpc") for word in ("vpc", "peer_vpc") if element.has(word)
            ]
            if any(end.element is vpc.element or end.element is None for end in ends):
                return NO
        unseen = self.stack.handed_to_unseen(vpc.element) or self.stack.open
        if unseen is not None:
            return Truth.unknown(unseen)
        return YES


def _ranges(value: Value) -> tuple[Range, ...]:
    return tuple(_parsed(value))


def _parsed(value: Value) -> Iterator[Range]:
    for option in value.options():
        text = option.text()
        if text:
            try:
                yield ipaddress.ip_network(text, strict=False)
            except ValueError:
                continue
