"""An S3 gateway endpoint is set up for clients on-premises, who cannot use it.

## Why

A gateway endpoint is a route inside its own VPC. Traffic that comes in over Direct Connect, VPN, a transit gateway or peering
cannot use it: it is dropped, or goes the public way. Clients outside need an interface endpoint, by its own names or through
an inbound resolver.

## How to fix

Add an S3 interface endpoint for them, with private DNS for inbound resolvers only, so that the VPC's own traffic stays on
the free gateway endpoint.

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

## Limits

Speaks only where the endpoint's policy names addresses that a hybrid link of these sources leads to, and the VPC has no S3
interface endpoint. A hybrid link beside a gateway endpoint is no sign by itself.
"""

from fabriclint.sdk import (
    YES,
    Add,
    Claim,
    Claims,
    Fix,
    Join,
    Link,
    Region,
    Vpc,
    any_of,
    ranges_in_policy,
    rule,
)


@rule(
    name="gateway-endpoint-expected-from-onprem",
    subject=Vpc,
    severity="warning",
    sources=("https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",),
)
def gateway_endpoint_expected_from_onprem(vpc: Vpc) -> Claims:
    side = vpc.stack.hybrid
    for endpoint in vpc.gateway_endpoints("s3").known():
        named = ranges_in_policy(endpoint)
        if not named:
            continue
        verdicts = [side.outside(address, vpc.link)[0] for _, address in named]
        outside = [text for (text, _), verdict in zip(named, verdicts, strict=True) if verdict.certain]
        yield Claim(
            when=any_of(verdicts) & ~vpc.interface_endpoints("s3").any(lambda _: YES),
            at=endpoint.element.get("policy").place or endpoint.place,
            message=f"{endpoint.label} lets {', '.join(outside[:3]) or 'addresses outside'} in by its policy, "
            "but a gateway endpoint cannot be used from outside its VPC",
            why="A gateway endpoint is a route inside its VPC: traffic from Direct Connect, VPN or peering cannot use it.",
            fix=Fix(
                "Add an S3 interface endpoint with private DNS for inbound resolvers only, and keep the gateway endpoint for "
                "the VPC itself.",
                (
                    Add(
                        "vpc_endpoint",
                        "s3_from_onprem",
                        {
                            "vpc": Link(vpc.element),
                            "service_name": Join(("com.amazonaws.", Region(), ".s3")),
                            "type": "Interface",
                            "private_dns": True,
                        },
                    ),
                ),
            ),
        )
