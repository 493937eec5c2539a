"""Writing files, whole or not at all; edited ones only over what was read."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import tempfile
import threading
from collections.abc import Callable, Generator, Mapping
from types import FrameType
from typing import NoReturn

from fabriclint.doors.files import DiskFiles, within
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
    write_whole(os.path.join(files.home, path), data, lambda: _unchanged(files, path))


def write_whole(path: str, data: bytes, check: Callable[[], None] = lambda: None) -> None:
    """Write beside the file and move the result over it, so that nobody ever sees half of it; raises OSError.

    Mode and owner stay, and a link goes on leading to the file. What is no regular file (a terminal, a pipe) is written to
    as it is. `check` is called last before the move and may raise.
    """
    stay_inside(path)
    there = os.stat(path) if os.path.exists(path) else None
    if there is not None and not stat.S_ISREG(there.st_mode):
        with open(path, "wb") as stream:
            stream.write(data)
        return
    full = os.path.realpath(path)
    with _ending_in_order():
        handle, beside = tempfile.mkstemp(prefix=".fabriclint-", dir=os.path.dirname(full))
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _keep(beside, there)
            check()
            os.replace(beside, full)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise


def stay_inside(path: str) -> None:
    """Raise OSError where a path below the working directory leads out of it: a scanned tree may have put a link there."""
    home = os.getcwd()
    inside = within(os.path.abspath(path), home)
    if inside and not within(os.path.realpath(path), os.path.realpath(home)):
        raise OSError(errno.ELOOP, "a link leads out of the working directory")


def _keep(beside: str, there: os.stat_result | None) -> None:
    """Give a new file the owner and mode of the one that it takes the place of."""
    if there is None:
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        return
    with contextlib.suppress(OSError, AttributeError):  # only root may give a file away
        os.chown(beside, there.st_uid, there.st_gid)
    os.chmod(beside, stat.S_IMODE(there.st_mode))


@contextlib.contextmanager
def _ending_in_order() -> Generator[None]:
    """Where the process is asked to end meanwhile, it ends by an exception: what stands beside the file is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
