"""A DataSync task is told not to verify the data it copied.

## Why

With `NONE` DataSync checks data in flight only, and skips the comparison of source and destination at the end. A training set
that is silently short or damaged is found weeks later, in the loss curve.

## How to fix

```hcl
options {
  verify_mode = "ONLY_FILES_TRANSFERRED"
}
```

```yaml
Options:
  VerifyMode: ONLY_FILES_TRANSFERRED
```

## Limits

Only a `NONE` that is written out counts: the defaults verify (POINT_IN_TIME_CONSISTENT in Basic mode,
ONLY_FILES_TRANSFERRED in Enhanced mode).
"""

from fabriclint.sdk import Claim, Claims, DataSyncTask, Fix, Set, rule


@rule(
    name="datasync-skips-verification",
    subject=DataSyncTask,
    severity="warning",
    precision="very-high",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/configure-data-verification-options.html",
    ),
)
def datasync_skips_verification(task: DataSyncTask) -> Claims:
    yield Claim(
        when=task.exists & task.verify_mode.is_("NONE"),
        at=task.verify_mode.place or task.place,
        message=f"{task.label} skips the verification of what it copied",
        why="Nothing compares source and destination, so damaged or missing training data goes unnoticed.",
        fix=Fix(
            "Verify the files that were transferred: ONLY_FILES_TRANSFERRED.",
            (Set(task.element, "verify_mode", "ONLY_FILES_TRANSFERRED"),),
            edit="safe",
        ),
    )
