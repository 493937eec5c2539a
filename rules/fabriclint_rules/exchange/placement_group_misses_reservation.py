"""A fleet launches into a cluster placement group and into a reservation that is not in that group.

## Why

Reserved capacity sits where it was reserved. A reservation that was made outside the placement group holds machines
elsewhere in the zone: the launch needs machines that are in both, and fails for lack of capacity while the reservation is
paid for.

## How to fix

Make the reservation inside the group.

```hcl
resource "aws_ec2_capacity_reservation" "train" {
  instance_type       = "p4d.24xlarge"
  placement_group_arn = aws_placement_group.train.arn
}
```

```yaml
TrainReservation:
  Type: AWS::EC2::CapacityReservation
  Properties:
    PlacementGroupArn: !Sub arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:placement-group/${TrainPlacement}
```

The group of a reservation cannot be changed later: it has to be made anew.

## Limits

Speaks where the reservation is in the same sources. One by its id, and a resource group of reservations, are "not checked".
Karpenter pools are not asked. Capacity Blocks take no placement group at all: `placement-group-with-capacity-block`.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Truth, in_group, reservations_of, rule


@rule(
    name="placement-group-misses-reservation",
    subject=Fleet,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/cr-cpg.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html",
    ),
)
def placement_group_misses_reservation(fleet: Fleet) -> Claims:
    reservations = reservations_of(fleet)
    targets = bool(reservations.members) or reservations.more is not None
    if fleet.launch.adds_interfaces or fleet.placement.state == "absent" or not targets:
        return
    group = fleet.placement_group
    name = group.label if group is not None else "its placement group"
    first = next((link for link in reservations.possible() if link.element is not None), None)
    what = (
        first.element.label
        if first is not None and first.element is not None
        else "the reservation it targets"
    )
    outside = reservations.any(
        lambda link: (
            ~in_group(fleet.stack, link.element, fleet.placement)
            if link.element is not None
            else Truth.unknown(link.unseen)
        )
    )
    related = (
        ((first.element.place, f"{what} here"),) if first is not None and first.element is not None else ()
    )
    yield Claim(
        when=fleet.in_cluster_group & outside & ~fleet.in_capacity_block,
        at=fleet.placement.value.place or fleet.recipe_place,
        message=f"{fleet.label} joins {name}, and {what} was not made in that group",
        why="The launch needs machines that are in the group and in the reservation, and finds none.",
        fix=Fix("Make the reservation inside the placement group, or launch without the group."),
        related=(*related, *fleet.around),
    )
