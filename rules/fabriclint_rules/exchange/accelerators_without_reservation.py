"""A training fleet on scarce machines has nothing that holds capacity for it.

## Why

Machines with a full fabric (P4d and up, Trn1 and up) are rarely there in numbers for an On-Demand request, and a job that
needs all of its nodes at once waits for the last one. A Capacity Block, a capacity reservation or a SageMaker training plan
holds the nodes, and Capacity Blocks put them close together as well.

## How to fix

Buy a Capacity Block for the weeks of the run and launch into it, or reserve capacity and target the reservation.

```hcl
resource "aws_ec2_capacity_reservation" "train" {
  instance_type           = "p4d.24xlarge"
  instance_platform       = "Linux/UNIX"
  instance_count          = 16
  availability_zone       = aws_subnet.train.availability_zone
  instance_match_criteria = "targeted"
  placement_group_arn     = aws_placement_group.train.arn
}

resource "aws_launch_template" "train" {
  capacity_reservation_specification {
    capacity_reservation_target {
      capacity_reservation_id = aws_ec2_capacity_reservation.train.id
    }
  }
}
```

```yaml
TrainTemplate:
  Type: AWS::EC2::LaunchTemplate
  Properties:
    LaunchTemplateData:
      CapacityReservationSpecification:
        CapacityReservationTarget:
          CapacityReservationId: !Ref TrainReservation
```

A HyperPod instance group names a training plan (`training_plan_arn`, `TrainingPlanArn`).

## Limits

Advice: the launch works where there is capacity. Spot fleets are left alone, they cannot be reserved. A reservation that is
open to all launches of its type, in another stack or made by hand, is not seen: suppress the finding there. Single nodes and
types outside the families that Capacity Blocks are sold for are not asked.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, bought_as_spot, capacity_held, rule, sold_ahead


@rule(
    name="accelerators-without-reservation",
    subject=Fleet,
    severity="advice",
    precision="medium",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/reserve-capacity-with-training-plans.html",
    ),
)
def accelerators_without_reservation(fleet: Fleet) -> Claims:
    first = next((kind for kind in fleet.known_types if sold_ahead(kind)), None)
    name = first.name if first else "its type"
    most = "" if fleet.size.maximum == fleet.size.desired else "up to "
    nodes = f"{most}{fleet.size.maximum:,} × {name}" if fleet.size.maximum else name
    what = "Buy a Capacity Block for the run and launch into it, or reserve the capacity and target the reservation."
    if fleet.managed_fabric:
        what = "Buy a SageMaker training plan for the run and name it here."
    yield Claim(
        when=fleet.trains & fleet.any_type(sold_ahead) & ~capacity_held(fleet) & ~bought_as_spot(fleet),
        at=fleet.type_place or fleet.recipe_place,
        message=f"{fleet.label} trains on {nodes} with no Capacity Block, reservation or training plan",
        why="On-Demand capacity of this type is scarce, and a job that needs all nodes at once waits for the last one.",
        fix=Fix(what),
        related=fleet.around,
        evidence=fleet.role.evidence,
    )
