"""The tree a template is read into: scalars, sequences and mappings, each with the bytes it was written in.

YAML and JSON make the same tree. A short form (`!Ref x`) stands as the mapping that its long form writes (`Ref: x`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fabriclint.languages.base import Diagnostic
from fabriclint.text import Source, Span

MAX_DEPTH: Final = 100
"""How many containers may stand inside each other; CloudFormation itself accepts far fewer."""

Style: TypeAlias = str
"""How a scalar is written: "" plain, "'" and '"' quoted, "|" and ">" as a block."""

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(slots=True, eq=False)
class Scalar:
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

    def data(self) -> None | bool | int | str:
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

    def part(self, start: int, end: int) -> Span:
        """Where the characters from `start` to `end` of its text are written (the whole scalar where that is not plain)."""
        return place_in(self.span, self.text, start, end)


@dataclass(slots=True, eq=False)
class Sequence:
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


@dataclass(slots=True, eq=False)
class Entry:
    """One key of a mapping and what it holds."""

    key: Scalar
    value: Node


@dataclass(slots=True, eq=False)
class Mapping:
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


@dataclass(slots=True, eq=False)
class Parsed:
    """A file as a tree.

    `broken` says that the syntax ends somewhere and nothing of the file is used; `foreign` names a template language that
    must run first, and where it shows.
    """

    document: Node | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: bool = False
    foreign: tuple[str, int] | None = None


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
    if before is not None:
        message = f"{key.text} is written twice here, first in line {before.key.span.line}; the last one counts"
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
        entries[said] = Entry(Scalar(said, key.style, key.source, key.start, key.end), replaced(entry.value, name, text))
    return Mapping(entries, node.source, node.start, node.end, node.flow, node.short)


def _filled(said: str, name: str, text: str) -> str:
    if "{" not in said:
        return said
    letters = re.sub(r"[^A-Za-z0-9]", "", text)
    return said.replace(f"${{{name}}}", text).replace(f"&{{{name}}}", letters)


# --------------------------------------------------------------------------- places inside a scalar


def place_in(whole: Span, text: str, start: int, end: int) -> Span:
    """Where the characters from `start` to `end` of a scalar's decoded `text` are written.

    `whole` is the scalar's own span. Literal blocks (`|`), plain and quoted scalars are followed exactly; where a scalar is
    folded over lines the answer is `whole`.
    """
    raw = whole.source.data[whole.start : whole.end]
    if raw[:1] == b"|":
        return _in_block(whole, text, start, end)
    if raw[:1] == b">" or (b"\n" in raw):
        return whole
    if raw[:1] == b'"' and b"\\" in raw:
        return _in_escaped(whole, raw, start, end)
    if raw[:1] == b"'" and b"''" in raw:
        start, end = (n + text.count("'", 0, n) for n in (start, end))
        text = text.replace("'", "''")
    opening = 1 if raw[:1] in (b'"', b"'") else 0
    if raw[opening : len(raw) - opening] != text.encode("utf-8", "replace"):
        return whole
    first = whole.start + opening + len(text[:start].encode("utf-8", "replace"))
    return Span(whole.source, first, first + len(text[start:end].encode("utf-8", "replace")))


def _in_block(whole: Span, text: str, start: int, end: int) -> Span:
    first = _block_offset(whole, text, start)
    last = _block_offset(whole, text, end)
    if first is None:
        return whole
    return Span(whole.source, first, max(first, min(last if last is not None else whole.end, whole.end)))


def _block_offset(whole: Span, text: str, at: int) -> int | None:
    """Lines of a literal block and of its text go in step, one header line apart."""
    lines_before = text.count("\n", 0, at)
    line_from = text.rfind("\n", 0, at) + 1
    line_to = text.find("\n", line_from)
    said = text[line_from : len(text) if line_to < 0 else line_to]
    number = whole.line + 1 + lines_before
    if number > whole.end_line:
        return whole.end
    offset = whole.source.line_start(number)
    stop = whole.source.data.find(b"\n", offset)
    written = whole.source.data[offset : len(whole.source.data) if stop < 0 else stop].rstrip(b"\r")
    wanted = said.encode("utf-8", "replace")
    if not written.endswith(wanted):
        return None
    return offset + len(written) - len(wanted) + len(text[line_from:at].encode("utf-8", "replace"))


_ESCAPE = re.compile(rb"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|[^\\\x80-\xff]|[\xc0-\xff][\x80-\xbf]*", re.S)


def _in_escaped(whole: Span, raw: bytes, start: int, end: int) -> Span:
    """Step over the token character by character; a surrogate pair of escapes is one character."""
    offsets: list[int] = []
    high = False
    for token in _ESCAPE.finditer(raw, 1, len(raw) - 1):
        if high and token[0][:3].lower() in (b"\\uc", b"\\ud", b"\\ue", b"\\uf"):
            high = False
            continue
        high = len(token[0]) == 6 and token[0][:4].lower() in (b"\\ud8", b"\\ud9", b"\\uda", b"\\udb")
        offsets.append(token.start())
    offsets.append(len(raw) - 1)
    if end >= len(offsets):
        return whole
    return Span(whole.source, whole.start + offsets[start], whole.start + offsets[end])
