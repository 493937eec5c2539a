"""Which JSON files are plans."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fabriclint.languages.base import Diagnostic, Files, Root, Roots, Unreadable
from fabriclint.languages.terraform.plan.document import load, may_be_plan


def roots(candidates: Sequence[str], named: Collection[str], files: Files) -> Roots:
    """The plans among JSON files; other JSON is passed over in silence."""
    found: list[Root] = []
    diagnostics: list[Diagnostic] = []
    for path in sorted(set(candidates)):
        if ".terraform" in path.split("/") or not files.is_file(path):
            continue
        try:
            if not may_be_plan(files.glance(path)):
                continue
            source = files.source(path)
        except Unreadable as error:
            if path in named:
                diagnostics.append(Diagnostic("error", error.message, path=path))
            continue
        loaded = load(source)
        diagnostics.extend(loaded.diagnostics)
        if loaded.plan is not None:
            found.append(Root("terraform", path, "plan", (path,)))
    return Roots(tuple(found), (), tuple(diagnostics))
