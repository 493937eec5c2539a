"""Training data crosses a transit gateway between two VPCs that one team owns, where peering would do.

## Why

A transit gateway has a price per GB and carries up to 100 Gbps for each attachment and zone, shared by all that is attached. VPC
peering has neither a ceiling of its own nor a price within a zone.

## How to fix

Peer the two VPCs and route their ranges to each other over the peering. Traffic over a peering that crosses zones or Regions is
paid per GB.

```hcl
resource "aws_vpc_peering_connection" "data" {
  vpc_id      = aws_vpc.training.id
  peer_vpc_id = aws_vpc.data.id
  auto_accept = true
}
```

```yaml
DataPeering:
  Type: AWS::EC2::VPCPeeringConnection
  Properties:
    VpcId: !Ref TrainingVpc
    PeerVpcId: !Ref DataVpc
```

## Limits

Advice, where a fleet certainly mounts a file system of these sources in another VPC of these sources, both are attached to
one transit gateway and nothing peers them. A gateway that inspects traffic on purpose is a good reason to stay. EFA crosses
neither.
"""

from fabriclint.sdk import (
    NO,
    Add,
    Claim,
    Claims,
    FileSystem,
    Fix,
    Fleet,
    Link,
    Truth,
    Vpc,
    attachment_between,
    links,
    peered,
    rule,
)


@rule(
    name="bulk-data-detours",
    subject=Fleet,
    severity="advice",
    precision="medium",
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html",
        "https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html",
    ),
)
def bulk_data_detours(fleet: Fleet) -> Claims:
    home = fleet.vpc_view
    if home is None:
        return
    asked = False
    for system in fleet.stack.mounters.systems_of(fleet):
        away = _away(system, home)
        mounts = system.mounted_by(fleet)
        if away is not None and not mounts.excluded:
            asked = True
            yield _claim(fleet, system, home, away, mounts)
    if asked:
        return
    # One clean claim stands for all the file systems that it does not mount.
    for system in (*fleet.stack.lustres, *fleet.stack.efs):
        away = _away(system, home)
        if away is not None:
            yield _claim(fleet, system, home, away, NO)
            return


def _away(system: FileSystem, home: Vpc) -> Vpc | None:
    """The VPC of a file system, where it is another one."""
    there = system.vpc.element
    return None if there is None or there is home.element else system.stack.view(Vpc, there)


def _claim(fleet: Fleet, system: FileSystem, home: Vpc, away: Vpc, mounts: Truth) -> Claim:
    attachment = attachment_between(home, away)
    ceiling = links.TRANSIT_GATEWAY_ATTACHMENT
    return Claim(
        when=fleet.exists
        & mounts
        & (attachment.exists if attachment is not None else NO)
        & ~peered(home, away),
        at=attachment.place if attachment is not None else fleet.place,
        message=f"{fleet.label} reads {system.label} in {away.label} through a transit gateway: at most {ceiling.gbps:g} Gbps "
        "an attachment and zone, at a price per GB",
        why="VPC peering has no ceiling of its own, and no price within a zone (across zones and Regions it is paid per GB).",
        fix=Fix(
            f"Peer {home.label} with {away.label} and route their ranges to each other over the peering.",
            (
                Add(
                    "peering",
                    "data",
                    {"vpc": Link(home.element), "peer_vpc": Link(away.element)},
                    "accept it, and route both ranges over it",
                ),
            ),
        ),
        related=((fleet.place, f"{fleet.label} reads it"), (system.place, f"{system.label} lies there")),
    )
