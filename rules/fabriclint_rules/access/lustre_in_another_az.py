"""A fleet mounts an FSx for Lustre file system that lies in another Availability Zone.

## Why

A Lustre file system lies in one zone. Clients elsewhere read every byte across zones: with more latency, at a price per GB, and
never over EFA, which does not cross zones.

## How to fix

Put the file system into a subnet of the zone where the fleet runs (its subnet cannot be changed later).

```hcl
resource "aws_fsx_lustre_file_system" "datasets" {
  subnet_ids       = [aws_subnet.gpu.id]
  storage_capacity = 4800
}
```

```yaml
Datasets:
  Type: AWS::FSx::FileSystem
  Properties:
    FileSystemType: LUSTRE
    StorageCapacity: 4800
    SubnetIds: [!Ref GpuSubnet]
```

## Limits

An error where the file system has EFA, else a warning. Speaks where a fleet certainly mounts it and none of its zones is
the file system's. One subnet is one zone; a zone name and a zone id cannot be compared, and a subnet given by id has no zone
here: "not checked".

cfn-lint W3010 asks for zones that are not hard-coded; for training that is the wrong direction:
`# cfn-lint: ignore` or `Metadata: cfn-lint: config: ignore_checks: [W3010]`. Security Hub and prowler checks that want file
systems or endpoints in several zones do not apply to Lustre, which has one.
"""

from fabriclint.sdk import Claim, Claims, Fix, Link, Lustre, Set, Truth, rule


@rule(
    name="lustre-in-another-az",
    subject=Lustre,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/what-is.html",
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/efa-file-systems.html",
    ),
)
def lustre_in_another_az(lustre: Lustre) -> Claims:
    for fleet in lustre.stack.mounters.fleets_of(lustre, mute=True):
        if (fleet.trains | fleet.accelerated).excluded:
            continue
        mounts = lustre.mounted_by(fleet)
        if mounts.excluded and fleet.scripts:
            continue
        same = lustre.shares_zone(fleet)
        if mounts.excluded:
            mounts = Truth.unknown(f"whether {fleet.label} mounts {lustre.label} is not shown", fleet.place)
        where = next((subnet for subnet in fleet.known_subnets), None)
        zone = where.zone.show() if where is not None else "another zone"
        subnets = lustre.element.get("subnets")
        yield Claim(
            when=fleet.exists & mounts & ~same,
            at=subnets.place or lustre.place,
            message=f"{lustre.label} lies in another Availability Zone than {fleet.label}, which mounts it from {zone}",
            why="Every read then crosses zones: more latency, a price per GB, and no EFA to the file system.",
            fix=Fix(
                f"Put the file system into the subnet of {fleet.label}; a file system's subnet is set when it is made.",
                (Set(lustre.element, "subnets", [Link(where.element)]),) if where is not None else (),
            ),
            related=((fleet.place, f"{fleet.label} runs in {zone}"),),
            severity=None if lustre.efa.certain else "warning",
        )
