"""Security groups: their rules in every spelling, and whether two groups let EFA traffic through."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from msgspec import Struct

from fabriclint.model.element import Element
from fabriclint.model.stack import Link, View
from fabriclint.values import NO, YES, Many, Map, Member, Reference, Truth, Value

Direction = Literal["ingress", "egress"]
DIRECTIONS: tuple[Direction, ...] = ("ingress", "egress")


class GroupRule(Struct, frozen=True, eq=False):
    """One rule of a group, as it is written somewhere."""

    words: Value
    own: Link
    peers: Many[Link]
    inline: bool
    element: Element

    def all_protocols(self) -> Truth:
        """Whether it lets every protocol through; a port range, even 0 to 65535 of TCP, does not (EFA is not IP)."""
        return self.words.field("protocol").among("-1", "all")

    def names(self, group: Link) -> Truth:
        """Whether it names this group as the other side; CIDR ranges never do."""
        to_itself = self.words.field("self").on() & group.same(self.own)
        return to_itself | self.peers.any(group.same)


class SecurityGroup(View):
    """A security group these sources make."""

    @cached_property
    def link(self) -> Link:
        """A link to itself, to compare with."""
        return Link("here", Value(Reference(self.address, ("id",))), self.element)

    def rules(self, direction: Direction) -> Many[GroupRule]:
        """Its rules of one direction, inline and standalone; more where something unseen takes the group."""
        return self.ingress if direction == "ingress" else self.egress

    @cached_property
    def ingress(self) -> Many[GroupRule]:
        """Its rules for what comes in."""
        return self._rules("ingress")

    @cached_property
    def egress(self) -> Many[GroupRule]:
        """Its rules for what goes out."""
        return self._rules("egress")

    def _rules(self, direction: Direction) -> Many[GroupRule]:
        found: list[Member[GroupRule]] = []
        written = self.element.get(direction).members()
        more = written.more
        for member in written.members:
            found.append(Member(self._rule(member.item, True, self.element), member.exists))
        for element, owner in self.stack.standalone_rules(self.element):
            exists = element.exists & owner.same(self.link) & element.get("direction").is_(direction)
            if exists.excluded:
                continue
            words = Value(Map({word: element.get(word) for word in element.shape.attributes}), element.place)
            found.append(Member(self._rule(words, False, element), exists))
        for unseen in (self.stack.handed_to_unseen(self.element), self.stack.open):
            if unseen is not None:
                more = unseen if more is None else more.also(unseen)
        return Many(tuple(found), more)

    def _rule(self, words: Value, inline: bool, element: Element) -> GroupRule:
        peers = self.stack.links(words.field("security_groups"), "security_group")
        return GroupRule(words, self.link, peers, inline, element)

    def lets_all(self, direction: Direction, peer: SecurityGroup) -> Truth:
        """Whether it lets all traffic in this direction through to or from a group, by the group's id."""
        return self.rules(direction).any(lambda rule: rule.all_protocols() & rule.names(peer.link))

    @cached_property
    def inline_style(self) -> bool:
        """Whether its rules are written inside it (so that a missing rule belongs there too)."""
        return any(rule.inline for direction in DIRECTIONS for rule in self.rules(direction).possible())

    @cached_property
    def standalone_type(self) -> str | None:
        """The resource type of its standalone rules, where it has any."""
        for direction in DIRECTIONS:
            for rule in self.rules(direction).possible():
                if not rule.inline:
                    return rule.element.type
        return None

    def has_rules(self, direction: Direction) -> bool:
        """Whether any rule of this direction is written."""
        return any(True for _ in self.rules(direction).possible())


def efa_passes(groups: tuple[SecurityGroup, ...]) -> Truth:
    """Whether some pair of these groups lets all EFA traffic through: out of one and into the other (a pair may be one group).

    Every interface of the set carries all the groups, so any pair serves every pair of nodes.
    Source: EC2 user guide, "Get started with EFA": all traffic, in and out, with a group as the peer; CIDR does not count.
    """
    result = NO
    for one in groups:
        for two in groups:
            result = result | (one.lets_all("egress", two) & two.lets_all("ingress", one))
            if result.certain:
                return YES.under(result.inputs)
    return result
