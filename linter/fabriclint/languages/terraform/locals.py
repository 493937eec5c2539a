"""Locals that refer to themselves, found without evaluating them."""

from __future__ import annotations

from typing import Final

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.terraform.folder import Folder
from fabriclint.patterns import late

_NAME: Final = late(rb"\blocal\.([A-Za-z_][\w-]*)")


def cycles(folder: Folder) -> list[Diagnostic]:
    """One error for each ring of locals that need each other."""
    needs: dict[str, list[str]] = {}
    for name, attribute in folder.locals.items():
        span = attribute.span
        found = _NAME.findall(span.source.data, span.start, span.end)
        if found:
            needs[name] = [
                word for word in (one.decode("utf-8", "replace") for one in found) if word in folder.locals
            ]
    rings: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in needs:
        if start in done:
            continue
        path: list[str] = []
        on_path: dict[str, int] = {}
        todo: list[tuple[str, int]] = [(start, 0)]
        while todo:
            name, taken = todo.pop()
            if taken == 0:
                on_path[name] = len(path)
                path.append(name)
            following = needs.get(name, [])
            if taken < len(following):
                todo.append((name, taken + 1))
                other = following[taken]
                if other in on_path:
                    rings.append(tuple(path[on_path[other] :]))
                elif other not in done:
                    todo.append((other, 0))
            else:
                done.add(name)
                on_path.pop(name)
                path.pop()
    result: list[Diagnostic] = []
    told: set[frozenset[str]] = set()
    for ring in rings:
        if frozenset(ring) not in told:
            told.add(frozenset(ring))
            names = " → ".join(f"local.{name}" for name in (*ring, ring[0]))
            place = folder.locals[ring[0]].whole.first_line()
            result.append(Diagnostic("error", f"Locals refer to themselves: {names}", place))
    return result
