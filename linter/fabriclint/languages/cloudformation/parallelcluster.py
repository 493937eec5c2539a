"""Configuration files of ParallelCluster, read as the template with one cluster that ParallelCluster makes of them."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.cloudformation.tree import Entry, Mapping, Scalar
from fabriclint.patterns import late

TYPE: Final = "Custom::PclusterCluster"
_KEYS: Final = ("HeadNode", "Scheduling")
_TOP = late(rb"^(?:HeadNode|Scheduling):[ \t]*\r?$", re.MULTILINE)


def may_be_configuration(data: bytes) -> bool:
    """Whether a file's bytes look like a cluster's configuration (version 3 and later); cheap."""
    return b"SlurmQueues:" in data and len(set(_TOP.findall(data))) == len(_KEYS)


def not_judged(said: Diagnostic) -> Diagnostic:
    """What is wrong with a configuration that cannot be read, as a warning."""
    if said.level != "error":
        return said
    message = f"not judged: the configuration of this cluster cannot be read as it stands ({said.message})"
    return replace(said, level="warning", message=message)


def cluster_of(document: Mapping) -> dict[str, Entry]:
    """The one resource that a configuration stands for; none where the document is something else."""
    head = document.entries.get(_KEYS[0])
    if head is None or any(key not in document.entries for key in _KEYS) or "Resources" in document.entries:
        return {}
    source, place = head.key.source, head.key

    def named(name: str, value: Mapping | Scalar) -> Entry:
        return Entry(Scalar(name, "", source, place.start, place.end), value)

    def around(*entries: Entry) -> Mapping:
        return Mapping({entry.key.text: entry for entry in entries}, source, document.start, document.end)

    kind = Scalar(TYPE, "", source, place.start, place.end)
    properties = around(named("ClusterConfiguration", document))
    return {"Cluster": named("Cluster", around(named("Type", kind), named("Properties", properties)))}
