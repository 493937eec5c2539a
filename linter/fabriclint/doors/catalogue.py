"""`fabriclint rules` and `fabriclint explain`: what there is to know without reading any source."""

from __future__ import annotations

import argparse

from fabriclint.doors.cli import CLEAN, Usage, colored, speak
from fabriclint.doors.configuration import of_the_user, own_of
from fabriclint.doors.files import DiskFiles
from fabriclint.engine.packs import PackError, builtin_rules
from fabriclint.engine.policy import UnknownRule, named
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.reporters import page
from fabriclint.sdk import Rule


def _rules(asked: argparse.Namespace) -> tuple[Rule, ...]:
    try:
        ours = builtin_rules()
        return (*ours, *own_of(asked, of_the_user(DiskFiles()), ours), *SUPPRESSION_RULES)
    except PackError as error:
        raise Usage(str(error)) from error


def explain(asked: argparse.Namespace) -> int:
    """Show the page of a rule."""
    rules = _rules(asked)
    found = [rule for rule in rules if asked.rule in (rule.name, *rule.aliases)]
    if not found:
        try:
            named(rules, asked.rule)
        except UnknownRule as error:
            raise Usage(f"{asked.rule}: {error}") from error
        raise Usage(f"{asked.rule} is an area: `fabriclint rules` lists its rules")
    speak(page.render(found[0], color=colored(asked.color)))
    return CLEAN


def table(asked: argparse.Namespace) -> int:
    """List the rules."""
    rules = _rules(asked)
    if asked.format == "json":
        speak(page.as_json(rules), machine=True)
    else:
        speak(page.table(rules, color=colored(asked.color)))
    return CLEAN
