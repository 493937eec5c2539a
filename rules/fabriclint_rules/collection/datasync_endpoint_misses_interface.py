"""A DataSync agent's endpoint is not reached by the virtual interface that Direct Connect offers.

## Why

A private or transit virtual interface leads to addresses in VPCs, a public one to AWS's public endpoints. An agent on a VPC
endpoint cannot use a public virtual interface, and an agent on a public endpoint cannot use a private one: its traffic leaves
the link that was built for it, for the internet or a VPN.

## How to fix

Make the two fit: an agent on a VPC endpoint with a private or transit virtual interface, or an agent on a public endpoint
with a public one.

```hcl
resource "aws_dx_private_virtual_interface" "site" {
  connection_id  = aws_dx_connection.site.id
  dx_gateway_id  = aws_dx_gateway.main.id
  name           = "site-private"
  vlan           = 101
  address_family = "ipv4"
  bgp_asn        = 65010
}
```

```yaml
SitePrivateInterface:
  Type: AWS::DirectConnect::PrivateVirtualInterface
  Properties:
    ConnectionId: !Ref SiteConnection
    DirectConnectGatewayId: !Ref DirectConnectGateway
    VirtualInterfaceName: site-private
    Vlan: 101
    BgpPeers:
      - {Asn: "65010", AddressFamily: ipv4}
```

## Limits

Both kinds of interface have to be decided by these sources: with a Direct Connect gateway or transit gateway by id there may
be an interface that they do not show, and the check is "not checked". Agents that read nothing outside AWS are left alone.
"""

from fabriclint.sdk import Agent, Claim, Claims, Fix, any_of, offers, rule


@rule(
    name="datasync-endpoint-misses-interface",
    subject=Agent,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/choose-service-endpoint.html",
        "https://docs.aws.amazon.com/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html",
    ),
)
def datasync_endpoint_misses_interface(agent: Agent) -> Claims:
    interfaces = agent.stack.of("dx_interface")
    if not interfaces:
        return
    reads = any_of(location.on_premises for location in agent.locations)
    public, private = offers(agent.stack, "public"), offers(agent.stack, "private", "transit")
    on_vpc = agent.private.certain
    endpoint, offered, missing = (
        ("a VPC endpoint", "public", "private or transit")
        if on_vpc
        else ("a public endpoint", "private", "public")
    )
    yield Claim(
        when=agent.exists
        & ~agent.in_aws
        & reads
        & ((agent.private & public & ~private) | (~agent.private & private & ~public)),
        at=agent.place,
        message=f"{agent.label} is activated on {endpoint}, which a {offered} virtual interface does not reach",
        why="The traffic of the agent leaves the private link for the internet or a VPN.",
        fix=Fix(
            f"Add a {missing} virtual interface, or activate the agent on "
            f"{'a public endpoint' if on_vpc else 'a VPC endpoint'}.",
        ),
        related=tuple(
            (element.place, f"{element.label} is {element.get('visibility').show()}")
            for element in interfaces[:4]
        ),
    )
