"""The security groups of the EFA interfaces do not let EFA traffic through among themselves.

## Why

EFA traffic is not IP: only an all-traffic rule whose peer is a security group lets it pass, out of one node and into the
other. Ranges of addresses never count, not even 0.0.0.0/0, and neither does a range of ports. With one direction missing the
nodes start, the health checks pass, and the first collective hangs or falls back to TCP.

## How to fix

Give the group two rules that name itself: all protocols in, all protocols out.

```hcl
resource "aws_vpc_security_group_egress_rule" "efa" {
  security_group_id            = aws_security_group.efa.id
  referenced_security_group_id = aws_security_group.efa.id
  ip_protocol                  = "-1"
}
```

```yaml
EfaEgress:
  Type: AWS::EC2::SecurityGroupEgress
  Properties:
    GroupId: !GetAtt EfaGroup.GroupId
    DestinationSecurityGroupId: !GetAtt EfaGroup.GroupId
    IpProtocol: "-1"
```

In CloudFormation the rules are resources of their own (a group that names itself inline is a cycle and never deploys), and
the first egress rule displaces the allow-all that AWS adds by default: write one beside it, or S3 is out of reach.

## Limits

Every group of an interface must be in these sources; a group given by id, or one that a module not on disk takes, is
"not checked". Groups the service attaches by itself (EKS) are not judged.
"""

from fabriclint.sdk import DIRECTIONS, Claim, Claims, Direction, Fix, Fleet, SecurityGroup, open_group, rule


@rule(
    name="efa-security-group-closed",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html",
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html",
    ),
)
def efa_security_group_closed(fleet: Fleet) -> Claims:
    applies = fleet.trains & fleet.uses_efa
    for nic, links in fleet.efa_group_sets:
        elements = [
            link.element
            for link in links.possible()
            if link.element and link.element.kind == "security_group"
        ]
        groups = [fleet.stack.view(SecurityGroup, element) for element in elements]
        best = max(groups, key=_openness, default=None)
        missing: tuple[Direction, ...] = tuple(
            d for d in DIRECTIONS if best is None or not best.lets_all(d, best).certain
        )
        names = ", ".join(group.label for group in groups) or "the security group"
        ways = " or ".join(missing)
        lets, lack = "lets", f"no all-traffic {ways} rule to itself"
        if len(groups) > 1:
            lets, lack = (
                "let",
                "none has an all-traffic egress rule to one that lets all of it in, by group id",
            )
        place = nic.place if nic is not None and nic.place is not None else fleet.recipe_place
        yield Claim(
            when=applies & ~fleet.efa_set_open(links),
            at=best.place if best is not None else place,
            message=f"{names} {lets} no EFA traffic through among the nodes of {fleet.label}: {lack}",
            why="EFA packets pass only by a rule for all protocols whose peer is a security group; CIDR rules do not count.",
            fix=Fix(
                f"Let {best.label if best else names} send all traffic to itself and receive it, by group id.",
                open_group(best, missing) if best is not None else (),
                edit="safe",
            ),
            related=((place, "EFA interface in this group"), *fleet.around),
            evidence=fleet.role.evidence,
        )


def _openness(group: SecurityGroup) -> int:
    return sum(1 for direction in DIRECTIONS if group.lets_all(direction, group).certain)
