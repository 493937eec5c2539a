"""A configuration as the rest of fabriclint sees it, and how one holds over another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from fabriclint.model.given import NOTHING_GIVEN, Given
from fabriclint.text import Span

Severity = Literal["error", "warning", "advice"]


class Scope(Struct, frozen=True):
    """What holds for files whose path matches a pattern; `base` is the folder that the pattern starts from."""

    base: str
    pattern: str
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict[str, Severity])


class NamedRun(Struct, frozen=True):
    """Inputs under a name. Paths are as the core calls them; `roots` are patterns from `base`, none stands for every root."""

    name: str
    base: str
    variables: tuple[tuple[str, str], ...] = ()
    variable_files: tuple[str, ...] = ()
    workspace: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    parameter_files: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()


class Entry(Struct, frozen=True):
    """One thing that a configuration says, for those who ask why it holds; `path` is its key from the top."""

    path: tuple[str, ...]
    value: Any
    place: Span


class Configuration(Struct, frozen=True):
    """What configuration files say. `named` are the rules they speak of, each with its key and place; `entries` all of it."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict[str, Severity])
    scopes: tuple[Scope, ...] = ()
    fail_on: str | None = None
    level: Severity | None = None
    baseline: str | None = None
    stubs: tuple[str, ...] = ()
    runs: tuple[NamedRun, ...] = ()
    rules: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    extends: str | None = None
    given: Given = NOTHING_GIVEN
    entries: tuple[Entry, ...] = ()

    def over(self, other: Configuration) -> Configuration:
        """This configuration, and the other one where this one says nothing.

        Lists of what is ignored, of paths, stubs, rules and packs add up; tables are joined key by key; anything else that
        this one says takes the other's place.
        """
        runs = {run.name: run for run in (*other.runs, *self.runs)}
        return replace(
            self,
            select=self.select or other.select,
            ignore=tuple(dict.fromkeys((*other.ignore, *self.ignore))),
            severity={**other.severity, **self.severity},
            scopes=(*other.scopes, *self.scopes),
            fail_on=self.fail_on or other.fail_on,
            level=self.level or other.level,
            baseline=self.baseline or other.baseline,
            stubs=tuple(dict.fromkeys((*other.stubs, *self.stubs))),
            runs=tuple(runs.values()),
            rules=tuple(dict.fromkeys((*other.rules, *self.rules))),
            packs=tuple(dict.fromkeys((*other.packs, *self.packs))),
            given=_given(self.given, other.given),
            entries=(*other.entries, *self.entries),
        )


NOTHING_CONFIGURED: Final = Configuration()
# What adds up over several files; of everything else the last file's word holds.
ADDS_UP: Final = frozenset({"ignore", "paths", "stubs", "rules", "packs", "roles"})


def _given(mine: Given, other: Given) -> Given:
    if mine is NOTHING_GIVEN or other is NOTHING_GIVEN:
        return other if mine is NOTHING_GIVEN else mine
    datasets = {one.name: one for one in (*other.datasets, *mine.datasets)}
    return Given(
        roles=(*mine.roles, *other.roles),
        datasets=tuple(datasets.values()),
        utilisation=mine.utilisation if mine.utilisation != NOTHING_GIVEN.utilisation else other.utilisation,
        region=mine.region or other.region,
        subnets={**other.subnets, **mine.subnets},
        endpoints={**other.endpoints, **mine.endpoints},
        buckets={**other.buckets, **mine.buckets},
        origin=mine.origin,
    )
