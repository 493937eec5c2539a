"""The words of a shell command as the shell would see them, as far as the script decides them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct, field

from fabriclint.patterns import late
from fabriclint.scripts.places import Body
from fabriclint.values import Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

_EXPANSIONS = frozenset(
    ["simple_expansion", "expansion", "command_substitution", "process_substitution", "arithmetic_expansion"]
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "0": "\0", "e": "\x1b"}
LONGEST = 20_000
"""How many characters variables may add to a word."""
_ARRAY = late(r"\"?\$\{(\w+)\[[@*]\]\}\"?")
_ESCAPE = late(r"\\(\n|.)", re.DOTALL)
_IN_QUOTES = late(r"\\([\n\"\\$`])")


class Word(Struct, frozen=True):
    """A word of a command (holes and all) and its range in the body."""

    text: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The last part of a path."""
        return self.text.rsplit("/", 1)[-1]


class Frame(Struct):
    """What a function or a loop knows: its variables and its arguments."""

    variables: dict[str, str] = field(default_factory=dict[str, str])
    arguments: list[str] | None = None
    depth: int = 0


class Expander:
    """Words of one body. Variables come from the frame, then from what the script assigns once."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.data = body.text.encode("utf-8", "replace")
        self.globals: dict[str, str] = {}
        self.arrays: dict[str, list[str]] = {}
        self.assigned_at: dict[str, tuple[int, int]] = {}
        self.pending: list[Node] = []
        self._unknown: dict[str, str] = {}
        self._starts = (
            None
            if body.text.isascii()
            else [0, *accumulate(len(c.encode("utf-8", "replace")) for c in body.text)]
        )

    def at(self, byte: int) -> int:
        """The character that a byte belongs to."""
        return byte if self._starts is None else bisect_left(self._starts, byte)

    def span(self, node: Node) -> tuple[int, int]:
        """A node's range in the body."""
        return self.at(node.start_byte), self.at(node.end_byte)

    def raw(self, node: Node) -> str:
        """A node's text as it is written."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    # ------------------------------------------------------------ words

    def words(self, node: Node, frame: Frame) -> list[Word]:
        """The words that a node becomes: one, or several where an unquoted variable or `"$@"` holds several."""
        start, end = self.span(node)
        kind = node.type
        if kind == "command_name" and node.child_count == 1:
            return self.words(node.children[0], frame)
        arguments = self._all_arguments(node, frame)
        if arguments is not None:
            return [Word(text, start, end) for text in arguments]
        text = self.text(node, frame)
        if kind in ("simple_expansion", "expansion"):
            return [Word(piece, start, end) for piece in text.split()]
        return [Word(text, start, end)]

    def _all_arguments(self, node: Node, frame: Frame) -> list[str] | None:
        raw = self.raw(node)
        array = _ARRAY.fullmatch(raw)
        if array is not None:
            return self.arrays.get(array[1])
        if frame.arguments is None:
            return None
        return list(frame.arguments) if raw in ("$@", "$*", '"$@"', '"${@}"', "${@}") else None

    def text(self, node: Node, frame: Frame) -> str:
        """What a node becomes as one text; what is not decided is a hole."""
        kind = node.type
        if kind in _EXPANSIONS:
            return self._expansion(node, frame)
        if kind == "raw_string":
            return self.raw(node)[1:-1]
        if kind == "ansi_c_string":
            return unescaped(self.raw(node)[2:-1])
        if kind in ("string", "translated_string"):
            lead = self.raw(node).find('"') + 1
            return self._around(node, frame, node.start_byte + lead, node.end_byte - 1, quoted=True)
        if kind in ("concatenation", "command_name"):
            return self._joined([self.text(child, frame) for child in node.children], node)
        if kind == "array":
            return self._unset("an array", node)
        if kind == "heredoc_body":
            return self._around(node, frame, node.start_byte, node.end_byte, quoted=True)
        return _ESCAPE.sub(lambda found: "" if found[1] == "\n" else found[1], self.raw(node))

    def _around(self, node: Node, frame: Frame, start: int, end: int, quoted: bool) -> str:
        """A text with expansions in it: what stands between them is kept to the byte."""
        pieces: list[str] = []
        at = start
        for child in node.children:
            if child.type in _EXPANSIONS and at <= child.start_byte < end:
                pieces.append(self._plain(at, child.start_byte, quoted))
                pieces.append(self._expansion(child, frame))
                at = child.end_byte
        pieces.append(self._plain(at, end, quoted))
        return self._joined(pieces, node)

    def _joined(self, pieces: list[str], node: Node) -> str:
        """The pieces as one text; variables that double each other could make it longer than memory."""
        if sum(map(len, pieces)) > LONGEST + node.end_byte - node.start_byte:
            return self._unset("a very long text", node)
        return "".join(pieces)

    def _plain(self, start: int, end: int, quoted: bool) -> str:
        text = self.data[start:end].decode("utf-8", "replace")
        return _IN_QUOTES.sub(lambda found: "" if found[1] == "\n" else found[1], text) if quoted else text

    def _expansion(self, node: Node, frame: Frame) -> str:
        if node.type == "command_substitution":
            self.pending.append(node)
            return self._unset("the output of a command", node)
        if node.type == "process_substitution":
            self.pending.append(node)
            return self._unset("the output of a command", node)
        raw = self.raw(node)
        match = re.fullmatch(r"\$(?:\{(\w+|[@*#?$!-])\}|(\w+|[@*#?$!-]))", raw)
        if match is None:
            return self._unset(raw if len(raw) < 60 and "\n" not in raw else "an expansion", node)
        name: str = match[1] or match[2]
        if frame.arguments is not None and name.isdecimal() and name != "0":
            place = int(name) - 1
            return frame.arguments[place] if place < len(frame.arguments) else ""
        if frame.arguments is not None and name in "@*":
            return " ".join(frame.arguments)
        known = frame.variables.get(name, self.globals.get(name))
        return self.unset(name, node) if known is None else known

    def unset(self, name: str, node: Node) -> str:
        """The hole of a variable that gets its value at run time."""
        if name not in self._unknown:
            at = self.assigned_at.get(name) or self.span(node)
            place = self.body.where(*at)
            self._unknown[name] = self.body.holes.add(Unknown.because(f"${name} is set at run time", place))
        return self._unknown[name]

    def _unset(self, what: str, node: Node) -> str:
        return self.body.holes.add(
            Unknown.because(f"{what} is known at run time", self.body.where(*self.span(node)))
        )

    # ------------------------------------------------------------ here-documents

    def heredoc(self, node: Node, frame: Frame) -> Body | None:
        """The text of a here-document as the command gets it."""
        content = next((child for child in node.children if child.type == "heredoc_body"), None)
        opening = next((child for child in node.children if child.type == "heredoc_start"), None)
        if content is None or opening is None:
            return None
        verbatim = self.raw(opening)[:1] in ("'", '"', "\\")
        text = self.raw(content) if verbatim else self.text(content, frame)
        if node.children[0].type == "<<-":
            text = re.sub(r"(?m)^\t+", "", text)
        return self.body.inner(*self.span(content), text)


def unescaped(text: str) -> str:
    """What `echo -e`, `printf` and `$'…'` make of backslashes."""
    return _ESCAPE.sub(
        lambda found: _ESCAPES.get(found[1], found[1] if found[1] in "\\'\"" else found[0]), text
    )


def topmost(root: Node, kind: str) -> Iterator[Node]:
    """The nodes of a kind that lie in no other of that kind."""
    todo = [root]
    while todo:
        node = todo.pop()
        if node.type == kind:
            yield node
        elif kind != "ERROR" or node.has_error:
            todo.extend(reversed(node.children))
