"""Patterns of paths as regular expressions that never go back over what they have matched, however many stars they have.

What stands between two stars is best matched where it comes first and as short as it can, because the later star takes
the rest. So it is an atomic group, `(?>…)`: with plain groups a name of a hundred letters and a pattern of ten stars would
be matched in more ways than can ever be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

FOLDERS: Final = "**/"
"""Any number of folders."""
ANY: Final = "**"
"""Any text."""
NAME: Final = "*"
"""Any text within a folder's name."""
_WIDE: Final = {FOLDERS: "(?:[^/]+/)*?", ANY: ".*?"}


def expression(pieces: Sequence[str]) -> str:
    """The pieces of a pattern as one expression: stars, and between them expressions without repetition.

    An expression that may be longer or shorter has its shorter way first.
    """
    return _cut(pieces, _WIDE, _within)


def _within(pieces: Sequence[str]) -> str:
    """Pieces that stay in the folders they name."""
    segments: list[list[str]] = [[]]
    for piece in pieces:
        segments[-1].append(piece)
        if piece == "/":
            segments.append([])
    return "".join(_cut(segment, {NAME: "[^/]*?"}, "".join) for segment in segments)


def _cut(pieces: Sequence[str], stars: Mapping[str, str], plain: Callable[[Sequence[str]], str]) -> str:
    """The pieces, an atomic group from each star to the next; after the last one the end decides."""
    at = [number for number, piece in enumerate(pieces) if piece in stars] + [len(pieces)]
    made = plain(pieces[: at[0]])
    for star, following in pairwise(at):
        text = stars[pieces[star]] + plain(pieces[star + 1 : following])
        made += text if following == len(pieces) else f"(?>{text})"
    return made
