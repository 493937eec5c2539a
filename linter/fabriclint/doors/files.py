"""The disk, as the core may see it: regular files inside the tree, read once, bounded, never followed out of it."""

from __future__ import annotations

import os
import stat

from fabriclint.languages.base import Unreadable
from fabriclint.text import Source

MAX_BYTES = 10_000_000
SKIPPED_FOLDERS = frozenset({".git", ".terraform", ".hg", ".svn", "node_modules", ".venv"})


class DiskFiles:
    """Implements `languages.base.Files` over the disk.

    A path is relative to the working directory, with `/`; one that was given absolute and lies elsewhere stays absolute.
    The tree is bounded by `allow`: what lies outside every bound is not read, by whatever path or link it is reached.
    """

    def __init__(self, home: str | None = None) -> None:
        self.home = os.path.abspath(home or os.getcwd())
        self._real_home = os.path.realpath(self.home)
        self._bounds: dict[str, None] = {}
        self._singles: set[str] = set()
        self._sources: dict[str, Source] = {}
        self._held: dict[str, Source] = {}
        self._refused: dict[str, Unreadable] = {}
        self._glanced: dict[str, int] = {}  # hashes of their bytes
        self._listed: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._real_folders: dict[str, str] = {}

    # what the command line does

    def exists(self, given: str) -> bool:
        """Whether there is anything at a path as the user typed it."""
        try:
            return bool(given) and os.path.lexists(os.path.join(self.home, given))
        except ValueError:
            return False

    def allow(self, given: str) -> str:
        """Let the tree round a path be read; the path as the core calls it.

        The tree of a file is that of the folder it stands in: a link may be named, and still leads nowhere else.
        """
        full = os.path.join(self.home, given)
        folder = full if os.path.isdir(full) else os.path.dirname(os.path.abspath(full))
        self._bounds[self._bound(os.path.realpath(folder))] = None
        return self.name(given)

    def allow_file(self, given: str) -> str:
        """Let one file be read wherever it lies, because the user named it; the path as the core calls it."""
        self._singles.add(os.path.realpath(os.path.join(self.home, given)))
        return self.name(given)

    def name(self, given: str) -> str:
        """The path as the core calls it and reports show it."""
        full = os.path.normpath(os.path.join(self.home, given))
        if within(full, self.home):
            shown = os.path.relpath(full, self.home)
        elif os.path.isabs(given):
            shown = full
        else:
            shown = os.path.normpath(given)
        return shown.replace(os.sep, "/")

    def _bound(self, folder: str) -> str:
        """The nearest git work tree round a folder; else the working directory if it holds the folder; else the folder."""
        here = folder
        while True:
            if os.path.lexists(os.path.join(here, ".git")):
                return here
            above = os.path.dirname(here)
            if above == here:
                break
            here = above
        return self._real_home if within(folder, self._real_home) else folder

    # what a run that stays open does

    def forget(self, path: str, held: Source | None = None) -> None:
        """Read a path, and the folders above it, from the disk when they are asked for again.

        A source whose bytes are still the same stays the same object (`held`, or the one that was read), because what was
        worked out from it hangs on it.
        """
        path = _plain(path)
        below = path + "/"
        self._real_folders.clear()
        for known in [one for one in self._sources if one == path or one.startswith(below)]:
            self._held[known] = self._sources.pop(known)
        if held is not None:
            self._held[path] = held
        for known in [
            one for one in (*self._refused, *self._glanced) if one == path or one.startswith(below)
        ]:
            self._refused.pop(known, None)
            self._glanced.pop(known, None)
        for folder in [one for one in self._listed if one == path or one.startswith(below)]:
            del self._listed[folder]
        while path not in ("", ".", "/", ".."):
            path = os.path.dirname(path) or "."
            self._listed.pop(path, None)

    def known(self) -> dict[str, Source | None]:
        """The paths that were read, and those that were only glanced at or asked for in vain."""
        return {**dict.fromkeys([*self._refused, *self._glanced]), **self._sources}

    def changed(self) -> list[str]:
        """The paths that read otherwise on the disk than they were read."""
        self._real_folders.clear()
        return [
            *(path for path, source in self._sources.items() if self._bytes(path) != source.data),
            *(path for path in self._refused if self.is_file(path)),
            *(path for path, before in self._glanced.items() if hash(self._bytes(path)) != before),
        ]

    def _bytes(self, path: str) -> bytes | None:
        try:
            return self._read(path)
        except Unreadable:
            return None

    # languages.base.Files

    def source(self, path: str) -> Source:
        """The file's bytes; raises Unreadable."""
        path = _plain(path)
        found = self._sources.get(path)
        if found is not None:
            return found
        refused = self._refused.get(path)
        if refused is None:
            try:
                data = self._read(path)
            except Unreadable as error:
                refused = self._refused[path] = error
            else:
                held = self._held.pop(path, None)
                source = held if held is not None and held.data == data else Source(path, data)
                self._sources[path] = source
                self._glanced.pop(path, None)
                return source
        raise Unreadable(refused.path, refused.message)

    def glance(self, path: str) -> bytes:
        """The file's bytes, which are not kept: most files of a tree are nobody's. Raises Unreadable."""
        path = _plain(path)
        if path in self._sources or path in self._refused:
            return self.source(path).data
        try:
            data = self._read(path)
        except Unreadable as error:
            self._refused[path] = error
            raise
        self._glanced[path] = hash(data)
        return data

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names of what is in a folder and no folder; none where there is no such folder.

        A pipe, a device or a link that leads out of the tree is named too: `source` then says why it is not read, instead
        of a file of the stack being missing without a word.
        """
        return self._list(folder)[0]

    def folders(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the folders in a folder; links, version control and installed packages are left out."""
        return self._list(folder)[1]

    def is_file(self, path: str) -> bool:
        """Whether `source` could read it."""
        try:
            self._check(path)
        except Unreadable:
            return False
        return True

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder inside the tree."""
        try:
            real = self._real(path)
        except Unreadable:
            return False
        return os.path.isdir(real) and self._inside(real)

    def _list(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        folder = _plain(folder)
        listed = self._listed.get(folder)
        if listed is not None:
            return listed
        files: list[str] = []
        folders: list[str] = []
        if self.is_folder(folder):
            try:
                with os.scandir(self._real(folder)) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            if entry.name not in SKIPPED_FOLDERS:
                                folders.append(entry.name)
                        elif not (entry.is_symlink() and os.path.isdir(entry.path)):
                            files.append(entry.name)
            except OSError:
                files, folders = [], []
        listed = self._listed[folder] = (tuple(sorted(files)), tuple(sorted(folders)))
        return listed

    def _real(self, path: str) -> str:
        """Where a path leads when all links are followed. Those on the way to a folder are followed once for its files."""
        full = os.path.join(self.home, path)
        try:
            folder, name = os.path.split(full)
            if name in ("", ".", "..") or ".." in folder.split(os.sep):
                return os.path.realpath(full)
            real = self._real_folders.get(folder)
            if real is None:
                real = self._real_folders[folder] = os.path.realpath(folder)
            found = os.path.join(real, name)
            return os.path.realpath(found) if _is_link(found) else found
        except (OSError, ValueError) as error:
            raise Unreadable(path, "this is not a path that can be read") from error

    def _inside(self, real: str) -> bool:
        return real in self._singles or any(within(real, bound) for bound in self._bounds)

    def _check(self, path: str) -> tuple[str, os.stat_result]:
        """The real path of a regular file inside the tree, and what the disk says of it; raises Unreadable."""
        real = self._real(path)
        if not self._inside(real):
            raise Unreadable(path, "it lies outside the tree that is read")
        try:
            status = os.stat(real)
        except OSError as error:
            raise Unreadable(path, _words(error)) from error
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(
                path, "it is a folder" if stat.S_ISDIR(status.st_mode) else "it is not a regular file"
            )
        if status.st_size > MAX_BYTES:
            raise Unreadable(path, f"it is larger than {MAX_BYTES // 1_000_000} MB")
        return real, status

    def _read(self, path: str) -> bytes:
        real, _ = self._check(path)
        try:
            # Between the look and the opening a file may become a pipe: opened so, that cannot block.
            handle = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Unreadable(path, "it is not a regular file")
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise Unreadable(path, _words(error)) from error
        if len(data) > MAX_BYTES:
            raise Unreadable(path, f"it is larger than {MAX_BYTES // 1_000_000} MB")
        return data


def _plain(path: str) -> str:
    return os.path.normpath(path or ".").replace(os.sep, "/")


def _is_link(path: str) -> bool:
    """Whether a link stands there; raises ValueError for what is no path."""
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:
        return False


def within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it; both absolute and without `..`."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _words(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return (error.strerror or type(error).__name__).lower()
