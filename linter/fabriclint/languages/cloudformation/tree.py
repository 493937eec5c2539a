"""The tree a template is read into: scalars, sequences and mappings, each with the bytes it was written in.

YAML and JSON make the same tree. A short form (`!Ref x`) stands as the mapping that its long form writes (`Ref: x`).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from typing import Final, TypeAlias

from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic
from fabriclint.patterns import late
from fabriclint.text import Source, Span

MAX_DEPTH: Final = 100
"""How many containers may stand inside each other; CloudFormation itself accepts far fewer."""

Sized: TypeAlias = "range | array[int]"

Style: TypeAlias = str
"""How a scalar is written: "" plain, "'" and '"' quoted, "|" and ">" as a block."""

_INT = late(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Scalar(Struct, eq=False):
    """A text, number, bool or null as it is written; `start` and `end` hold the token with its quotes, without a tag."""

    text: str
    style: Style
    source: Source
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it is written."""
        return Span(self.source, self.start, self.end)

    def data(self) -> bool | int | str | None:
        """What it says: only plain true, false, null and decimal integers are more than text.

        A fraction stays text, because `2.10` is a version more often than a number, and so does an octal-looking `0644`.
        """
        if self.style:
            return self.text
        if self.text in _BOOLS:
            return _BOOLS[self.text]
        if self.text in _NULLS:
            return None
        return int(self.text) if _INT.match(self.text) else self.text

    def places(self) -> Places:
        """Where the characters of its text are written."""
        return Places(self.span, self.text)


class Sequence(Struct, eq=False):
    """A list; a flow list is one in brackets."""

    items: list[Node]
    source: Source
    start: int
    end: int = 0
    flow: bool = False

    @property
    def span(self) -> Span:
        """Where it is written, without what follows its last item."""
        return Span(self.source, self.start, self.end)


class Entry(Struct, eq=False):
    """One key of a mapping and what it holds."""

    key: Scalar
    value: Node


class Mapping(Struct, eq=False):
    """An object, its keys in source order; `short` marks one that stands for a short form (`!Ref x`)."""

    entries: dict[str, Entry]
    source: Source
    start: int
    end: int = 0
    flow: bool = False
    short: bool = False

    @property
    def span(self) -> Span:
        """Where it is written, without what follows its last entry."""
        return Span(self.source, self.start, self.end)

    def get(self, key: str) -> Node | None:
        """What a key holds, or None."""
        entry = self.entries.get(key)
        return entry.value if entry else None

    def call(self) -> tuple[str, Entry] | None:
        """The intrinsic function that it calls, where it is one (`Ref`, `Fn::…`)."""
        if len(self.entries) != 1:
            return None
        name, entry = next(iter(self.entries.items()))
        return (name, entry) if name == "Ref" or name.startswith("Fn::") else None


Node: TypeAlias = Scalar | Sequence | Mapping


class Parsed(Struct, eq=False):
    """A file as a tree.

    `broken` says that the syntax ends somewhere and nothing of the file is used; `foreign` names a template language that
    must run first, and where it shows.
    """

    document: Node | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    broken: bool = False
    foreign: tuple[str, int] | None = None


MAX_FILLED: Final = 4_000_000
"""How many characters a loop variable may make of one scalar, at worst."""

MAX_SAID: Final = 50
"""How many warnings about its keys one file gives."""


def children(node: Node) -> Iterator[Node]:
    """What stands directly inside a node."""
    if isinstance(node, Sequence):
        yield from node.items
    elif isinstance(node, Mapping):
        for entry in node.entries.values():
            yield entry.value


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside it, in source order."""
    todo = [node]
    while todo:
        found = todo.pop()
        yield found
        todo.extend(reversed(list(children(found))))


def scalar_text(node: Node | None) -> str | None:
    """The text of a scalar that is not null; None for anything else."""
    return node.text if isinstance(node, Scalar) and node.data() is not None else None


def add(holder: Mapping, key: Scalar, node: Node, parsed: Parsed) -> None:
    """Put an entry into a mapping; of two of the same name the last one counts, and that is said."""
    before = holder.entries.pop(key.text, None)
    holder.entries[key.text] = Entry(key, node)
    if before is not None and len(parsed.diagnostics) < MAX_SAID:
        message = (
            f"{key.text} is written twice here, first in line {before.key.span.line}; the last one counts"
        )
        parsed.diagnostics.append(Diagnostic("warning", message, key.span))


def sound(text: str) -> str:
    """The text with lone surrogates replaced, so that it can be written out again."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def replaced(node: Node, name: str, text: str) -> Node:
    """A copy in which the loop variable `name` reads `text`: `${name}`, `&{name}`, and a `Ref` of it."""
    if isinstance(node, Scalar):
        said = _filled(node.text, name, text)
        return node if said == node.text else Scalar(said, node.style, node.source, node.start, node.end)
    if isinstance(node, Sequence):
        items = [replaced(item, name, text) for item in node.items]
        return Sequence(items, node.source, node.start, node.end, node.flow)
    call = node.call()
    if call is not None and call[0] == "Ref" and scalar_text(call[1].value) == name:
        return Scalar(text, "'", node.source, node.start, node.end)
    entries: dict[str, Entry] = {}
    for entry in node.entries.values():
        key = entry.key
        said = _filled(key.text, name, text)
        entries[said] = Entry(
            Scalar(said, key.style, key.source, key.start, key.end), replaced(entry.value, name, text)
        )
    return Mapping(entries, node.source, node.start, node.end, node.flow, node.short)


def _filled(said: str, name: str, text: str) -> str:
    if "{" not in said or len(said) * len(text) > MAX_FILLED:
        return said
    letters = re.sub(r"[^A-Za-z0-9]", "", text)
    return said.replace(f"${{{name}}}", text).replace(f"&{{{name}}}", letters)


# --------------------------------------------------------------------------- places inside a scalar


class Places:
    """Where the characters of a scalar's decoded text are written; `whole` is the scalar's own span.

    Literal blocks (`|`), plain and quoted scalars are followed to the byte; where a scalar is folded over lines, every
    answer is `whole`.
    """

    def __init__(self, whole: Span, text: str) -> None:
        self.whole = whole
        self._text = text
        self._offsets: Sized | None = None
        self._looked = False

    def part(self, start: int, end: int) -> Span:
        """Where the characters from `start` to `end` are written."""
        if not self._looked:
            self._offsets = _offsets(self.whole, self._text)
            self._looked = True
        offsets = self._offsets
        if offsets is None or end >= len(offsets):
            return self.whole
        return Span(self.whole.source, offsets[start], offsets[end])


def _offsets(whole: Span, text: str) -> Sized | None:
    """The byte offset of each character, and of the end."""
    raw = whole.source.data[whole.start : whole.end]
    mark = raw[:1]
    if mark == b"|":
        return _in_block(whole, text)
    if mark == b">" or b"\n" in raw:
        return None
    if mark == b'"' and b"\\" in raw:
        return _in_escaped(whole.start, raw, len(text))
    opening = 1 if mark in (b'"', b"'") else 0
    first, inner = whole.start + opening, raw[opening : len(raw) - opening]
    if mark == b"'" and b"''" in inner:
        found = _run(first, text.replace("'", "''"))
        kept = array("q")
        at = 0
        for character in text:
            kept.append(found[at])
            at += 2 if character == "'" else 1
        kept.append(found[at])
        return kept
    return _run(first, text) if inner == text.encode("utf-8", "replace") else None


def _run(start: int, text: str) -> Sized:
    """Offsets of characters that are written as they are."""
    if text.isascii():
        return range(start, start + len(text) + 1)
    found = array("q", (start,))
    for character in text:
        start += len(character.encode("utf-8", "replace"))
        found.append(start)
    return found


def _in_block(whole: Span, text: str) -> Sized | None:
    """Lines of a literal block and of its text go in step, one header line apart."""
    source, number, last = whole.source, whole.line, whole.end_line
    found = array("q")
    for line in text.split("\n"):
        number += 1
        if number > last:
            found.extend([whole.end] * (len(line) + 1))
            continue
        start = source.line_start(number)
        stop = source.data.find(b"\n", start)
        written = source.data[start : len(source.data) if stop < 0 else stop].rstrip(b"\r")
        wanted = line.encode("utf-8", "replace")
        if not written.endswith(wanted):
            return None
        found.extend(_run(start + len(written) - len(wanted), line))
    return found


_ESCAPE = late(
    rb"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|[^\\\x80-\xff]|[\xc0-\xff][\x80-\xbf]*",
    re.DOTALL,
)
_HIGH = (b"\\ud8", b"\\ud9", b"\\uda", b"\\udb")
_LOW = (b"\\udc", b"\\udd", b"\\ude", b"\\udf")


def _in_escaped(start: int, raw: bytes, length: int) -> Sized | None:
    """Step over the token character by character; a surrogate pair of escapes is one character."""
    found = array("q")
    high = False
    for token in _ESCAPE.finditer(raw, 1, len(raw) - 1):
        head = token[0][:4].lower() if token[0][:2] == b"\\u" else b""
        if high and head in _LOW:
            high = False
            continue
        high = head in _HIGH
        found.append(start + token.start())
    found.append(start + len(raw) - 1)
    return found if len(found) == length + 1 else None
