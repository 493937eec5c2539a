"""Sources, byte spans and edits: the one way a place in a file is named.

Bytes are the truth. Lines and columns are views of a byte offset, made where a person or a protocol asks for them.
"""

from __future__ import annotations

import weakref
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar

from msgspec import Struct, field

T = TypeVar("T")
Unit = Literal["codepoint", "utf-8", "utf-16"]


class Source(Struct, frozen=True, eq=False, weakref=True):
    """One file as it was read: its path (relative, with `/`) and its bytes."""

    path: str
    data: bytes
    _starts: list[int] = field(default_factory=list[int])
    _made: dict[Callable[[Source], Any], Any] = field(default_factory=dict[Callable[["Source"], Any], Any])

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


def remembered(most: int) -> Callable[[Callable[[Source], T]], Callable[[Source], T]]:
    """Work something out from a source once, and keep it as long as the source; of more than `most` the oldest is let go.

    What is kept hangs on the source itself, so that an editor's many versions of one file do not stay in memory.
    """

    def decorate(make: Callable[[Source], T]) -> Callable[[Source], T]:
        order: deque[weakref.ref[Source]] = deque()

        def kept(source: Source) -> T:
            made = source._made
            if make not in made:
                made[make] = make(source)
                order.append(weakref.ref(source))
                if len(order) > most:
                    oldest = order.popleft()()
                    if oldest is not None:
                        oldest._made.pop(make, None)
            found: T = made[make]
            return found

        return kept

    return decorate


class Span(Struct, frozen=True):
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


class Edit(Struct, frozen=True):
    """Put `new` where `span` is; an empty span inserts."""

    span: Span
    new: str


def edited(edits: Iterable[Edit]) -> dict[str, Source]:
    """The sources that edits change, by path, as they then read; raises ValueError where two edits overlap.

    Edits that insert at one place keep their order; the same edit twice counts once.
    """
    by_source: dict[int, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_source.setdefault(id(edit.span.source), []).append(edit)
    made: dict[str, Source] = {}
    for group in by_source.values():
        source = group[0].span.source
        data = source.data
        pieces: list[bytes] = []
        at = 0
        for edit in sorted(group, key=lambda edit: (edit.span.start, edit.span.end)):
            if edit.span.start < at:
                raise ValueError(f"two edits overlap in {source.path}")
            pieces.extend((data[at : edit.span.start], edit.new.encode("utf-8")))
            at = edit.span.end
        if source.path in made:
            raise ValueError(f"edits of two versions of {source.path}")
        made[source.path] = Source(source.path, b"".join((*pieces, data[at:])))
    return made
