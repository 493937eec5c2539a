"""Reserved capacity: which reservations a fleet launches into, and whether anything holds capacity for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fabriclint.facts.instances import InstanceType, instance
from fabriclint.model.element import Element
from fabriclint.model.stack import Link, Stack
from fabriclint.values import NO, Many, Reference, Text, Truth, Unknown, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet


def reservations_of(fleet: Fleet) -> Many[Link]:
    """The capacity reservations that a fleet targets; what is in a group of them is not known."""
    ids, groups = (
        [*fleet.launch.reservation[:1], fleet.of_template("reservation")],
        [
            *fleet.launch.reservation[1:],
            fleet.of_template("reservation_group"),
        ],
    )
    found: Many[Link] = Many()
    for value in ids:
        found = found.plus(fleet.stack.links(value, "capacity_reservation", "capacity_block"))
    for value in groups:
        if not value.absent:
            why = Unknown.because("which reservations are in the group is not known", value.place)
            found = found.plus(Many((), value.unknown or why))
    return found


def in_group(stack: Stack, reservation: Element, group: Link) -> Truth:
    """Whether a reservation was made inside a placement group."""
    written = reservation.get("placement_group")
    if written.absent:
        return NO
    if isinstance(written.data, Text):
        # An ARN that is put together around the group's name.
        names = [part for part in written.data.parts if isinstance(part, Reference)]
        for name in names:
            link = stack.link(Value(name, written.place), "placement_group")
            if link.element is not None and group.element is not None:
                return Truth.of(link.element is group.element, written.inputs)
    link = stack.link(written, "placement_group")
    if link.element is not None and group.element is not None:
        return Truth.of(link.element is group.element, written.inputs)
    why = Unknown.because(f"whether {written.show()} is that group is not known", written.place)
    return Truth.unknown(written.unknown or why)


def capacity_held(fleet: Fleet) -> Truth:
    """Whether capacity is held for it: a Capacity Block, a reservation it targets or that is open to it, a training plan.

    A reservation that is open takes every launch of its type, so it needs no target.
    """
    found = [fleet.in_capacity_block, fleet.targets_reservation, fleet.launch.training_plan.given()]
    for value in (fleet.element.get("reservation_preference"), fleet.of_template("reservation_preference")):
        found.append(value.is_("capacity-reservations-only"))
    if fleet.kind == "launch template":
        found.append(Truth.unknown("what launches from it may name a reservation", fleet.place))
    for reservation in fleet.stack.of("capacity_reservation"):
        serves = fleet.any_type(partial(_reserved_by, reservation))
        found.append(reservation.exists & serves & reservation.get("match").is_("open"))
    for block in fleet.stack.of("capacity_block"):
        why = f"{block.label} is bought here, and what for is not known"
        found.append(block.exists & Truth.unknown(why, block.place))
    return any_of(found)


def _reserved_by(reservation: Element, type_: InstanceType) -> bool:
    known = instance(reservation.get("type").text() or "")
    return known is not None and known.name == type_.name


def bought_as_spot(fleet: Fleet) -> Truth:
    """Whether it is bought on the Spot market, where nothing can be reserved."""
    environment = fleet.element.get("capacity") if fleet.kind == "Batch compute environment" else None
    spot = fleet.market.decide(
        lambda data: str(data).lower() == "spot" if data is None or isinstance(data, str) else None
    )
    return spot if environment is None else spot | environment.is_("SPOT")
