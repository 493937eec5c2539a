"""A setting sends the collectives over TCP although the nodes have EFA.

## Why

`FI_PROVIDER=tcp` or `sockets` takes libfabric off EFA, `NCCL_NET=Socket` and `NCCL_NET_PLUGIN=none` take NCCL off libfabric,
and so does removing the plugin. The job runs, over the Ethernet interface and through the kernel, and nothing tells that the
fabric is idle. Such lines are left over from the search for another fault.

## How to fix

Take the line out. Current versions of libfabric and of the OFI plugin choose EFA by themselves.

```hcl
user_data = base64encode(<<-EOT
  #!/bin/bash
  torchrun --nnodes 16 train.py
EOT
)
```

```yaml
Environment:
  - {Name: NCCL_DEBUG, Value: INFO}
```

## Limits

Only what forces TCP is told. `NCCL_SOCKET_IFNAME` chooses the interface of the bootstrap and not of the data, and settings
that newer versions no longer need (`FI_EFA_USE_DEVICE_RDMA`, `FI_EFA_FORK_SAFE`, `NCCL_PROTO=simple`) leave the traffic on
EFA: neither is a finding, and none of them is asked for. A line in a branch that may not run, a comparison that sets both, and
a script that is fetched at start are "not checked".
"""

from fabriclint.sdk import (
    NO,
    Change,
    Claim,
    Claims,
    Fix,
    Reason,
    Reword,
    Setting,
    Software,
    Span,
    Truth,
    any_of,
    rule,
)

_OFF = {
    "FI_PROVIDER": ("tcp", "sockets", "udp", "tcp;ofi_rxm"),
    "NCCL_NET": ("socket",),
    "NCCL_NET_PLUGIN": ("none",),
}


@rule(
    name="tcp-forced-over-efa",
    subject=Software,
    severity="error",
    sources=(
        "https://github.com/aws/aws-ofi-nccl/blob/master/doc/efa-env-var.md",
        "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start-nccl.html",
    ),
)
def tcp_forced_over_efa(software: Software) -> Claims:
    forcing = [one for one in software.settings if not _forces(one).excluded]
    removed = software.removed
    first = next((one for one in forcing if _forces(one).certain), forcing[0] if forcing else None)
    message = f"{software.label} has EFA, and nothing sends its traffic elsewhere"
    at = software.place
    if first is not None:
        message = (
            f"{software.label} has EFA, and {first.name}={first.value.show()} sends its collectives over TCP"
        )
        at = first.place or at
    elif removed:
        message = f"{software.label} has EFA, and its script removes {removed[0].what}"
        at = removed[0].place or at
    told = any_of([*(_settled(one, software) for one in forcing), *(one.surely for one in removed)])
    if software.unseen is not None:
        told = told | Truth.unknown(software.unseen)
    yield Claim(
        when=software.uses_efa & told,
        at=at,
        message=message,
        why="The nodes then exchange gradients through the kernel on one Ethernet interface, and the fabric is idle.",
        fix=Fix(
            "Take the line out, or let it say efa: current libfabric and the OFI plugin choose EFA by themselves.",
            _reworded(forcing),
            edit="unsafe",
            warning="What the nodes run changes: an instance that is managed by itself is started anew or replaced.",
        ),
        related=tuple(
            (one.place, f"{one.name} here too") for one in forcing if one is not first and one.place
        )[:4],
    )


def _reworded(forcing: list[Setting]) -> tuple[Change, ...]:
    """`efa` in place of what each provider setting says, where nothing else keeps the collectives on TCP."""
    if not all(one.name == "FI_PROVIDER" and isinstance(one.value.data, str) for one in forcing):
        return ()
    changes: list[Change] = []
    for one in forcing:
        place, old = one.value.place or one.place, str(one.value.data)
        if place is None:
            return ()
        written = f"{one.name}={old}"
        if place.text.count(written) == 1:  # an assignment in a longer command
            start = place.start + len(place.text.partition(written)[0].encode()) + len(f"{one.name}=")
            place = Span(place.source, start, start + len(old.encode()))
        changes.append(Reword(place, old, "efa"))
    return tuple(changes)


def _forces(one: Setting) -> Truth:
    off = _OFF.get(one.name)
    if off is None:
        return NO
    return one.surely & one.value.decide(lambda data: data.lower() in off if isinstance(data, str) else None)


def _settled(one: Setting, software: Software) -> Truth:
    """A setting that the same sources also give another value is a comparison, or a default that is overridden."""
    others = [other for other in software.settings if other.name == one.name and other is not one]
    if all(_forces(other).certain for other in others):
        return _forces(one)
    return _forces(one) & Truth.unknown(Reason(f"{one.name} is set to several values", one.place))
