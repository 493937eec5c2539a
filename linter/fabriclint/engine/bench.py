"""A run that stays open: every root judged, and judged again when files change, only where they are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from posixpath import dirname, normpath

from msgspec import Struct, field
from msgspec.structs import replace

from fabriclint.engine.discover import Plan
from fabriclint.engine.merge import Found
from fabriclint.engine.overlay import Noted, Overlay
from fabriclint.engine.policy import ANYWHERE, Policy
from fabriclint.engine.report import Finding, Report
from fabriclint.engine.run import Judged, judged_root, report_of
from fabriclint.languages.base import Files, Language, Root, Settings
from fabriclint.sdk import Rule
from fabriclint.text import Source


class Seat(Struct, frozen=True):
    """A judged root, the files it asked for and the folders it looked into."""

    root: Root
    judged: Judged
    files: frozenset[str]
    listed: frozenset[str]

    def concerned(self, paths: Collection[str]) -> bool:
        """Whether a change of one of these files may change what the root comes to."""
        return any(path in self.files or (dirname(path) or ".") in self.listed for path in paths)


class Bench(Struct, frozen=True, dict=True):
    """The judged roots of a plan. It never changes: `changed` gives another one, which keeps what stays the same."""

    plan: Plan
    files: Files
    settings: Settings
    rules: Sequence[Rule]
    seats: tuple[Seat, ...] = field()
    policy: Policy = ANYWHERE

    @staticmethod
    def of(
        plan: Plan,
        files: Files,
        settings: Settings,
        rules: Sequence[Rule],
        kept: Sequence[Seat] = (),
        policy: Policy = ANYWHERE,
    ) -> Bench:
        """Judge the roots of a plan; those in `kept` as they were judged before."""
        known = {seat.root: seat for seat in kept}
        seats = [
            known.get(root) or seated(language, root, files, settings, rules) for language, root in plan.roots
        ]
        return Bench(plan, files, settings, rules, tuple(seats), policy)

    def only(self, paths: Collection[str]) -> Bench:
        """The roots that read one of these files, or looked for one in its folder."""
        kept = [
            (planned, seat)
            for planned, seat in zip(self.plan.roots, self.seats, strict=True)
            if seat.concerned(paths)
        ]
        return replace(
            self,
            plan=replace(self.plan, roots=tuple(planned for planned, _ in kept)),
            seats=tuple(seat for _, seat in kept),
        )

    def changed(self, sources: Mapping[str, Source]) -> Bench:
        """The same with some files as they would be. The roots stay those of the plan."""
        paths = {normpath(path) for path in sources}
        kept = [seat for seat in self.seats if not seat.concerned(paths)]
        return Bench.of(self.plan, Overlay(self.files, sources), self.settings, self.rules, kept, self.policy)

    @cached_property
    def _report(self) -> tuple[Report, dict[str, tuple[Found, ...]]]:
        return report_of(
            self.plan, [seat.judged for seat in self.seats], self.settings, self.rules, self.policy
        )

    @property
    def report(self) -> Report:
        """The report of all the roots."""
        return self._report[0]

    @property
    def findings(self) -> tuple[tuple[Finding, tuple[Found, ...]], ...]:
        """Each finding of the report with the claims that it tells (none where it is about a suppression)."""
        report, groups = self._report
        return tuple((one, groups.get(one.fingerprint, ())) for one in report.findings)


def seated(language: Language, root: Root, files: Files, settings: Settings, rules: Sequence[Rule]) -> Seat:
    """Judge a root and note what it read."""
    noted = Noted(files)
    judged = judged_root(language, root, noted, settings, rules)
    return Seat(root, judged, frozenset(noted.files), frozenset(noted.listed))
