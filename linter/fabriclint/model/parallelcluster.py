"""ParallelCluster as a launcher: each compute resource of a Slurm queue is a fleet.

ParallelCluster makes the interfaces, a security group that is open to itself and, where it is switched on, a placement group:
what it makes is credited, and what its configuration leaves off is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fabriclint.facts.instances import instance
from fabriclint.model.launch import ABSENT, Interface, Launch, Size
from fabriclint.model.stack import Link
from fabriclint.values import Many, Member, Seq, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.model.element import Element
    from fabriclint.model.stack import Stack


def queues_of(stack: Stack) -> Iterator[Launch]:
    """The compute resources of the clusters that these sources configure."""
    for element in stack.of("parallelcluster"):
        configuration = element.get("configuration")
        volumes = tuple(configuration.field("SharedStorage").members().possible())
        for queue in configuration.field("Scheduling").field("SlurmQueues").members().possible():
            for resource in queue.field("ComputeResources").members().possible():
                yield _launch(stack, element, queue, resource, volumes)


def _launch(
    stack: Stack, element: Element, queue: Value, resource: Value, volumes: tuple[Value, ...]
) -> Launch:
    networking = queue.field("Networking")
    placement = _either(resource.field("Networking"), networking, "PlacementGroup")
    reservation = _either(resource, queue, "CapacityReservationTarget")
    named = placement.field("Name")
    types = _types(resource)
    place = resource.place or queue.place or element.place
    return Launch(
        kind="ParallelCluster queue",
        elements=(element,),
        template=Link("absent", ABSENT),
        label="/".join(one.text() or "?" for one in (queue.field("Name"), resource.field("Name"))),
        types=types,
        size=_size(resource),
        subnets=stack.links(networking.field("SubnetIds"), "subnet"),
        placement=(named if not named.absent else placement.field("Id"),),
        # A group that ParallelCluster makes leaves none to be named.
        takes_placement_group=~placement.field("Enabled").on() if named.absent else placement.given(),
        groups=_groups(networking),
        own_group_is_open=networking.field("SecurityGroups").absent,
        own_interfaces=_interfaces(element, resource, types),
        market=queue.field("CapacityType"),
        reservation=(
            reservation.field("CapacityReservationId"),
            reservation.field("CapacityReservationResourceGroupArn"),
        ),
        words=(element.get("name"), queue.field("Name"), resource.field("Name")),
        tags=(queue.field("Tags"), resource.field("Tags")),
        volumes=volumes,
        place=place,
    )


def _either(first: Value, second: Value, word: str) -> Value:
    """What the compute resource says, else what its queue says."""
    own = first.field(word)
    return second.field(word) if own.absent else own


def _types(resource: Value) -> Many[Value]:
    one = resource.field("InstanceType")
    if not one.absent:
        return Many((Member(one),))
    return resource.field("Instances").members().map(lambda value: value.field("InstanceType"))


def _size(resource: Value) -> Size:
    most, start = resource.field("MaxCount"), resource.field("MinCount")
    known, begin = most.number(), start.number()
    why = Unknown.because("its MaxCount is not written", resource.place)
    return Size(
        maximum=None if known is None else int(known),
        desired=None if begin is None else int(begin),
        open=None if known is not None else most.unknown or why,
        inputs=most.inputs | start.inputs,
        place=most.place or resource.place,
    )


def _groups(networking: Value) -> Value:
    """The groups that replace ParallelCluster's own, or that are added to it, which is not in these sources."""
    instead, more = networking.field("SecurityGroups"), networking.field("AdditionalSecurityGroups")
    written = [*instead.members().members, *more.members().members]
    unseen = instead.members().more or more.members().more
    if instead.absent:
        why = Unknown.because("ParallelCluster makes a security group of its own", networking.place)
        unseen = why if unseen is None else unseen.also(why)
    return Value(Seq(tuple(member.item for member in written), unseen), networking.place)


def _interfaces(element: Element, resource: Value, types: Many[Value]) -> Many[Interface]:
    """What `Efa: {Enabled: true}` makes: an EFA on every card of the type that takes one."""
    enabled = resource.field("Efa").field("Enabled")
    switch = enabled.on()
    if enabled.absent or switch.excluded:
        return Many()
    names = [value.text() for value in types.possible()]
    known = instance(names[0] or "") if len(names) == 1 and types.more is None else None
    layout = known.recommended_layout() if known is not None else ()
    more = None
    if known is None:
        more = Unknown.because("ParallelCluster makes the interfaces of the type it launches", enabled.place)
    made = [
        Interface(
            type=Value(kind, enabled.place, "default", inputs=enabled.inputs),
            card=Value(card, enabled.place, "default"),
            device=Value(device, enabled.place, "default"),
            groups=ABSENT,
            subnet=ABSENT,
            public_ip=ABSENT,
            place=enabled.place,
            element=element,
        )
        for card, device, kind in layout or ((0, 0, "efa"),)
    ]
    return Many(tuple(Member(nic, switch) for nic in made), more)
