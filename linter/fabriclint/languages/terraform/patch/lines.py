"""What is known of a block's lines: how deep they stand, how their `=` are aligned, where a thing begins and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabriclint.languages.terraform.syntax import Block
from fabriclint.patterns import late
from fabriclint.text import Edit, Source, Span

_ONE_LINE = late(rb"[ \t]*([A-Za-z_][A-Za-z0-9_-]*)([ \t]*)=(?!=)")
_LIKE_FMT = 2  # spaces a level, where the file does not show its own step


def line_start(source: Source, at: int) -> int:
    """Where the line of an offset begins."""
    return source.data.rfind(b"\n", 0, at) + 1


def line_end(source: Source, at: int) -> int:
    """Where the line of an offset ends, before its line feed (and its carriage return)."""
    end = source.data.find(b"\n", at)
    end = len(source.data) if end < 0 else end
    return end - 1 if end > at and source.data[end - 1 : end] == b"\r" else end


def next_line(source: Source, at: int) -> int:
    """Where the line after that of an offset begins (the file's end where there is none)."""
    end = source.data.find(b"\n", at)
    return len(source.data) if end < 0 else end + 1


def ending(source: Source) -> str:
    """How the file ends its lines."""
    return "\r\n" if b"\r\n" in source.data else "\n"


def indent_of(source: Source, at: int) -> str:
    """The white space that the line of an offset begins with."""
    line = source.data[line_start(source, at) : line_end(source, at)]
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()


def inner_indent(block: Block) -> str:
    """The white space before what stands directly in a block."""
    source, own = block.span.source, indent_of(block.span.source, block.span.start)
    for inside in (*(one.whole for one in block.attributes.values()), *(one.span for one in block.blocks)):
        found = indent_of(source, inside.start)
        if len(found) > len(own) and alone(source, inside.start):
            return found
    return own + " " * _LIKE_FMT


def alone(source: Source, at: int) -> bool:
    """Whether nothing but white space stands before an offset in its line."""
    return not source.data[line_start(source, at) : at].strip()


def laid_out(lines: Sequence[str], indent: str, step: str) -> list[str]:
    """Lines written with two spaces a level, at an indent and with a step of their own."""
    made: list[str] = []
    for line in lines:
        text = line.lstrip(" ")
        depth = (len(line) - len(text)) // _LIKE_FMT
        made.append(f"{indent}{step * depth}{text}" if text else "")
    return made


def step_of(block: Block) -> str:
    """What the block's lines are indented by."""
    own = indent_of(block.span.source, block.span.start)
    return inner_indent(block).removeprefix(own) or " " * _LIKE_FMT


def realigned(source: Source, at: int, *, added: bool) -> tuple[Edit, ...]:
    """Edits that align the `=` of the run of one-line arguments round an offset, as `terraform fmt` does.

    None where the run was not aligned before: then the file is not formatted. With `added` the line of the offset is new,
    else a line beside it has gone.
    """
    first = line_start(source, at)
    run = [first]
    while run[0] > 0 and _argument(source, line_start(source, run[0] - 1)) is not None:
        run.insert(0, line_start(source, run[0] - 1))
    while (following := next_line(source, run[-1])) < len(source.data) and _argument(source, following):
        run.append(following)
    found = [(start, match) for start in run if (match := _argument(source, start)) is not None]
    if not found:
        return ()
    others = [(start, match) for start, match in found if start != first or not added]
    signs = {match.end() - 1 - start for start, match in others}
    names = max((match.end(1) - start for start, match in others), default=0)
    if len(signs) > 1 or (signs and added and signs != {names + 1}):
        return ()
    width = max(match.end(1) - start for start, match in found)
    edits: list[Edit] = []
    for start, match in found:
        wanted = " " * (width - (match.end(1) - start) + 1)
        if source.data[match.start(2) : match.end(2)].decode() != wanted:
            edits.append(Edit(source.span(match.start(2), match.end(2)), wanted))
    return tuple(edits)


def _argument(source: Source, start: int) -> re.Match[bytes] | None:
    """The name and sign of the argument that a line holds whole; None for any other line."""
    end = line_end(source, start)
    match = _ONE_LINE.match(source.data, start, end)
    if match is None:
        return None
    rest = re.sub(rb'"(?:[^"\\]|\\.)*"|#.*|//.*', b"", source.data[match.end() : end])
    opened = sum(rest.count(sign) for sign in b"([{") - sum(rest.count(sign) for sign in b")]}")
    return match if opened == 0 else None


def whole_lines(source: Source, place: Span) -> Span:
    """The lines of a place with their ends, where it has them for itself; else the place."""
    start, end = line_start(source, place.start), next_line(source, max(place.start, place.end - 1))
    rest = source.data[place.end : line_end(source, place.end)].strip()
    if not alone(source, place.start) or (rest and not rest.startswith((b"#", b"//"))):
        return place
    return source.span(start, end)


def with_comments(source: Source, start: int) -> int:
    """Where the comment lines directly above a line begin (the line's own start where there are none)."""
    at = line_start(source, start)
    while at > 0:
        above = line_start(source, at - 1)
        if not source.data[above:at].lstrip().startswith((b"#", b"//")):
            break
        at = above
    return at
