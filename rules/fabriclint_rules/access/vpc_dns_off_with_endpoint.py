"""A VPC has an endpoint that lives by DNS, with DNS support or DNS host names off.

## Why

Private DNS of an interface endpoint needs both DNS support and DNS host names of the VPC: with either off the endpoint cannot
be created, or clients keep getting the service's public addresses. Without DNS support no name of S3 resolves through Amazon DNS.
Terraform and CloudFormation both leave DNS host names off where nothing is written.

## How to fix

Switch both on.

```hcl
resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}
```

```yaml
Vpc:
  Type: AWS::EC2::VPC
  Properties:
    CidrBlock: 10.0.0.0/16
    EnableDnsSupport: true
    EnableDnsHostnames: true
```

## Limits

A gateway endpoint is asked only about DNS support: its route works without host names. A default VPC has both on.
"""

from fabriclint.sdk import Claim, Claims, Fix, Set, Vpc, rule


@rule(
    name="vpc-dns-off-with-endpoint",
    subject=Vpc,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    ),
)
def vpc_dns_off_with_endpoint(vpc: Vpc) -> Claims:
    support, names = vpc.element.get("dns_support"), vpc.element.get("dns_hostnames")
    if not vpc.element.has("dns_support"):
        return
    no_support, no_names = ~support.on(), ~names.on()
    for member in vpc.endpoints.members:
        endpoint = member.item
        by_name = endpoint.interface & endpoint.private_dns
        by_route = endpoint.gateway & endpoint.serves("s3")
        if by_name.excluded and by_route.excluded:
            continue
        off = (by_name & (no_support | no_names)) | (by_route & no_support)
        both = [
            word
            for word, is_off in (("DNS support", no_support), ("DNS host names", no_names))
            if is_off.certain
        ]
        what = " and ".join(both) or "DNS"
        written = names if no_names.certain and by_name.certain else support
        place = (
            written.place
            if written.place and not written.absent and written.origin == "written"
            else vpc.place
        )
        yield Claim(
            when=member.exists & off,
            at=place,
            message=f"{vpc.label} has {what} off, which {endpoint.label} needs",
            why="Private DNS needs DNS support and DNS host names of the VPC; without them names lead to public addresses.",
            fix=Fix(
                "Switch DNS support and DNS host names of the VPC on.",
                tuple(
                    Set(vpc.element, word, True)
                    for word in ("dns_support", "dns_hostnames")
                    if not vpc.element.get(word).on().certain
                ),
                edit="safe",
            ),
            related=((endpoint.place, f"{endpoint.label} needs it"),),
        )
        if off.certain:
            return
