"""An interface endpoint has no network interface in an Availability Zone where the fleet runs.

## Why

An interface endpoint has one network interface for each subnet it is given, and each zone has a ceiling of its own (10 Gbps that
grow to 100 Gbps). Nodes in a zone without one call the service across zones: with more latency, at a price per GB, and they
lose it when the other zone fails.

## How to fix

Give the endpoint a subnet in each zone of the fleet.

```hcl
resource "aws_vpc_endpoint" "ecr" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.us-east-1.ecr.dkr"
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.private_a.id, aws_subnet.private_b.id]
}
```

```yaml
EcrEndpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    ServiceName: !Sub com.amazonaws.${AWS::Region}.ecr.dkr
    VpcEndpointType: Interface
    SubnetIds: [!Ref PrivateSubnetA, !Ref PrivateSubnetB]
```

## Limits

Advice. Only zones of accelerated or training fleets are asked for. Subnets given by id have no zone here, and a zone
name cannot be compared with a zone id: "not checked".
"""

from fabriclint.sdk import (
    Claim,
    Claims,
    Endpoint,
    Fix,
    Fleet,
    Inside,
    Link,
    Span,
    Subnet,
    Truth,
    Vpc,
    any_of,
    links,
    rule,
)


@rule(
    name="interface-endpoint-misses-az",
    subject=Vpc,
    severity="advice",
    sources=("https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html",),
)
def interface_endpoint_misses_az(vpc: Vpc) -> Claims:
    places: dict[str, tuple[Fleet, Subnet]] = {}
    for fleet in vpc.fleets:
        if not (fleet.accelerated | fleet.trains).excluded:
            for subnet in fleet.known_subnets:
                places.setdefault(subnet.address, (fleet, subnet))
    for endpoint in vpc.endpoints.known():
        if endpoint.interface.excluded or not places:
            continue
        bare = {key: _without(endpoint, subnet) for key, (_, subnet) in places.items()}
        worst = min(places, key=lambda key: ("yes", "unknown", "no").index(bare[key].state))
        fleet, subnet = places[worst]
        yield Claim(
            when=endpoint.exists
            & endpoint.interface
            & any_of((f.exists & (f.accelerated | f.trains) & bare[key]) for key, (f, _) in places.items()),
            at=_written(endpoint),
            message=f"{endpoint.label} has no network interface in {subnet.zone.show()}, where {fleet.label} runs",
            why="Nodes of a zone without one call the service across zones: more latency and a price per GB.",
            fix=Fix(
                f"Add {subnet.label} to its subnets.",
                (Inside(endpoint.element, "subnets", (Link(subnet.element),)),),
                edit="unsafe",
                warning=f"Another zone has a price of its own ({links.INTERFACE_ENDPOINT_HOUR}).",
            ),
            related=((fleet.place, f"{fleet.label} runs in {subnet.label}"),),
        )


def _written(endpoint: Endpoint) -> Span:
    subnets = endpoint.element.get("subnets")
    return subnets.place if subnets.place and not subnets.absent else endpoint.place


def _without(endpoint: Endpoint, subnet: Subnet) -> Truth:
    """Whether the endpoint has no interface in the zone of a subnet."""
    return ~endpoint.subnets.any(subnet.shares_zone)
