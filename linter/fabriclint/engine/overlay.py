"""Files as they would be: some replaced or added, without touching the ones they stand over."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from fabriclint.languages.base import Files
from fabriclint.text import Source


class Overlay:
    """Implements `languages.base.Files`: `over` shows files as they are in memory, all others as `under` has them."""

    def __init__(self, under: Files, over: Mapping[str, Source]) -> None:
        self.under = under
        self.over = {posixpath.normpath(path): source for path, source in over.items()}
        if isinstance(under, Overlay):  # one layer, however often files change
            self.under = under.under
            self.over = {**under.over, **self.over}

    def source(self, path: str) -> Source:
        """The file's bytes; raises Unreadable."""
        found = self.over.get(posixpath.normpath(path or "."))
        return self.under.source(path) if found is None else found

    def glance(self, path: str) -> bytes:
        """The file's bytes, which are not kept; raises Unreadable."""
        found = self.over.get(posixpath.normpath(path or "."))
        return self.under.glance(path) if found is None else found.data

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the files in a folder."""
        here = posixpath.normpath(folder or ".")
        more = [posixpath.basename(path) for path in self.over if (posixpath.dirname(path) or ".") == here]
        names = self.under.names(folder)
        return tuple(sorted({*names, *more})) if more else names

    def folders(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the folders in a folder."""
        return self.under.folders(folder)

    def is_file(self, path: str) -> bool:
        """Whether `source` could read it."""
        return posixpath.normpath(path or ".") in self.over or self.under.is_file(path)

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder inside the tree."""
        return self.under.is_folder(path)


class Noted:
    """Implements `languages.base.Files` and notes what was asked for, so that it is known whom a change concerns."""

    def __init__(self, under: Files) -> None:
        self.under = under
        self.files: set[str] = set()
        self.listed: set[str] = set()

    def source(self, path: str) -> Source:
        """The file's bytes; raises Unreadable."""
        self.files.add(posixpath.normpath(path or "."))
        return self.under.source(path)

    def glance(self, path: str) -> bytes:
        """The file's bytes, which are not kept; raises Unreadable."""
        self.files.add(posixpath.normpath(path or "."))
        return self.under.glance(path)

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the files in a folder."""
        self.listed.add(posixpath.normpath(folder or "."))
        return self.under.names(folder)

    def folders(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the folders in a folder."""
        self.listed.add(posixpath.normpath(folder or "."))
        return self.under.folders(folder)

    def is_file(self, path: str) -> bool:
        """Whether `source` could read it."""
        self.files.add(posixpath.normpath(path or "."))
        return self.under.is_file(path)

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder inside the tree."""
        self.listed.add(posixpath.normpath(path or "."))
        return self.under.is_folder(path)
