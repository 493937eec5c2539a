"""Where a key of a document stands: TOML's parser gives values without places, and YAML's gives both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, TypeAlias

from fabriclint.patterns import late
from fabriclint.text import Source, Span

Key: TypeAlias = "str | int"
Path: TypeAlias = tuple[Key, ...]
Places: TypeAlias = dict[Path, Span]

_DEEPEST = 20
_BEGIN = frozenset({"[", "{", "<block sequence start>", "<block mapping start>"})
_END = frozenset({"]", "}", "<block end>"})
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = late(rf"\s*\[\[?\s*({_DOTTED})\s*\]")
_ASSIGNED = late(rf"\s*({_DOTTED})\s*=")
_INLINE = late(rf"[{{,]\s*({_DOTTED})\s*=")


class Unparsable(Exception):
    """The file is not what its name says; `line` is where the parser stopped."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def toml(source: Source) -> tuple[Any, Places]:
    """A TOML file as data, and where its keys stand (their line)."""
    import tomllib

    try:
        text = source.data.decode("utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise Unparsable("it is not UTF-8", source.line_of(error.start)) from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        message = re.sub(r" \(at [^)]*\)$", "", str(error))
        raise Unparsable(message, int(at[1]) if at else 1) from error
    except RecursionError as error:
        raise Unparsable("it is nested too deeply", 1) from error
    places: Places = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        start = source.line_start(number)
        header = _TABLE.match(line)
        if header is not None:
            table = _parts(header[1])
            _put(places, table, source, start, line, header.span(1))
            continue
        key = _ASSIGNED.match(line)
        if key is None:
            continue
        path = (*table, *_parts(key[1]))
        _put(places, path, source, start, line, key.span(1))
        for inner in _INLINE.finditer(line, key.end()):
            _put(places, (*path, *_parts(inner[1])), source, start, line, inner.span(1))
    return data, places


def _put(places: Places, path: Path, source: Source, start: int, line: str, at: tuple[int, int]) -> None:
    before, through = (len(line[:end].encode()) for end in at)
    span = Span(source, start + before, start + through)
    for length in range(1, len(path) + 1):
        places.setdefault(path[:length], span)


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, dotted))


def yaml(source: Source, values: Places | None = None) -> tuple[Any, Places]:
    """A YAML file as data, and where its keys stand. Plain YAML: no tags, anchors or aliases.

    `values` takes where the scalars stand, as they are written: with quotes, or with the sign of a block.
    """
    parser = _parser()
    places: Places = {}
    values = {} if values is None else values
    depth = 0
    try:
        text = source.data.decode("utf-8")
        for token in parser.scan(text, Loader=parser.SafeLoader):
            if isinstance(token, (parser.AnchorToken, parser.AliasToken, parser.TagToken)):
                raise Unparsable("anchors, aliases and tags have no place here", token.start_mark.line + 1)
            # Told here, because what composes the tokens recurses.
            depth += token.id in _BEGIN
            depth -= token.id in _END
            if depth > _DEEPEST:
                raise Unparsable("it is nested too deeply", token.start_mark.line + 1)
        node = parser.compose(text, Loader=parser.SafeLoader)
    except UnicodeDecodeError as error:
        raise Unparsable("it is not UTF-8", source.line_of(error.start)) from error
    except parser.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise Unparsable(str(error.problem or "it is no YAML"), line) from error
    except parser.YAMLError as error:
        raise Unparsable("it is no YAML", 1) from error
    return (None if node is None else _built(node, (), places, values, source, _offsets(text))), places


def _parser() -> Any:
    """PyYAML, imported only when there is a file for it."""
    import yaml as parser

    return parser


def _built(
    node: Any, path: Path, places: Places, values: Places, source: Source, offsets: Sequence[int]
) -> Any:
    parser = _parser()
    if isinstance(node, parser.MappingNode):
        made: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            places[(*path, name)] = _span(key, source, offsets)
            if name in made:
                raise Unparsable(f"{name} stands here twice", key.start_mark.line + 1)
            made[name] = _built(value, (*path, name), places, values, source, offsets)
        return made
    if isinstance(node, parser.SequenceNode):
        return [
            _built(item, (*path, number), places, values, source, offsets)
            for number, item in enumerate(node.value)
        ]
    values[path] = _span(node, source, offsets)
    try:
        return parser.SafeLoader("").construct_object(node, deep=True)
    except (parser.YAMLError, ValueError) as error:
        # A bare `=` has a tag of its own that nothing builds; the 99th of a month looks like a date.
        raise Unparsable(f"{node.value} is no value; quote it if it is meant as text", _line(node)) from error


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _offsets(text: str) -> Sequence[int]:
    """Where each character begins, in bytes; and where the text ends."""
    if text.isascii():
        return range(len(text) + 1)
    return [0, *accumulate(len(sign.encode()) for sign in text)]


def _span(node: Any, source: Source, offsets: Sequence[int]) -> Span:
    start, end = (offsets[int(mark.index)] for mark in (node.start_mark, node.end_mark))
    return Span(source, start, end)


def nearest(places: Places, path: Sequence[Key], source: Source) -> Span:
    """The place of a key, or of the deepest key above it that has one."""
    for length in range(len(path), 0, -1):
        found = places.get(tuple(path[:length]))
        if found is not None:
            return found
    return source.span(0, 0)


def inside(written: Span, text: str, offset: int) -> Span:
    """Where a character of a scalar's text stands in the scalar as it is written.

    Signs are counted and white space is not, so that folding and indentation do not matter.
    """
    raw = written.text
    at = raw.find("\n") + 1 if raw[:1] in ("|", ">") else raw[:1] in ("'", '"')
    left = sum(1 for sign in text[:offset] if not sign.isspace())
    while at < len(raw) - 1 and (left or raw[at].isspace()):
        left -= not raw[at].isspace()
        at += 1
    start = written.start + len(raw[:at].encode())
    return Span(written.source, start, min(start + 1, written.end))
