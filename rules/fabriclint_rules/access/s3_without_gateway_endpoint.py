"""A VPC with accelerated machines has no S3 gateway endpoint, so training data takes a detour.

## Why

Without a gateway endpoint S3 traffic goes through a NAT gateway (5 Gbps that grow to 100 Gbps, and a price per GB), through
an internet gateway, or nowhere at all from an isolated subnet. A gateway endpoint is free, adds one route, and has no
bandwidth limit of its own.

## How to fix

Create the endpoint and associate the route tables of the fleet's subnets.

```hcl
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.us-east-1.s3"
  route_table_ids = [aws_route_table.private.id]
}
```

```yaml
S3Endpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
    RouteTableIds: [!Ref PrivateRouteTable]
```

Creating a gateway endpoint cuts open S3 connections of those subnets and changes the source address that bucket policies
see: do it when no job runs.

## Limits

Only VPCs that these sources make are judged. Where a module that is not on disk takes the VPC, the endpoint may be in
there: "not checked". The endpoint serves buckets of its own Region only. For tightly coupled jobs on CPU types it is advice.
"""

from fabriclint.sdk import (
    CUTS_S3,
    YES,
    Claim,
    Claims,
    Fix,
    Fleet,
    RouteTable,
    Vpc,
    any_of,
    gateway_endpoint,
    links,
    rule,
)


@rule(
    name="s3-without-gateway-endpoint",
    subject=Vpc,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html",
    ),
)
def s3_without_gateway_endpoint(vpc: Vpc) -> Claims:
    fleets = [fleet for fleet in vpc.fleets if not (fleet.accelerated | fleet.trains).excluded]
    fleets.sort(key=lambda fleet: not (fleet.accelerated | fleet.trains).certain)
    needed = any_of(fleet.exists & (fleet.accelerated | fleet.trains) for fleet in fleets)
    tables: dict[str, RouteTable] = {}
    for fleet in fleets:
        for subnet in fleet.known_subnets:
            if subnet.table.element is not None:
                table = vpc.stack.view(RouteTable, subnet.table.element)
                tables[table.address] = table
    path = _path(fleets, tuple(tables.values()))
    yield Claim(
        when=needed & ~vpc.gateway_endpoints("s3").any(lambda _: YES),
        at=vpc.place,
        message=f"{vpc.label} has no S3 gateway endpoint: {path}",
        why="A gateway endpoint is free and has no bandwidth limit of its own; every other way to S3 has a price or a ceiling.",
        fix=Fix(
            "Create an S3 gateway endpoint and associate the route tables of the fleet's subnets. "
            "That cuts open S3 connections and changes the source address bucket policies see: do it when no job runs.",
            gateway_endpoint(vpc, tuple(tables.values())),
            edit="unsafe",
            warning=CUTS_S3,
        ),
        severity=None if any(not fleet.accelerated.excluded for fleet in fleets) else "advice",
        related=tuple((fleet.place, f"{fleet.label} runs in it") for fleet in fleets[:4]),
    )


def _path(fleets: list[Fleet], tables: tuple[RouteTable, ...]) -> str:
    nat = links.NAT_GATEWAY
    who = ", ".join(fleet.label for fleet in fleets[:3]) or "no accelerated fleet"
    if any(table.leads("nat").certain for table in tables):
        return f"S3 traffic of {who} goes through a NAT gateway ({nat.gbps:g} to {nat.most:g} Gbps, {links.NAT_GATEWAY_DATA})"
    if any(table.leads("internet").certain for table in tables):
        return f"S3 traffic of {who} goes through the internet gateway, over public addresses"
    subnets = [subnet for fleet in fleets for subnet in fleet.known_subnets]
    if subnets and all(subnet.way_out.excluded for subnet in subnets):
        return f"S3 is out of reach of {who}, whose subnets have no default route"
    return f"S3 traffic of {who} takes whatever default route its subnets have"
