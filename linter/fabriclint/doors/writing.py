"""Writing edited files: whole or not at all, and only over what was read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping

from fabriclint.doors.files import DiskFiles
from fabriclint.text import Source


class Refused(Exception):
    """A file that is left alone; the message says why."""


def replace_all(files: DiskFiles, sources: Mapping[str, Source]) -> tuple[list[str], dict[str, str]]:
    """Write sources over the files they were read from: the paths that were written, and by path why others were not.

    Where one of them reads otherwise by now, none is written: an edit of two files is made in both or in neither.
    """
    refused: dict[str, str] = {}
    for path in sources:
        try:
            _unchanged(files, path)
        except Refused as error:
            refused[path] = str(error)
    if refused:
        return [], refused
    written: list[str] = []
    for path, source in sources.items():
        try:
            _write(files, path, source.data)
            written.append(path)
        except (Refused, OSError) as error:
            refused[path] = str(error.strerror if isinstance(error, OSError) else error)
    return written, refused


def _unchanged(files: DiskFiles, path: str) -> None:
    full = os.path.join(files.home, path)
    try:
        if os.path.islink(full):
            raise Refused("it is a symbolic link")
        with open(full, "rb") as file:
            now = file.read(len(files.source(path).data) + 1)
    except OSError as error:
        raise Refused(error.strerror or type(error).__name__) from error
    if now != files.source(path).data:
        raise Refused("it changed while it was being linted")


def _write(files: DiskFiles, path: str, data: bytes) -> None:
    """Write beside the file and move the result over it, so that nobody ever sees half of it."""
    full = os.path.join(files.home, path)
    mode = os.lstat(full).st_mode & 0o7777
    handle, beside = tempfile.mkstemp(prefix=".fabriclint-", dir=os.path.dirname(full) or ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, mode)
        _unchanged(files, path)
        os.replace(beside, full)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
