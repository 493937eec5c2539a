"""Suppressions in metadata, for templates of either form: `Metadata: {fabriclint: {ignore: {rule: reason}}}`."""

from __future__ import annotations

from collections.abc import Iterator

from fabriclint.languages.base import Ignore
from fabriclint.languages.cloudformation.template import Template
from fabriclint.languages.cloudformation.tree import Mapping, Node, Scalar
from fabriclint.text import Span


def ignores(template: Template) -> Iterator[Ignore]:
    """The suppressions of a template: of the whole file, or of one resource."""
    yield from _of(template.document.get("Metadata"), template.source.span())
    for entry in template.resources.values():
        if isinstance(entry.value, Mapping):
            place = entry.key.span
            end = max(place.end, entry.value.end)
            yield from _of(entry.value.get("Metadata"), template.source.span(place.start, end))


def _of(metadata: Node | None, covers: Span) -> Iterator[Ignore]:
    ours = metadata.get("fabriclint") if isinstance(metadata, Mapping) else None
    ignored = ours.get("ignore") if isinstance(ours, Mapping) else None
    if not isinstance(ignored, Mapping):
        return
    for name, entry in ignored.entries.items():
        said = entry.value.text if isinstance(entry.value, Scalar) else ""
        yield Ignore(name, said, entry.key.span, covers)
