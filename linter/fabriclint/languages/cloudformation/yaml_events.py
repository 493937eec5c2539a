"""YAML as a tree with byte spans, built from parser events with an explicit stack.

Only events are used: composing or loading with libyaml recurses on the C stack and hostile input can end the process.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any, Final, cast

import yaml
from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.cloudformation.tree import (
    MAX_DEPTH,
    Entry,
    Mapping,
    Node,
    Parsed,
    Scalar,
    Sequence,
    add,
    sound,
)
from fabriclint.patterns import late
from fabriclint.text import Source

MAX_ALIASED: Final = 100_000
"""How many nodes aliases may repeat in one file."""

_PARSE: Any = cast("Any", yaml.parse)  # what it yields depends on the parser underneath
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the pure parser where libyaml is missing
_BOM = b"\xef\xbb\xbf"
_PROPERTIES = late(rb"(?:[!&][^\s,\[\]{}]*\s*(?:#[^\n]*\n\s*)?)+")
_NAMES = {"!Ref": "Ref", "!Condition": "Condition"}


class _Refused(Exception):
    """The document is not taken, because of what stands at a character index."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.message = message
        self.index = index


class _Open(Struct):
    """A container whose end is not reached yet."""

    node: Sequence | Mapping
    tag: str | None
    outer: int
    anchor: str | None
    count: int
    key: Scalar | None = None
    odd: bool = False
    merges: list[Node] = field(default_factory=list[Node])


def parse_yaml(source: Source) -> Parsed:
    """Read a file of YAML; text that is not YAML gives one error and no tree.

    Of several documents the first with a `Resources` key is taken, or else the first.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.parsed = Parsed()
        self.lead = len(_BOM) if source.data.startswith(_BOM) else 0
        self.body = source.data[self.lead :]
        self.wide: list[int] = []
        self.extra: list[int] = []
        if not self.body.isascii():
            self._measure()
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node | None, int]] = {}
        self.count = 0
        self.aliased = 0

    def _measure(self) -> None:
        """Marks count characters; remember where characters of more than one byte stand."""
        extra = 0
        for found in re.finditer("[^\x00-\x7f]", self.body.decode()):
            extra += len(found[0].encode()) - 1
            self.wide.append(found.start())
            self.extra.append(extra)

    def at(self, index: int) -> int:
        """The byte offset of a character index."""
        before = bisect_left(self.wide, index) if self.wide else 0
        return self.lead + index + (self.extra[before - 1] if before else 0)

    def read(self) -> Parsed:
        documents: list[Node] = []
        try:
            event: Any
            for event in _PARSE(self.body, Loader=_LOADER):
                kind: object = event.__class__
                if kind is yaml.DocumentStartEvent:
                    self.anchors.clear()
                    continue
                node = self._node(event, kind)
                if node is not None and not self.stack:
                    documents.append(node)
                    if isinstance(node, Mapping) and "Resources" in node.entries:
                        break
        except _Refused as refused:
            self._broken(refused.message, self.at(refused.index))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(part for part in (error.problem, error.context) if part)
            self._broken(what, self.at(mark.index) if mark else self.lead)
        except yaml.reader.ReaderError as error:
            self._broken(
                "a character that YAML does not allow", self.lead + min(error.position, len(self.body))
            )
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self._broken(str(error).splitlines()[0] if str(error) else "it cannot be read", self.lead)
        if documents and not self.parsed.broken:
            templates = (d for d in documents if isinstance(d, Mapping) and "Resources" in d.entries)
            self.parsed.document = next(templates, documents[0])
        return self.parsed

    def _broken(self, message: str, at: int) -> None:
        self.parsed.broken = True
        at = min(at, len(self.source.data))
        place = self.source.span(at, min(at + 1, len(self.source.data)))
        self.parsed.diagnostics.append(Diagnostic("error", f"this is not YAML: {message}", place))

    # ----------------------------------------------------------------- events

    def _node(self, event: Any, kind: object) -> Node | None:
        """Take one event; the node that it ends, if it ends one that stands in nothing else."""
        if kind is yaml.ScalarEvent:
            return self._placed(self._scalar(event))
        if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, kind is yaml.MappingStartEvent)
            return None
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            return self._placed(self._close(event))
        if kind is yaml.AliasEvent:
            return self._placed(self._alias(event))
        return None

    def _scalar(self, event: Any) -> Node:
        self.count += 1
        tag, style, text = event.tag, event.style or "", event.value
        outer = self.at(event.start_mark.index)
        end = self.at(event.end_mark.index)
        start = outer
        if tag is not None or event.anchor is not None:
            properties = _PROPERTIES.match(self.source.data, outer, end)
            start = properties.end() if properties else outer
        if style in ("|", ">"):
            end = start + len(self.source.data[start:end].rstrip())
        if tag == "tag:yaml.org,2002:str" and not style:
            style = "'"
        node = self._tagged(Scalar(sound(text), style, self.source, start, max(start, end)), tag, outer)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1)
        return node

    def _open(self, event: Any, mapping: bool) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _Refused(f"it is nested deeper than {MAX_DEPTH} levels", event.start_mark.index)
        self.count += 1
        outer = self.at(event.start_mark.index)
        start = outer
        if event.tag is not None or event.anchor is not None:
            properties = _PROPERTIES.match(self.source.data, outer)
            start = properties.end() if properties else outer
        flow = bool(event.flow_style)
        node: Sequence | Mapping = Sequence([], self.source, start, start, flow)
        if mapping:
            node = Mapping({}, self.source, start, start, flow)
        self.stack.append(_Open(node, event.tag, outer, event.anchor, self.count))
        if event.anchor is not None:
            self.anchors[event.anchor] = (None, 0)

    def _close(self, event: Any) -> Node:
        opened = self.stack.pop()
        node = opened.node
        if node.flow:
            node.end = self.at(event.end_mark.index)
        if isinstance(node, Mapping) and opened.merges:
            self._merge(node, opened.merges, event.start_mark.index)
        tagged = self._tagged(node, opened.tag, opened.outer)
        if opened.anchor is not None:
            self.anchors[opened.anchor] = (tagged, self.count - opened.count + 1)
        return tagged

    def _alias(self, event: Any) -> Node:
        node, size = self.anchors.get(event.anchor, (None, -1))
        if node is None:
            what = "stands inside itself" if size == 0 else "is not defined"
            raise _Refused(f"the alias {event.anchor} {what}", event.start_mark.index)
        self._repeat(size, event.start_mark.index)
        return node

    def _repeat(self, size: int, index: int) -> None:
        self.count += size
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            raise _Refused(f"its aliases repeat more than {MAX_ALIASED} nodes", index)

    def _merge(self, node: Mapping, merges: list[Node], index: int) -> None:
        """`<<`: entries of other mappings that the mapping does not write itself; of several the first wins."""
        found = [m for merge in merges for m in (merge.items if isinstance(merge, Sequence) else [merge])]
        for merge in found:
            if isinstance(merge, Mapping):
                self._repeat(len(merge.entries), index)
                for name, entry in merge.entries.items():
                    node.entries.setdefault(name, Entry(entry.key, entry.value))

    # ----------------------------------------------------------------- nodes

    def _tagged(self, node: Node, tag: str | None, outer: int) -> Node:
        if tag is None or tag == "!" or not tag.startswith("!"):
            return node
        if tag.startswith("!Rain::") and self.parsed.foreign is None:
            self.parsed.foreign = ("Rain", outer)
        name = _NAMES.get(tag) or (tag[1:] if tag.startswith("!Fn::") else f"Fn::{tag[1:]}")
        key = Scalar(name, "'", self.source, outer, outer + len(tag))
        return Mapping({name: Entry(key, node)}, self.source, outer, node.end, short=True)

    def _placed(self, node: Node) -> Node | None:
        if not self.stack:
            return node
        opened = self.stack[-1]
        holder = opened.node
        if isinstance(holder, Sequence):
            holder.items.append(node)
            self._stretch(holder, node)
            return None
        if opened.odd:
            opened.odd = False
        elif opened.key is None:
            self._key(opened, holder, node)
        else:
            key, opened.key = opened.key, None
            if key.text == "<<" and not key.style:
                opened.merges.append(node)
            else:
                add(holder, key, node, self.parsed)
            self._stretch(holder, key)
            self._stretch(holder, node)
        return None

    def _key(self, opened: _Open, holder: Mapping, node: Node) -> None:
        if isinstance(node, Mapping) and node.short:
            node = next(iter(node.entries.values())).value
        if isinstance(node, Scalar):
            opened.key = node
            return
        opened.odd = True
        braces = holder.flow and isinstance(node, Mapping) and node.flow
        if braces and self.parsed.foreign is None:
            self.parsed.foreign = ("Jinja or Go text", holder.start)
        else:
            place = node.span.first_line()
            self.parsed.diagnostics.append(Diagnostic("warning", "a key that is not text is left out", place))

    def _stretch(self, holder: Sequence | Mapping, node: Node) -> None:
        """A block ends where its last member ends; an aliased member lies elsewhere and does not count."""
        if not holder.flow and node.start >= holder.start:
            holder.end = max(holder.end, node.end)
