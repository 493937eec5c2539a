"""Accelerated nodes in private subnets reach the AWS APIs, and their container images, through a NAT gateway.

## Why

Each call to ECR, STS, CloudWatch Logs and the like leaves the VPC through NAT: a hop that is shared with everything else, has a
price per GB and an address for each connection, and takes the job's logs, credentials and image pulls with it when it fails. A
thousand nodes that start at once pull their manifests and get their credentials through it. Interface endpoints keep
those calls inside the VPC.

## How to fix

Create an interface endpoint, with private DNS, for each service the message names, in the zones where the fleet runs.

```hcl
resource "aws_vpc_endpoint" "services" {
  for_each = toset(["ecr.api", "ecr.dkr", "sts", "logs"])

  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.us-east-1.${each.value}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.private.id]
  security_group_ids  = [aws_security_group.endpoints.id]
}
```

```yaml
EcrEndpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    ServiceName: !Sub com.amazonaws.${AWS::Region}.ecr.dkr
    VpcEndpointType: Interface
    PrivateDnsEnabled: true
    SubnetIds: [!Ref PrivateSubnet]
    SecurityGroupIds: [!Ref EndpointSecurityGroup]
```

The endpoints' security group has to let HTTPS in from the nodes, and the VPC needs DNS support and DNS host names. The
layers of images in ECR come from S3, through the S3 gateway endpoint.

## Limits

Advice, once for a VPC that holds an accelerated or training fleet (nodes that serve pull images and get credentials too): it
works through NAT, and each endpoint has a price an hour and zone. Only services that
every node of that kind of fleet calls are named. A VPC without NAT is not asked; nor is the way through a transit
gateway, where the endpoints may be central. For endpoints made elsewhere: "not checked".
"""

from fabriclint.sdk import (
    NO,
    YES,
    Add,
    Claim,
    Claims,
    Fix,
    Fleet,
    Join,
    Link,
    Region,
    RouteTable,
    Subnet,
    Truth,
    Unknown,
    Vpc,
    Written,
    all_of,
    any_of,
    links,
    rule,
    services,
)


@rule(
    name="aws-apis-through-nat",
    subject=Vpc,
    severity="advice",
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    ),
)
def aws_apis_through_nat(vpc: Vpc) -> Claims:
    fleets = [fleet for fleet in vpc.fleets if not (fleet.accelerated | fleet.trains).excluded]
    fleets.sort(key=lambda fleet: not (fleet.accelerated | fleet.trains).certain)
    through = {fleet.address: _through_nat(fleet) for fleet in fleets}
    used = [fleet for fleet in fleets if not through[fleet.address].excluded]
    called = dict.fromkeys(name for fleet in used for name in services.called_by(fleet.kind))
    lacking = {name: ~vpc.interface_endpoints(name).any(lambda _: YES) for name in called}
    missing = [name for name, lacks in lacking.items() if lacks.certain] or list(
        called or services.EVERY_NODE
    )
    who = " and ".join(fleet.label for fleet in used[:2]) + (" and others" if len(used) > 2 else "")
    yield Claim(
        when=any_of(
            fleet.exists & (fleet.accelerated | fleet.trains) & through[fleet.address] for fleet in used
        )
        & any_of(lacking.values()),
        at=vpc.place,
        message=f"{vpc.label} has no interface endpoints for {_listed(missing)}: {who} "
        f"call{'s' if len(used) == 1 else ''} them through a NAT gateway ({links.NAT_GATEWAY_DATA})",
        why="Interface endpoints keep image pulls, credentials and logs off the NAT gateway that all nodes share.",
        fix=Fix(
            f"Create interface endpoints with private DNS for {_listed(missing)} in the zones of the fleet "
            f"({links.INTERFACE_ENDPOINT_HOUR} each), with a group that lets HTTPS in from the nodes.",
            _endpoint(vpc, used[0], missing) if used else (),
        ),
        related=tuple((fleet.place, f"{fleet.label} runs in it") for fleet in used[:4]),
    )


def _through_nat(fleet: Fleet) -> Truth:
    """Whether the default route of one of its subnets is a NAT gateway."""
    found: list[Truth] = []
    for subnet in fleet.known_subnets:
        found.append(_leads_to_nat(subnet))
    if found:
        return any_of(found)
    # Nodes with several interfaces get no public address: whichever subnets they are in, they are private ones.
    several = Truth.of(sum(1 for _ in fleet.interfaces.known()) > 1)
    if fleet.vpc_view is None or not several.certain:
        return Truth.unknown(fleet.vpc.unseen if fleet.vpc_view is None else _hidden(fleet))
    private = [subnet for subnet in fleet.vpc_view.subnets if not _public(subnet).certain]
    return all_of(_leads_to_nat(subnet) for subnet in private) if private else NO


def _leads_to_nat(subnet: Subnet) -> Truth:
    link = subnet.table
    if link.element is not None:
        return subnet.stack.view(RouteTable, link.element).leads("nat")
    return NO if link.state == "absent" else Truth.unknown(link.unseen)


def _public(subnet: Subnet) -> Truth:
    element = subnet.table.element
    return NO if element is None else subnet.stack.view(RouteTable, element).leads("internet")


def _hidden(fleet: Fleet) -> Unknown:
    return fleet.subnets.more or next(
        (link.unseen for link in fleet.subnets.possible()),
        Unknown.because("no subnet is written", fleet.place),
    )


def _endpoint(vpc: Vpc, fleet: Fleet, missing: list[str]) -> tuple[Add, ...]:
    words: dict[str, Written] = {
        "vpc": Link(vpc.element),
        "service_name": Join(("com.amazonaws.", Region(), f".{missing[0]}")),
        "type": "Interface",
        "private_dns": True,
        "subnets": [Link(subnet.element) for subnet in fleet.known_subnets],
    }
    rest = f"and one each for {_listed(missing[1:])}" if missing[1:] else ""
    return (Add("vpc_endpoint", f"{missing[0].replace('.', '_').replace('-', '_')}_endpoint", words, rest),)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
