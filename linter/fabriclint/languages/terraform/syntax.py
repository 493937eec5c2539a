"""Terraform's native syntax: files as blocks and attributes with their places, opened no further than asked.

tree-sitter gives the tree and survives broken input: a broken block is read alone, so that it costs its neighbours nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic
from fabriclint.patterns import late
from fabriclint.text import Source, Span, remembered
from fabriclint.values import Reason

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

    from fabriclint.languages.terraform.expressions import Expression

_EXPONENT: Final = late(rb"(?<![\w.-])(\d+(?:\.\d+)?)[eE]([+-]?)(\d+)(?![\w.])")
_HEADER: Final = late(
    rb"^(?:resource|data|module|variable|output|locals|provider|terraform|moved|import|removed|check|ephemeral|action|list)"
    rb'(?:[ \t]+"[^"\n]*"){0,2}[ \t]*\{',
    re.MULTILINE,
)
_MOST_REGIONS: Final = 20
_MOST_MENDED: Final = 10_000_000
"""How many bytes are parsed again, all in all, to read a file round what is broken in it."""
_MOST_SEARCHED: Final = 100_000_000
"""How many signs the scanner may have to look at for one of them. Where a file does not parse it begins anew at every sign
of a run of blanks, and at every opening of a comment that nothing closes: the square of their length."""
_BLANKS: Final = late(rb"\s{200,}")
_OPENING: Final = late(rb"/\*")
# What decides on a line whether `/*` opens a comment: texts, comments, the sign itself, a text without an end, heredocs.
_TOKENS: Final = late(rb'"(?:\\.|[^"\\])*"|#.*|//.*|/\*|"|<<-?[ \t]*([A-Za-z_][\w-]*)')
_MOST_NESTED_BLOCKS: Final = 40


class Attribute(Protocol):
    """`name = expression`, its expression built when it is first asked for."""

    @property
    def name(self) -> str: ...

    @property
    def span(self) -> Span:
        """The expression."""
        ...

    @property
    def whole(self) -> Span:
        """The name, the sign and the expression."""
        ...

    @property
    def expression(self) -> Expression: ...


class Block(Protocol):
    """A block: its type and labels, its header (without the brace) and what stands in it."""

    @property
    def type(self) -> str: ...

    @property
    def labels(self) -> tuple[str, ...]: ...

    @property
    def header(self) -> Span: ...

    @property
    def span(self) -> Span: ...

    @property
    def broken(self) -> Reason | None:
        """Why the block may hold more than is shown: it does not parse."""
        ...

    @property
    def attributes(self) -> dict[str, Attribute]: ...

    @property
    def blocks(self) -> tuple[Block, ...]: ...

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong inside, found when it was opened."""
        ...


class File(Struct, frozen=True):
    """A file's top level, in source order."""

    source: Source
    blocks: tuple[Block, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict[str, Attribute])
    problems: tuple[Diagnostic, ...] = ()
    open: tuple[Reason, ...] = ()


class HclAttribute(Struct, eq=False):
    """An attribute of the native syntax."""

    name: str
    span: Span
    whole: Span
    node: Node | None
    problem: str = ""
    _built: Expression | None = None

    @property
    def expression(self) -> Expression:
        """The expression, built once."""
        if self._built is None:
            from fabriclint.languages.terraform import build

            if self.node is None or self.problem:
                self._built = build.broken(self.span, self.problem or "does not parse")
            else:
                self._built = build.expression(self.node, self.span.source)
        return self._built


class HclBlock(Struct, eq=False):
    """A block of the native syntax, opened when its body is first asked for."""

    type: str
    labels: tuple[str, ...]
    header: Span
    span: Span
    node: Node
    broken: Reason | None = None
    depth: int = 0
    _attributes: dict[str, Attribute] | None = None
    _blocks: tuple[Block, ...] = ()
    _problems: tuple[Diagnostic, ...] = ()

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by name."""
        if self._attributes is None:
            return self._open()
        return self._attributes

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks inside, in source order."""
        if self._attributes is None:
            self._open()
        return self._blocks

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong inside."""
        if self._attributes is None:
            self._open()
        return self._problems

    def _open(self) -> dict[str, Attribute]:
        source = self.span.source
        attributes, blocks, problems = _body(self.node, source, self.depth + 1)
        self._attributes, self._blocks, self._problems = attributes, tuple(blocks), tuple(problems)
        if self.node.has_error and self.broken is None:
            self.broken = Reason(f"this {self.type} block does not parse", self.header)
        return attributes


def _body(
    node: Node, source: Source, depth: int
) -> tuple[dict[str, Attribute], list[Block], list[Diagnostic]]:
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    problems: list[Diagnostic] = []
    if depth > _MOST_NESTED_BLOCKS:
        span = Span(source, node.start_byte, node.end_byte).first_line()
        return (
            attributes,
            blocks,
            [Diagnostic("error", "Blocks nest too deeply; the inner ones are not read", span)],
        )
    for item in _items(node):
        if item.type == "attribute":
            found = _attribute(item, source)
            if found is None:
                continue
            if found.name in attributes:
                message = f'"{found.name}" is set twice here; Terraform allows an argument once'
                problems.append(Diagnostic("error", message, found.whole.first_line()))
                found.problem = f"{found.name} is set twice"
            attributes[found.name] = found
        else:
            block = _block(item, source, depth)
            if block is not None:
                blocks.append(block)
    return attributes, blocks, problems


def _items(node: Node) -> Iterator[Node]:
    """The attributes and blocks directly in a block or file, also those that an error surrounds."""
    todo = list(reversed(node.children))
    while todo:
        child = todo.pop()
        kind = child.type
        if kind in ("attribute", "block"):
            yield child
        elif kind in ("body", "ERROR"):
            todo.extend(reversed(child.children))


def _attribute(node: Node, source: Source) -> HclAttribute | None:
    name = value = None
    for child in node.children:
        if child.type == "identifier" and name is None:
            name = child
        elif child.type == "expression":
            value = child
    if name is None:
        return None
    whole = Span(source, node.start_byte, node.end_byte)
    span = whole if value is None else Span(source, value.start_byte, value.end_byte)
    text = source.data[name.start_byte : name.end_byte].decode("utf-8", "replace")
    return HclAttribute(text, span, whole, value, "does not parse" if value is None or node.has_error else "")


def _block(node: Node, source: Source, depth: int) -> HclBlock | None:
    words: list[str] = []
    end = node.start_byte
    for child in node.children:
        kind = child.type
        if kind == "identifier":
            words.append(source.data[child.start_byte : child.end_byte].decode("utf-8", "replace"))
        elif kind == "string_lit":
            words.append(source.data[child.start_byte + 1 : child.end_byte - 1].decode("utf-8", "replace"))
        elif kind == "block_start":
            break
        else:
            continue
        end = child.end_byte
    if not words:
        return None
    header = Span(source, node.start_byte, end)
    return HclBlock(
        words[0], tuple(words[1:]), header, Span(source, node.start_byte, node.end_byte), node, None, depth
    )


@lru_cache(maxsize=1)
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_hcl

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def tree(data: bytes) -> Node:
    """The syntax tree of a whole file."""
    return _parser().parse(data).root_node


def _plain_bytes(data: bytes) -> tuple[bytes, int | None]:
    """The bytes as the parser takes them, of the same length, and where the first byte stands that is not UTF-8."""
    bad = None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = error.start
        data = data.decode("utf-8", "surrogateescape").translate(_QUESTION_MARKS).encode("utf-8")
    if data.startswith(b"\xef\xbb\xbf"):
        data = b"   " + data[3:]
    if _EXPONENT.search(
        data
    ):  # the grammar has no exponents; the expression reads the number from the source itself
        data = _EXPONENT.sub(
            lambda found: found[0][: len(found[1])] + b"0" * (len(found[0]) - len(found[1])), data
        )
    return data, bad


_QUESTION_MARKS: Final = dict.fromkeys(range(56448, 56576), "?")


@remembered(2048)
def parse(source: Source) -> File:
    """A file of the native syntax; remembered for each source."""
    if b"\x00" in source.data[:4096]:
        reason = Reason(f"{source.path} is not UTF-8 text", source.span(0, 0))
        problem = Diagnostic("error", "Not UTF-8 text; the file is not read", source.span(0, 0))
        return File(source, problems=(problem,), open=(reason,))
    data, bad = _plain_bytes(source.data)
    slow = _slow_place(data)
    if slow is not None:
        place = source.span(slow, slow + 1)
        what = "Blanks or open comments here would take too long to parse"
        reason = Reason(f"{source.path} would take too long to parse", place)
        return File(
            source, problems=(Diagnostic("error", f"{what}; the file is not read", place),), open=(reason,)
        )
    problems: list[Diagnostic] = []
    if bad is not None:
        problems.append(Diagnostic("error", "A byte here is not UTF-8", source.span(bad, bad + 1)))
    root = tree(data)
    if not root.has_error:
        attributes, blocks, found = _body(root, source, 0)
        return File(source, tuple(blocks), attributes, (*problems, *found))
    return _mended(root, data, source, problems)


def _slow_place(data: bytes) -> int | None:
    """Where the scanner would begin to take time in the square of a file's length; None where it would not."""
    searched = 0
    for blanks in _BLANKS.finditer(data):
        searched += (blanks.end() - blanks.start()) ** 2
        if searched > _MOST_SEARCHED:
            return blanks.start()
    closed = data.rfind(b"*/") + 1
    opened = data.find(b"/*", closed)
    if opened >= 0 and data.count(b"/*", closed) * (len(data) - opened) > _MOST_SEARCHED:
        found = _opened(data, closed)
        if found and len(found) * (len(data) - found[0]) > _MOST_SEARCHED:
            return found[0]
    return None


def _opened(data: bytes, closed: int) -> list[int]:
    """Where `/*` stands behind an offset and opens a comment: in texts, heredocs and other comments it opens none.

    Where a text or heredoc does not end, the scanner may take for code what stands in texts: then every `/*` counts.
    """
    found: list[int] = []
    tag: bytes | None = None
    start = 0
    for line in data.split(b"\n"):
        if tag is not None:
            if line.strip() == tag:
                tag = None
        else:
            for token in _TOKENS.finditer(line):
                if token[0] == b'"':
                    return _every(data, closed)
                if token[0] == b"/*" and start + token.start() >= closed:
                    found.append(start + token.start())
                tag = token[1] or tag
        start += len(line) + 1
    return found if tag is None else _every(data, closed)


def _every(data: bytes, closed: int) -> list[int]:
    return [found.start() for found in _OPENING.finditer(data, closed)]


def _mended(root: Node, data: bytes, source: Source, problems: list[Diagnostic]) -> File:
    """Read every broken region (a top-level item up to the next line that starts one) by itself."""
    regions: list[tuple[Node, Reason]] = []
    parsed = 0
    for _ in range(_MOST_REGIONS):
        start = _first_broken(root)
        parsed += 2 * len(data)
        if start is None or (
            regions and (parsed > _MOST_MENDED or not data[start : start + 1].strip(b"#\n"))
        ):
            break
        following = _HEADER.search(data, start + 1)
        end = following.start() if following else len(data)
        alone = tree(b" " * start + data[start:end])
        place = _first_error(alone, source)
        problems.append(
            Diagnostic("error", "Syntax error: this part of the file is read only as far as it parses", place)
        )
        regions.append((alone, Reason(f"{source.path} does not parse here", place)))
        # As comments and not as blanks, of which the scanner would look at every one again and again.
        data = data[:start] + re.sub(rb"[^\n]", b"#", data[start:end]) + data[end:]
        root = tree(data)
        if not root.has_error:
            break
    attributes, blocks, found = _body(root, source, 0)
    problems.extend(found)
    for alone, reason in regions:
        more, broken, found = _body(alone, source, 0)
        for block in broken:
            assert isinstance(block, HclBlock)
            block.broken = reason
        attributes = more | attributes
        blocks.extend(broken)
        problems.extend(found)
    blocks.sort(key=lambda block: block.span.start)
    return File(source, tuple(blocks), attributes, tuple(problems), tuple(reason for _, reason in regions))


def _first_broken(root: Node) -> int | None:
    """Where the first top-level item with an error starts."""
    todo = list(reversed(root.children))
    while todo:
        child = todo.pop()
        if child.type == "body":
            todo.extend(reversed(child.children))
        elif child.has_error or child.is_missing:
            return child.start_byte
    return root.start_byte if root.has_error else None


def _first_error(root: Node, source: Source) -> Span:
    """The first ERROR or missing node, cut to its first line."""
    open_quote = _open_quote(root, source)
    if open_quote is not None:
        return open_quote
    node = root
    while node.type != "ERROR" and not node.is_missing:
        broken = next((child for child in node.children if child.has_error or child.is_missing), None)
        if broken is None:
            break
        node = broken
    end = min(max(node.end_byte, node.start_byte + 1), len(source.data))
    start = min(node.start_byte, end)
    if (
        node.is_missing or source.data[start:end].isspace()
    ):  # what is missing is missing after the text before it
        end = len(source.data[:start].rstrip())
        start = max(0, end - 1)
    return Span(source, start, end).first_line()


def _open_quote(root: Node, source: Source) -> Span | None:
    """The first string that runs over the end of its line: that is where its closing quote is missing."""
    todo = [root]
    while todo:
        node = todo.pop()
        if node.type in ("string_lit", "quoted_template"):
            span = Span(source, node.start_byte, node.end_byte)
            if source.data.find(b"\n", span.start, span.end) >= 0 and "${" not in span.text:
                return span.first_line()
        elif node.type == "quoted_template_start":
            span = Span(source, node.start_byte, node.end_byte)
            if node.next_sibling is None or node.parent is None or node.parent.type == "ERROR":
                return span
        elif node.type != "heredoc_template":
            todo.extend(reversed(node.children))
    return None
