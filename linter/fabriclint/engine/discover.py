"""From the paths a user gave to the roots that are judged."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from msgspec import Struct

from fabriclint.languages.base import Diagnostic, Files, Folded, Language, Root

SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv"})
MAX_DEPTH = 64


class Plan(Struct, frozen=True):
    """What will be read. `missing` is set where a path does not exist or a given folder holds nothing of ours."""

    roots: tuple[tuple[Language, Root], ...]
    folded: tuple[Folded, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    missing: bool = False
    crashed: bool = False


def plan(
    paths: Sequence[str], files: Files, languages: Sequence[Language], absent: Sequence[str] = ()
) -> Plan:
    """Decide the roots of the given paths; `absent` are those that do not exist.

    Folders are walked; a named file that is nobody's is no fault.
    """
    diagnostics: list[Diagnostic] = []
    named: list[str] = []
    folders: list[str] = []
    candidates: dict[str, None] = {}
    missing = bool(absent)
    diagnostics += [Diagnostic("error", "there is no such file or folder", path=path) for path in absent]
    for path in dict.fromkeys(paths):
        named.append(path)
        if files.is_folder(path):
            folders.append(path)
            deep: list[str] = []
            candidates.update(dict.fromkeys(walk(path, files, deep)))
            diagnostics += [
                Diagnostic(
                    "warning", f"what lies more than {MAX_DEPTH} folders deep is not searched", path=one
                )
                for one in deep[:1]
            ]
        else:
            candidates[path] = None
    roots: list[tuple[Language, Root]] = []
    folded: list[Folded] = []
    crashed = False
    for language in languages:
        owned = sorted(path for path in candidates if language.may_own(path))
        if not owned:
            continue
        try:
            decided = language.roots(owned, tuple(named), files)
        except Exception as error:  # a fault of ours must not end the run for the other languages
            crashed = True
            diagnostics.append(
                Diagnostic("error", f"fabriclint failed on the {language.name} files: {told(error)}")
            )
            continue
        roots.extend((language, root) for root in decided.roots)
        folded.extend(decided.folded)
        diagnostics.extend(decided.diagnostics)
    ours = [path for _, root in roots for path in (root.path, *root.files)]
    ours += [fold.path for fold in folded]
    ours += [d.place.path if d.place else d.path for d in diagnostics]
    for folder in folders:
        if not any(inside(path, folder) for path in ours):
            missing = True
            diagnostics.append(
                Diagnostic("error", "holds neither Terraform nor CloudFormation files", path=folder)
            )
    roots.sort(key=lambda pair: (pair[1].path, pair[0].name))
    folded.sort(key=lambda fold: (fold.path, fold.callers))
    return Plan(tuple(roots), tuple(folded), tuple(diagnostics), missing, crashed)


def walk(folder: str, files: Files, deep: list[str]) -> Iterable[str]:
    """The files below a folder, in order. Hidden files, hidden folders and installed packages are left out.

    The folders that lie too deep to be walked into join `deep`.
    """
    todo: list[tuple[str, int]] = [(folder, 0)]
    while todo:
        here, depth = todo.pop()
        for name in files.names(here):
            if not name.startswith("."):
                yield join(here, name)
        below = [join(here, name) for name in files.folders(here) if not skipped(name)]
        if depth < MAX_DEPTH:
            todo.extend((folder, depth + 1) for folder in reversed(below))
        else:
            deep.extend(below)


def skipped(folder: str) -> bool:
    """Whether a folder of this name is never walked into."""
    return folder.startswith(".") or folder in SKIPPED_FOLDERS


def join(folder: str, name: str) -> str:
    """The path of a name in a folder."""
    return name if folder in ("", ".") else posixpath.join(folder, name)


def inside(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    if folder in ("", "."):
        return not path.startswith(("/", "../")) and path not in ("", "..")
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def told(error: BaseException) -> str:
    """An exception in one line, with the place in fabriclint where it happened."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    words = " ".join(words.split())[:300]
    if trace is None:
        return words
    code = trace.tb_frame.f_code
    return f"{words} ({posixpath.basename(code.co_filename)}:{trace.tb_lineno})"
