"""A training fleet of several nodes is built on a type that has no EFA.

## Why

Types without Elastic Fabric Adapter exchange gradients over TCP, at the bandwidth of one Ethernet interface and through the
kernel. Two g5.xlarge share up to 10 Gbps; the same GPUs in larger sizes, or the next family, have the fabric.

## How to fix

Take the nearest type that has EFA, and give it EFA interfaces.

```hcl
instance_type = "g5.8xlarge"
```

```yaml
InstanceType: g5.8xlarge
```

Often one larger node replaces several small ones, and needs no fabric at all.

## Limits

Speaks only where the nodes train together and there is certainly more than one. Which type fits is a matter of memory and
price too: the type named is the nearest one with EFA, not the best one.
"""

from fabriclint.sdk import (
    Change,
    Claim,
    Claims,
    Fix,
    Fleet,
    Set,
    efa_interfaces,
    gbps,
    instance,
    nearest_efa_type,
    rule,
)


@rule(
    name="instance-type-without-efa",
    subject=Fleet,
    severity="warning",
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html",),
)
def instance_type_without_efa(fleet: Fleet) -> Claims:
    lacking = fleet.every_type(lambda t: not t.efa_capable)
    suited = fleet.any_type(lambda t: t.accelerated or t.hpc)
    first = next((t for t in fleet.known_types if not t.efa_capable), None)
    name = first.name if first else "its type"
    speed = (
        f" ({'up to ' if first.burst else ''}{gbps(first.ethernet_gbps)} of Ethernet)"
        if first and first.ethernet_gbps
        else ""
    )
    nearest = nearest_efa_type(name)
    gives = "which the service uses by itself" if fleet.managed_fabric else "and give it EFA interfaces"
    words = (
        f"Take {'ml.' if fleet.managed_fabric else ''}{nearest}, the nearest type with EFA, {gives}."
        if nearest
        else "Take a type with EFA."
    )
    holder = fleet.recipe if not fleet.recipe.get("type").absent else fleet.element
    larger = instance(nearest) if nearest and holder.has("type") else None
    changes: tuple[Change, ...] = ()
    if larger is not None:
        changes = (Set(holder, "type", larger.name),)
        if fleet.template is not None and not fleet.managed_fabric:
            changes = (*changes, *efa_interfaces(fleet, larger))
    yield Claim(
        when=fleet.trains & suited & lacking,
        at=fleet.type_place or fleet.recipe_place,
        message=f"{fleet.label} trains on {name}, which has no EFA{speed}",
        why="Gradients cross the nodes over TCP, and the accelerators wait for them.",
        fix=Fix(
            words,
            changes,
            edit="unsafe",
            warning="The machines are replaced by larger ones, which have another price and need capacity of their own.",
        ),
        related=fleet.around,
        evidence=fleet.role.evidence,
    )
