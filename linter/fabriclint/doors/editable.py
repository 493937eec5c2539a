"""Which files an edit may be written to."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence

from fabriclint.doors.files import DiskFiles


def editable(files: DiskFiles, given: Sequence[str]) -> Callable[[str], str | None]:
    """Says of a path, as the core calls it, why it may not be edited; None where it may.

    A regular file below one of the given paths may, if no symbolic link leads to it on the way.
    """
    bounds = [os.path.normpath(os.path.join(files.home, path)) for path in given or ["."]]

    def refused(path: str) -> str | None:
        full = os.path.normpath(os.path.join(files.home, path))
        bound = next((one for one in bounds if _within(full, one)), None)
        if bound is None:
            return "it lies outside the paths that were given"
        if os.path.islink(full):
            return "it is a symbolic link"
        here = full
        while here != bound:  # the bound itself is as the user named it
            if os.path.islink(here):
                return "a symbolic link leads to it"
            here = os.path.dirname(here)
        try:
            mode = os.lstat(full).st_mode
        except FileNotFoundError:
            return "there is no such file"
        except OSError as error:
            return (error.strerror or type(error).__name__).lower()
        return None if stat.S_ISREG(mode) else "it is not a regular file"

    return refused


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
