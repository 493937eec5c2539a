"""An S3 gateway endpoint exists, but a route table of the fleet's subnets is not associated with it.

## Why

A gateway endpoint is a route: it serves only the subnets whose route table is associated with it. From any other subnet S3
is reached as if the endpoint were not there, through NAT and its price per GB, or not at all.

## How to fix

Associate the route table with the endpoint: in its list where it has one, else in Terraform by a resource of its own.

```hcl
resource "aws_vpc_endpoint_route_table_association" "s3_private" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = aws_route_table.private.id
}
```

```yaml
S3Endpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    RouteTableIds: [!Ref PublicRouteTable, !Ref PrivateRouteTable]
```

Re-routing cuts open S3 connections and changes the source address that bucket policies see: do it when no job runs.

## Limits

Only tables of subnets that an accelerated or training fleet uses are asked for; a public table without a fleet is no fault.
Where the subnet has another way to S3 this is a warning.
"""

from collections.abc import Iterator
from functools import partial

from fabriclint.sdk import (
    CUTS_S3,
    Add,
    Claim,
    Claims,
    Endpoint,
    Fix,
    Fleet,
    Inside,
    Link,
    RouteTable,
    Subnet,
    Truth,
    Vpc,
    rule,
)


@rule(
    name="s3-gateway-endpoint-not-routed",
    subject=Vpc,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html",
    ),
)
def s3_gateway_endpoint_not_routed(vpc: Vpc) -> Claims:
    endpoints = vpc.gateway_endpoints("s3")
    known = list(endpoints.known())
    if not known:
        return
    seen: set[str] = set()
    for fleet, subnet in _subnets(vpc):
        link = subnet.table
        key = link.element.address if link.element is not None else f"{link.state} {subnet.address}"
        if key in seen:
            continue
        seen.add(key)
        applies = fleet.exists & (fleet.accelerated | fleet.trains)
        yield _claim(vpc, fleet, subnet, known, applies, endpoints.any(partial(_routed, subnet)))


def _subnets(vpc: Vpc) -> Iterator[tuple[Fleet, Subnet]]:
    for fleet in vpc.fleets:
        if not (fleet.accelerated | fleet.trains).excluded:
            for subnet in fleet.known_subnets:
                yield fleet, subnet


def _routed(subnet: Subnet, endpoint: Endpoint) -> Truth:
    link = subnet.table
    if link.element is not None:
        return endpoint.routed(link.element)
    if link.state == "absent":
        return endpoint.routes_main_table
    return Truth.unknown(link.unseen)


def _claim(
    vpc: Vpc, fleet: Fleet, subnet: Subnet, known: list[Endpoint], applies: Truth, routed: Truth
) -> Claim:
    endpoint = known[0]
    element = subnet.table.element
    table = vpc.stack.view(RouteTable, element) if element is not None else None
    way_out = subnet.way_out
    name = table.label if table is not None else f"the main route table of {vpc.label}"
    instead = "S3 traffic takes its default route instead"
    if way_out.excluded:
        instead = "S3 cannot be reached from there"
    elif way_out.undecided:
        instead = "S3 traffic takes another way, if there is one"
    changes: tuple[Add | Inside, ...] = ()
    if table is not None and endpoint.lists_tables:
        changes = (Inside(endpoint.element, "route_tables", (Link(table.element),)),)
    elif table is not None:
        words = {"endpoint": Link(endpoint.element), "route_table": Link(table.element)}
        changes = (
            Add("endpoint_route_table", f"s3_{table.address.rpartition('.')[2].partition('[')[0]}", words),
        )
    return Claim(
        when=applies & ~routed,
        at=endpoint.element.get("route_tables").place or endpoint.place,
        message=f"{endpoint.label} is not associated with {name} of {subnet.label}: {instead}",
        why="A gateway endpoint serves only the subnets whose route table is associated with it.",
        fix=Fix(
            f"Associate {name} with {endpoint.label}. "
            "That cuts open S3 connections and changes the source address bucket policies see: do it when no job runs.",
            changes,
            edit="unsafe",
            warning=CUTS_S3,
        ),
        related=(
            (table.place if table is not None else subnet.place, "the table that is left out"),
            (fleet.place, f"{fleet.label} runs in {subnet.label}"),
        ),
        severity="warning" if not way_out.excluded else None,
    )
