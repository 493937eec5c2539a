"""All that a command over sources needs, put together once: files, configuration, rules, inputs, roots."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from fabriclint.config.configuration import Configuration
from fabriclint.doors.cli import Usage
from fabriclint.doors.configuration import chosen as configured_rules
from fabriclint.doors.configuration import configured, own_of, policy
from fabriclint.doors.files import DiskFiles
from fabriclint.doors.inputs import planned_for, settings_for
from fabriclint.engine.bench import Bench
from fabriclint.engine.discover import Plan
from fabriclint.engine.packs import PackError, builtin_rules
from fabriclint.engine.policy import Policy, UnknownRule, named
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.sdk import Rule


class Session(Struct, frozen=True, dict=True):
    """What a command was asked and what it works on. `known` are all rules, `rules` those that run."""

    asked: argparse.Namespace
    files: DiskFiles
    configuration: Configuration
    known: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    policy: Policy
    settings: Settings
    plan: Plan

    @cached_property
    def bench(self) -> Bench:
        """The judged roots, open for edits."""
        return self.narrowed(Bench.of(self.plan, self.files, self.settings, self.rules, policy=self.policy))

    def narrowed(self, whole: Bench) -> Bench:
        """The judged roots; with --since those that are concerned by what changed."""
        if not self.asked.since:
            return whole
        from fabriclint.doors.since import changed

        read = {path for seat in whole.seats for path in seat.files}
        return whole.only(set(changed(self.asked.since, self.files, read)))


def opened(asked: argparse.Namespace) -> Session:
    """Put together what a command needs; raises Usage where the command line or the configuration is wrong."""
    files = DiskFiles()
    planned = planned_for(asked.paths, files, languages())
    made = configured(asked, files)
    known = loaded(asked, made)
    rules = configured_rules(made, known)
    rules = chosen(known if asked.select else rules, asked.select, asked.ignore)
    return Session(
        asked, files, made, known, rules, policy(made, known), settings_for(asked, made, files), planned
    )


def loaded(asked: argparse.Namespace, made: Configuration) -> tuple[Rule, ...]:
    """Every rule there is: ours, and those of the folders and packs that the user names; raises Usage where one does not load."""
    try:
        return (*builtin_rules(), *own_of(asked, made, builtin_rules()))
    except PackError as error:
        raise Usage(str(error)) from error


def chosen(rules: Sequence[Rule], select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """The rules to run; raises Usage for a name that no rule and no area has."""
    wanted = _named(rules, "--select", select)
    unwanted = _named(rules, "--ignore", ignore)
    return tuple(rule for rule in rules if (not wanted or rule.name in wanted) and rule.name not in unwanted)


def _named(rules: Sequence[Rule], option: str, given: Iterable[str]) -> frozenset[str]:
    """The names of rules that an option speaks of; an area stands for all its rules."""
    found: set[str] = set()
    for name in (part.strip() for text in given for part in text.split(",")):
        if name:
            try:
                found |= named(rules, name)
            except UnknownRule as error:
                raise Usage(f"{option} {name}: {error}") from error
    return frozenset(found)
