"""Subnets that are selected by the tags they carry, among those that the same sources make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fabriclint.model.kubernetes import pairs
from fabriclint.model.stack import Link
from fabriclint.values import YES, Many, Map, Member, Reference, Seq, Truth, Value

if TYPE_CHECKING:
    from fabriclint.model.element import Element
    from fabriclint.model.stack import Stack


def tagged_subnets(stack: Stack, wanted: Value, zones: Many[Value]) -> Iterator[Member[Link]]:
    """The subnets of these sources that certainly carry all the wanted tags (`*` stands for any value).

    Where zones are asked for, a subnet counts as far as it is in one of them. Subnets of other sources may carry the
    same tags, so the answer never says that there are no more.
    """
    asked, more = pairs(wanted)
    if not asked or more is not None:
        return
    for element in stack.of("subnet"):
        carried = element.get("tags")
        tags = carried.data.entries if isinstance(carried.data, Map) else {}
        if all(name in tags and _fits(tags[name], value) for name, value in asked.items()):
            where = element.exists & _in_zone(element, zones)
            for name, value in asked.items():
                where = where.under(tags[name].inputs | value.inputs)
            if not where.excluded:
                handle = Value(Reference(element.address, ("id",)), wanted.place)
                yield Member(Link("here", handle, element), where)


def alike(one: Value, two: Value) -> bool:
    """Whether two texts are certainly the same, whatever their holes will be."""
    if one.same(two).certain:
        return True
    plain = not isinstance(one.data, (Map, Seq)) and not isinstance(two.data, (Map, Seq))
    return plain and one.data is not None and type(one.data) is type(two.data) and one.data == two.data


def _fits(carried: Value, asked: Value) -> bool:
    text = asked.text()
    # Tags are text to AWS: the number 1 of one file is the "1" of another.
    return text == "*" or alike(carried, asked) or (text is not None and carried.text() == text)


def _in_zone(element: Element, zones: Many[Value]) -> Truth:
    if not zones.members and zones.more is None:
        return YES
    zone = element.get("zone")
    if zone.absent:
        return Truth.unknown(f"{element.label} names no zone", element.place)
    return zones.any(lambda asked: asked.same(zone))
