"""A DataSync task is capped far below what its path carries.

## Why

`bytes_per_second` is a cap for lines that others need too. One that was set for a day's test, or for an old line, makes a
copy of hours one of weeks, and the link stays idle.

## How to fix

Take the cap away, or raise it to the share of the line that the copy may have.

```hcl
options {
  bytes_per_second = -1
}
```

```yaml
Options:
  BytesPerSecond: -1
```

## Limits

The cap is compared with a tenth of the path: the Direct Connect ports or VPN tunnels of these sources and what one task
carries (10 Gbps with an agent, 5 Gbps without one). Where the path to the site is not in these sources, the check is "not
checked". A cap that keeps a shared line free by day may be meant: then ignore the rule for that task.
"""

from fabriclint.sdk import Claim, Claims, DataSyncTask, Fix, Set, Truth, gbps, links, path_ceiling, rule

SHARE = 0.1


@rule(
    name="datasync-throttled",
    subject=DataSyncTask,
    severity="advice",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/configure-bandwidth.html",
        "https://docs.aws.amazon.com/datasync/latest/userguide/datasync-limits.html",
    ),
)
def datasync_throttled(task: DataSyncTask) -> Claims:
    cap = task.cap.number()
    ceiling, words = links.DATASYNC_TASK_WITHOUT_AGENT.gbps, links.DATASYNC_TASK_WITHOUT_AGENT.per
    path = Truth.of(True)
    if not task.by_agent.excluded:
        carried = path_ceiling(task.stack)
        ceiling, words = links.DATASYNC_TASK_WITH_AGENT.gbps, links.DATASYNC_TASK_WITH_AGENT.per
        if carried.gbps is None:
            path = task.by_agent & Truth.unknown(carried.open or task.label)
        elif carried.gbps < ceiling:
            ceiling, words = carried.gbps, carried.words
    capped = 0.0 if cap is None else cap * 8 / 1e9
    slow = task.cap.decide(lambda _: None if cap is None else 0 < capped < SHARE * ceiling)
    yield Claim(
        when=task.exists & task.cap.given() & slow & path,
        at=task.cap.place or task.place,
        message=f"{task.label} is capped at {gbps(capped)}, a {words} carries {gbps(ceiling)}",
        why="The link stays idle while the copy takes ten times as long, or more.",
        fix=Fix(
            "Take the cap away, or raise it to the share of the line that the copy may have.",
            (Set(task.element, "bytes_per_second", -1),),
            edit="unsafe",
            warning="The copy then takes all of the line that it finds free.",
        ),
    )
