"""A fleet joins a cluster placement group with a type that cluster groups do not take, so the launch fails.

## Why

Burstable types, Macs and a few more cannot be placed close together: EC2 refuses to launch them into a placement group of
strategy cluster.

## How to fix

Take a type that cluster groups take, or leave the group.

```hcl
resource "aws_launch_template" "head" {
  instance_type = "m7i.large"
}
```

```yaml
LaunchTemplateData:
  InstanceType: m7i.large
```

## Limits

Which strategies a type takes comes from the EC2 API's data; a type without such data (p6e-gb200) is not judged. One launch
template may serve several types: one that is refused is enough.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Remove, rule


@rule(
    name="type-outside-cluster-group",
    subject=Fleet,
    severity="error",
    precision="very-high",
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html",),
)
def type_outside_cluster_group(fleet: Fleet) -> Claims:
    if fleet.placement.state == "absent" or not (fleet.types.members or fleet.launch.types.more):
        return
    refused = next((kind for kind in fleet.known_types if kind.takes_placement("cluster") is False), None)
    name = refused.name if refused else "its type"
    group = fleet.placement_group
    holder = fleet.element if not fleet.element.get("placement_group").absent else fleet.recipe
    related = ((group.place, f"{group.label} is a cluster group"),) if group is not None else ()
    yield Claim(
        when=fleet.in_cluster_group & fleet.any_type(lambda t: t.takes_placement("cluster") is False),
        at=fleet.type_place or fleet.recipe_place,
        message=f"{fleet.label} joins a cluster placement group with {name}, which such groups do not take",
        why="EC2 refuses to launch the type into a group of strategy cluster.",
        fix=Fix(
            "Take a type that cluster groups take, or leave the group.", (Remove(holder, "placement_group"),)
        ),
        related=(*related, *fleet.around),
    )
