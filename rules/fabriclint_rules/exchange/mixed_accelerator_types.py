"""One training fleet launches types whose fabrics differ, so the slowest sets the pace.

## Why

Collectives run at the pace of the slowest node: one node with a quarter of the fabric makes all the others wait. P4d, P4de
and DL1 cannot exchange EFA traffic with any other type at all, and fall back to TCP.

## How to fix

Launch one type in each training fleet; to be able to take either, make one fleet for each type.

```hcl
resource "aws_eks_node_group" "train" {
  instance_types = ["p5.48xlarge"]
}
```

```yaml
Overrides:
  - InstanceType: p5.48xlarge
```

## Limits

Types with the same bandwidth (p5 and p5e) are no finding, and p4d beside p4de alone is advice: they differ in memory. A
Karpenter pool offers types that a job chooses among, and a multi-node Batch job that names its type gets one type: neither is
a finding. Serving and independent jobs want several types and are left alone. Security Hub's AutoScaling.6 asks every Auto
Scaling group for several types in several zones: suppress that control for training fleets, where both are faults.
"""

from fabriclint.sdk import (
    NO,
    Claim,
    Claims,
    Fix,
    Fleet,
    InstanceType,
    Truth,
    gbps,
    picks_one_type,
    rule,
)

_APART = frozenset({"p4d", "p4de", "dl1"})


@rule(
    name="mixed-accelerator-types",
    subject=Fleet,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html#efa-limits",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html",
    ),
)
def mixed_accelerator_types(fleet: Fleet) -> Claims:
    if fleet.launch.adds_interfaces or not (fleet.types.members or fleet.launch.types.more):
        return  # pods choose among a pool's types, and a template without a launcher has none
    kinds = [kind for kind in fleet.known_types if kind.accelerated and not fleet.launches(kind).excluded]
    families = {kind.family for kind in kinds}
    apart = bool(families & _APART) and len(families) > 1
    fabrics = {(kind.gbps, kind.efa_capable) for kind in kinds}
    together = families <= {"p4d", "p4de"}
    differ = apart or len(fabrics) > 1
    shown = ", ".join(f"{kind.name} ({gbps(kind.gbps)})" if kind.gbps else kind.name for kind in kinds[:4])
    mixed = _both(fleet, kinds)
    if not differ:
        several = fleet.types.count()[1] != 1
        mixed = ~fleet.types_known if several and fleet.types_known.undecided else NO
    one_type = picks_one_type(fleet)
    cannot = apart and not together and not fleet.asks_efa.excluded
    yield Claim(
        when=fleet.trains & mixed & ~one_type,
        at=fleet.type_place or fleet.recipe_place,
        message=f"{fleet.label} trains on a mix of {shown}"
        + (": their EFA traffic does not pass between the families" if cannot else ""),
        why="Collectives run at the pace of the slowest node, and P4d, P4de and DL1 share no EFA traffic with other types.",
        fix=Fix(
            "Launch one type in each training fleet, and make a fleet of its own for each type you can take."
        ),
        related=fleet.around,
        severity="advice" if together else None,
        evidence=fleet.role.evidence,
    )


def _both(fleet: Fleet, kinds: list[InstanceType]) -> Truth:
    """Whether two types whose fabrics differ are both launched for certain."""
    found = NO
    for n, one in enumerate(kinds):
        for two in kinds[n + 1 :]:
            if one.family in _APART or two.family in _APART or one.gbps != two.gbps:
                found = found | (fleet.launches(one) & fleet.launches(two))
    return found
