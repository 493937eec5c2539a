"""A VPC whose fleet reads a directory bucket has no gateway endpoint for S3 Express One Zone.

## Why

Directory buckets have a service of their own, `s3express`: the S3 gateway endpoint does not carry their traffic. Without the
`s3express` gateway endpoint the fastest storage of S3 is read through NAT, with its latency, ceiling and price per GB, or not at
all.

## How to fix

Create a gateway endpoint for `s3express` and associate the fleet's route tables. It has no price.

```hcl
resource "aws_vpc_endpoint" "s3express" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.us-east-1.s3express"
  route_table_ids = [aws_route_table.private.id]
}
```

```yaml
ExpressEndpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    ServiceName: !Sub com.amazonaws.${AWS::Region}.s3express
    RouteTableIds: [!Ref PrivateRouteTable]
```

## Limits

Asked where these sources make the bucket and a training fleet, or one whose scripts name the bucket, runs in the VPC.
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
)


@rule(
    name="express-bucket-without-endpoint",
    subject=Vpc,
    severity="warning",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-networking.html",),
)
def express_bucket_without_endpoint(vpc: Vpc) -> Claims:
    for bucket in vpc.stack.directory_buckets:
        inside = {fleet.address for fleet in vpc.fleets}
        fleets = [fleet for fleet in bucket.readers if fleet.address in inside]
        if not fleets:
            continue
        routes: dict[str, RouteTable] = {}
        for fleet in fleets:
            for subnet in fleet.known_subnets:
                if subnet.table.element is not None:
                    routes[subnet.table.element.address] = vpc.stack.view(RouteTable, subnet.table.element)
        yield Claim(
            when=bucket.exists
            & any_of(fleet.exists & (fleet.accelerated | fleet.trains) for fleet in fleets)
            & ~vpc.gateway_endpoints("s3express").any(lambda _: YES),
            at=bucket.place,
            message=f"{vpc.label} has no s3express gateway endpoint, and {fleets[0].label} reads {bucket.label} from it",
            why="Directory buckets are a service of their own, which the S3 gateway endpoint does not carry.",
            fix=Fix(
                "Create a gateway endpoint for s3express and associate the route tables of the fleet's subnets.",
                gateway_endpoint(vpc, tuple(routes.values()), "s3express"),
                edit="unsafe",
                warning=CUTS_S3,
            ),
            related=(
                (vpc.place, "the VPC without the endpoint"),
                (fleets[0].place, "the fleet that reads it"),
            ),
        )
