"""Which folders are roots: those that no local module call reaches, and those the user named."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from fabriclint.languages.base import Files, Folded, Root, Roots, Unreadable
from fabriclint.languages.terraform.expressions import Literal
from fabriclint.languages.terraform.folder import configuration_files, is_configuration, read_file
from fabriclint.languages.terraform.git_sources import folder_in_tree

_MOST_FOLDERS_SEARCHED: Final = 400
_SEARCH_DEPTH: Final = 3
_MOST_SEARCHES: Final = 20


def folder_of(path: str) -> str:
    """The folder of a file; "." for the top of the tree."""
    return posixpath.normpath(posixpath.dirname(path))


def roots(candidates: Sequence[str], named: Collection[str], files: Files) -> Roots:
    """The decision over the given files."""
    given = sorted({folder_of(path) for path in candidates if ".terraform" not in path.split("/")})
    folders = [folder for folder in given if configuration_files(files.names(folder))]
    called_by: dict[str, set[str]] = {}
    read: set[str] = set()

    def learn(folder: str) -> None:
        if folder not in read:
            read.add(folder)
            for target in _called(folder, files):
                called_by.setdefault(target, set()).add(folder)

    for folder in folders:
        learn(folder)
    named_folders = {posixpath.normpath(path) for path in named if not _is_file_name(path)}
    alone = [folder_of(path) for path in named if _is_file_name(path)]
    todo = sorted((set(alone) & set(folders)) - named_folders)
    searched: set[str] = set()
    while todo and len(searched) < _MOST_SEARCHES:
        folder = todo.pop()
        searched.add(folder)
        if not called_by.get(folder):
            _search(folder, files, learn, called_by)
        todo.extend(caller for caller in sorted(called_by.get(folder, ())) if caller not in searched)
    chosen: dict[str, str] = {}
    folded: dict[str, set[str]] = {}
    for folder in folders:
        if folder in named_folders:
            chosen[folder] = "named on the command line"
            continue
        tops = _callers(folder, called_by)
        if not tops:
            chosen[folder] = "no module call reaches it"
            continue
        folded[folder] = tops
    for folder, tops in folded.items():
        for top in sorted(tops):
            if top not in chosen:
                chosen[top] = f"calls {folder}" if top != folder else "it is called only from itself"
    return Roots(
        tuple(_root(folder, why, files) for folder, why in sorted(chosen.items())),
        tuple(
            Folded(folder, tuple(sorted(tops)))
            for folder, tops in sorted(folded.items())
            if folder not in chosen
        ),
    )


def together(found: Roots, files: Files) -> Roots:
    """The same decision, with one root for the folders that read each other's state or look up what another creates."""
    if len(found.roots) < 2:
        return found
    from fabriclint.languages.terraform.siblings import Together, sets_of

    by_path = {root.path: root for root in found.roots}
    sets = sets_of({path: root.files for path, root in by_path.items()}, files)
    first = {one.folders[0]: one for one in sets}
    others = {path for one in sets for path in one.folders[1:]}
    roots: list[Root] = []
    for root in found.roots:
        joined = first.get(root.path)
        if joined is not None:
            members = joined.folders
            how = " or look up what another creates" if joined.looked_up else ""
            why = f"{len(members)} roots that read each other's state{how}: {', '.join(members)}"
            own = tuple(path for member in members for path in by_path[member].files)
            roots.append(Together(root.language, root.path, why, own, joined.looked_up))
        elif root.path not in others:
            roots.append(root)
    return Roots(tuple(roots), found.folded, found.diagnostics)


def _root(folder: str, why: str, files: Files) -> Root:
    names = [
        posixpath.normpath(posixpath.join(folder, name)) for name in configuration_files(files.names(folder))
    ]
    return Root("terraform", folder, why, tuple(sorted(names)))


def _is_file_name(path: str) -> bool:
    name = posixpath.basename(path)
    return is_configuration(name) or name.endswith((".tfvars", ".tfvars.json"))


def _callers(folder: str, called_by: dict[str, set[str]]) -> set[str]:
    """The uncalled folders from which calls lead here; of folders that call each other in a ring, the first."""
    seen: set[str] = set()
    todo = [folder]
    tops: set[str] = set()
    while todo:
        at = todo.pop()
        for caller in called_by.get(at, ()):
            if caller in seen:
                continue
            seen.add(caller)
            if called_by.get(caller):
                todo.append(caller)
            else:
                tops.add(caller)
    if not tops and seen:
        return {min(seen)}
    return tops


def _called(folder: str, files: Files) -> Iterable[str]:
    """The folders that the module calls in a folder lead to."""
    for name in configuration_files(files.names(folder)):
        path = posixpath.normpath(posixpath.join(folder, name))
        try:
            source = files.source(path)
        except Unreadable:
            continue
        data = source.data
        if b"module" not in data or not (
            b'"./' in data or b'".' in data or (b"git" in data and b"//" in data)
        ):
            continue
        for block in read_file(source).blocks:
            if block.type != "module":
                continue
            attribute = block.attributes.get("source")
            written = None if attribute is None else attribute.expression
            text = written.value.data if isinstance(written, Literal) else None
            if isinstance(text, str) and (text.startswith(("./", "../")) or text in (".", "..")):
                target = posixpath.normpath(posixpath.join(folder, text))
                if target != folder:
                    yield target
            elif isinstance(text, str):
                own = folder_in_tree(text, block, folder, files)
                if own is not None:
                    yield own


def _search(folder: str, files: Files, learn: Callable[[str], None], called_by: dict[str, set[str]]) -> None:
    """Look for callers of a folder near it: in the folders above and a few levels below those."""
    looked = 0
    seen: set[str] = set()
    at = folder
    while at not in (".", "", "/"):
        at = folder_of(at)
        todo = [(at, 0)]
        while todo:
            here, depth = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            looked += 1
            if looked > _MOST_FOLDERS_SEARCHED:
                return
            if here != folder:
                learn(here)
            if depth < _SEARCH_DEPTH:
                todo.extend(
                    (posixpath.normpath(posixpath.join(here, name)), depth + 1)
                    for name in files.folders(here)
                )
        if called_by.get(folder):
            return
