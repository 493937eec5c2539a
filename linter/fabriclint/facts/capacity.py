"""Types whose On-Demand capacity is scarce enough that AWS sells it ahead of time.

Source: EC2 user guide, "Capacity Blocks for ML" (the types it lists, autumn 2026), read 2026-11-22.
"""

from __future__ import annotations

from typing import Final

from fabriclint.facts.instances import InstanceType

CAPACITY_BLOCK_FAMILIES: Final = frozenset(
    {
        "p4d",
        "p4de",
        "p5",
        "p5e",
        "p5en",
        "p6-b200",
        "p6-b300",
        "p6e-gb200",
        "trn1",
        "trn1n",
        "trn2",
        "trn2u",
    }
)


def sold_ahead(kind: InstanceType) -> bool:
    """Whether it is a whole machine of a family that Capacity Blocks are sold for."""
    return kind.fabric_class and kind.family in CAPACITY_BLOCK_FAMILIES
