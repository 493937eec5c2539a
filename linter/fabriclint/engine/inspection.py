"""Every fleet of every root as fabriclint understands it, without asking any rule."""

from __future__ import annotations

from msgspec import Struct

from fabriclint.engine.discover import Plan
from fabriclint.engine.run import Trouble, stack_of, told_once
from fabriclint.engine.withhold import Secrets
from fabriclint.languages.base import Diagnostic, Files, Root, Settings
from fabriclint.model.overview import FleetOverview, overview


class Seen(Struct, frozen=True):
    """A root and its fleets."""

    root: Root
    fleets: tuple[FleetOverview, ...]


class Inspection(Struct, frozen=True):
    """What was seen; `missing` and `crashed` as in a Report."""

    roots: tuple[Seen, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    missing: bool = False
    crashed: bool = False


def inspect(plan: Plan, files: Files, settings: Settings) -> Inspection:
    """Look at every root of a plan. A root that cannot be read is told, and the rest goes on."""
    trouble = Trouble(list(plan.diagnostics), plan.crashed)
    seen: list[Seen] = []
    for language, root in plan.roots:
        stack = stack_of(language, root, files, settings, trouble)
        if stack is None:
            continue
        try:
            seen.append(Seen(root, overview(stack)))
        except Exception as error:
            trouble.crash("fabriclint failed to look at the fleets of this root", error, path=root.path)
    trouble.diagnostics.extend(trouble.nobody_takes())
    secrets = Secrets(text for some in trouble.secrets for text in some)
    shown = tuple(Seen(one.root, secrets.cleared(one.fleets)) for one in seen)
    diagnostics = secrets.cleared(told_once(trouble.diagnostics))
    return Inspection(shown, diagnostics, plan.missing, trouble.crashed)
