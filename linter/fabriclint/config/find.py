"""Which configuration file counts: the nearest one from the given paths upward, inside the tree that may be read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from fabriclint.languages.base import Files
from fabriclint.text import Source

# In this order in one folder.
NAMES = ("fabriclint.toml", ".fabriclint.yaml", "pyproject.toml")
_DEEPEST = 100


def find(paths: Sequence[str], files: Files) -> str | None:
    """The nearest configuration file, from the folder that holds all the paths upward to the root of the tree; None without one.

    A pyproject.toml counts only where it has the table [tool.fabriclint].
    """
    for folder in _upward(
        _common([path if files.is_folder(path) else posixpath.dirname(path) for path in paths])
    ):
        if not files.is_folder(folder):
            return None
        for name in NAMES:
            path = posixpath.normpath(posixpath.join(folder, name))
            if files.is_file(path) and (name != "pyproject.toml" or _ours(files.source(path))):
                return path
    return None


def _ours(source: Source) -> bool:
    """Whether a pyproject.toml has our table; the parser is imported only for one that speaks of us."""
    if b"fabriclint" not in source.data:
        return False
    from fabriclint.config.read import TABLE, holds_table

    return holds_table(source, TABLE)


def _common(folders: Sequence[str]) -> str:
    """The deepest folder that holds them all; the working directory where that cannot be told."""
    plain = [posixpath.normpath(folder or ".") for folder in folders] or ["."]
    first = plain[0]
    if all(folder == first for folder in plain):
        return first
    if len({posixpath.isabs(folder) for folder in plain}) > 1 or any(f.startswith("..") for f in plain):
        return "."
    return posixpath.commonpath(["./" + f if not posixpath.isabs(f) else f for f in plain]) or "."


def _upward(folder: str) -> Iterator[str]:
    for _ in range(_DEEPEST):
        yield folder
        above = posixpath.normpath(posixpath.join(folder, ".."))
        if above == folder:
            return
        folder = above
