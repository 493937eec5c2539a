"""YAML (and so JSON) text as values at their places, its holes kept.

Only parser events are used, with an explicit stack: depth, aliases and total work are bounded here, not by the C library.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any, Final

from msgspec import Struct, field

from fabriclint.patterns import late
from fabriclint.scripts.places import HOLE, Body, Holes
from fabriclint.text import Span
from fabriclint.values import Data, Many, Map, Member, Reason, Seq, Text, Unknown, Value

MOST_TEXT: Final = 1_000_000
_DEEPEST: Final = 60
_MOST_NODES: Final = 100_000
_MOST_SEARCHES: Final = 2_000
_LARGEST_SEARCHED: Final = 100_000
_MOST_WALKED: Final = 10_000_000

# A part that is not known and stands alone on its line may be anything: keys, list items, nothing.
_ALONE: Final = late(rf"(?m)^[ \t]*(?:- )*({HOLE}+)[ \t]*$")
_MARKED: Final = late(rf"(?m)({HOLE}):$")
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE: Final = frozenset(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE: Final = frozenset(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"))
_WHOLE: Final = late(r"[-+]?[0-9]{1,18}", re.ASCII)
_FLOAT: Final = late(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)


def documents(value: Value) -> Many[Value]:
    """The documents of a text, those before a fault included; `more` says what could not be read, and why."""
    if not isinstance(value.data, (str, Text)):
        return Many((), _open(value))
    body = Body.of(value, Holes(), MOST_TEXT)
    if len(body.text) >= MOST_TEXT:
        return Many((), Unknown.because("the text is too long to be read", value.place))
    found, fault = _read(body, body.text, [])
    if fault is not None and _ALONE.search(body.text):
        loosened, marks = _loosened(body.text)
        again, second = _read(body, loosened, marks)
        if second is None or len(again) > len(found):
            found, fault = again, second
    members = tuple(Member(document) for document in found)
    if fault is None:
        return Many(members)
    holes = value.data.unknown().reasons if isinstance(value.data, Text) else ()
    return Many(members, Unknown(holes or (Reason(fault, value.place),)))


def _open(value: Value) -> Unknown | None:
    if isinstance(value.data, Unknown):
        return value.data
    if value.data is None:
        return None
    return Unknown.because(f"{value.show()} is no text that can be read", value.place)


def _loosened(text: str) -> tuple[str, list[int]]:
    """The text with unknown lines made keys, and where a colon was put in."""
    out: list[str] = []
    marks: list[int] = []
    at = 0
    for found in _ALONE.finditer(text):
        out.append(text[at : found.end(1)])
        marks.append(found.end(1) + len(marks))
        out.append(":")
        at = found.end(1)
    return "".join([*out, text[at:]]), marks


class _Open(Struct):
    """A collection whose end has not come."""

    start: int
    anchor: str | None
    items: list[Value] | None
    entries: dict[str, Value] = field(default_factory=dict[str, Value])
    merged: dict[str, Value] = field(default_factory=dict[str, Value])
    key: str | None = None
    key_start: int = 0
    more: Unknown | None = None
    size: int = 1
    height: int = 0


class _Refused(Exception):
    """The text is not read on, in a few words."""


def _read(body: Body, text: str, marks: list[int]) -> tuple[list[Value], str | None]:
    """The documents up to the first fault, and the fault."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parse: Any = getattr(yaml, "parse")  # noqa: B009 - its stub is not typed
    reader = _Reader(body, marks)
    try:
        for event in parse(text, Loader=loader):
            reader.take(type(event).__name__, event)
    except _Refused as refused:
        return reader.found, str(refused)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None)
        return reader.found, f"not valid YAML: {problem}" if problem else "not valid YAML"
    except (ValueError, OverflowError):
        return reader.found, "not valid YAML"
    return reader.found, None


class _Reader:
    """Builds values from events."""

    def __init__(self, body: Body, marks: list[int]) -> None:
        self.found: list[Value] = []
        self._body = body
        self._marks = marks
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Value, int, int]] = {}
        self._nodes = 0
        self._searches = 0
        self._walked = 0

    def take(self, kind: str, event: Any) -> None:
        """Take one event."""
        if kind == "ScalarEvent":
            self._scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            if len(self._stack) >= _DEEPEST:
                raise _Refused("it nests too deeply to be read")
            items: list[Value] | None = [] if kind == "SequenceStartEvent" else None
            self._stack.append(_Open(event.start_mark.index, event.anchor, items))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._close(event.end_mark.index)
        elif kind == "AliasEvent":
            known = self._anchors.get(event.anchor)
            if known is None:
                raise _Refused("an alias without its anchor")
            self._put(*known, event.start_mark.index)
        elif kind == "DocumentStartEvent":
            self._anchors.clear()

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        written: str = event.value
        top = self._stack[-1] if self._stack else None
        if top is not None and top.items is None and top.key is None:
            self._key(top, written, start, plain=not event.style)
            return
        if self._marks:
            written = _MARKED.sub(r"\1", written)
        data = self._body.holes.data(written)
        if isinstance(data, str) and not event.style and event.tag in (None, "!"):
            data = _plain(data)
        made = Value(data, self._where(start, end, written), inputs=self._body.inputs)
        if event.anchor:
            self._anchors[event.anchor] = (made, 1, 0)
        self._put(made, 1, 0, start)

    def _key(self, top: _Open, written: str, start: int, *, plain: bool) -> None:
        top.key_start = start
        found = self._body.holes.data(written)
        if isinstance(found, str):
            top.key = "\0merge" if written == "<<" and plain else written
            return
        top.key = "\0open"
        unknown = Value(found).unknown or Unknown.because(
            f"{Value(found).show()} is not known", self._body.place
        )
        top.more = unknown if top.more is None else top.more.also(unknown)

    def _put(self, made: Value, size: int, height: int, start: int) -> None:
        self._nodes += size
        if self._nodes > _MOST_NODES:
            raise _Refused("it is too large to be read")
        if height > _DEEPEST:
            raise _Refused("it nests too deeply to be read")
        if not self._stack:
            self.found.append(made)
            return
        top = self._stack[-1]
        top.size += size
        top.height = max(top.height, height + 1)
        if top.items is not None:
            top.items.append(made)
        elif top.key is None:
            top.key, top.key_start = "\0open", start  # a key that is a collection says nothing here
        elif top.key == "\0merge":
            self._merge(top, made)
            top.key = None
        else:
            if top.key != "\0open":
                top.entries[top.key] = made
            top.key = None

    def _merge(self, top: _Open, made: Value) -> None:
        """`<<`: entries of other mappings that the mapping does not write itself; of several the first wins."""
        for item in made.data.items if isinstance(made.data, Seq) else (made,):
            if isinstance(item.data, Map):
                top.merged.update({k: v for k, v in item.data.entries.items() if k not in top.merged})
                if item.data.more is not None:
                    top.more = item.data.more
            elif isinstance(item.data, Unknown):
                top.more = item.data

    def _close(self, end: int) -> None:
        top = self._stack.pop()
        whole = Map({**top.merged, **top.entries}, top.more)
        data: Data = whole if top.items is None else Seq(tuple(top.items))
        made = Value(data, self._where(top.start, end, ""), inputs=self._body.inputs)
        if top.anchor:
            self._anchors[top.anchor] = (made, top.size, top.height)
        # Members were counted when they were put; the collection itself counts once.
        size, self._nodes = top.size, self._nodes - top.size + 1
        self._put(made, size, top.height, top.start)

    def _where(self, start: int, end: int, written: str) -> Span | None:
        body = self._body
        if self._marks:
            start -= bisect_right(self._marks, start)
            end -= bisect_right(self._marks, max(start, end - 1))
        end = min(max(end, start), len(body.text))
        # Finding a place walks its line: many scalars on one endless line get the place of the whole text.
        line = body.text.find("\n", start, end)
        end = end if line < 0 else line
        self._walked += end - max(body.text.rfind("\n", 0, start), 0)
        if self._walked > _MOST_WALKED:
            return body.place
        found = body.where(start, end) if start < end else body.place
        if written and (found is None or found == body.place) and body.place is not None:
            return self._search(body.place, written) or found
        return found

    def _search(self, place: Span, written: str) -> Span | None:
        """Where generated text (`yamlencode({…})`) was written: the string, where its source has it exactly once."""
        self._searches += 1
        if self._searches > _MOST_SEARCHES or place.end - place.start > _LARGEST_SEARCHED or "\n" in written:
            return None
        wanted = f'"{written}"'.encode("utf-8", "replace")
        at = place.source.data.find(wanted, place.start, place.end)
        if at < 0 or place.source.data.find(wanted, at + 1, place.end) >= 0:
            return None
        return Span(place.source, at, at + len(wanted))


def _plain(text: str) -> Data:
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
