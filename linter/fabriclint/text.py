"""Sources, byte spans and edits: the one way a place in a file is named.

Bytes are the truth. Lines and columns are views of a byte offset, made where a person or a protocol asks for them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["codepoint", "utf-8", "utf-16"]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One file as it was read: its path (relative, with `/`) and its bytes."""

    path: str
    data: bytes
    _starts: list[int] = field(default_factory=list[int], repr=False)

    def _line_starts(self) -> list[int]:
        if not self._starts:
            self._starts.append(0)
            at = self.data.find(b"\n")
            while at >= 0:
                self._starts.append(at + 1)
                at = self.data.find(b"\n", at + 1)
        return self._starts

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds the byte at `offset`."""
        return bisect_right(self._line_starts(), offset)

    def line_start(self, line: int) -> int:
        """The offset of the first byte of a 1-based line."""
        return self._line_starts()[line - 1]

    def line_text(self, line: int) -> str:
        """A line without its end; bytes that are not UTF-8 show as U+FFFD."""
        starts = self._line_starts()
        if not 1 <= line <= len(starts):
            return ""
        end = starts[line] if line < len(starts) else len(self.data)
        return self.data[starts[line - 1] : end].decode("utf-8", "replace").rstrip("\r\n")

    def column_of(self, offset: int, unit: Unit = "codepoint") -> int:
        """The 1-based column of the byte at `offset`, counted in `unit`."""
        before = self.data[self.line_start(self.line_of(offset)) : offset]
        if unit == "utf-8":
            return len(before) + 1
        text = before.decode("utf-8", "replace")
        return len(text) + 1 if unit == "codepoint" else len(text.encode("utf-16-le")) // 2 + 1

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The bytes from `start` up to `end` (the file's end where none is given)."""
        return Span(self, start, len(self.data) if end is None else end)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open byte range of a source; the place of everything that was written somewhere."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """What stands there; bytes that are not UTF-8 show as U+FFFD."""
        return self.source.data[self.start : self.end].decode("utf-8", "replace")

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.source.path

    @property
    def line(self) -> int:
        """The 1-based line of the first byte."""
        return self.source.line_of(self.start)

    @property
    def column(self) -> int:
        """The 1-based column of the first byte, in code points."""
        return self.source.column_of(self.start)

    @property
    def end_line(self) -> int:
        """The 1-based line of the last byte."""
        return self.source.line_of(max(self.start, self.end - 1))

    @property
    def end_column(self) -> int:
        """The 1-based column just after the last byte, in code points, on `end_line`."""
        if self.end <= self.start:
            return self.column
        line_start = self.source.line_start(self.end_line)
        return len(self.source.data[line_start : self.end].decode("utf-8", "replace").rstrip("\r\n")) + 1

    @property
    def order(self) -> tuple[str, int, int]:
        """A key that sorts places by file and position."""
        return (self.source.path, self.start, self.end)

    def first_line(self) -> Span:
        """The part of the span that lies on its first line, without the line's end."""
        end = self.source.data.find(b"\n", self.start, self.end)
        if end < 0:
            return self
        if end > self.start and self.source.data[end - 1 : end] == b"\r":
            end -= 1
        return Span(self.source, self.start, end)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `new` where `span` is; an empty span inserts."""

    span: Span
    new: str
