"""An FSx for Lustre file system is slower than the training fleet that reads it can use.

## Why

Hard disks, the first scratch generation and the lowest persistent tier deliver tens of MB/s for each TiB, and a fleet of
fabric-class machines waits for them at every epoch and checkpoint. What counts is the whole file system: 4.8 TiB at
50 MB/s a TiB are 0.24 GB/s for all nodes together, while one node alone reaches 100 Gbps (12.5 GB/s) without EFA.

## How to fix

Use PERSISTENT_2 with 250 MB/s a TiB or more, or more capacity. The throughput of a new tier is set when the file system is
made (with EFA it cannot be changed later).

```hcl
resource "aws_fsx_lustre_file_system" "datasets" {
  subnet_ids                  = [aws_subnet.gpu.id]
  storage_capacity            = 48000
  deployment_type             = "PERSISTENT_2"
  per_unit_storage_throughput = 250
}
```

```yaml
Datasets:
  Type: AWS::FSx::FileSystem
  Properties:
    FileSystemType: LUSTRE
    StorageCapacity: 48000
    SubnetIds: [!Ref GpuSubnet]
    LustreConfiguration:
      DeploymentType: PERSISTENT_2
      PerUnitStorageThroughput: 250
```

## Limits

A warning where a fabric-class fleet mounts it, advice for other training fleets. SCRATCH_2 and PERSISTENT_2 at 125 MB/s a TiB
are fine when there is enough of them: they are advice only where the whole file system delivers less than one
client can take. 200 MB/s a TiB and above is never judged on persistent file systems. Where no mount of a training fleet is
shown: "not checked".
"""

from fabriclint.sdk import (
    CLIENT_GBPS,
    NO,
    Claim,
    Claims,
    Fix,
    Fleet,
    Lustre,
    Set,
    Truth,
    rule,
)

SLOW_MBYTES = 50  # MB/s a TiB, the lowest SSD tier of PERSISTENT_1
LOW_MBYTES = 125  # MB/s a TiB, the lowest tier of PERSISTENT_2


@rule(
    name="lustre-too-slow",
    subject=Lustre,
    severity="warning",
    precision="medium",
    sources=("https://docs.aws.amazon.com/fsx/latest/LustreGuide/performance.html",),
)
def lustre_too_slow(lustre: Lustre) -> Claims:
    low = _at_most(lustre, "PERSISTENT_1", SLOW_MBYTES)
    slow = lustre.on_disks | lustre.type_is("SCRATCH_1") | low
    modest = (lustre.type_is("SCRATCH_2") | _at_most(lustre, "PERSISTENT_2", LOW_MBYTES)) & _below_one_client(
        lustre
    )
    readers = [fleet for fleet in lustre.clients if fleet.trains.certain] or lustre.stack.may_train
    if not readers:
        yield _claim(lustre, None, (slow | modest) & _unseen_reader(lustre), slow)
        return
    fleet = next((fleet for fleet in readers if _fabric(fleet).certain), readers[0])
    reads = fleet.trains & lustre.mounted_by(fleet)
    if reads.excluded:
        reads = Truth.unknown(f"whether {fleet.label} reads {lustre.label} is not shown", lustre.place)
    yield _claim(lustre, fleet, (slow | modest) & reads, slow)


def _unseen_reader(lustre: Lustre) -> Truth:
    if lustre.stack.fleets:
        return NO
    return Truth.unknown(f"what mounts {lustre.label} is not in these sources", lustre.place)


def _at_most(lustre: Lustre, kind: str, mbytes: int) -> Truth:
    """Whether it is of this deployment type, at this tier or a lower one."""
    tier = lustre.element.get("throughput")
    number = tier.number()
    if number is None:
        why = tier.unknown
        return lustre.type_is(kind) & (NO if why is None else Truth.unknown(why))
    return lustre.type_is(kind) & Truth.of(number <= mbytes, tier.inputs)


def _below_one_client(lustre: Lustre) -> Truth:
    if lustre.gbytes is None:
        why = lustre.element.get("capacity").unknown
        return NO if why is None else Truth.unknown(why)
    return Truth.of(lustre.gbytes * 8 < CLIENT_GBPS)


def _fabric(fleet: Fleet) -> Truth:
    return fleet.any_type(lambda t: t.fabric_class)


def _claim(lustre: Lustre, fleet: Fleet | None, when: Truth, slow: Truth) -> Claim:
    kind = lustre.element.get("deployment_type")
    written = (lustre.element.get("throughput"), kind)
    what = f"{kind.show()} on hard disks" if lustre.on_disks.certain else kind.show()
    tier = f" at {lustre.tier:g} MB/s a TiB" if lustre.tier is not None else ""
    whole = f", {lustre.gbytes:.3g} GB/s in all" if lustre.gbytes is not None else ""
    each = ""
    size = fleet.size.maximum if fleet is not None else None
    cards = max((kind.accelerators for kind in fleet.known_types), default=0) if fleet is not None else 0
    if lustre.gbytes is not None and size and cards:
        each = f" ({lustre.gbytes * 1000 / (size * cards):.3g} MB/s for each of {size * cards} accelerators)"
    who = fleet.label if fleet is not None else "training"
    persistent = lustre.type_is("PERSISTENT_2").certain
    return Claim(
        when=when,
        at=next((value.place for value in written if value.place and not value.absent), lustre.place),
        message=f"{lustre.label} is too slow for {who}: {what}{tier}{whole}{each}",
        why=f"One client alone reaches {CLIENT_GBPS} Gbps; the nodes wait for the file system at every epoch and checkpoint.",
        fix=Fix(
            "Make it PERSISTENT_2 with 250 MB/s a TiB or more"
            + (", or larger." if persistent else "; the deployment type is set when a file system is made."),
            (
                *((Set(lustre.element, "storage_type", "SSD"),) if lustre.on_disks.certain else ()),
                *(() if persistent else (Set(lustre.element, "deployment_type", "PERSISTENT_2"),)),
                Set(lustre.element, "throughput", 250),
            ),
        ),
        related=((fleet.place, f"{fleet.label} mounts it"),) if fleet is not None else (),
        severity=None if slow.certain and fleet is not None and _fabric(fleet).certain else "advice",
        evidence=fleet.role.evidence if fleet is not None else (),
    )
