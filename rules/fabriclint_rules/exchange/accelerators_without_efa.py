"""Training nodes have no EFA interface, so their collectives run over plain Ethernet.

## Why

Types made for training reach their network bandwidth only through Elastic Fabric Adapter interfaces, one on each network
card. A launch without them gets the ordinary interface of card 0: a p5.48xlarge then has 100 Gbps of its 3,200 Gbps, over
TCP through the kernel. The job runs, and most of the accelerators' time is spent waiting for gradients.

## How to fix

Give the launch template the interfaces AWS recommends for the type: card 0 with an ordinary interface, and an `efa-only`
interface on every card that takes one.

```hcl
resource "aws_launch_template" "train" {
  network_interfaces {
    network_card_index = 0
    device_index       = 0
    interface_type     = "interface"
    security_groups    = [aws_security_group.efa.id]
  }

  dynamic "network_interfaces" {
    for_each = range(1, 32)
    content {
      network_card_index = network_interfaces.value
      device_index       = 0
      interface_type     = "efa-only"
      security_groups    = [aws_security_group.efa.id]
    }
  }
}
```

```yaml
TrainTemplate:
  Type: AWS::EC2::LaunchTemplate
  Properties:
    LaunchTemplateData:
      NetworkInterfaces:
        - {NetworkCardIndex: 0, DeviceIndex: 0, InterfaceType: interface, Groups: [!GetAtt EfaGroup.GroupId]}
        - {NetworkCardIndex: 1, DeviceIndex: 0, InterfaceType: efa-only, Groups: [!GetAtt EfaGroup.GroupId]}
```

A template with interfaces takes its security groups on each interface, not at the top. The group needs an all-traffic rule
to itself in both directions. `AWS::EC2::Instance` cannot say the interface type: use a launch template there.

## Limits

Speaks only where the nodes train together (see `fabriclint inspect`); single nodes, inference and HyperPod are left alone.
A launch template from another stack, or interfaces over something unknown, are "not checked". For types without RDMA read
it is a warning.
"""

from fabriclint.sdk import (
    DIRECTIONS,
    RELAUNCHES,
    Change,
    Claim,
    Claims,
    Fix,
    Fleet,
    SecurityGroup,
    Truth,
    efa_interfaces,
    gbps,
    open_group,
    rule,
)


@rule(
    name="accelerators-without-efa",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def accelerators_without_efa(fleet: Fleet) -> Claims:
    able = fleet.any_type(lambda t: t.efa_capable and (t.accelerated or t.hpc))
    types = [t for t in fleet.known_types if t.efa_capable]
    best = max(types, key=lambda t: t.gbps or 0, default=None)
    numbers = ""
    changes: tuple[Change, ...] = ()
    if best is not None and best.gbps is not None:
        cards = f"{best.max_efa} card{'s' if best.max_efa > 1 else ''}"
        numbers = f": {best.name} has {gbps(best.gbps)} with EFA on {cards}"
        if best.ethernet_gbps == best.gbps:
            numbers = f": the {gbps(best.gbps)} of {best.name} carry TCP as written"
        elif best.ethernet_gbps is not None:
            numbers += f", {'up to ' if best.burst else ''}{gbps(best.ethernet_gbps)} as written"
        changes = (*efa_interfaces(fleet, best), *_open_groups(fleet))
    words = "Add the recommended EFA interfaces to the launch template"
    if fleet.template is None:
        words = "Launch from a launch template with the recommended EFA interfaces"
        if not fleet.element.get("launch_configuration").absent:
            words += " (a launch configuration cannot hold them)"
    words = f"{words}, each with a security group that is open to itself."
    if fleet.by_parallelcluster:
        words = "Set Efa: {Enabled: true} at the compute resource."
    yield Claim(
        when=fleet.trains & able & ~fleet.asks_efa & Truth.of(not fleet.managed_fabric),
        at=fleet.recipe_place,
        message=f"{fleet.label} trains without EFA{numbers}",
        why="Without EFA interfaces the nodes exchange gradients over TCP on one card, a fraction of the fabric they have.",
        fix=Fix(
            words,
            changes,
            edit="unsafe",
            warning=RELAUNCHES,
        ),
        related=fleet.around,
        severity="warning" if types and not any(t.rdma_read for t in types) else None,
        evidence=fleet.role.evidence,
    )


def _open_groups(fleet: Fleet) -> tuple[Change, ...]:
    """What the groups of the interfaces lack for EFA traffic: the rules of one of them to itself."""
    links = fleet.launch_groups
    elements = [link.element for link in links.possible() if link.element is not None]
    if fleet.template is None or not elements or not fleet.efa_set_open(links).excluded:
        return ()
    group = fleet.stack.view(SecurityGroup, elements[0])
    return open_group(group, tuple(d for d in DIRECTIONS if not group.lets_all(d, group).certain))
