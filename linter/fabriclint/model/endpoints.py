"""VPC endpoints: what they serve, and which tables, subnets and zones they are in."""

from __future__ import annotations

from functools import cached_property

from fabriclint.model.element import Element
from fabriclint.model.stack import Link, View
from fabriclint.patterns import late
from fabriclint.values import NO, YES, Many, Map, Member, Reference, Seq, Text, Truth, Value, any_of

MOST_IN_A_POLICY = 10_000
# An address range as a policy writes it.
_RANGE = late(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})/\d{1,2}(?![\d.])")
# Attributes of a VPC that are handles on the main route table that comes with it.
MAIN_TABLE_HANDLES = ("main_route_table_id", "default_route_table_id")


class Endpoint(View):
    """A VPC endpoint these sources make."""

    def serves(self, service: str) -> Truth:
        """Whether it is the endpoint of a service of its Region, by the last part of the name (`s3`, `ecr.api`)."""

        def test(data: object) -> bool | None:
            ending = f".{service}"
            if isinstance(data, str):
                return data.endswith(ending)
            if isinstance(data, Text):
                last = data.parts[-1]
                return last.endswith(ending) if isinstance(last, str) else None
            return None

        return self.element.get("service_name").decide(test)

    @property
    def gateway(self) -> Truth:
        """Whether it is a gateway endpoint (the default type)."""
        return self.element.get("type").is_("Gateway")

    @property
    def interface(self) -> Truth:
        """Whether it is an interface endpoint."""
        return self.element.get("type").is_("Interface")

    @property
    def vpc(self) -> Link:
        """The VPC it is in."""
        return self.stack.link(self.element.get("vpc"), "vpc")

    # a gateway endpoint

    @cached_property
    def tables(self) -> Many[Link]:
        """The route tables it is associated with, in either spelling."""
        return self._joined("route_tables", "endpoint_route_table", "route_table")

    @property
    def lists_tables(self) -> bool:
        """Whether a table belongs into its own list: where it has one (which would undo a resource beside it), and where
        the language knows no association resources."""
        return not self.element.get("route_tables").absent or self.element.language == "cloudformation"

    def routed(self, table: Element) -> Truth:
        """Whether this table is associated with it."""
        target = Link("here", Value(Reference(table.address, ("id",))), table)
        return self.tables.any(target.same)

    @property
    def routes_main_table(self) -> Truth:
        """Whether the implicit main route table of its VPC is associated with it, by the VPC's own attribute."""
        return self.tables.any(_main_table)

    # an interface endpoint

    @cached_property
    def subnets(self) -> Many[Link]:
        """The subnets it has an interface in, in either spelling."""
        return self._joined("subnets", "endpoint_subnet", "subnet")

    @cached_property
    def private_dns(self) -> Truth:
        """Whether the service's own name leads to it inside its VPC."""
        switched: list[Truth] = []
        for element in self.stack.of("endpoint_private_dns"):
            if self.stack.link(element.get("endpoint"), "vpc_endpoint").element is self.element:
                switched.append(element.exists & element.get("enabled").on())
        return self.element.get("private_dns").on() | any_of(switched)

    @property
    def for_resolver_only(self) -> Truth:
        """Whether only clients of an inbound resolver get its addresses, so that the VPC's own stay on the gateway endpoint."""
        return self.element.get("inbound_resolver_only").decide(
            lambda data: (
                str(data).lower() in ("true", "1", "onlyinboundresolver")
                if data is None or isinstance(data, (str, bool, int))
                else None
            )
        )

    def _joined(self, word: str, kind: str, one: str) -> Many[Link]:
        """What it lists itself, and what association resources add."""
        found = self.stack.links(self.element.get(word), one)
        extra: list[Member[Link]] = []
        for element in self.stack.of(kind):
            link = self.stack.link(element.get("endpoint"), "vpc_endpoint")
            if link.element is self.element:
                extra.append(Member(self.stack.link(element.get(one), one), element.exists))
                if element.many is not None:
                    found = found.plus(Many((), element.many))
            elif link.state == "unknown":
                found = found.plus(Many((), link.reason))
        return found.plus(Many(tuple(extra), self.stack.handed_to_unseen(self.element)))


def names_main_table(handle: Reference) -> bool:
    """Whether a handle on a VPC reads its main route table."""
    return bool(handle.path) and handle.path[0] in MAIN_TABLE_HANDLES


def _main_table(link: Link) -> Truth:
    """Whether a link is on a main route table that no element stands for; an id that is handed in may be its."""
    if link.element is not None:
        return NO
    handle = link.value.handle
    if handle is not None and names_main_table(handle):
        return YES
    return Truth.unknown(link.unseen)


def ranges_in_policy(endpoint: Endpoint) -> tuple[tuple[str, Value], ...]:
    """The address ranges an endpoint's policy names, each with its first address."""
    policy = endpoint.element.get("policy")
    found: dict[str, Value] = {}
    todo, seen = [policy], 0
    while todo and seen < MOST_IN_A_POLICY:
        value = todo.pop()
        seen += 1
        if isinstance(value.data, Map):
            todo.extend(reversed(value.data.entries.values()))
        elif isinstance(value.data, Seq):
            todo.extend(reversed(value.data.items))
        elif isinstance(value.data, (str, Text)):
            text = value.data if isinstance(value.data, str) else value.data.render("\0")
            for match in _RANGE.finditer(text):
                found.setdefault(match.group(0), Value(match.group(1), value.place or policy.place))
    return tuple(found.items())
