"""The numbers of the rules in cfn-lint's range for the rules of others, E9xxx.

They are kept in `cfn_lint_ids.json`; one is never used again for another rule.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from fabriclint.sdk import Rule, Severity

FIRST = 9501
OWN = 9500  # what keeps fabriclint from judging, and findings of rules that have no number
FILE = "cfn_lint_ids.json"
LETTERS: dict[Severity, str] = {"error": "E", "warning": "W", "advice": "I"}


@cache
def numbers() -> dict[str, int]:
    """The number of every rule that there is or was, by name."""
    text = files("fabriclint.doors").joinpath(FILE).read_text(encoding="utf-8")
    known: dict[str, int] = json.loads(text)
    return known


def rule_id(rule: str, severity: Severity) -> str:
    """The id of what a rule says at a severity: the letter is cfn-lint's only way to tell one."""
    return f"{LETTERS[severity]}{numbers()[rule]}"


def own_id(severity: Severity) -> str:
    """The id of what no numbered rule says."""
    return f"{LETTERS[severity]}{OWN}"


def with_new(known: dict[str, int], rules: tuple[Rule, ...]) -> dict[str, int]:
    """The numbers with one for every rule: that of its former name, else the next that was never used."""
    made = dict(known)
    for rule in rules:
        former = [made[name] for name in rule.aliases if name in made]
        if rule.name not in made:
            made[rule.name] = former[0] if former else max((*made.values(), FIRST - 1)) + 1
    return made
