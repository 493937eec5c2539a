"""Patterns of paths: `*` and `?` within a folder's name, `**` over any number of folders."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from re import Pattern
from typing import Final

from fabriclint.documents.stars import ANY, FOLDERS, NAME, expression
from fabriclint.patterns import late

_PIECE: Final = late(r"(?:(?<=/)|^)\*\*+/|\*\*+|.", re.DOTALL)


def matches(pattern: str, path: str, base: str = "") -> bool:
    """Whether a path, seen from a folder, is what a pattern says; a pattern of a folder stands for all that is in it."""
    relative = posixpath.relpath(path, base or ".")
    return not relative.startswith("../") and _compiled(pattern).fullmatch(relative) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Pattern[str]:
    plain = pattern.removeprefix("./").rstrip("/")
    pieces = [_piece(found[0]) for found in _PIECE.finditer(plain)]
    return re.compile(f"{expression(pieces)}(?:/.*)?", re.DOTALL)


def _piece(text: str) -> str:
    if text.startswith("**"):
        return FOLDERS if text.endswith("/") else ANY
    return text if text == NAME else "[^/]" if text == "?" else re.escape(text)
