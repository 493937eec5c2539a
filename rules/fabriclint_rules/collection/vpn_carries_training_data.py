"""The only private path for the training data is a Site-to-Site VPN.

## Why

A standard VPN tunnel carries at most 1.25 Gbps; a large one (transit gateway or Cloud WAN) 5 Gbps, and several tunnels add up
only with ECMP, which needs a transit gateway and BGP. 100 TB at 1.25 Gbps take more than nine days at 80 % utilisation.
Direct Connect ports go from 1 to 400 Gbps.

## How to fix

Move the data over Direct Connect with a private, transit or public virtual interface; keep the VPN as its backup. Meanwhile
use large tunnels, BGP and ECMP on a transit gateway.

```hcl
resource "aws_vpn_connection" "site" {
  transit_gateway_id  = aws_ec2_transit_gateway.main.id
  customer_gateway_id = aws_customer_gateway.site.id
  type                = "ipsec.1"
  tunnel_bandwidth    = "large"
}
```

```yaml
SiteVpn:
  Type: AWS::EC2::VPNConnection
  Properties:
    Type: ipsec.1
    TransitGatewayId: !Ref TransitGateway
    CustomerGatewayId: !Ref SiteGateway
    TunnelBandwidth: large
```

## Limits

Speaks only where these sources also move bulk data over that path: a DataSync task whose agent uses a VPC endpoint and reads
storage outside AWS, or a training fleet that mounts it. A VPN beside Direct Connect, or inside one (private IP VPN), is
fine. Where a gateway comes by id, Direct Connect may hang on it: "not checked".
"""

from fabriclint.sdk import (
    Claim,
    Claims,
    DataSyncTask,
    Fix,
    HybridSide,
    Set,
    Span,
    Truth,
    all_of,
    any_of,
    gbps,
    links,
    rule,
)


@rule(
    name="vpn-carries-training-data",
    subject=HybridSide,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def vpn_carries_training_data(side: HybridSide) -> Claims:
    users = [
        (_over_private_path(task), task.place, f"{task.label} copies over it") for task in side.stack.tasks
    ]
    users.extend(_readers(side))
    users = [user for user in users if not user[0].excluded]
    vpns = side.vpn_connections
    open_vpns = all_of(vpn.exists & ~vpn.over_direct_connect for vpn in vpns)
    ceiling = sum(vpn.ceiling_gbps for vpn in vpns if vpn.ecmp.certain) or max(
        vpn.ceiling_gbps for vpn in vpns
    )
    tunnel = vpns[0].tunnel_gbps
    large = vpns[0].transit_gateway.state != "absent" and tunnel < links.VPN_TUNNEL_LARGE.gbps
    changes = (
        (Set(side.element, "tunnel_bandwidth", "large", "meanwhile, until there is Direct Connect"),)
        if large
        else ()
    )
    yield Claim(
        when=any_of(when for when, _, _ in users) & open_vpns & ~side.direct_connect,
        at=side.place,
        message=f"{side.label} is the only private path for the training data: at most {gbps(ceiling)}"
        f"{', one tunnel' if ceiling == tunnel else f' ({gbps(tunnel)} a tunnel)'}",
        why="A VPN tunnel is a hundredth of a large Direct Connect port, and bulk data fills it for days.",
        fix=Fix(
            "Carry the data over Direct Connect with a private, transit or public virtual interface and keep the VPN as "
            "backup; meanwhile use large tunnels with BGP and ECMP on a transit gateway.",
            changes,
        ),
        related=tuple((place, said) for _, place, said in users[:4]),
    )


def _over_private_path(task: DataSyncTask) -> Truth:
    source = task.source
    if source is None:
        return Truth.unknown(f"the source of {task.label} is not in these sources", task.place)
    return task.exists & source.on_premises & source.by_private_path


def _readers(side: HybridSide) -> list[tuple[Truth, Span, str]]:
    found: list[tuple[Truth, Span, str]] = []
    for fleet in side.stack.fleets:
        if fleet.trains.excluded:
            continue
        for mount in fleet.mounts:
            if mount.kind in ("nfs", "cifs") and mount.host is not None:
                outside, _, _ = side.outside(mount.host, fleet.vpc)
                found.append(
                    (fleet.trains & outside, mount.place or fleet.place, f"{fleet.label} mounts data over it")
                )
    return found
