"""The documents that the kubectl provider's data sources cut out of a text or out of files, each at its place."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from fabriclint.languages.terraform.special import matching, with_file
from fabriclint.manifests import read
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import Map, Reference, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.instances import Instance

_MARK: Final = late(r"(?m)^---[ \t]*(?:#.*)?(?:\n|\Z)")
_MOST: Final = 500


def documents(instance: Instance, name: str, place: Span) -> Value | None:
    """`documents` (a list) or `manifests` (a map by the object's path in the API); None where they stay a handle."""
    texts = _texts(instance, place)
    if texts is None:
        return None
    found: list[Value] = []
    more: Unknown | None = None
    for text in texts:
        if isinstance(text.data, (str, Text)):
            found.extend(_split(text))
        elif text.unknown is not None:
            more = text.unknown if more is None else more.also(text.unknown)
        else:
            return None
    if len(found) > _MOST:
        return None
    if name == "documents":
        return Value(Seq(tuple(found), more), place)
    entries: dict[str, Value] = {}
    for document in found:
        manifests = read(document)
        more = more or manifests.more
        for manifest in manifests.known():
            named, space = manifest.name.text(), manifest.get("metadata", "namespace")
            if named is None or not (space.absent or space.text()):
                more = more or Unknown.because("the name of an object is not known", document.place)
            else:
                entries[_path(manifest.api_version, manifest.kind, space.text(), named)] = document
    return Value(Map({key: entries[key] for key in sorted(entries)}, more), place)


def _path(version: str, kind: str, space: str | None, name: str) -> str:
    word = kind.lower()
    plural = word[:-1] + "ies" if word.endswith("y") else word + ("es" if word.endswith("s") else "s")
    inside = f"/namespaces/{space}" if space else ""
    return f"/{'apis' if '/' in version else 'api'}/{version}{inside}/{plural}/{name}"


def _texts(instance: Instance, place: Span) -> list[Value] | None:
    if instance.block.labels[0] == "kubectl_file_documents":
        return [instance.read("content")]
    pattern = instance.read("pattern")
    if not isinstance(pattern.data, str) or pattern.data.startswith(("/", "~")):
        return None
    fixed = re.split(r"[*?{\[]", pattern.data)[0].rpartition("/")[0]
    scope = instance.scope
    folder = posixpath.normpath(posixpath.join(scope.run.root, fixed))
    names = matching(folder, pattern.data[len(fixed) :].lstrip("/"), scope)
    if names is None:
        return None
    given = instance.read("vars")
    values = [given] if not given.absent else [Value(Map(), place)]
    return [
        with_file("templatefile", [Value(posixpath.join(fixed or ".", one), place), *values], place, scope)
        for one in sorted(names)
    ]


def _split(value: Value) -> list[Value]:
    """The documents of a text; comments and empty ones are left out."""
    data = value.data
    written = data.parts if isinstance(data, Text) else (str(data),)
    places = (
        data.spans
        if isinstance(data, Text) and len(data.spans) == len(written)
        else (value.place,) * len(written)
    )
    groups: list[list[tuple[str | Reference | Unknown, Span | None]]] = [[]]
    for part, span in zip(written, places, strict=True):
        if not isinstance(part, str):
            groups[-1].append((part, span))
            continue
        at = 0
        for mark in _MARK.finditer(part):
            groups[-1].append((part[at : mark.start()], _inside(span, part, at, mark.start())))
            groups.append([])
            at = mark.end()
        groups[-1].append((part[at:], _inside(span, part, at, len(part))))
    found: list[Value] = []
    for group in groups:
        kept = [(part, span) for part, span in group if part != ""]
        lines = "".join(part if isinstance(part, str) else "x" for part, _ in kept).splitlines()
        if all(not line.strip() or line.lstrip().startswith("#") for line in lines):
            continue
        place = kept[0][1] or value.place
        only = kept[0][0]
        if len(kept) == 1 and isinstance(only, str):
            found.append(Value(only, place, inputs=value.inputs))
        else:
            text = Text(tuple(part for part, _ in kept), tuple(span for _, span in kept))
            found.append(Value(text, place, inputs=value.inputs))
    return found


def _inside(span: Span | None, whole: str, start: int, end: int) -> Span | None:
    """The bytes of a range where the span holds the very text; else the whole span."""
    if span is None or span.end - span.start != len(whole.encode("utf-8", "replace")) or span.text != whole:
        return span
    before = len(whole[:start].encode())
    return Span(span.source, span.start + before, span.start + before + len(whole[start:end].encode()))
