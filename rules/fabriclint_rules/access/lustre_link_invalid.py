"""A link between FSx for Lustre and S3 is one that FSx refuses.

## Why

A data repository association needs Lustre 2.12 or later and any deployment type but SCRATCH_1; where no version is written,
SCRATCH and PERSISTENT_1 file systems run 2.10. It excludes the older import and export paths on the same file system, and a
file system takes at most eight. The deployment fails.

## How to fix

Write the version, and use one of the two ways to link.

```hcl
resource "aws_fsx_lustre_file_system" "datasets" {
  subnet_ids               = [aws_subnet.gpu.id]
  storage_capacity         = 4800
  deployment_type          = "SCRATCH_2"
  file_system_type_version = "2.15"
}
```

```yaml
Datasets:
  Type: AWS::FSx::FileSystem
  Properties:
    FileSystemType: LUSTRE
    FileSystemTypeVersion: "2.15"
    StorageCapacity: 4800
    SubnetIds: [!Ref GpuSubnet]
    LustreConfiguration:
      DeploymentType: SCRATCH_2
```

## Limits

A version or deployment type that comes from outside leaves it open: "not checked". Nothing is said of file systems
without associations; lustre-not-linked-to-s3 looks at those.
"""

from fabriclint.sdk import LINKS_AT_MOST, YES, Claim, Claims, Fix, Lustre, Set, Truth, rule


@rule(
    name="lustre-link-invalid",
    subject=Lustre,
    severity="error",
    precision="very-high",
    sources=(
        "https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateDataRepositoryAssociation.html",
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/create-dra-linked-data-repo.html",
    ),
)
def lustre_link_invalid(lustre: Lustre) -> Claims:
    associated = lustre.associations.any(lambda _: YES)
    if not lustre.associations.members:
        return
    place = lustre.associations.members[0].item.place
    least = lustre.associations.count()[0]
    first, old = lustre.type_is("SCRATCH_1"), lustre.version_too_old
    kind = lustre.element.get("deployment_type")
    written = lustre.element.get("version")
    what = f"Lustre {written.show() if not written.absent else '2.10, the default of ' + kind.show()}"
    if first.certain:
        what = "SCRATCH_1"
    yield Claim(
        when=associated & (first | old),
        at=place,
        message=f"{lustre.label} is {what}, which takes no data repository association",
        why="Associations need Lustre 2.12 or later and a deployment type other than SCRATCH_1: the deployment fails.",
        fix=Fix(
            "Write a version of 2.12 or later"
            + (" and SCRATCH_2 or PERSISTENT_2" if first.certain else "")
            + "; both are set when a file system is made.",
            (
                *((Set(lustre.element, "deployment_type", "SCRATCH_2"),) if first.certain else ()),
                Set(lustre.element, "version", "2.15"),
            ),
            edit="unsafe",
            warning="A file system that is there already is replaced, with what it holds.",
        ),
        related=((lustre.place, "the file system"),),
    )
    paths = [lustre.element.get(word) for word in ("import_path", "export_path")]
    path = next((value for value in paths if not value.absent), None)
    yield Claim(
        when=associated & lustre.imports,
        at=path.place if path is not None and path.place else lustre.place,
        message=f"{lustre.label} has a path of its own to S3 beside a data repository association",
        why="Import and export paths of a file system and associations exclude each other: the deployment fails.",
        fix=Fix("Keep the association and take the import and export paths away."),
        related=((place, "the association"),),
    )
    yield Claim(
        when=Truth.of(least > LINKS_AT_MOST),
        at=lustre.place,
        message=f"{lustre.label} has {least} data repository associations, and takes {LINKS_AT_MOST}",
        why=f"A file system takes {LINKS_AT_MOST} associations: the others are refused.",
        fix=Fix("Link common prefixes of the bucket, or use a second file system."),
        related=((place, "the first of them"),),
    )
