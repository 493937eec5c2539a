"""Byte offsets as the protocol's positions, and back: lines from 0, characters in the units the client chose.

The protocol ends a line at `\\n`, `\\r\\n` and a lone `\\r`; a source's own lines end at `\\n` only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from lsprotocol import types

from fabriclint.patterns import late
from fabriclint.text import Source, Span, remembered

Encoding = types.PositionEncodingKind | str

_LINE_END = late(rb"\r\n|\n|\r")


@remembered(256)
def line_starts(source: Source) -> list[int]:
    """The offsets at which the lines begin."""
    return [0, *(found.end() for found in _LINE_END.finditer(source.data))]


def position(source: Source, offset: int, encoding: Encoding) -> types.Position:
    """Where a byte stands."""
    starts = line_starts(source)
    line = bisect_right(starts, offset) - 1
    return types.Position(line, _units(source.data[starts[line] : offset], encoding))


def range_of(span: Span, encoding: Encoding) -> types.Range:
    """Exactly the bytes of a span."""
    return types.Range(position(span.source, span.start, encoding), position(span.source, span.end, encoding))


def shown(span: Span, encoding: Encoding) -> types.Range:
    """A span to be underlined: without the white space at its end, so that no empty line is."""
    text = span.source.data[span.start : span.end]
    return range_of(Span(span.source, span.start, span.start + len(text.rstrip())), encoding)


def offset_of(source: Source, at: types.Position, encoding: Encoding) -> int:
    """The byte at a position; what lies behind a line's end is its end, what lies behind the last line the file's."""
    starts = line_starts(source)
    if at.line >= len(starts):
        return len(source.data)
    start = starts[max(at.line, 0)]
    end = starts[at.line + 1] if at.line + 1 < len(starts) else len(source.data)
    line = source.data[start:end].rstrip(b"\r\n")
    return start + _bytes(line, at.character, encoding)


def changed(
    source: Source, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: Encoding
) -> Source:
    """The source after changes of its text, one after the other."""
    for change in changes:
        new = change.text.encode("utf-8", "replace")
        if isinstance(change, types.TextDocumentContentChangePartial):
            start = offset_of(source, change.range.start, encoding)
            end = max(start, offset_of(source, change.range.end, encoding))
            new = source.data[:start] + new + source.data[end:]
        source = Source(source.path, new)
    return source


def _units(before: bytes, encoding: Encoding) -> int:
    if encoding == types.PositionEncodingKind.Utf8 or before.isascii():
        return len(before)
    text = before.decode("utf-8", "replace")
    return len(text) if encoding == types.PositionEncodingKind.Utf32 else len(text.encode("utf-16-le")) // 2


def _bytes(line: bytes, units: int, encoding: Encoding) -> int:
    if encoding == types.PositionEncodingKind.Utf8 or line.isascii():
        return min(max(units, 0), len(line))
    text = line.decode("utf-8", "replace")
    if encoding == types.PositionEncodingKind.Utf32:
        return len(text[:units].encode("utf-8"))
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").encode("utf-8"))
