"""An FSx for Lustre file system for training data has no link to S3.

## Why

A linked file system shows the objects of a bucket as files and loads them when they are first read, so the dataset has one
home and every job can start at once. Without a link somebody copies the data in by hand, before each run and for each
file system, and what the job writes does not come back.

## How to fix

Link the file system to the bucket with a data repository association (Lustre 2.12 or later, not SCRATCH_1).

```hcl
resource "aws_fsx_data_repository_association" "datasets" {
  file_system_id       = aws_fsx_lustre_file_system.datasets.id
  file_system_path     = "/datasets"
  data_repository_path = "s3://my-datasets"
}
```

```yaml
Datasets:
  Type: AWS::FSx::DataRepositoryAssociation
  Properties:
    FileSystemId: !Ref FileSystem
    FileSystemPath: /datasets
    DataRepositoryPath: s3://my-datasets
```

SCRATCH_1 and PERSISTENT_1 without a version run Lustre 2.10, which takes no association: there the `import_path` of the file
system does, or a new file system.

## Limits

A scratch file system beside a linked one, and one that a DataSync task fills, are no fault. A file system alone in its
sources, in a network that is handed to it, is a component: a sibling may link it, "not checked". Where no training fleet of
these sources with accelerators mounts it this is advice.
"""

from fabriclint.sdk import (
    Add,
    Claim,
    Claims,
    Fix,
    Join,
    Link,
    Lustre,
    Truth,
    Written,
    any_of,
    bucket_copied_by,
    rule,
)


@rule(
    name="lustre-not-linked-to-s3",
    subject=Lustre,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/create-dra-linked-data-repo.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def lustre_not_linked_to_s3(lustre: Lustre) -> Claims:
    others = [other for other in lustre.stack.lustres if other is not lustre]
    beside = lustre.type_is("SCRATCH_1", "SCRATCH_2") & any_of(
        other.exists & other.linked for other in others
    )
    bare = ~lustre.linked & ~lustre.filled_by_datasync & ~beside
    if lustre.component is not None:
        bare = bare & Truth.unknown(lustre.component)
    # Tightly coupled jobs on CPU types have inputs of their own, so that is advice to them.
    trainers = [fleet for fleet in lustre.clients if fleet.trains.certain and not fleet.accelerated.excluded]
    too_old = lustre.version_too_old.certain
    words: dict[str, Written] = {
        "file_system": Link(lustre.element),
        "path": "/datasets",
        "repository": "s3://my-datasets",
    }
    comment = "name the bucket that holds the datasets"
    bucket = bucket_copied_by(lustre.stack, lustre.clients)
    if bucket is not None:
        words["repository"] = Join(("s3://", Link(bucket, "name")))
        comment = ""
    yield Claim(
        when=bare,
        at=lustre.place,
        message=f"{lustre.label} has no data repository association and no import path: its data has to be copied in"
        + (f" before {trainers[0].label} can train" if trainers else ""),
        why="A file system linked to S3 loads what is read and keeps the dataset in one place; others are filled by hand.",
        fix=Fix(
            "Link it to the bucket that holds the datasets with a data repository association"
            + (
                "; that needs Lustre 2.12 or later, so a file system made with that version."
                if too_old
                else "."
            ),
            () if too_old else (Add("lustre_association", "datasets", words, comment),),
            edit="unsafe",
            warning="The file system lists the whole bucket, and its path has to be empty.",
        ),
        related=tuple((fleet.place, f"{fleet.label} mounts it") for fleet in lustre.clients[:4]),
        severity=None if trainers else "advice",
        evidence=trainers[0].role.evidence if trainers else (),
    )
