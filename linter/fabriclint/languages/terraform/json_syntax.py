"""Terraform's JSON syntax (`.tf.json`, `.tfvars.json`) as the same blocks and attributes, every value with its place."""

from __future__ import annotations

import json
import re
from typing import Final, TypeAlias

from msgspec import Struct

from fabriclint.languages.base import Diagnostic, Files, Unreadable
from fabriclint.languages.terraform import build
from fabriclint.languages.terraform import expressions as x
from fabriclint.languages.terraform.syntax import Attribute, Block, File
from fabriclint.patterns import late
from fabriclint.text import Source, Span, remembered
from fabriclint.values import Reason

_MOST_DEPTH: Final = 60
_LONE: Final = late("[\ud800-\udfff]")  # half a character: nothing could be written out again
_TOKEN: Final = late(
    rb'[ \t\r\n]*(?:("(?:[^"\\\x00-\x1f]|\\.)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([\[\]{}:,]))'
)
_LABELS: Final = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "check": 1,
}
_WORDS: Final[dict[bytes, bool | None]] = {b"true": True, b"false": False, b"null": None}


class Text(Struct, frozen=True):
    """A string, unescaped."""

    text: str
    span: Span


class Plain(Struct, frozen=True):
    """A number, a bool or null."""

    data: int | float | bool | None
    span: Span


class Array(Struct, frozen=True):
    """An array."""

    items: tuple[Node, ...]
    span: Span


class Members(Struct, frozen=True):
    """An object; a key may repeat."""

    members: tuple[tuple[Text, Node], ...]
    span: Span


Node: TypeAlias = Text | Plain | Array | Members


class _Broken(Exception):
    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.data = source.data
        self.at = 3 if source.data.startswith(b"\xef\xbb\xbf") else 0

    def token(self) -> re.Match[bytes]:
        found = _TOKEN.match(self.data, self.at)
        if found is None:
            raise _Broken("This is not JSON", self.at)
        self.at = found.end()
        return found

    def node(self, depth: int) -> Node:
        return self.of(self.token(), depth)

    def of(self, found: re.Match[bytes], depth: int) -> Node:
        if depth > _MOST_DEPTH:
            raise _Broken("The JSON nests too deeply", found.start())
        if found[1] is not None:
            return self.text(found)
        if found[2] is not None:
            number = json.loads(found[2]) if len(found[2]) < 400 else 0
            return Plain(number, Span(self.source, found.start(2), found.end(2)))
        if found[3] is not None:
            return Plain(_WORDS[found[3]], Span(self.source, found.start(3), found.end(3)))
        start = found.start(4)
        if found[4] == b"[":
            return self.array(start, depth)
        if found[4] == b"{":
            return self.object(start, depth)
        raise _Broken("A value is missing here", start)

    def text(self, found: re.Match[bytes]) -> Text:
        span = Span(self.source, found.start(1), found.end(1))
        try:
            made: str = json.loads(found[1])
            return Text(_LONE.sub("\N{REPLACEMENT CHARACTER}", made), span)
        except ValueError:
            raise _Broken("This string is not JSON", span.start) from None

    def array(self, start: int, depth: int) -> Array:
        items: list[Node] = []
        found = self.token()
        while found[4] != b"]":
            items.append(self.of(found, depth + 1))
            found = self.token()
            if found[4] == b",":
                found = self.token()
            elif found[4] != b"]":
                raise _Broken("A comma is missing here", found.start())
        return Array(tuple(items), Span(self.source, start, self.at))

    def object(self, start: int, depth: int) -> Members:
        members: list[tuple[Text, Node]] = []
        found = self.token()
        while found[4] != b"}":
            if found[1] is None:
                raise _Broken("A key is missing here", found.start())
            key = self.text(found)
            if self.token()[4] != b":":
                raise _Broken("A colon is missing here", self.at)
            members.append((key, self.node(depth + 1)))
            found = self.token()
            if found[4] == b",":
                found = self.token()
            elif found[4] != b"}":
                raise _Broken("A comma is missing here", found.start())
        return Members(tuple(members), Span(self.source, start, self.at))


class JsonAttribute(Struct, eq=False):
    """A property."""

    name: str
    span: Span
    whole: Span
    node: Node
    literal: bool = False
    _built: x.Expression | None = None

    @property
    def expression(self) -> x.Expression:
        """The value; its strings are templates, except in variable files."""
        if self._built is None:
            self._built = _expression(self.node, self.literal)
        return self._built


class JsonBlock(Struct, eq=False):
    """An object that stands for a block. Whether a property is an argument or a block only a schema could tell: all are
    arguments, except `dynamic`."""

    type: str
    labels: tuple[str, ...]
    header: Span
    span: Span
    members: tuple[tuple[Text, Node], ...]
    broken: Reason | None = None
    problems: tuple[Diagnostic, ...] = ()
    _attributes: dict[str, Attribute] | None = None

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The properties by name."""
        if self._attributes is None:
            literal = self.type == "variable"
            self._attributes = {
                key.text: JsonAttribute(key.text, node.span, _cover(key.span, node.span), node, literal)
                for key, node in self.members
                if key.text not in ("//", "dynamic", "content")
            }
        return self._attributes

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The `dynamic` blocks, and the content of one."""
        found: list[Block] = []
        for key, node in self.members:
            if key.text == "dynamic" and self.type != "variable":
                found.extend(_labelled("dynamic", key, node, 1))
            elif key.text == "content" and self.type == "dynamic":
                found.extend(_labelled("content", key, node, 0))
        return tuple(found)


def _cover(first: Span, last: Span) -> Span:
    return Span(first.source, first.start, last.end)


def _expression(node: Node, literal: bool) -> x.Expression:
    if isinstance(node, Plain):
        return x.Literal(node.span, node.data)
    if isinstance(node, Text):
        if literal or ("${" not in node.text and "%{" not in node.text):
            return x.Literal(node.span, node.text)
        return build.text_template(node.text, node.span)
    if isinstance(node, Array):
        return x.Tuple(node.span, tuple(_expression(item, literal) for item in node.items))
    members = tuple(
        (x.Literal(key.span, key.text) if literal else _expression(key, literal), _expression(value, literal))
        for key, value in node.members
    )
    return x.Object(node.span, members)


def _labelled(kind: str, key: Text, node: Node, labels: int) -> list[Block]:
    """The blocks under a property, through as many objects of labels as the kind has."""
    level: list[tuple[tuple[str, ...], Span, Node]] = [((), key.span, node)]
    for _ in range(labels):
        following: list[tuple[tuple[str, ...], Span, Node]] = []
        for names, _, inner in level:
            for holder in inner.items if isinstance(inner, Array) else (inner,):
                if isinstance(holder, Members):
                    following.extend(
                        ((*names, label.text), label.span, value) for label, value in holder.members
                    )
        level = following
    found: list[Block] = []
    for names, header, inner in level:
        for body in inner.items if isinstance(inner, Array) else (inner,):
            if isinstance(body, Members) and not (names and names[0] == "//"):
                found.append(JsonBlock(kind, names, header, _cover(header, body.span), body.members))
    return found


@remembered(512)
def parse_json(source: Source) -> File:
    """A file of the JSON syntax; remembered for each source."""
    reader = _Reader(source)
    try:
        source.data.decode("utf-8")
        top = reader.node(0)
        if source.data[reader.at :].strip():
            raise _Broken("There is more after the end of the JSON", reader.at)
        if not isinstance(top, Members):
            raise _Broken("A JSON object is wanted here", 0)
    except (_Broken, UnicodeDecodeError) as error:
        if isinstance(error, _Broken):
            what, at = error.what, error.at
        else:
            what, at = "A byte here is not UTF-8", error.start
        place = source.span(min(at, len(source.data)), min(at + 1, len(source.data)))
        reason = Reason(f"{source.path} is not read: {what}", place)
        return File(
            source, problems=(Diagnostic("error", f"{what}; the file is not read", place),), open=(reason,)
        )
    if source.path.endswith(".tfvars.json"):
        given: dict[str, Attribute] = {
            key.text: JsonAttribute(key.text, node.span, _cover(key.span, node.span), node, True)
            for key, node in top.members
        }
        return File(source, attributes=given)
    blocks: list[Block] = []
    for key, node in top.members:
        if key.text != "//":
            blocks.extend(_labelled(key.text, key, node, _LABELS.get(key.text, 0)))
    return File(source, tuple(blocks))


def module_folders(path: str, files: Files) -> dict[str, str]:
    """Where `terraform init` put each module: key to folder, relative to the root."""
    try:
        top = _Reader(files.source(path)).node(0)
    except (Unreadable, _Broken):
        return {}
    found: dict[str, str] = {}
    for key, node in top.members if isinstance(top, Members) else ():
        if key.text != "Modules" or not isinstance(node, Array):
            continue
        for item in node.items:
            if isinstance(item, Members):
                words = {name.text: value.text for name, value in item.members if isinstance(value, Text)}
                if words.get("Key") and "Dir" in words:
                    found[words["Key"]] = words["Dir"]
    return found
