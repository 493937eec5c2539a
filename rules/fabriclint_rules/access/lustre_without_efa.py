"""A large FSx for Lustre file system has EFA off, though its clients could use it.

## Why

Without EFA one client reaches 100 Gbps, and 5 Gbps to each server of the file system; with EFA 700 Gbps, and 1,200 Gbps with
GPUDirect Storage on P5 and later. It has no price, and can be switched on only when the file system is made.

## How to fix

Switch EFA on when the file system is next made, and let its security group and the clients' let all traffic through to each
other, by group id.

```hcl
resource "aws_fsx_lustre_file_system" "datasets" {
  subnet_ids                  = [aws_subnet.gpu.id]
  storage_capacity            = 96000
  deployment_type             = "PERSISTENT_2"
  per_unit_storage_throughput = 500
  efa_enabled                 = true

  metadata_configuration {
    mode = "AUTOMATIC"
  }
}
```

```yaml
Datasets:
  Type: AWS::FSx::FileSystem
  Properties:
    FileSystemType: LUSTRE
    StorageCapacity: 96000
    SubnetIds: [!Ref GpuSubnet]
    LustreConfiguration:
      DeploymentType: PERSISTENT_2
      PerUnitStorageThroughput: 500
      EfaEnabled: true
      MetadataConfiguration:
        Mode: AUTOMATIC
```

## Limits

Advice, where the file system is PERSISTENT_2 with a metadata configuration and delivers more than 10 GB/s, and a training fleet
of the same zone mounts it with types that can (Nitro v4 and later, not the trn2 family). The clients' operating system (a kernel
from 6.8 on) and their address range (one /16 with the file system) are not looked at.
"""

from fabriclint.sdk import (
    EFA_WORTH_GBYTES,
    Claim,
    Claims,
    Fix,
    Lustre,
    Set,
    Truth,
    reaches_lustre_over_efa,
    rule,
)


@rule(
    name="lustre-without-efa",
    subject=Lustre,
    severity="advice",
    sources=(
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/efa-file-systems.html",
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/performance.html",
    ),
)
def lustre_without_efa(lustre: Lustre) -> Claims:
    able = lustre.type_is("PERSISTENT_2") & lustre.has_metadata_configuration
    whole = lustre.gbytes
    large = Truth.of(whole > EFA_WORTH_GBYTES) if whole is not None else _open(lustre)
    for fleet in lustre.stack.mounters.fleets_of(lustre):
        mounts = lustre.mounted_by(fleet)
        if fleet.trains.excluded or mounts.excluded:
            continue
        can = fleet.every_type(reaches_lustre_over_efa)
        yield Claim(
            when=able & large & ~lustre.efa & fleet.trains & mounts & can & lustre.shares_zone(fleet),
            at=lustre.place,
            message=f"{lustre.label} delivers {whole or 0:.3g} GB/s and has EFA off: each node of {fleet.label} "
            "reaches 100 Gbps of it, and 700 Gbps with EFA",
            why="EFA to FSx for Lustre has no price and takes clients past 100 Gbps; it is set when the file system is made.",
            fix=Fix(
                "Switch EFA on when the file system is next made, and open its security group and the clients' to each other.",
                (Set(lustre.element, "efa", True),),
            ),
            related=((fleet.place, f"{fleet.label} mounts it"),),
            evidence=fleet.role.evidence,
        )


def _open(lustre: Lustre) -> Truth:
    for word in ("capacity", "throughput", "throughput_capacity"):
        value = lustre.element.get(word)
        if value.unknown is not None:
            return Truth.unknown(value.unknown)
    return Truth.unknown(f"how much {lustre.label} delivers is not written", lustre.place)
