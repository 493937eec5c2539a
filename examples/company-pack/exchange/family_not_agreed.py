"""A training fleet launches accelerators of a family that the price agreement does not cover.

## Why

Families outside the agreement cost their list price, and no capacity is held for them in our Regions.

## How to fix

Take a type of an agreed family (p4d, p5, p5en, p6-b200, trn2), or ask the platform team to have the family added.

## Limits

A fleet whose types are chosen by instance requirements is not checked.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, rule

from .._house import APPROVED_FAMILIES


@rule(
    name="family-not-agreed",
    subject=Fleet,
    severity="warning",
    sources=("https://aws.amazon.com/ec2/instance-types/",),
)
def family_not_agreed(fleet: Fleet) -> Claims:
    outside = fleet.any_type(lambda t: t.accelerated and t.family not in APPROVED_FAMILIES)
    types = ", ".join(t.name for t in fleet.known_types if t.family not in APPROVED_FAMILIES)
    yield Claim(
        when=fleet.trains & outside,
        at=fleet.type_place or fleet.place,
        message=f"{fleet.label} trains on {types}, which the price agreement does not cover",
        why="Outside the agreement the list price is paid, and no capacity is held.",
        fix=Fix(f"Take a type of {', '.join(APPROVED_FAMILIES)}."),
        evidence=fleet.role.evidence,
    )
