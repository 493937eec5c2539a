"""EFA is switched on for an FSx for Lustre file system that cannot have it, or for clients that cannot use it.

## Why

EFA needs PERSISTENT_2 with a metadata configuration; anything else is refused. And only machines of Nitro v4 and later, without
the trn2 family, reach the file system over EFA: p4d and p4de, which have EFA among themselves, stay on TCP with 100 Gbps a
client.

## How to fix

Use PERSISTENT_2 and configure metadata when the file system is made; it cannot be added later.

```hcl
resource "aws_fsx_lustre_file_system" "datasets" {
  subnet_ids                  = [aws_subnet.gpu.id]
  storage_capacity            = 48000
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
    StorageCapacity: 48000
    SubnetIds: [!Ref GpuSubnet]
    LustreConfiguration:
      DeploymentType: PERSISTENT_2
      PerUnitStorageThroughput: 500
      EfaEnabled: true
      MetadataConfiguration:
        Mode: AUTOMATIC
```

## Limits

Clients are judged where a fleet certainly mounts the file system and none of its types can reach it over EFA; that is a
warning, since they still mount it over TCP. The client's operating system is not looked at.
"""

from fabriclint.sdk import Claim, Claims, Fix, Lustre, Set, all_of, reaches_lustre_over_efa, rule


@rule(
    name="lustre-efa-invalid",
    subject=Lustre,
    severity="error",
    sources=("https://docs.aws.amazon.com/fsx/latest/LustreGuide/efa-file-systems.html",),
)
def lustre_efa_invalid(lustre: Lustre) -> Claims:
    persistent, configured = lustre.type_is("PERSISTENT_2"), lustre.has_metadata_configuration
    efa = lustre.element.get("efa")
    place = efa.place if efa.place and efa.origin == "written" else lustre.place
    kind = lustre.element.get("deployment_type").show()
    what = f"is {kind}" if persistent.excluded else "has no metadata configuration"
    yield Claim(
        when=lustre.efa & ~(persistent & configured),
        at=place,
        message=f"{lustre.label} asks for EFA and {what}: it is refused",
        why="EFA needs PERSISTENT_2 with a metadata configuration, from the start.",
        fix=Fix(
            "Make the file system PERSISTENT_2 with a metadata configuration.",
            (
                *((Set(lustre.element, "deployment_type", "PERSISTENT_2"),) if persistent.excluded else ()),
                Set(lustre.element, "metadata_mode", "AUTOMATIC"),
            ),
            edit="unsafe",
            warning="A file system that is there already is replaced, with what it holds.",
        ),
    )
    if lustre.clients:
        cannot = all_of(
            fleet.every_type(lambda t: not reaches_lustre_over_efa(t)) for fleet in lustre.clients
        )
        types = dict.fromkeys(kind.name for fleet in lustre.clients for kind in fleet.known_types)
        yield Claim(
            when=lustre.efa & persistent & configured & cannot,
            at=place,
            message=f"{lustre.label} offers EFA, and no client of it can use it ({', '.join(types) or 'its types'})",
            why="EFA to FSx for Lustre needs Nitro v4 or later and not the trn2 family; other clients stay on TCP.",
            fix=Fix(
                "Leave EFA off for these clients and reach more throughput with more nodes, or use p5 and later types."
            ),
            related=tuple((fleet.place, f"{fleet.label} mounts it") for fleet in lustre.clients[:4]),
            severity="warning",
        )
