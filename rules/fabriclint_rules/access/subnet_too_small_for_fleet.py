"""The subnets of a fleet hold fewer addresses than the fleet takes at its maximum.

## Why

Each interface with an IP address takes one from its subnet, AWS keeps five of every subnet, and HyperPod takes 32 (Slurm) or 81
(EKS) for one P5. The last nodes of a fleet that does not fit fail to launch, when the job wants them all.

## How to fix

Use a larger subnet of the same zone, `/20` or more; a subnet cannot grow.

```hcl
resource "aws_subnet" "gpu" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.16.0/20"
  availability_zone = "us-east-1a"
}
```

```yaml
GpuSubnet:
  Type: AWS::EC2::Subnet
  Properties:
    VpcId: !Ref Vpc
    CidrBlock: 10.0.16.0/20
    AvailabilityZone: us-east-1a
```

## Limits

Counts the fleet alone, and for each node the interfaces that are written (`efa-only` ones take no address), at least one.
Pods, load balancers and other fleets take more. A maximum or an address range from outside leaves it open: "not checked".
"""

import ipaddress

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Truth, Unknown, rule

KEPT_BY_AWS = 5
SMALLEST = 16 - KEPT_BY_AWS  # what a /28 holds, the smallest subnet there is
HYPERPOD_P5 = {"eks": 81, "slurm": 32}


@rule(
    name="subnet-too-small-for-fleet",
    subject=Fleet,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-prerequisites.html",
    ),
)
def subnet_too_small_for_fleet(fleet: Fleet) -> Claims:
    if (fleet.accelerated | fleet.trains).excluded or fleet.launch.adds_interfaces:
        return
    each, most = _addresses(fleet), fleet.size.maximum
    held, unread = _room(fleet)
    when = fleet.size.above(held // each)
    if unread is not None:
        when = fleet.size.above(SMALLEST // each) & Truth.unknown(unread)
    first = next(iter(fleet.known_subnets), None)
    names = " and ".join(subnet.label for subnet in fleet.known_subnets[:2])
    yield Claim(
        when=fleet.exists & (fleet.accelerated | fleet.trains) & when,
        at=(first.element.get("cidr_block").place or first.place) if first is not None else fleet.place,
        message=f"{fleet.label} takes {(most or 0) * each:,} addresses at its maximum of {most} nodes ({each} each); "
        f"{names} hold{'s' if len(fleet.known_subnets) == 1 else ''} {held:,}",
        why="AWS keeps five addresses of each subnet, and a launch without a free address fails.",
        fix=Fix("Use a larger subnet of the same zone, /20 or more; a subnet cannot grow."),
        related=((fleet.place, f"{fleet.label} launches into it"),),
    )


def _addresses(fleet: Fleet) -> int:
    """The addresses one node takes, at least."""
    if fleet.kind == "HyperPod instance group" and any(
        kind.family in ("p5", "p5e") for kind in fleet.known_types
    ):
        return HYPERPOD_P5["eks" if fleet.orchestrated_by_eks else "slurm"]
    written = sum(1 for nic in fleet.interfaces.known() if nic.type.is_("efa-only").excluded)
    return max(1, written)


def _room(fleet: Fleet) -> tuple[int, Unknown | None]:
    """The addresses its subnets hold for it, and why there may be more."""
    held, unread = 0, fleet.subnets.more
    for link in fleet.subnets.possible():
        written = link.element.get("cidr_block") if link.element is not None else link.value
        try:
            held += max(0, ipaddress.ip_network(written.text() or "", False).num_addresses - KEPT_BY_AWS)
        except ValueError:
            why = written.unknown or Unknown.because(
                f"the range of {link.value.show()} is not known", written.place
            )
            unread = why if unread is None else unread.also(why)
    return held, unread
