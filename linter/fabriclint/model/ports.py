"""Whether security groups let a TCP port through, between machines and file systems and out to the services."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from fabriclint.model.groups import Direction, GroupRule, SecurityGroup
from fabriclint.model.network import Subnet
from fabriclint.model.stack import Link, Stack
from fabriclint.values import NO, YES, Many, Member, Truth, Unknown, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

HTTPS: Final = 443
_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")
_TCP: Final = ("tcp", "6", "TCP")


def groups_behind(stack: Stack, links: Many[Link]) -> Many[SecurityGroup]:
    """The groups that links lead to; more where one is not in these sources, or none is written."""
    found: list[Member[SecurityGroup]] = []
    more = links.more
    for member in links.members:
        link = member.item
        if link.element is not None and link.element.kind == "security_group":
            found.append(Member(stack.view(SecurityGroup, link.element), member.exists))
        elif link.state != "absent":
            more = link.unseen if more is None else more.also(link.unseen)
    if not found and more is None:
        more = Unknown.because("no security group is written: the VPC's default group is used")
    return Many(tuple(found), more)


def groups_of_fleet(fleet: Fleet) -> Many[SecurityGroup]:
    """The groups of a fleet's interfaces that carry IP traffic."""
    links: Many[Link] = Many()
    for nic in fleet.interfaces.possible():
        if not nic.type.is_("efa-only").certain:
            links = links.plus(fleet.groups_of(nic))
    if not links.members and links.more is None:
        links = fleet.launch_groups
    if fleet.interfaces.more is not None:
        links = links.plus(Many((), fleet.interfaces.more))
    return groups_behind(fleet.stack, links)


def opens(
    groups: Many[SecurityGroup],
    direction: Direction,
    port: int,
    peers: Many[SecurityGroup],
    ranges: Many[Value],
) -> Truth:
    """Whether one of these groups lets a TCP port through to or from one of its peers, by its group or by the address
    range of its subnets."""
    return groups.any(lambda group: _opens(group, direction, port, peers, ranges))


def _opens(
    group: SecurityGroup, direction: Direction, port: int, peers: Many[SecurityGroup], ranges: Many[Value]
) -> Truth:
    if _open_by_default(group, direction):
        return YES

    def passes(rule: GroupRule) -> Truth:
        named = peers.any(lambda peer: rule.names(peer.link))
        return _covers(rule, port) & (named | _prefix_list(rule) | _range_opens(rule, ranges))

    return group.rules(direction).any(passes)


def on_open_default(fleet: Fleet) -> Truth:
    """Whether no group is written, so that the default one is used, which lets everything out: that of a VPC of these
    sources that nothing here changes, or the one EKS attaches."""
    written = [fleet.launch.groups, *(nic.groups for nic in fleet.interfaces.possible())]
    if fleet.template is not None:
        written.append(fleet.template.get("security_groups"))
    unseen = fleet.interfaces.more
    if any(not value.absent for value in written) or fleet.managed_fabric:
        return NO
    if unseen is not None:
        return Truth.unknown(unseen)
    if fleet.kind == "EKS node group":
        return YES
    vpc = fleet.vpc.element
    if vpc is None:
        return Truth.unknown(fleet.vpc.unseen)
    changed = any(
        owner is not None and owner.target == vpc.address
        for owner in (group.get("default_of").handle for group in fleet.stack.of("security_group"))
    )
    return Truth.of(not changed)


def https_out(groups: Many[SecurityGroup]) -> Truth:
    """Whether one of these groups lets HTTPS out to anything but the groups themselves; a range that is not
    everywhere may hold an endpoint."""
    own = list(groups.possible())

    def passes(rule: GroupRule) -> Truth:
        elsewhere = rule.peers.any(lambda peer: ~any_of(peer.same(group.link) for group in own))
        return _covers(rule, HTTPS) & (elsewhere | _prefix_list(rule) | _range_opens(rule, Many()))

    def lets(group: SecurityGroup) -> Truth:
        return YES if _open_by_default(group, "egress") else group.rules("egress").any(passes)

    return groups.any(lets)


def _open_by_default(group: SecurityGroup, direction: Direction) -> bool:
    """CloudFormation leaves AWS's allow-all egress where no egress rule is written; Terraform takes it away (T10)."""
    return (
        direction == "egress"
        and group.element.language == "cloudformation"
        and not group.has_rules(direction)
    )


def _covers(rule: GroupRule, port: int) -> Truth:
    """Whether a rule is of all protocols, or of TCP and this port."""
    low, high = rule.words.field("from_port"), rule.words.field("to_port")
    first, last = low.number(), high.number()
    if first is None or last is None:
        reason = low.unknown or high.unknown
        within = NO if reason is None else Truth.unknown(reason)
    else:
        within = Truth.of(first <= port <= last, low.inputs | high.inputs)
    return rule.all_protocols() | (rule.words.field("protocol").among(*_TCP) & within)


def _prefix_list(rule: GroupRule) -> Truth:
    return ~rule.words.field("prefix_lists").members().empty


def _range_opens(rule: GroupRule, ranges: Many[Value]) -> Truth:
    """Whether an address range of a rule holds one of these ranges; everywhere holds everything."""
    result = NO
    for word in ("cidr_blocks", "ipv6_cidr_blocks"):
        written = rule.words.field(word).members()
        result = result | written.any(lambda value: _holds(value, ranges))
    return result


def _holds(value: Value, ranges: Many[Value]) -> Truth:
    text = value.text()
    if text in _EVERYWHERE:
        return YES.under(value.inputs)
    inside = [_within(text, one.text()) for one in ranges.possible()] if text is not None else []
    if inside and ranges.more is None:
        if any(verdict is True for verdict in inside):
            return YES.under(value.inputs)
        if all(verdict is False for verdict in inside):
            return Truth.of(False, value.inputs)
    if value.unknown is not None:
        return Truth.unknown(value.unknown)
    return Truth.unknown(f"what {value.show()} holds is not known", value.place)


def _within(outer: str, inner: str | None) -> bool | None:
    """Whether one range is inside another, or apart from it; None where they overlap or one is not readable."""
    try:
        one, two = ipaddress.ip_network(outer, False), ipaddress.ip_network(inner or "", False)
    except ValueError:
        return None
    if one.version != two.version:
        return False
    if (
        isinstance(one, ipaddress.IPv4Network)
        and isinstance(two, ipaddress.IPv4Network)
        and two.subnet_of(one)
    ):
        return True
    return None if one.overlaps(two) else False


def ranges_of(stack: Stack, subnets: Many[Link]) -> Many[Value]:
    """The address ranges of subnets; more where one is not in these sources."""
    found: list[Member[Value]] = []
    more = subnets.more
    for member in subnets.members:
        link = member.item
        if link.element is not None:
            found.append(Member(stack.view(Subnet, link.element).element.get("cidr_block"), member.exists))
        else:
            more = link.unseen if more is None else more.also(link.unseen)
    return Many(tuple(found), more)
