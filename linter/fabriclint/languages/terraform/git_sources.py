"""Module sources that name a git repository: those that lead back into the tree that is read.

Which repository the tree is of is not looked up. A source counts as one of the tree's own where the folder it names stands in
the tree, the module there takes just what the call gives (every argument is one of its variables, and no variable that needs a
value is left out), and a README beside that folder's top, where there is one, has the name of the repository in it.
"""

from __future__ import annotations

import posixpath
from typing import Final

from fabriclint.languages.base import Files, Unreadable
from fabriclint.languages.terraform.folder import configuration_files, load
from fabriclint.languages.terraform.syntax import Block
from fabriclint.patterns import late

_GIT: Final = late(
    r"(?:git::)?(?:(?:https?|ssh|git)://)?(?:[\w.-]+@)?[\w.-]+\.[a-z]{2,}(?::\d+)?[/:][\w./-]*?(?P<repository>[\w.-]+?)"
    r"(?:\.git)?//(?P<folder>[\w./-]+)(?:\?\S*)?"
)
_OWN_WORDS: Final = frozenset({"source", "version", "count", "for_each", "depends_on", "providers"})
_HOSTS: Final = ("github.com/", "bitbucket.org/", "git::", "git@")
_MOST_LEVELS: Final = 12


def named_folder(source: str) -> tuple[str, str] | None:
    """The repository's name and the folder inside it that a git source names; None of every other source."""
    if len(source) > 300 or not source.startswith(_HOSTS):
        return None
    found = _GIT.fullmatch(source)
    if found is None:
        return None
    folder = posixpath.normpath(found["folder"].strip("/"))
    return None if folder == "." or folder.startswith("..") else (found["repository"], folder)


def folder_in_tree(source: str, call: Block, caller: str, files: Files) -> str | None:
    """The folder of the tree that a call's git source means; None where it is not certain to be one."""
    named = named_folder(source)
    if named is None:
        return None
    given = frozenset(call.attributes) - _OWN_WORDS
    if not given or call.broken is not None:
        return None
    above = caller
    for _ in range(_MOST_LEVELS):
        above = posixpath.normpath(posixpath.join(above, ".."))
        if above.startswith(".."):
            return None
        path = posixpath.normpath(posixpath.join(above, named[1]))
        if path != caller and files.is_folder(path) and _takes(path, given, files):
            return path if _is_of(above, named[0], files) else None
        if above == ".":
            return None
    return None


def _is_of(top: str, repository: str, files: Files) -> bool:
    """Whether nothing at the top of a tree speaks against its being this repository."""
    told = [name for name in files.names(top) if name.upper().startswith("README")]
    for name in told:
        try:
            text = files.source(posixpath.normpath(posixpath.join(top, name))).data
        except Unreadable:
            continue
        if repository.encode() in text:
            return True
    return not told


def _takes(path: str, given: frozenset[str], files: Files) -> bool:
    """Whether the module in a folder takes these arguments and needs no others."""
    if not configuration_files(files.names(path)):
        return False
    known, needed = _variables(path, files)
    return needed <= given <= known


def _variables(path: str, files: Files) -> tuple[frozenset[str], frozenset[str]]:
    """The variables of the module in a folder, and those of them without a default."""
    variables = load(path, files).variables
    needed = frozenset(name for name, block in variables.items() if "default" not in block.attributes)
    return frozenset(variables), needed
