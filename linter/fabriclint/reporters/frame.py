"""Code frames: the lines of source that a finding is about, with what matters underlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from fabriclint.engine.withhold import NO_SECRETS, Secrets
from fabriclint.reporters.paint import WIDTH, Paint, expanded, width, wrapped
from fabriclint.text import Span

# Lines between two marks that are shown rather than left out.
GAP = 1


class Mark(Struct, frozen=True):
    """A place to underline: the primary one of a finding, or another with a few words."""

    place: Span
    label: str = ""
    primary: bool = False


def frame(
    marks: Sequence[Mark], header: Span, severity: str, paint: Paint, secrets: Secrets = NO_SECRETS
) -> list[str]:
    """The frame of a finding: the file of the primary mark first, then the others in the order in which they are named.

    `header` is shown without underline where it lies above the primary mark in the same file, so that a reader sees whose
    attribute it is.
    """
    primary = next(mark for mark in marks if mark.primary)
    per_file: dict[str, list[Mark]] = {primary.place.path: []}
    for mark in marks:
        per_file.setdefault(mark.place.path, []).append(mark)
    gutter = max(len(str(mark.place.line)) for mark in marks)
    out: list[str] = []
    for path, inside in per_file.items():
        first = primary if path == primary.place.path else inside[0]
        where = f"{expanded(path)}:{first.place.line}:{first.place.column}"
        out.append(f"{' ' * gutter} {paint.frame('-->')} {where}")
        out.append(f"{' ' * (gutter + 1)}{paint.frame('|')}")
        context = _context(header, primary) if path == primary.place.path else None
        out.extend(_body(inside, context, gutter, severity, paint, secrets))
        out.append(f"{' ' * (gutter + 1)}{paint.frame('|')}")
    return out


def _context(header: Span, primary: Mark) -> int | None:
    same_file = header.path == primary.place.path
    return header.line if same_file and header.line < primary.place.line else None


def _body(
    marks: Sequence[Mark], context: int | None, gutter: int, severity: str, paint: Paint, secrets: Secrets
) -> Iterator[str]:
    per_line: dict[int, list[Mark]] = {}
    for mark in marks:
        per_line.setdefault(mark.place.line, []).append(mark)
    if context is not None:
        per_line.setdefault(context, [])
    source = marks[0].place.source
    last = 0
    for line in sorted(per_line):
        if last and line - last > GAP + 1:
            yield f"{paint.frame('...')}"
        elif last:
            for between in range(last + 1, line):
                yield from _shown(
                    secrets.line(source.line_text(between)), between, [], gutter, severity, paint
                )
        yield from _shown(secrets.line(source.line_text(line)), line, per_line[line], gutter, severity, paint)
        last = line


def _shown(
    text: str, line: int, marks: Sequence[Mark], gutter: int, severity: str, paint: Paint
) -> Iterator[str]:
    """One line of source and the lines under it."""
    room = WIDTH - gutter - 3
    edges = [_edges(text, mark.place) for mark in marks]
    shown, shift = _cut(expanded(text), edges, room)
    bar = paint.frame("|")
    yield f"{paint.frame(f'{line:>{gutter}}')} {bar} {shown}".rstrip()
    order = sorted(zip(marks, edges, strict=True), key=lambda pair: (not pair[0].primary, pair[1]))
    under: tuple[int, int] | None = None
    for mark, (start, end) in order:
        again, under = under == (start, end), (start, end)
        start = max(0, min(start - shift, room - 1))
        length = max(1, min(end - shift, room) - start)
        stroke = (" " if again else "^" if mark.primary else "-") * length
        colored = paint.grave(severity, stroke) if mark.primary else paint.frame(stroke)
        before = f"{' ' * (gutter + 1)}{bar} {' ' * start}"
        if not mark.label:
            if not again:
                yield before + colored
            continue
        if start + length + 1 + min(width(mark.label), 24) <= room:
            label = list(wrapped(mark.label, max(24, room - start - length - 1)))
            yield f"{before}{colored} {_label(label[0], mark, severity, paint)}"
            indent = " " * (length + 1)
            for more in label[1:]:
                yield f"{before}{indent}{_label(more, mark, severity, paint)}"
        else:
            if not again:
                yield before + colored
            for more in wrapped(mark.label, room):
                yield f"{' ' * (gutter + 1)}{bar} {_label(more, mark, severity, paint)}"


def _label(text: str, mark: Mark, severity: str, paint: Paint) -> str:
    return paint.grave(severity, text) if mark.primary else paint.frame(text)


def _edges(text: str, place: Span) -> tuple[int, int]:
    """The columns of the terminal (from 0) between which a place stands on its first line."""
    first = place.first_line()
    start = first.column - 1
    end = max(first.end_column - 1, start + 1)
    while start < end - 1 and text[start : start + 1].isspace():
        start += 1
    before = width(expanded(text[:start]))
    return before, before + max(1, width(expanded(text[start:end])))


def _cut(shown: str, edges: Sequence[tuple[int, int]], room: int) -> tuple[str, int]:
    """A line that fits, and by how much what is underlined moved to the left."""
    if width(shown) <= room:
        return shown, 0
    start = min((edge[0] for edge in edges), default=0)
    shift = 0
    if start > room // 2:
        shift = start - room // 4
    kept: list[str] = []
    used = at = 0
    for sign in shown:
        columns = width(sign)
        if at >= shift:
            if used + columns > room - 1:
                kept.append("…")
                break
            kept.append(sign)
            used += columns
        at += columns
    if shift and kept:
        kept[0] = "…"
    return "".join(kept), shift
