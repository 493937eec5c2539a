"""A training fleet is bought on the Spot market.

## Why

One node that is taken away stops a job on all of them, and the whole fleet waits until it is back.

## How to fix

Buy On-Demand or into a Capacity Block; keep Spot for what runs on one node.

## Limits

How the job resumes from its checkpoints is not looked at.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, bought_as_spot, rule


@rule(
    name="training-on-spot",
    subject=Fleet,
    severity="error",
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html",),
)
def training_on_spot(fleet: Fleet) -> Claims:
    yield Claim(
        when=fleet.trains & bought_as_spot(fleet),
        at=fleet.market.place or fleet.place,
        message=f"{fleet.label} trains on Spot capacity",
        why="One interruption stops the job on every node.",
        fix=Fix("Buy On-Demand, or into a Capacity Block."),
        evidence=fleet.role.evidence,
    )
