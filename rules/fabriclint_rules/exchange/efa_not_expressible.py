"""EFA is written where the resource cannot hold it, so the nodes get plain Ethernet or the deployment fails.

## Why

A launch configuration, the interfaces of `AWS::EC2::Instance`, the `network_interface` block of `aws_instance` and the launch
specifications of a Spot Fleet have no interface type: the property is refused, or dropped on the way. Only a launch template
and a network interface of its own can say `efa`.

## How to fix

Move the interfaces into a launch template, and launch from that.

```hcl
resource "aws_launch_template" "train" {
  network_interfaces {
    network_card_index = 0
    device_index       = 0
    interface_type     = "efa"
    security_groups    = [aws_security_group.efa.id]
  }
}
```

```yaml
TrainTemplate:
  Type: AWS::EC2::LaunchTemplate
  Properties:
    LaunchTemplateData:
      NetworkInterfaces:
        - {NetworkCardIndex: 0, DeviceIndex: 0, InterfaceType: efa, Groups: [!GetAtt EfaGroup.GroupId]}
```

## Limits

Speaks where an interface type is written in such a place. Where none is written, `accelerators-without-efa` says that a launch
template is needed. An `aws_network_interface` or `AWS::EC2::NetworkInterface` of type `efa` that is attached to an instance is
fine.
"""

from fabriclint.sdk import (
    Change,
    Claim,
    Claims,
    Fix,
    Fleet,
    efa_interfaces,
    held_not_in,
    misplaced_types,
    rule,
)


@rule(
    name="efa-not-expressible",
    subject=Fleet,
    severity="error",
    precision="very-high",
    sources=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-instance-networkinterface.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start-nccl.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html",
    ),
)
def efa_not_expressible(fleet: Fleet) -> Claims:
    written = misplaced_types(fleet)
    if written is None:
        return
    first = next(iter(written.possible()), None)
    kind = next((kind for kind in fleet.known_types if kind.efa_capable), None)
    changes: tuple[Change, ...] = efa_interfaces(fleet, kind) if kind is not None else ()
    yield Claim(
        when=written.any(lambda value: value.among("efa", "efa-only")),
        at=(first.place if first is not None else None) or fleet.place,
        message=f"{fleet.label} asks for EFA where {held_not_in(fleet)} cannot hold an interface type",
        why="The property is refused or dropped, and the nodes get plain Ethernet.",
        fix=Fix("Move the interfaces into a launch template and launch from it.", changes),
        related=fleet.around,
    )
