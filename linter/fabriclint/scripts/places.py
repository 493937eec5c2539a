"""From a character of a decoded text back to the bytes of the source it was written in.

Texts are handled as plain `str`: a part that is not known stands as one private character (see `Holes`), so that any
parser can take it for a letter. A `Body` is such a text with the way back to its source.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise

from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import NO_INPUTS, Data, Inputs, Pieced, Reference, Text, Unknown, Value

_FIRST = 0xF0000
_LAST = 0xFFFFD
HOLE = f"[{chr(_FIRST)}-{chr(_LAST)}]"
"""The regular expression of one hole."""
_TAKEN = late(HOLE)


class Holes:
    """The unknown parts of the texts of one reading: each is one private character."""

    def __init__(self) -> None:
        self._parts: list[Reference | Unknown] = []
        self._written = 0

    def add(self, part: Reference | Unknown) -> str:
        """The character that stands for `part` from now on."""
        if _FIRST + len(self._parts) >= _LAST:
            return chr(_LAST)
        self._parts.append(part)
        return chr(_FIRST + len(self._parts) - 1)

    def clean(self, text: str) -> str:
        """The text without private characters of its own."""
        return text if text.isascii() else _TAKEN.sub("\N{REPLACEMENT CHARACTER}", text)

    def part(self, char: str) -> Reference | Unknown | None:
        """What a character stands for, if it is a hole."""
        at = ord(char) - _FIRST
        if 0 <= at < len(self._parts):
            return self._parts[at]
        return Unknown.because("too many unknown parts to tell apart") if ord(char) == _LAST else None

    def data(self, text: str) -> Data:
        """The text as data: a str, the Reference or Unknown it consists of, or a Text."""
        if text.isascii():
            return text
        parts: list[str | Reference | Unknown] = []
        start = 0
        for at, char in enumerate(text):
            hole = self.part(char) if char >= chr(_FIRST) else None
            if hole is None:
                continue
            if start < at:
                parts.append(text[start:at])
            parts.append(hole)
            start = at + 1
        if not parts:
            return text
        if start < len(text):
            parts.append(text[start:])
        only = parts[0]
        return only if len(parts) == 1 and not isinstance(only, str) else Text(tuple(parts))

    def show(self, text: str) -> str:
        """The text for a person: on one line, with `…` where a part is not known."""
        shown = text if text.isascii() else "".join("…" if _FIRST <= ord(c) <= _LAST else c for c in text)
        return " ".join(shown.replace("\\\n", " ").split())

    def literal(self, text: str) -> bool:
        """Whether the text has no hole."""
        return text.isascii() or not any(_FIRST <= ord(char) <= _LAST for char in text)


class Alignment:
    """Where the lines of a decoded text stand in the raw text it was decoded from (indentation, quotes, escapes differ).

    `whole`: the raw text is nothing but the text, so that as many lines are the same lines.
    """

    def __init__(self, raw: str, text: str, *, whole: bool) -> None:
        self._raw = raw
        self._whole = whole
        self._text = text
        self._shift: int | None = None
        if text:
            at = raw.find(text)
            if at >= 0 and (len(raw) == len(text) or raw.find(text, at + 1) < 0):
                self._shift = at
        self._ready = False

    def range(self, start: int, end: int) -> tuple[int, int] | None:
        """The raw range of a range of the text, or None where it cannot be told."""
        if self._shift is not None:
            return start + self._shift, end + self._shift
        if not self._ready:
            self._align()
        first = self._point(start, end)
        if first is None:
            return None
        line = bisect_right(self._starts, max(start, end - 1)) - 1
        if line == bisect_right(self._starts, start) - 1:
            return first
        last = self._point(self._starts[line], end)
        return (first[0], last[1]) if last and last[1] >= first[1] else first

    def _align(self) -> None:
        self._ready = True
        raw_lines = self._raw.split("\n")
        lines = self._text.split("\n")
        self._raw_starts = [0, *accumulate(len(line) + 1 for line in raw_lines)]
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)][:-1]
        self._raw_lines = raw_lines
        self._lines = lines
        where: dict[str, list[int]] = {}
        for number, line in enumerate(raw_lines):
            where.setdefault(_unescaped(line).strip(), []).append(number)
        self._map: list[int | None] = [None] * len(lines)
        after = 0
        for number, line in enumerate(lines):
            candidates = where.get(line.strip())
            if not candidates:
                continue
            at = bisect_left(candidates, after)
            if at == len(candidates):
                continue
            follows = number > 0 and self._map[number - 1] is not None and candidates[at] == after
            if follows or (at == len(candidates) - 1 and line.strip()):
                self._map[number] = candidates[at]
                after = candidates[at] + 1
        # Lines between two that are found keep their number where the distance is the same.
        known = [number for number, line in enumerate(self._map) if line is not None]
        pairs = [(number, self._map[number] or 0) for number in known]
        if self._whole and known and len(lines) == len(raw_lines):
            pairs = [(-1, -1), *pairs, (len(lines), len(lines))]
        for (one, first), (two, last) in pairwise(pairs):
            if last - first == two - one:
                for step in range(1, two - one):
                    self._map[one + step] = first + step
        self._looked: dict[int, tuple[int, int] | None] = {}

    def _point(self, start: int, end: int) -> tuple[int, int] | None:
        """The raw range of the part of [start, end) that lies on the line of `start`."""
        number = bisect_right(self._starts, start) - 1
        line = self._lines[number]
        end = min(end, self._starts[number] + len(line))
        raw_number = self._map[number]
        if raw_number is not None:
            raw_line = self._raw_lines[raw_number]
            at = self._raw_starts[raw_number]
            inner = raw_line.find(line.strip())
            if inner < 0:
                lead = len(raw_line) - len(raw_line.lstrip())
                return at + lead, at + max(lead, len(raw_line.rstrip()))
            at += inner - (len(line) - len(line.lstrip()))
            return at + start - self._starts[number], at + end - self._starts[number]
        if number not in self._looked:
            self._looked[number] = self._look(number)
        whole = self._looked[number]
        if whole is None:
            return None
        lead = self._starts[number] + len(line) - len(line.lstrip())
        if whole[1] - whole[0] != len(line.strip()):
            return whole
        return whole[0] + start - lead, whole[0] + end - lead

    def _look(self, number: int) -> tuple[int, int] | None:
        """The line inside a raw line (a list item, a JSON string with `\\n` in it), where it stands exactly once."""
        line = self._lines[number].strip()
        if len(line) < 4 or len(self._looked) > 500:
            return None
        before = next((m for m in reversed(self._map[:number]) if m is not None), 0)
        after = next((m for m in self._map[number + 1 :] if m is not None), len(self._raw_lines) - 1)
        low, high = self._raw_starts[before], self._raw_starts[after + 1]
        for form in dict.fromkeys(
            (line, json.dumps(line, ensure_ascii=False)[1:-1], line.replace("'", "''"))
        ):
            at = self._raw.find(form, low, high)
            if at >= 0 and self._raw.find(form, at + 1, high) < 0:
                return at, at + len(form)
        return None


def _unescaped(line: str) -> str:
    """A line of a template as the shell sees it."""
    if "{" not in line:
        return line
    return line.replace("${!", "${").replace("$${", "${").replace("%%{", "%{")


class _Segment:
    """A part of a root text, and the span it came from."""

    def __init__(self, text: str, span: Span | None, known: bool, *, whole: bool = False) -> None:
        self.span = span
        self._alignment: Alignment | None = None
        self._starts: tuple[list[int], list[int]] | None = None
        if span is not None and known:
            raw = span.text
            if len(raw.encode()) == span.end - span.start:
                self._alignment = Alignment(raw, text, whole=whole)
                if not raw.isascii():
                    lines = raw.split("\n")
                    self._starts = (
                        [0, *accumulate(len(line) + 1 for line in lines)],
                        [0, *accumulate(len(line.encode()) + 1 for line in lines)],
                    )
                self._raw = raw

    def where(self, start: int, end: int) -> Span | None:
        """The span of a range of this part; None where only the whole is known."""
        if self.span is None or self._alignment is None:
            return None
        found = self._alignment.range(start, end)
        if found is None:
            return None
        first = self.span.start + self._bytes(found[0])
        last = self.span.start + self._bytes(found[1])
        return Span(self.span.source, first, last) if first < last else None

    def _bytes(self, chars: int) -> int:
        if self._starts is None:
            return chars
        line = min(bisect_right(self._starts[0], chars), len(self._starts[0]) - 1) - 1
        return self._starts[1][line] + len(self._raw[self._starts[0][line] : chars].encode())


class Body:
    """A text that is read, and where it came from: the source, or a range of another body."""

    def __init__(self, text: str, holes: Holes) -> None:
        self.text = text
        self.holes = holes
        self.place: Span | None = None
        self.inputs: Inputs = NO_INPUTS
        self._parent: Body | None = None
        self._range = (0, 0)
        self._aligned: Alignment | None = None
        self._segments: list[_Segment] = []
        self._pieces: list[Body] = []
        self._starts: list[int] = []

    @staticmethod
    def of(value: Value, holes: Holes, limit: int) -> Body:
        """The text of a str or a Text, no longer than `limit`."""
        data = value.data
        parts: tuple[str | Reference | Unknown, ...]
        spans: tuple[Span | None, ...] = (value.place,)
        if not isinstance(data, (Text, Pieced)):
            parts = (str(data),)
        else:
            parts = data.parts
            spans = data.spans if len(data.spans) == len(parts) else (None,) * len(parts)
        pieces: list[str] = []
        body = Body("", holes)
        length = 0
        for part, span in zip(parts, spans, strict=True):
            piece = holes.clean(part[: limit - length]) if isinstance(part, str) else holes.add(part)
            body._starts.append(length)
            body._segments.append(_Segment(piece, span, isinstance(part, str), whole=len(parts) == 1))
            pieces.append(piece)
            length += len(piece)
            if length >= limit:
                break
        body.text = "".join(pieces)
        body.place = value.place
        body.inputs = value.inputs
        return body

    @staticmethod
    def together(bodies: list[Body], holes: Holes) -> Body:
        """Several texts as one, each on lines of its own; each keeps its own way back."""
        whole = Body("\n".join(body.text for body in bodies), holes)
        length = 0
        for body in bodies:
            whole._starts.append(length)
            whole._pieces.append(body)
            length += len(body.text) + 1
            whole.inputs |= body.inputs
            whole.place = whole.place or body.place
        return whole

    def inner(self, start: int, end: int, text: str | None = None) -> Body:
        """A text that was read from a range of this one: the same characters, or what they decode to."""
        body = Body(self.text[start:end] if text is None else text, self.holes)
        body.place = self.place
        body.inputs = self.inputs
        body._parent = self
        body._range = (start, end)
        return body

    def decoded(self, text: str) -> Body:
        """What this whole text decodes to.

        A source mostly holds the plain text and a function that encodes it, so its lines are looked for there.
        """
        span = self._segments[0].span if len(self._segments) == 1 else None
        if self._parent is not None or span is None or self.text in span.text:
            return self.inner(0, len(self.text), text)
        body = Body(text, self.holes)
        body.place = self.place
        body.inputs = self.inputs
        body._starts.append(0)
        body._segments.append(_Segment(text, span, known=True, whole=True))
        return body

    def where(self, start: int, end: int) -> Span | None:
        """The place of a range: the very bytes where they can be told, else the line, else the whole text's place."""
        body = self
        while body._parent is not None or body._pieces:
            if body._parent is None:
                number = max(bisect_right(body._starts, start) - 1, 0)
                offset = body._starts[number]
                body = body._pieces[number]
                start, end = start - offset, min(end - offset, len(body.text))
                continue
            low, high = body._range
            if body._aligned is None:
                body._aligned = Alignment(body._parent.text[low:high], body.text, whole=True)
            found = body._aligned.range(start, end)
            start, end = (low, high) if found is None else (low + found[0], low + found[1])
            body = body._parent
        return body._source(start, end) or body.place

    def _source(self, start: int, end: int) -> Span | None:
        if not self._segments:
            return None
        one = max(bisect_right(self._starts, start) - 1, 0)
        two = max(bisect_right(self._starts, max(start, end - 1)) - 1, one)
        if one == two:
            offset = self._starts[one]
            found = self._segments[one].where(start - offset, end - offset)
            return found or (self._segments[one].span if len(self._segments) > 1 else None)
        spans: list[Span] = []
        for number in (one, two):
            offset = self._starts[number]
            high = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
            segment = self._segments[number]
            found = segment.where(max(start, offset) - offset, min(end, high) - offset) or segment.span
            if found is not None:
                spans.append(found)
        if not spans:
            return None
        first, last = spans[0], spans[-1]
        if first.source is last.source and first.start <= last.end:
            return Span(first.source, first.start, max(first.end, last.end))
        return first

    def value(self, text: str, start: int, end: int) -> Value:
        """A word of this text as a value at its place."""
        return Value(self.holes.data(text), self.where(start, end), inputs=self.inputs)
