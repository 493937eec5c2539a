"""A training fleet launches into several Availability Zones, and EFA does not cross zones.

## Why

EFA traffic cannot cross Availability Zones or VPCs. Nodes in different zones talk over TCP, with the latency between zones
and a price per GB; and a cluster placement group holds instances of one zone only, so part of the launches fail.

## How to fix

Give the fleet subnets of one zone.

```hcl
resource "aws_autoscaling_group" "train" {
  vpc_zone_identifier = [aws_subnet.private[0].id]
}
```

```yaml
TrainGroup:
  Type: AWS::AutoScaling::AutoScalingGroup
  Properties:
    VPCZoneIdentifier: [!Ref PrivateSubnetA]
```

To be able to train in either zone, make one fleet for each zone and let one job use one of them.

## Limits

Two subnets of one zone are fine. Subnets given by id or variable have unknown zones: "not checked". HyperPod puts all
groups into one zone whatever its list of subnets says. Without EFA and without a cluster group it is advice.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Link, Set, rule


@rule(
    name="fleet-spans-zones",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html#efa-limits",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html",
    ),
)
def fleet_spans_zones(fleet: Fleet) -> Claims:
    bound = fleet.asks_efa | fleet.in_cluster_group
    subnets = fleet.element.get("subnets")
    zones = list(dict.fromkeys(subnet.zone.show() for subnet in fleet.known_subnets))
    named = f" ({', '.join(zones[:4])})" if len(zones) > 1 else ""
    what = "its nodes then talk across zones"
    if fleet.asks_efa.certain:
        what = "EFA does not cross zones"
    elif fleet.in_cluster_group.certain:
        what = "a cluster placement group holds one zone"
    first = next((subnet for subnet in fleet.known_subnets), None)
    changes = (Set(fleet.element, "subnets", [Link(first.element)]),) if first and not subnets.absent else ()
    yield Claim(
        when=fleet.trains & fleet.spans_zones & ~fleet.in_capacity_block & ~fleet.targets_reservation,
        at=subnets.place or fleet.place,
        message=f"{fleet.label} trains in more than one Availability Zone{named}: {what}",
        why="EFA traffic cannot leave its Availability Zone, so nodes in different zones fall back to TCP between them.",
        fix=Fix(
            "Launch each training fleet into the subnets of one zone; make one fleet a zone to keep the choice.",
            changes,
            edit="unsafe",
            warning="The nodes of the other zones go, and the zone that is left needs the capacity for all.",
        ),
        related=tuple(
            (subnet.place, f"{subnet.label} in {subnet.zone.show()}") for subnet in fleet.known_subnets[:4]
        ),
        severity=None if bound.certain else "advice",
        evidence=fleet.role.evidence,
    )
