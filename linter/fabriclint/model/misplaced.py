"""Interface types that are written where the launcher cannot hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabriclint.values import Many, Value

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet


def misplaced_types(fleet: Fleet) -> Many[Value] | None:
    """The interface types written in a launch configuration, an instance or a Spot specification.

    None where the launcher says nothing by itself of what it launches, so that nothing can be misplaced.
    """
    if not any(element.has("unheld") or element.has("specifications") for element in fleet.launch.elements):
        return None
    found: Many[Value] = Many()
    for element in fleet.launch.elements:
        blocks = [element.get("unheld")]
        blocks.extend(one.field("unheld") for one in element.get("specifications").members().possible())
        for written in blocks:
            found = found.plus(written.members().map(lambda block: block.field("type")))
    return Many(tuple(member for member in found.members if not member.item.absent), found.more)


def held_not_in(fleet: Fleet) -> str:
    """What it is that cannot hold them."""
    last = fleet.launch.elements[-1].type if fleet.kind == "Auto Scaling group" else fleet.element.type
    return f"{'a specification of ' if fleet.kind == 'Spot Fleet' else ''}{last}"
