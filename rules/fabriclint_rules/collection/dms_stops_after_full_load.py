"""A DMS task loads a database into S3 once and does not follow its changes.

## Why

After a full load the bucket grows older from that day on: retraining and retrieval see yesterday's data, or the whole
database is copied again and again. Ongoing replication sends only what changes.

## How to fix

```hcl
resource "aws_dms_replication_task" "orders" {
  migration_type = "full-load-and-cdc"
}
```

```yaml
OrdersTask:
  Type: AWS::DMS::ReplicationTask
  Properties:
    MigrationType: full-load-and-cdc
```

The source database has to keep its log long enough (binary log, WAL, supplemental logging).

## Limits

Advice, because a single load may be all that is wanted; a warning where the task names a point to capture changes from and
still does not capture them. A full load beside another task that captures the changes of the same source is fine. Targets
other than S3 are left alone.
"""

from fabriclint.sdk import Claim, Claims, DmsTask, Fix, Set, rule


@rule(
    name="dms-stops-after-full-load",
    subject=DmsTask,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Task.CDC.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def dms_stops_after_full_load(task: DmsTask) -> Claims:
    yield Claim(
        when=task.exists & task.into_s3 & task.migration_type.is_("full-load") & ~task.followed,
        at=task.migration_type.place or task.place,
        message=f"{task.label} loads the database into S3 once and stops",
        why="The bucket grows older from that day on, or everything has to be loaded again.",
        fix=Fix(
            "Load once and then replicate what changes: full-load-and-cdc.",
            (Set(task.element, "migration_type", "full-load-and-cdc"),),
            edit="unsafe",
            warning="The source database has to keep its change log for the task, which is changed while it is stopped.",
        ),
        severity=None if task.names_cdc_start.certain else "advice",
    )
