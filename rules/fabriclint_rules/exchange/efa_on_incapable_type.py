"""An EFA interface is asked for on a type that has no EFA, so the launch fails.

## Why

EC2 refuses to make an interface of type `efa` or `efa-only` on a type without Elastic Fabric Adapter. Smaller sizes often lack
what the family's largest have: g5.8xlarge takes an EFA, g5.4xlarge does not, and no inf2 does.

## How to fix

Take the nearest type that has EFA, or, where the nodes do not train together, take the EFA interface out.

```hcl
resource "aws_launch_template" "train" {
  instance_type = "g5.8xlarge"

  network_interfaces {
    interface_type = "efa"
  }
}
```

```yaml
LaunchTemplateData:
  InstanceType: g5.8xlarge
  NetworkInterfaces:
    - {DeviceIndex: 0, InterfaceType: efa}
```

## Limits

Which types have EFA comes from the EC2 API's data. A type from something unknown, and one that a Karpenter pool may or may
not launch, are "not checked".
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Set, nearest_efa_type, rule


@rule(
    name="efa-on-incapable-type",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/node-efa.html",
    ),
)
def efa_on_incapable_type(fleet: Fleet) -> Claims:
    if not fleet.interfaces.members and fleet.launch.interface_type.absent:
        return
    lacking = next((kind for kind in fleet.known_types if not kind.efa_capable), None)
    name = lacking.name if lacking else "its type"
    nearest = nearest_efa_type(name)
    words = "Take the EFA interface out where the nodes do not train together."
    if nearest:
        taken = f"ml.{nearest}" if fleet.managed_fabric else nearest
        words = f"Take {taken}, the nearest type with EFA; or {words[0].lower()}{words[1:]}"
    holder = fleet.recipe if not fleet.recipe.get("type").absent else fleet.element
    changes = (Set(holder, "type", nearest),) if nearest and holder.has("type") else ()
    nic = next(iter(fleet.efa_interfaces.possible()), None)
    at = (nic.type.place or nic.place) if nic else None
    yield Claim(
        when=fleet.writes_efa & fleet.any_type(lambda t: not t.efa_capable),
        at=at or fleet.recipe_place,
        message=f"{fleet.label} asks for EFA on {name}, which has none: the launch fails",
        why="EC2 refuses an EFA interface on a type without Elastic Fabric Adapter.",
        fix=Fix(
            words,
            changes,
            edit="unsafe",
            warning="The machines are replaced by larger ones, which have another price and need capacity of their own.",
        ),
        related=((fleet.type_place, f"{name} here"), *fleet.around) if fleet.type_place else fleet.around,
    )
