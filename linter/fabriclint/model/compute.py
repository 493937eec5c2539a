"""Fleets: anything that launches like machines, where they run, and what for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fabriclint.model.machines import Machines
from fabriclint.model.network import Subnet, Vpc, Zone, several_zones
from fabriclint.model.placement import PlacementGroup
from fabriclint.model.stack import Link, mentioned
from fabriclint.scripts import Mount, Script, read
from fabriclint.values import NO, Many, Member, Reason, Reference, Truth, Unknown, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.role import Role


class Fleet(Machines):
    """A fleet: machines in their subnets and placement, with what they run and the role they have."""

    # where it runs

    @cached_property
    def subnets(self) -> Many[Link]:
        """The subnets it launches into: the launcher's, else those of its interfaces."""
        own = self.launch.subnets
        if own.members or own.more is not None:
            return own
        found: dict[str, Link] = {}
        for nic in self.interfaces.possible():
            if not nic.subnet.absent:
                link = self.stack.link(nic.subnet, "subnet")
                found.setdefault(link.element.address if link.element else link.value.words(), link)
        if found:
            return Many(tuple(Member(link) for link in found.values()))
        return Many((), Unknown.because("no subnet is written", self.place))

    @cached_property
    def known_subnets(self) -> tuple[Subnet, ...]:
        """The subnets of these sources it certainly launches into."""
        views = (
            self.stack.view(Subnet, link.element) for link in self.subnets.known() if link.element is not None
        )
        return tuple(dict.fromkeys(views))

    @cached_property
    def zones(self) -> Many[Zone]:
        """The zones of its subnets (one a subnet; a subnet outside these sources has a zone of its own, not known)."""
        if self.launch.zones.members or self.launch.zones.more is not None:
            return self.launch.zones.map(lambda value: Zone(value, False))
        found: list[Member[Zone]] = []
        for member in self.subnets.members:
            link = member.item
            if link.element is not None:
                view = self.stack.view(Subnet, link.element)
                # One subnet is in one zone, whatever the zone is.
                zone = (
                    view.zone
                    if view.zone.value.unknown is None
                    else Zone(_zone_of(link, view.zone.value), False)
                )
            else:
                zone = self._given_zone(link) or Zone(
                    _zone_of(link, Value(link.unseen, link.value.place)), False
                )
            found.append(Member(zone, member.exists))
        return Many(tuple(found), self.subnets.more)

    def _given_zone(self, link: Link) -> Zone | None:
        """The zone that the configuration gives for a subnet outside these sources."""
        given = self.stack.facts.subnet(link.value)
        if given is None or (given.zone is None and given.zone_id is None):
            return None
        return Zone(Value(given.zone or given.zone_id, link.value.place), given.zone is None)

    @cached_property
    def spans_zones(self) -> Truth:
        """Whether it launches into more than one Availability Zone."""
        if self.managed_fabric:
            return NO
        several = ~self.launch.single_zone & several_zones(self.zones)
        if self.launch.adds_interfaces:
            return several & Truth.unknown(Reason("pods may ask for one zone of several", self.place))
        return several

    @cached_property
    def vpc(self) -> Link:
        """The VPC it runs in."""
        links = [
            self.stack.view(Subnet, link.element).vpc
            for link in self.subnets.possible()
            if link.element is not None
        ]
        for link in links:
            if link.element is not None:
                return link
        if links:
            return links[0]
        for link in self.subnets.possible():
            given = self.stack.facts.subnet(link.value)
            if given is not None and given.vpc is not None:
                return Link("outside", Value(given.vpc, link.value.place))
        groups = list(self.launch_groups.possible())
        for nic in self.interfaces.possible():
            groups.extend(self.groups_of(nic).possible())
            break  # the interfaces of one launch are in one VPC
        for link in groups:
            if link.element is not None:
                found = self.stack.link(link.element.get("vpc"), "vpc")
                if found.element is not None:
                    return found
        unseen = next((link.unseen for link in self.subnets.possible()), self.subnets.more)
        reason = unseen or Unknown.because("no subnet is written", self.place)
        return Link("unknown", Value(reason, self.place), reason=reason)

    @cached_property
    def vpc_view(self) -> Vpc | None:
        """The VPC it runs in, where these sources make it."""
        return self.stack.view(Vpc, self.vpc.element) if self.vpc.element is not None else None

    # placement and capacity

    @cached_property
    def placement(self) -> Link:
        """The placement group its launches join: the launcher's word wins over the template's."""
        for value in self.launch.placement:
            if not value.absent:
                return self.stack.link(value, "placement_group")
        return self.stack.link(self._template("placement_group"), "placement_group")

    @cached_property
    def placement_group(self) -> PlacementGroup | None:
        """That group, where these sources make it."""
        element = self.placement.element
        return (
            self.stack.view(PlacementGroup, element)
            if element is not None and element.kind == "placement_group"
            else None
        )

    @property
    def takes_placement_group(self) -> Truth:
        """Whether its launcher can name a placement group at all.

        EKS Auto Mode and older Karpenter cannot; a ParallelCluster queue that has its group made needs none.
        """
        return self.launch.takes_placement_group

    @cached_property
    def in_cluster_group(self) -> Truth:
        """Whether its launches join a placement group of strategy cluster."""
        if self.placement.state == "absent":
            return NO
        if self.placement_group is None:
            return Truth.unknown(self.placement.unseen)
        return self.placement.given & self.placement_group.cluster

    @cached_property
    def market(self) -> Value:
        """How it buys: spot, capacity-block, …; absent is On-Demand."""
        if not self.launch.market.absent and self.launch.market.origin != "default":
            return self.launch.market
        return self._template("market_type")

    @cached_property
    def in_capacity_block(self) -> Truth:
        """Whether it launches into a Capacity Block."""
        return self.market.decide(
            lambda data: (
                str(data).replace("_", "-").lower() == "capacity-block"
                if data is None or isinstance(data, str)
                else None
            )
        )

    @cached_property
    def targets_reservation(self) -> Truth:
        """Whether it targets a capacity reservation or a group of them (which may sit in a placement group)."""
        values = [
            *self.launch.reservation,
            self._template("reservation"),
            self._template("reservation_group"),
        ]
        return any_of(value.given() for value in values)

    # scripts and role

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """What its start-up scripts do: the launcher's and the template's."""
        values = [*self.launch.user_data, self._template("user_data"), self._template("init")]
        return tuple(read(value) for value in values if not value.absent)

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """The file systems its scripts mount, in order, and those that are mounted for its containers."""
        from fabriclint.model.containers import container_mounts

        own = (mount for script in self.scripts for mount in script.mounts)
        return (*own, *container_mounts(self))

    @cached_property
    def mounted(self) -> tuple[tuple[Mount, frozenset[str]], ...]:
        """Its mounts, each with the addresses that its source leads to."""
        return tuple(
            (
                mount,
                frozenset(
                    name
                    for value in (mount.host, mount.export)
                    if value is not None
                    for name in mentioned(value)
                ),
            )
            for mount in self.mounts
        )

    @cached_property
    def unseen_scripts(self) -> Unknown | None:
        """Why its start-up scripts may do more than is seen."""
        reasons = [reason for script in self.scripts for reason in script.unknown]
        return Unknown(tuple(dict.fromkeys(reasons))) if reasons else None

    @cached_property
    def role(self) -> Role:
        """Whether its nodes train together, and what says so."""
        from fabriclint.model.role import role_of

        return role_of(self)

    @property
    def trains(self) -> Truth:
        """Whether its nodes train together (RULES: the first line that matches decides)."""
        return self.role.trains


def _zone_of(link: Link, otherwise: Value) -> Value:
    """A handle that equals itself for one and the same subnet, so that one subnet counts as one zone."""
    handle = link.value.handle
    if handle is not None and link.element is not None and link.element.many is None:
        return Value(
            otherwise.data,
            otherwise.place,
            reference=Reference(f"zone of {handle.target}"),
            inputs=otherwise.inputs,
        )
    return otherwise
