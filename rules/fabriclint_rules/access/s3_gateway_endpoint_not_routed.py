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

Tables of subnets that an accelerated or training fleet uses are asked for; a public table without a fleet is no fault.
Where the subnet has another way to S3 this is a warning.

One more case needs no fleet: of several tables that are called the same but for a letter or a number (`PrivateRouteTableA`,
`B` and `C`) and all lead to NAT gateways, the endpoint serves two or more and one is left out. That is advice.
"""

from collections.abc import Iterator
from functools import partial

from fabriclint.sdk import (
    CUTS_S3,
    YES,
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
    late,
    rule,
)

WORDS = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
INDEX = late(r"\[[^\]]*\]")
FEW = 2  # tables that are served before one beside them counts as forgotten


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
    yield from _forgotten(vpc, known[0], [table for table in vpc.tables if table.address not in seen])


def _forgotten(vpc: Vpc, endpoint: Endpoint, unasked: list[RouteTable]) -> Claims:
    """Tables with subnets that are left out while others of the same name and the same way out are served."""
    alike: dict[tuple[str, ...], list[RouteTable]] = {}
    for table in vpc.tables:
        alike.setdefault(_stem(table), []).append(table)
    served = {
        table.address: _served(vpc, table) for group in alike.values() if len(group) > FEW for table in group
    }
    for table in unasked:
        if served.get(table.address, YES).certain:
            continue
        others = [other for other in alike[_stem(table)] if served[other.address].certain]
        # Asked in this order: what the endpoint lists has been read already, routes and associations may not.
        if len(others) < FEW or not any(subnet.table.element is table.element for subnet in vpc.subnets):
            continue
        beside = [other for other in others if (other.exists & other.leads("nat")).certain]
        if len(beside) < FEW:
            continue
        like = " and ".join(other.label for other in beside[:2])
        yield Claim(
            when=table.exists & table.leads("nat") & ~served[table.address],
            at=endpoint.element.get("route_tables").place or endpoint.place,
            message=f"{endpoint.label} is associated with {like}, and not with {table.label} beside them: "
            "S3 traffic of its subnets goes through a NAT gateway instead",
            why="A gateway endpoint serves only the subnets whose route table is associated with it.",
            fix=Fix(
                f"Associate {table.label} with {endpoint.label}. "
                "That cuts open S3 connections and changes the source address bucket policies see: do it when no job runs.",
                _association(endpoint, table),
                edit="unsafe",
                warning=CUTS_S3,
            ),
            related=((table.place, "the table that is left out"),),
            severity="advice",
        )


def _served(vpc: Vpc, table: RouteTable) -> Truth:
    return vpc.gateway_endpoints("s3").any(partial(_serves, table))


def _serves(table: RouteTable, endpoint: Endpoint) -> Truth:
    return endpoint.routed(table.element)


def _stem(table: RouteTable) -> tuple[str, ...]:
    """The words of its address without what tells copies apart: indexes, numbers and single letters."""
    words = WORDS.findall(INDEX.sub("", table.address))
    return tuple(word.lower() for word in words if len(word) > 1 and not word.isdigit())


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
    return Claim(
        when=applies & ~routed,
        at=endpoint.element.get("route_tables").place or endpoint.place,
        message=f"{endpoint.label} is not associated with {name} of {subnet.label}: {instead}",
        why="A gateway endpoint serves only the subnets whose route table is associated with it.",
        fix=Fix(
            f"Associate {name} with {endpoint.label}. "
            "That cuts open S3 connections and changes the source address bucket policies see: do it when no job runs.",
            _association(endpoint, table) if table is not None else (),
            edit="unsafe",
            warning=CUTS_S3,
        ),
        related=(
            (table.place if table is not None else subnet.place, "the table that is left out"),
            (fleet.place, f"{fleet.label} runs in {subnet.label}"),
        ),
        severity="warning" if not way_out.excluded else None,
    )


def _association(endpoint: Endpoint, table: RouteTable) -> tuple[Add | Inside, ...]:
    if endpoint.lists_tables:
        return (Inside(endpoint.element, "route_tables", (Link(table.element),)),)
    words = {"endpoint": Link(endpoint.element), "route_table": Link(table.element)}
    return (Add("endpoint_route_table", f"s3_{table.address.rpartition('.')[2].partition('[')[0]}", words),)
