"""S3 traffic of the nodes goes through an interface endpoint where the free gateway endpoint could carry it.

## Why

An S3 interface endpoint has a price an hour and zone and a price per GB, and carries 10 Gbps that grow to 100 Gbps a zone. With
private DNS it takes the traffic of the VPC's own machines too, even where there is a gateway endpoint, unless it is told to
answer to inbound resolvers only. The gateway endpoint has no price and no ceiling of its own.

## How to fix

Keep the interface endpoint for clients on-premises, tell it to serve inbound resolvers only, and give the VPC a gateway
endpoint.

```hcl
resource "aws_vpc_endpoint" "s3_from_onprem" {
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.us-east-1.s3"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true

  dns_options {
    private_dns_only_for_inbound_resolver_endpoint = true
  }
}
```

```yaml
S3FromOnPremises:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
    VpcEndpointType: Interface
    PrivateDnsEnabled: true
    DnsOptions:
      PrivateDnsOnlyForInboundResolverEndpoint: OnlyInboundResolver
```

Creating a gateway endpoint, and switching names over to it, cuts open S3 connections and changes the source address that bucket
policies see: do it when no job runs.

## Limits

An interface endpoint without private DNS, or with the switch on, is for others and no fault. Only VPCs that hold an accelerated
or training fleet are asked. The missing gateway endpoint is told here, not again by s3-without-gateway-endpoint.
"""

from fabriclint.sdk import (
    CUTS_S3,
    YES,
    Change,
    Claim,
    Claims,
    Fix,
    RouteTable,
    Set,
    Vpc,
    any_of,
    gateway_endpoint,
    links,
    rule,
)


@rule(
    name="s3-through-interface-endpoint",
    subject=Vpc,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html",
    ),
)
def s3_through_interface_endpoint(vpc: Vpc) -> Claims:
    fleets = [fleet for fleet in vpc.fleets if not (fleet.accelerated | fleet.trains).excluded]
    needed = any_of(fleet.exists & (fleet.accelerated | fleet.trains) for fleet in fleets)
    gateways = vpc.gateway_endpoints("s3").any(lambda _: YES)
    tables: dict[str, RouteTable] = {}
    for fleet in fleets:
        for subnet in fleet.known_subnets:
            if subnet.table.element is not None:
                table = vpc.stack.view(RouteTable, subnet.table.element)
                tables[table.address] = table
    for endpoint in vpc.interface_endpoints("s3").possible():
        changes: list[Change] = [Set(endpoint.element, "inbound_resolver_only", True)]
        if vpc.element.language == "cloudformation":
            changes = [Set(endpoint.element, "inbound_resolver_only", "OnlyInboundResolver")]
        if gateways.excluded:
            changes.extend(gateway_endpoint(vpc, tuple(tables.values())))
        data = links.INTERFACE_ENDPOINT
        yield Claim(
            when=needed
            & endpoint.interface
            & endpoint.serves("s3")
            & endpoint.private_dns
            & ~endpoint.for_resolver_only,
            at=endpoint.place,
            message=f"{endpoint.label} carries the S3 traffic of {vpc.label}: {data.gbps:g} to {data.most:g} Gbps a zone, "
            f"{links.INTERFACE_ENDPOINT_DATA}"
            + (
                ", though there is a gateway endpoint"
                if gateways.certain
                else "; there is no gateway endpoint"
            ),
            why="A gateway endpoint is free and has no bandwidth limit of its own; the interface endpoint's private DNS takes "
            "the traffic first.",
            fix=Fix(
                "Let the interface endpoint answer to inbound resolvers only"
                + ("" if gateways.certain else ", and create a gateway endpoint for the fleet's route tables")
                + ". That cuts open S3 connections and changes the source address bucket policies see: do it when no job runs.",
                tuple(changes),
                edit="unsafe",
                warning=CUTS_S3,
            ),
            related=tuple((fleet.place, f"{fleet.label} runs in the VPC") for fleet in fleets[:4]),
        )
