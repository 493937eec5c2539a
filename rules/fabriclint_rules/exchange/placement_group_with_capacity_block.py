"""A launch into a Capacity Block names a placement group, which Capacity Blocks do not support.

## Why

Capacity Blocks do not support placement groups: a launch that asks for both is refused. The block's instances already sit
close together in an UltraCluster.

## How to fix

Take the placement group out of the launch template (and out of the Auto Scaling group).

```hcl
resource "aws_launch_template" "train" {
  instance_market_options {
    market_type = "capacity-block"
  }
  # no placement block
}
```

```yaml
LaunchTemplateData:
  InstanceMarketOptions:
    MarketType: capacity-block
  # no Placement
```

## Limits

A market type or a group that comes from something unknown is "not checked".
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Remove, rule


@rule(
    name="placement-group-with-capacity-block",
    subject=Fleet,
    severity="error",
    precision="very-high",
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html",),
)
def placement_group_with_capacity_block(fleet: Fleet) -> Claims:
    holder = fleet.element if not fleet.element.get("placement_group").absent else fleet.recipe
    at = fleet.placement.value.place or fleet.recipe_place
    yield Claim(
        when=fleet.in_capacity_block & fleet.placement.given,
        at=at,
        message=f"{fleet.label} launches into a Capacity Block and names a placement group: the launch is refused",
        why="Capacity Blocks do not support placement groups; their instances are placed close together already.",
        fix=Fix(
            "Remove the placement group from the launch.",
            () if fleet.by_parallelcluster else (Remove(holder, "placement_group"),),
            edit="unsafe" if holder.kind == "instance" else "safe",
            warning="An instance that runs already is replaced." if holder.kind == "instance" else "",
        ),
        severity="warning" if fleet.by_parallelcluster else None,
        related=((fleet.market.place or fleet.recipe_place, "Capacity Block here"), *fleet.around),
    )
