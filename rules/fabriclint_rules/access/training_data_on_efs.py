"""A training fleet reads its data from EFS, with neither FSx for Lustre nor S3 beside it.

## Why

EFS is a shared home for small files: each client reads over one NFS connection, with a latency of its own for every open and
stat. Training reads whole datasets from all nodes at once; FSx for Lustre linked to S3 is made for that, and S3 itself
scales with the nodes.

## How to fix

Keep the datasets in S3 and mount an FSx for Lustre file system that is linked to the bucket.

```hcl
resource "aws_fsx_lustre_file_system" "datasets" {
  subnet_ids                  = [aws_subnet.gpu.id]
  storage_capacity            = 4800
  deployment_type             = "PERSISTENT_2"
  per_unit_storage_throughput = 250
}
```

```yaml
Datasets:
  Type: AWS::FSx::FileSystem
  Properties:
    FileSystemType: LUSTRE
    StorageCapacity: 4800
    SubnetIds: [!Ref GpuSubnet]
    LustreConfiguration:
      DeploymentType: PERSISTENT_2
      PerUnitStorageThroughput: 250
```

## Limits

Homes, tools and shared configuration on EFS are fine, and so is EFS beside Lustre or Mountpoint for S3. Speaks where the
mount point names data (`/data`, `/datasets`, `/mnt/train` …), or where the scripts copy data from S3 onto it; another
mount point does not say what it holds, and where the scripts copy from S3 to elsewhere the data may come from there:
"not checked". EFS volumes of Batch jobs count where the sources have one compute environment, those of ECS tasks where one
accelerated group is behind a capacity provider.
"""

from collections.abc import Iterator

from fabriclint.sdk import (
    NO,
    YES,
    Add,
    Claim,
    Claims,
    Copy,
    Fix,
    Fleet,
    Link,
    Mount,
    Truth,
    Written,
    any_of,
    late,
    rule,
)

DATA = late(r"(?:^|[^a-z])(?:data|datasets?|corp(?:us|ora)|train|training|trainingdata)(?![a-z])")
# What a copy names, apart from code: `s3://bucket/datasets/c4` is data, `s3://bucket/train.py` is not.
STAGED = late(r"(?:^|[^a-z])(?:data|datasets?|corp(?:us|ora)|trainingdata)(?![a-z])")
CODE = (".py", ".sh", ".yaml", ".yml", ".json", ".toml", ".cfg", ".conf", ".ipynb", ".deb", ".rpm", ".whl")
HOMES = late(r"(?:^|[^a-z])(?:homes?|opt|apps?|software|tools|conda|venv|envs?|configs?|etc|logs?)(?![a-z])")


@rule(
    name="training-data-on-efs",
    subject=Fleet,
    severity="warning",
    precision="medium",
    sources=(
        "https://docs.aws.amazon.com/fsx/latest/LustreGuide/what-is.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def training_data_on_efs(fleet: Fleet) -> Claims:
    mounts = tuple(_efs_mounts(fleet))
    faster = _faster_path(fleet, mounts)
    for mount in mounts:
        target = mount.target.show() if mount.target is not None else "a mount point"
        branch = (
            Truth.unknown("the mount stands in a branch of the script", mount.place)
            if mount.conditional
            else YES
        )
        words: dict[str, Written] = {
            "type": "LUSTRE",
            "deployment_type": "PERSISTENT_2",
            "throughput": 250,
            "capacity": 4800,
        }
        words["subnets"] = [Link(subnet.element) for subnet in fleet.known_subnets[:1]]
        yield Claim(
            when=fleet.trains & branch & _holds_data(fleet, mount) & ~faster,
            at=mount.place or fleet.place,
            message=f"{fleet.label} reads its training data from EFS at {target}",
            why="EFS is made for homes and small shared files; FSx for Lustre linked to S3 serves datasets to all nodes at once.",
            fix=Fix(
                "Keep the datasets in S3 and mount an FSx for Lustre file system linked to the bucket; "
                "EFS may stay for homes and code.",
                (Add("lustre", "datasets", words, "as large as the datasets"),),
            ),
            related=((fleet.place, f"{fleet.label} mounts it"),),
            evidence=fleet.role.evidence,
        )


def _efs_mounts(fleet: Fleet) -> Iterator[Mount]:
    for mount in fleet.mounts:
        host = mount.host.words() if mount.host is not None else ""
        if mount.kind == "efs" or (mount.kind == "nfs" and ".efs." in host):
            yield mount


def _holds_data(fleet: Fleet, mount: Mount) -> Truth:
    target = mount.target
    text = target.text() if target is not None else None
    if text is None:
        return Truth.unknown("where EFS is mounted is not known", mount.place)
    if HOMES.search(text.lower()):
        return NO
    if DATA.search(text.lower()):
        return YES
    staged = any_of(
        Truth.unknown("the copy stands in a branch of the script", copy.place) if copy.conditional else YES
        for copy in _from_s3(fleet)
        if _lands_on(copy, mount) and _names_data(copy, text)
    )
    return staged | Truth.unknown(f"what {text} holds is not shown", mount.place)


def _from_s3(fleet: Fleet) -> Iterator[Copy]:
    for script in fleet.scripts:
        for copy in script.copies:
            if copy.source.words().startswith("s3://"):
                yield copy


def _lands_on(copy: Copy, mount: Mount) -> bool:
    """Whether a copy ends below the mount point."""
    target = mount.target.text() if mount.target is not None else None
    end = copy.destination.words() if copy.destination is not None else ""
    return target is not None and f"{end}/".startswith(f"{target.rstrip('/')}/")


def _names_data(copy: Copy, target: str) -> bool:
    """Whether the key in the bucket or the path below the mount point says data."""
    key = copy.source.words().removeprefix("s3://").partition("/")[2].lower()
    end = (
        copy.destination.words().lower().removeprefix(target.lower()) if copy.destination is not None else ""
    )
    return not key.endswith(CODE) and bool(STAGED.search(key) or STAGED.search(end))


def _faster_path(fleet: Fleet, mounts: tuple[Mount, ...]) -> Truth:
    """Whether the data comes by Lustre or from S3; a copy from S3 may be the data or a script, one onto EFS is no other path."""
    if any(mount.kind in ("lustre", "mountpoint-s3", "goofys/s3fs") for mount in fleet.mounts):
        return YES
    result = NO if fleet.unseen_scripts is None else Truth.unknown(fleet.unseen_scripts)
    for copy in _from_s3(fleet):
        if not any(_lands_on(copy, mount) for mount in mounts):
            result = result | Truth.unknown("what is copied from S3 may be the data", copy.place)
    return result
