"""Which rules speak where, and how gravely: what the user decided about them, in rule names that exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from fabriclint.sdk import Rule, Severity


class Place(Struct, frozen=True):
    """What holds for some files: rules that say nothing there, and severities."""

    applies: Callable[[str], bool]
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Severity] = field(default_factory=dict[str, Severity])


class Policy(Struct, frozen=True):
    """Severities of rules everywhere, and what holds for some files; of several that apply the last one counts."""

    severity: Mapping[str, Severity] = field(default_factory=dict[str, Severity])
    places: tuple[Place, ...] = ()

    def rule_at(self, rule: Rule, path: str) -> Rule | None:
        """A rule as it holds for a file; None where it says nothing there."""
        severity = self.severity.get(rule.name)
        for place in self.places:
            if place.applies(path):
                if rule.name in place.ignore:
                    return None
                severity = place.severity.get(rule.name, severity)
        return rule if severity is None or severity == rule.severity else replace(rule, severity=severity)


ANYWHERE: Final = Policy()


class UnknownRule(Exception):
    """A name that no rule and no area has; `near` are those that are like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.near = tuple(near)

    def __str__(self) -> str:
        hint = f"did you mean {' or '.join(self.near)}?" if self.near else "`fabriclint rules` lists them"
        return f"there is no such rule; {hint}"


def named(rules: Iterable[Rule], name: str) -> frozenset[str]:
    """The rules that a name stands for: one rule, by its name or a former one, or all of an area; raises UnknownRule."""
    rules = tuple(rules)
    found = {rule.name for rule in rules if name in (rule.name, rule.area, *rule.aliases)}
    if not found:
        from difflib import get_close_matches

        known = sorted({rule.name for rule in rules} | {rule.area for rule in rules})
        raise UnknownRule(name, get_close_matches(name, known, n=3, cutoff=0.5))
    return frozenset(found)
