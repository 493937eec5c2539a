"""A VPC with accelerated machines has no DynamoDB gateway endpoint, though its stack uses DynamoDB.

## Why

Feature tables, job state and locks in DynamoDB are read by every node. Without the gateway endpoint those calls go through NAT,
at a price per GB, or nowhere from an isolated subnet. The endpoint is free and adds one route.

## How to fix

Create the endpoint and associate the route tables of the fleet's subnets.

```hcl
resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.us-east-1.dynamodb"
  route_table_ids = [aws_route_table.private.id]
}
```

```yaml
DynamoDbEndpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    ServiceName: !Sub com.amazonaws.${AWS::Region}.dynamodb
    RouteTableIds: [!Ref PrivateRouteTable]
```

## Limits

Advice. It is asked where these sources make a table that is no lock table of Terraform; whether the nodes call it is not
known. Endpoints of VPCs that are made elsewhere are not known: "not checked".
"""

from fabriclint.sdk import (
    CUTS_S3,
    YES,
    Claim,
    Claims,
    Fix,
    RouteTable,
    Vpc,
    any_of,
    gateway_endpoint,
    rule,
    uses_dynamodb,
)


@rule(
    name="dynamodb-without-gateway-endpoint",
    subject=Vpc,
    severity="advice",
    sources=("https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html",),
)
def dynamodb_without_gateway_endpoint(vpc: Vpc) -> Claims:
    tables_used = uses_dynamodb(vpc.stack)
    fleets = [fleet for fleet in vpc.fleets if not (fleet.accelerated | fleet.trains).excluded]
    if tables_used.excluded and not vpc.stack.of("dynamodb_table"):
        return
    needed = any_of(fleet.exists & (fleet.accelerated | fleet.trains) for fleet in fleets)
    routes: dict[str, RouteTable] = {}
    for fleet in fleets:
        for subnet in fleet.known_subnets:
            if subnet.table.element is not None:
                routes[subnet.table.element.address] = vpc.stack.view(RouteTable, subnet.table.element)
    used = vpc.stack.of("dynamodb_table")[0]
    yield Claim(
        when=needed & tables_used & ~vpc.gateway_endpoints("dynamodb").any(lambda _: YES),
        at=vpc.place,
        message=f"{vpc.label} has no DynamoDB gateway endpoint, and these sources keep {used.label} there",
        why="The gateway endpoint is free; without it each call goes through NAT or the internet gateway.",
        fix=Fix(
            "Create a DynamoDB gateway endpoint and associate the route tables of the fleet's subnets.",
            gateway_endpoint(vpc, tuple(routes.values()), "dynamodb"),
            edit="unsafe",
            warning=CUTS_S3,
        ),
        related=(
            (used.place, f"{used.label} is used"),
            *((fleet.place, f"{fleet.label} runs in the VPC") for fleet in fleets[:3]),
        ),
    )
