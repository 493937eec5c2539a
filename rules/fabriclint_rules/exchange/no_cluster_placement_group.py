"""Training nodes join no cluster placement group, so they may land far apart in the network.

## Why

Collectives are as fast as the slowest pair of nodes. A cluster placement group packs instances close together inside one
Availability Zone; without it they are spread over the zone, with more hops and shared upper layers between them. A single
flow between two instances reaches 10 Gbps inside a cluster group and 5 Gbps outside.

## How to fix

Create a placement group with strategy `cluster` and launch into it.

```hcl
resource "aws_placement_group" "train" {
  name     = "train"
  strategy = "cluster"
}

resource "aws_launch_template" "train" {
  placement {
    group_name = aws_placement_group.train.name
  }
}
```

```yaml
TrainGroup:
  Type: AWS::EC2::PlacementGroup
  Properties:
    Strategy: cluster
TrainTemplate:
  Type: AWS::EC2::LaunchTemplate
  Properties:
    LaunchTemplateData:
      Placement:
        GroupName: !Ref TrainGroup
```

## Limits

AWS recommends the group, it does not require it: this is a warning. Capacity Blocks do not support placement groups, a
targeted reservation may sit in one, HyperPod and UltraServers place by themselves: none of these is asked for one. A fleet
over several zones is the business of `fleet-spans-zones`.
"""

from fabriclint.sdk import (
    RELAUNCHES,
    Claim,
    Claims,
    Fix,
    Fleet,
    Truth,
    cluster_group,
    rule,
)


@rule(
    name="no-cluster-placement-group",
    subject=Fleet,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start-nccl.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html",
    ),
)
def no_cluster_placement_group(fleet: Fleet) -> Claims:
    wants = fleet.asks_efa | fleet.any_type(lambda t: t.fabric_class)
    takes = fleet.any_type(lambda t: t.takes_placement("cluster") is not False)
    excused = (
        ~fleet.takes_placement_group
        | fleet.in_capacity_block
        | fleet.targets_reservation
        | Truth.of(fleet.managed_fabric)
    )
    yield Claim(
        when=fleet.trains & wants & takes & ~fleet.placement.given & ~excused & ~fleet.spans_zones,
        at=fleet.recipe_place,
        message=f"{fleet.label} trains outside a cluster placement group",
        why="Nodes that may land anywhere in the zone have more hops between them, and collectives wait for the slowest pair.",
        fix=Fix(
            "Set PlacementGroup: {Enabled: true} in the networking of its queue."
            if fleet.by_parallelcluster
            else 'Create a placement group with strategy "cluster" and launch the fleet into it.',
            cluster_group(fleet),
            edit="unsafe",
            warning="The nodes then have to find room close together, so a launch can fail for want of capacity. "
            + RELAUNCHES,
        ),
        related=fleet.around,
        evidence=fleet.role.evidence,
    )
