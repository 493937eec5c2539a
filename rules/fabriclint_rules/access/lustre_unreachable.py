"""Security groups close the ports between a fleet and the file system it mounts.

## Why

Lustre needs TCP 988 and 1018 to 1023 between clients and file system, in both directions; EFS needs TCP 2049 from the clients. A
group that lets them out, and one that lets them in: where either is missing the mount hangs until it times out.

## How to fix

Let the ports through, by the id of the other side's group.

```hcl
resource "aws_vpc_security_group_ingress_rule" "lustre" {
  security_group_id            = aws_security_group.lustre.id
  referenced_security_group_id = aws_security_group.trainers.id
  ip_protocol                  = "tcp"
  from_port                    = 988
  to_port                      = 1023
}
```

```yaml
LustreFromTrainers:
  Type: AWS::EC2::SecurityGroupIngress
  Properties:
    GroupId: !GetAtt LustreSecurityGroup.GroupId
    SourceSecurityGroupId: !GetAtt TrainerSecurityGroup.GroupId
    IpProtocol: tcp
    FromPort: 988
    ToPort: 1023
```

## Limits

Speaks where a fleet certainly mounts the file system and every group on both sides is known. From the file system back to Lustre
clients it is a warning: established connections are answered anyway. Where 988 and 1021 to 1023 are open and only 1018 to 1020
are not, a mount may work: "not checked". Network ACLs are not looked at. A group
without egress rules lets all out in CloudFormation and nothing in Terraform, as the two make it.

Rules for port ranges between two groups are not what "unrestricted ingress" checks mean; none needs a suppression here.
"""

from fabriclint.sdk import (
    LUSTRE_PORTS,
    NFS_PORTS,
    Add,
    Claim,
    Claims,
    Efs,
    FileSystem,
    Fix,
    Fleet,
    Link,
    Truth,
    Written,
    all_of,
    groups_behind,
    groups_of_fleet,
    opens,
    ranges_of,
    rule,
)

# What many groups open: the lowest three of the range are closed.
UPPER_PORTS = (988, 1021, 1023)


@rule(
    name="lustre-unreachable",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html",
        "https://docs.aws.amazon.com/efs/latest/ug/network-access.html",
    ),
)
def lustre_unreachable(fleet: Fleet) -> Claims:
    for system in fleet.stack.mounters.systems_of(fleet):
        mounts = system.mounted_by(fleet)
        if mounts.excluded:
            continue
        there, back = _passes(fleet, system, there=True), _passes(fleet, system, there=False)
        yield _claim(fleet, system, fleet.exists & mounts & ~there, there=True)
        if not isinstance(system, Efs):
            yield _claim(fleet, system, fleet.exists & mounts & there & ~back, there=False)


def _passes(fleet: Fleet, system: FileSystem, *, there: bool) -> Truth:
    """Whether every port passes out of one side's groups and into the other's."""
    stack = fleet.stack
    clients, servers = groups_of_fleet(fleet), groups_behind(stack, system.groups)
    near, far = ranges_of(stack, fleet.subnets), ranges_of(stack, system.entries)
    one, two = (clients, servers) if there else (servers, clients)
    ours, theirs = (near, far) if there else (far, near)

    def open_(ports: tuple[int, ...]) -> Truth:
        return all_of(
            opens(one, "egress", port, two, theirs) & opens(two, "ingress", port, one, ours) for port in ports
        )

    if isinstance(system, Efs):
        return open_(NFS_PORTS)
    passes = open_(LUSTRE_PORTS)
    if passes.excluded:
        passes = open_(UPPER_PORTS) & Truth.unknown(
            "TCP 1018 to 1020 are closed; a mount that gets one of the other ports works", fleet.place
        )
    return passes


def _claim(fleet: Fleet, system: FileSystem, when: Truth, *, there: bool) -> Claim:
    clients = list(groups_of_fleet(fleet).possible())
    servers = list(groups_behind(fleet.stack, system.groups).possible())
    efs = isinstance(system, Efs)
    ports = "TCP 2049" if efs else "TCP 988 and 1018 to 1023"
    route = f"from {fleet.label} to {system.label}" if there else f"from {system.label} back to {fleet.label}"
    changes: tuple[Add, ...] = ()
    alone = True  # rules of their own beside inline ones undo each other in Terraform
    if clients and servers:
        one, two = (clients[0], servers[0]) if there else (servers[0], clients[0])
        alone = one.element.language != "terraform" or not (one.inline_style or two.inline_style)
        span: dict[str, Written] = {
            "protocol": "tcp",
            "from_port": 2049 if efs else 988,
            "to_port": 2049 if efs else 1023,
        }
        changes = tuple(
            Add(
                "security_group_rule",
                f"storage_{direction}",
                {
                    "direction": direction,
                    "group": Link(own.element),
                    "security_groups": Link(peer.element),
                    **span,
                },
            )
            for direction, own, peer in (("egress", one, two), ("ingress", two, one))
        )
    mount = next((mount for mount in fleet.mounts if mount.kind == system.mount_kind), None)
    return Claim(
        when=when,
        at=mount.place if mount is not None and mount.place else fleet.place,
        message=f"The security groups let no {ports} through {route}, so the mount hangs"
        if there
        else f"The security groups let no {ports} through {route}",
        why="A mount needs its ports out of one side's groups and into the other's.",
        fix=Fix(f"Let {ports} through {route}, by the groups' ids.", changes, edit="safe" if alone else None),
        related=(
            (system.place, "the file system"),
            *((group.place, f"a group of {fleet.label}") for group in clients[:2]),
            *((group.place, f"a group of {system.label}") for group in servers[:2]),
        ),
        severity=None if there else "warning",
    )
