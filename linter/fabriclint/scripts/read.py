"""From a value that holds a script to what the script does."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from fabriclint.scripts.collect import MOST_TEXT, Collector, Job
from fabriclint.scripts.facts import NOTHING, Script
from fabriclint.scripts.files import read_file
from fabriclint.scripts.interest import INTERESTING, plain_commands
from fabriclint.scripts.metadata import hidden, read_metadata, text_of
from fabriclint.scripts.remote import read_fstab
from fabriclint.scripts.userdata import read_mime, read_user_data
from fabriclint.text import Source, remembered
from fabriclint.values import Map, Pieced, Reference, Seq, Text, Value

_MOST_SOURCES: Final = 128
_MOST_KEPT: Final = 32


@remembered(_MOST_SOURCES)
def _kept(source: Source) -> dict[Hashable, Script]:
    """What was read from a file: an editor reads one root again and again, and most of its files did not change."""
    return {}


def read(value: Value) -> Script:
    """What the script in `value` does: user data in any of its shapes, a list of lines, cfn-init metadata, an SSM document."""
    data = value.data
    if data is None or isinstance(data, (bool, int, float)):
        return NOTHING
    if value.place is None or not isinstance(data, (str, Text)):
        return _read(value)
    kept = _kept(value.place.source)
    key = _identity(value, data)
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            del kept[next(iter(kept))]
        kept[key] = _read(value)
    return kept[key]


def _identity(value: Value, data: str | Text) -> Hashable:
    """The text with every place that what is read from it may name: where all are the same, the script is."""
    if not isinstance(data, Text):
        spans = data.spans if isinstance(data, Pieced) else ()
        return str(data), spans, value.place, value.reference, value.inputs
    places = tuple(part.place if isinstance(part, Reference) else None for part in data.parts)
    return data.parts, places, data.spans, value.place, value.reference, value.inputs


def _read(value: Value) -> Script:
    data = value.data
    collector = Collector()
    if isinstance(data, (str, Text, Seq)):
        body = text_of(collector, value)
        if body is not None and body.text.strip():
            if len(body.text) >= MOST_TEXT:
                collector.not_seen("the script is too long to be read to its end", value.place)
            collector.later(Job("user-data", body))
    elif isinstance(data, Map):
        read_metadata(collector, value)
    else:
        for reason in hidden(value):
            collector.not_seen(reason.what, reason.place or value.place)
    while collector.jobs:
        _do(collector, collector.jobs.popleft())
    return collector.script(value.inputs)


def _do(collector: Collector, job: Job) -> None:
    if job.kind == "user-data":
        read_user_data(collector, job)
    elif job.kind == "mime":
        read_mime(collector, job)
    elif job.kind == "file":
        read_file(collector, job)
    elif job.kind == "fstab":
        read_fstab(collector, job.body, job.conditional)
    elif job.kind == "cloud-config":
        from fabriclint.scripts.cloudconfig import read_cloud_config

        read_cloud_config(collector, job)
    elif not INTERESTING.search(job.body.text):
        for line in plain_commands(job.body.text):
            collector.command(line)
    else:
        from fabriclint.scripts.shell import Shell

        Shell(collector, job).read()
