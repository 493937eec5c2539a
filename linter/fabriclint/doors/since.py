"""`--since REV`: only the roots that read a file which changed since a revision of git."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Collection, Iterator
from functools import cache

from fabriclint.doors.cli import Usage
from fabriclint.doors.files import DiskFiles
from fabriclint.languages.base import Unreadable

# What a repository's own configuration could make git run is switched off, and nothing is fetched.
_PLAIN = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external=", "-c", "core.pager=cat",
    "-c", "protocol.allow=never",
)  # fmt: skip
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat"}
_SECONDS = 60


def changed(revision: str, files: DiskFiles, read: Collection[str]) -> Iterator[str]:
    """The files that differ from where the branch left a revision, also those that are not committed or not known to git.

    Of those that git knows, only what was `read` is looked at.

    What stands on the disk is compared by its hash, not by git, which would run the filters that the repository names.
    """
    if revision.startswith("-"):
        raise Usage(f"--since {revision}: that is no revision")
    top = _git(files.home, "rev-parse", "--show-toplevel").rstrip("\n")
    base = _git(files.home, "merge-base", "--", revision, "HEAD").strip()
    listed = (
        _git(top, "diff-tree", "-r", "--name-only", "--no-renames", "-z", base, "HEAD"),
        _git(top, "diff-index", "--cached", "--name-only", "--no-renames", "-z", "HEAD"),
        _git(top, "ls-files", "--others", "--exclude-standard", "-z"),
    )
    for name in dict.fromkeys(name for text in listed for name in text.split("\0") if name):
        yield files.name(os.path.join(top, *name.split("/")))
    for row in _git(top, "ls-files", "--stage", "-z").split("\0"):
        about, _, name = row.partition("\t")
        full = os.path.join(top, *name.split("/"))
        path = files.name(full)
        if name and (
            not os.path.lexists(full) or (path in read and _blob(files, path, about) not in about.split())
        ):
            yield path


def _blob(files: DiskFiles, path: str, about: str) -> str:
    """The name that git's store has for the bytes of a file; empty where it cannot be read."""
    try:
        data = files.glance(path)
    except Unreadable:
        return ""
    made = hashlib.sha256 if len(about.split()[1]) == 64 else hashlib.sha1
    return made(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@cache
def _program() -> str:
    """The git of PATH; raises Usage where there is none.

    Only absolute folders count: Windows would look into the working directory first, and so does a PATH that names it.
    """
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(found) and os.access(found, os.X_OK):
            return found
    raise Usage("--since asks git, which is not here")


def _git(folder: str, *words: str) -> str:
    """What git says; raises Usage with its complaint."""
    try:
        done = subprocess.run(
            [_program(), *_PLAIN, *words],
            cwd=folder,
            env={**os.environ, **_QUIET},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise Usage(f"--since: git {words[0]} took more than {_SECONDS} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it has no common history"]
        raise Usage(f"--since: git {words[0]}: {said[-1]}")
    return done.stdout.decode("utf-8", "surrogateescape")
