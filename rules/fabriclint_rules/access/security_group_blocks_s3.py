"""The security groups of a fleet let no HTTPS out, so S3 and the AWS APIs are out of reach.

## Why

EFA wants a rule that lets all traffic out to the group itself, and the first egress rule takes the place of AWS's default that
lets everything out. A group with only that rule is right for the fabric and closed for S3: nodes cannot read data, pull
images, or get credentials, over any endpoint.

## How to fix

Let HTTPS out beside the rule for EFA: to everywhere, or to the prefix list of S3 and to the groups of the endpoints.

```hcl
resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.trainers.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}
```

```yaml
HttpsOut:
  Type: AWS::EC2::SecurityGroupEgress
  Properties:
    GroupId: !GetAtt TrainerSecurityGroup.GroupId
    IpProtocol: tcp
    FromPort: 443
    ToPort: 443
    CidrIp: 0.0.0.0/0
```

## Limits

Speaks where every group of an accelerated or training fleet is known and none lets TCP 443 out to anything but these groups. A
private range may hold an interface endpoint: "not checked". Terraform takes the default egress away where none
is written; CloudFormation keeps it.

Checks against egress to 0.0.0.0/0 (checkov CKV_AWS_382, cfn_nag W5) do not mind the prefix list of S3 as the other side.
"""

from fabriclint.sdk import (
    Add,
    Claim,
    Claims,
    Fix,
    Fleet,
    Inside,
    Link,
    Written,
    groups_of_fleet,
    https_out,
    on_open_default,
    rule,
)


@rule(
    name="security-group-blocks-s3",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-security",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html",
    ),
)
def security_group_blocks_s3(fleet: Fleet) -> Claims:
    needed = fleet.accelerated | fleet.trains
    if needed.excluded or fleet.launch.own_group_is_open:
        return
    groups = groups_of_fleet(fleet)
    known = list(groups.possible())
    first = known[0] if known else None
    changes: tuple[Add | Inside, ...] = ()
    if first is not None:
        span: dict[str, Written] = {"protocol": "tcp", "from_port": 443, "to_port": 443}
        if first.element.language == "terraform" and first.inline_style:
            changes = (Inside(first.element, "egress", ({**span, "cidr_blocks": ["0.0.0.0/0"]},)),)
        else:
            words: dict[str, Written] = {"direction": "egress", "group": Link(first.element), **span}
            changes = (Add("security_group_rule", "https_out", {**words, "cidr_blocks": "0.0.0.0/0"}),)
    names = " and ".join(group.label for group in known[:2])
    yield Claim(
        when=fleet.exists & needed & ~(on_open_default(fleet) | https_out(groups)),
        at=first.place if first is not None else fleet.place,
        message=f"{names or 'Its group'} let{'s' if len(known) == 1 else ''} no HTTPS out: {fleet.label} reaches neither S3 "
        "nor the AWS APIs",
        why="Rules for EFA name the group itself only; data, images and credentials come over HTTPS from elsewhere.",
        fix=Fix(
            "Let TCP 443 out as well: to everywhere, or to the prefix list of S3 and the groups of the endpoints.",
            changes,
            edit="unsafe",
            warning="It opens TCP 443 to every address; where it may not, name the prefix list of S3 and the endpoints' groups.",
        ),
        related=((fleet.place, f"{fleet.label} uses it"),),
    )
