"""The placement group of a training fleet spreads its nodes instead of packing them together.

## Why

Strategies `spread` and `partition` put instances on distinct racks, for availability. Training wants the opposite: as few
hops as possible between all nodes. A spread group also holds at most seven running instances an Availability Zone.

## How to fix

Use strategy `cluster`. The strategy of a group cannot be changed: the group is replaced.

```hcl
resource "aws_placement_group" "train" {
  name     = "train"
  strategy = "cluster"
}
```

```yaml
TrainGroup:
  Type: AWS::EC2::PlacementGroup
  Properties:
    Strategy: cluster
```

## Limits

Speaks only where the nodes train together. A group given by name from elsewhere is "not checked".
"""

from fabriclint.sdk import (
    NO,
    Change,
    Claim,
    Claims,
    Fix,
    Fleet,
    Remove,
    Set,
    Truth,
    rule,
)


@rule(
    name="placement-strategy-not-cluster",
    subject=Fleet,
    severity="warning",
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html",),
)
def placement_strategy_not_cluster(fleet: Fleet) -> Claims:
    group = fleet.placement_group
    changes: tuple[Change, ...] = ()
    if group is None:
        apart = NO if fleet.placement.state == "absent" else Truth.unknown(fleet.placement.unseen)
        at, strategy, related = fleet.recipe_place, "unknown", fleet.around
    else:
        apart = fleet.placement.given & group.strategy.among("spread", "partition")
        at, strategy = group.strategy.place or group.place, group.strategy.show()
        partitions = group.element.get("partitions")
        changes, related = (
            (
                Set(group.element, "strategy", "cluster"),
                *(() if partitions.absent else (Remove(group.element, "partitions"),)),
            ),
            ((fleet.place, f"{fleet.label} launches into it"),),
        )
    yield Claim(
        when=fleet.trains & apart,
        at=at,
        message=f'{fleet.label} trains in a placement group of strategy "{strategy}"',
        why="Spread and partition groups put the nodes on distinct racks, which adds hops between every pair of them.",
        fix=Fix(
            'Use strategy "cluster" (the group is replaced).',
            changes,
            edit="unsafe",
            warning="The group is replaced: nothing may run in it meanwhile.",
        ),
        related=related,
        evidence=fleet.role.evidence,
    )
