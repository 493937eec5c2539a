"""Holes in text that a parser must walk over: each stands as one private character sequence while it does."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from fabriclint.languages.terraform.functions.calling import (
    Call,
    Undecided,
    also,
    joined,
    parts_of,
    unknown_of,
)
from fabriclint.patterns import late
from fabriclint.values import Data, Reference, Text, Unknown

_OPEN, _CLOSE = "\ue0f0", "\ue0f1"

_MARK: Final = late(f"{_OPEN}([0-9]+){_CLOSE}")


class Marked(Struct, frozen=True):
    """Text in which marks stand for the holes."""

    text: str
    holes: tuple[Reference | Unknown, ...]

    @staticmethod
    def of(call: Call, words: str | Text) -> Marked:
        """The text with marks; ends the call where it holds a mark of its own."""
        out: list[str] = []
        holes: list[Reference | Unknown] = []
        for part in parts_of(words):
            if isinstance(part, str):
                if _OPEN in part:
                    raise call.declined(f"{call.name}() of text with private characters")
                out.append(part)
            else:
                out.append(f"{_OPEN}{len(holes)}{_CLOSE}")
                holes.append(part)
        return Marked("".join(out), tuple(holes))

    def unknown(self) -> Unknown:
        """Why the holes are not known."""
        return Text(self.holes).unknown()


def unmarked(marked: Marked, text: str) -> Data:
    """A parsed string with its holes put back; the hole itself where it is all there is."""
    if _OPEN not in text:
        return text
    parts: list[str | Reference | Unknown] = []
    at = 0
    for found in _MARK.finditer(text):
        parts.append(text[at : found.start()])
        n = int(found[1])
        if n >= len(marked.holes):
            raise Undecided(marked.unknown())
        parts.append(marked.holes[n])
        at = found.end()
    result = joined([*parts, text[at:]])
    if isinstance(result, Text) and len(result.parts) == 1:
        part = result.parts[0]
        return part if isinstance(part, (Reference, Unknown)) else result
    return result


def unmarked_key(marked: Marked, key: str, more: Unknown | None) -> tuple[Unknown | None, str | None]:
    """A parsed key, or None where it has holes; then the map may have more keys."""
    found = unmarked(marked, key)
    if isinstance(found, str):
        return more, found
    return also(more, unknown_of(found)), None
