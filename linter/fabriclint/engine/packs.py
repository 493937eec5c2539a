"""The rules: found by walking the pack, one a module; any that does not load stops the run."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import cast

from fabriclint.sdk import Claims, Precision, Rule, Severity

PACK = "fabriclint_rules"


class PackError(Exception):
    """A rule pack that cannot be used; the message says which module and why."""


@cache
def builtin_rules() -> tuple[Rule, ...]:
    """The rules of the built-in pack, sorted by name; raises PackError where one does not load."""
    return rules_of(PACK)


def rules_of(pack: str) -> tuple[Rule, ...]:
    """The rules of an importable pack, sorted by name; raises PackError where one does not load."""
    top = _load(pack)
    rules: dict[str, Rule] = {}
    for area in _below(top, pack, packages=True):
        for name in _below(_load(area), area, packages=False):
            rule = rule_in(_load(name), area.rpartition(".")[2])
            if rule.name in rules:
                raise PackError(f"two rules are called {rule.name}; the second is in {name}")
            rules[rule.name] = rule
    return tuple(rules[name] for name in sorted(rules))


def _below(module: ModuleType, name: str, *, packages: bool) -> Iterator[str]:
    # A look into the folder: pkgutil would import `inspect`, which costs as much as a third of the rules.
    entries = [entry for folder in module.__path__ for entry in os.scandir(folder)]
    for found in sorted(entries, key=lambda entry: entry.name):
        known = (
            os.path.isfile(os.path.join(found.path, "__init__.py"))
            if packages
            else found.name.endswith(".py")
        )
        if known and not found.name.startswith("_"):
            yield f"{name}.{found.name.removesuffix('.py')}"


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise PackError(f"the rules do not load: {name}: {type(error).__name__}: {error}") from error


def rule_in(module: ModuleType, area: str, told: str = "") -> Rule:
    """The one rule of a module; raises PackError where it has none, several, or one of another name.

    `told` is what the message calls the module, where that is not its own name.
    """
    told = told or module.__name__
    marked = [
        value
        for value in vars(module).values()
        if hasattr(value, "__rule__") and getattr(value, "__module__", None) == module.__name__
    ]
    file = module.__name__.rpartition(".")[2]
    if len(marked) != 1:
        raise PackError(f"{told} holds {len(marked)} rules; it must hold one")
    name, subject, severity, precision, sources, since, aliases = cast(
        "tuple[str, type, Severity, Precision, tuple[str, ...], str, tuple[str, ...]]", marked[0].__rule__
    )
    if name.replace("-", "_") != file:
        raise PackError(f"{told} holds the rule {name}; a rule has the name of its file")
    page = (module.__doc__ or "").strip()
    if not page:
        raise PackError(f"{told} has no docstring; it is the rule's page")

    check = marked[0]

    def checked(subject: object) -> Claims:
        return cast("Claims", check(subject))

    return Rule(name, subject, severity, precision, sources, since, area, page, checked, aliases)
