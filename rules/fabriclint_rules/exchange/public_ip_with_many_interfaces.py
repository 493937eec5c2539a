"""A launch with several network interfaces asks for a public address, so it is refused.

## Why

EC2 assigns a public address at launch only where there is a single network interface. With the several interfaces that EFA
brings, a launch that asks for one fails: "You cannot specify more than one network interface in the request".

## How to fix

Take the request for a public address out, and launch into a private subnet whose way out is a NAT gateway (and an S3 gateway
endpoint for the data). A machine that must be reached from outside gets an Elastic IP address after the launch.

```hcl
resource "aws_launch_template" "train" {
  network_interfaces {
    network_card_index          = 0
    device_index                = 0
    associate_public_ip_address = false
  }
}
```

```yaml
NetworkInterfaces:
  - {NetworkCardIndex: 0, DeviceIndex: 0, InterfaceType: interface, AssociatePublicIpAddress: false}
```

## Limits

A subnet that maps public addresses is no finding by itself. Interfaces over something unknown are "not checked". Security
Hub's EC2.17 warns of several interfaces on one instance: for nodes with EFA that control has to be suppressed, the interfaces
are the fabric.
"""

from fabriclint.sdk import (
    NO,
    Change,
    Claim,
    Claims,
    Fix,
    Fleet,
    Reword,
    Set,
    Truth,
    rule,
)


@rule(
    name="public-ip-with-many-interfaces",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html",
    ),
)
def public_ip_with_many_interfaces(fleet: Fleet) -> Claims:
    if fleet.managed_fabric or fleet.adds_interfaces:
        return
    least, most = fleet.interfaces.count()
    several = Truth.of(least > 1)
    if least <= 1 and (most is None or most > 1):
        several = ~fleet.interfaces.complete | NO
    asked = [nic for nic in fleet.interfaces.possible() if not nic.public_ip.on().excluded]
    own = fleet.element.get("public_ip")
    if least <= 1 and not asked and own.on().excluded:
        return
    public = fleet.interfaces.any(lambda nic: nic.public_ip.on()) | own.on()
    written = own.place if not own.on().excluded else next((nic.public_ip.place for nic in asked), None)
    changes: tuple[Change, ...] = () if own.absent else (Set(fleet.element, "public_ip", False),)
    changes += tuple(
        Reword(place, place.text, place.text.lower().replace("true", "false"))
        for nic in asked
        if (place := nic.public_ip.place) is not None and place.text.lower().strip("\"'") == "true"
    )
    yield Claim(
        when=several & public,
        at=written or fleet.recipe_place,
        message=f"{fleet.label} has {least} network interfaces and asks for a public address: the launch is refused",
        why="EC2 assigns a public address at launch only where there is a single interface.",
        fix=Fix(
            "Ask for no public address and launch into a private subnet behind a NAT gateway;"
            " an Elastic IP address can be attached after the launch.",
            changes,
            edit="unsafe",
            warning="Nodes without a public address reach the internet, and AWS without endpoints, through a NAT gateway only.",
        ),
        related=((fleet.recipe_place, "the interfaces here"), *fleet.around),
    )
