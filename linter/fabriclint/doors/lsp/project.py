"""One folder that is judged while its files are edited: what only one thread at a time may touch.

Every judgement is a `Judgement`, which never changes; between two of them only roots that a change concerns are judged anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from fabriclint.doors.editable import editable
from fabriclint.doors.files import DiskFiles
from fabriclint.doors.lsp.configuration import InForce, Wishes
from fabriclint.engine import baseline
from fabriclint.engine.bench import Bench, Seat, seated
from fabriclint.engine.discover import Plan, plan
from fabriclint.engine.overlay import Overlay
from fabriclint.engine.report import Finding, Report
from fabriclint.languages import languages
from fabriclint.languages.base import Diagnostic, Settings, Unreadable
from fabriclint.sdk import Rule
from fabriclint.text import Source


class Judgement(Struct, frozen=True):
    """What a folder came to with the files as they were then."""

    bench: Bench
    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]
    analysed: int


class Stopped(Exception):
    """A newer change makes this judgement useless."""


class Project:
    """A folder with its files on disk and in editors. `alone` is set where only the files that are open count."""

    def __init__(self, home: str, rules: Sequence[Rule], *, alone: bool = False) -> None:
        self.home = home
        self.alone = alone
        self.wishes = Wishes()
        self.judgement: Judgement | None = None
        self._rules = rules
        self._files = DiskFiles(home)
        self._files.allow(".")
        self._in_force = InForce(rules)
        self._over: dict[str, Source] = {}
        self._changed: set[str] = set()
        self._moved: set[str] = set()
        self._seats: dict[str, Seat] = {}
        self._under: tuple[object, ...] = ()

    def name(self, full: str) -> str | None:
        """The path of a file as the core calls it; None where this folder cannot name it (another drive)."""
        try:
            return os.path.relpath(full, self.home).replace(os.sep, "/")
        except ValueError:
            return None

    def full(self, path: str) -> str:
        """The path of a file on disk."""
        return os.path.normpath(os.path.join(self.home, path))

    def uri(self, path: str) -> str | None:
        """The file as a URI; None for what has no file (a module that fabriclint itself describes)."""
        return None if path.startswith("stub:") else Path(self.full(path)).as_uri()

    def editable(self, path: str) -> str | None:
        """Why a file may not be edited; None where it may. A buffer that was never saved may."""
        refused = editable(self._files, ["."])(path)
        return None if refused == "there is no such file" and path in self._over else refused

    def judge(
        self, buffers: Mapping[str, bytes], touched: Collection[str], wishes: Wishes, stop: Callable[[], bool]
    ) -> Judgement:
        """Judge the folder with the open buffers (by full path) over the disk; raises Stopped where `stop` says so.

        `touched` are files that changed on disk. What was judged before Stopped is kept, and what changed is remembered.
        """
        self._touch(touched)
        self._lay(buffers)
        files = Overlay(self._files, self._over)
        if not self._under or any(map(self._in_force.concerned, self._changed | self._moved)):
            self._in_force.reload(self._files, files)
        rules = wishes.rules(self._in_force.rules, self._rules)
        settings, told = self._settings(wishes)
        under = (rules, settings, settings.given, self._in_force.said.runs)
        if under != self._under:
            self._seats.clear()
        self._under = under
        self.wishes = wishes
        for path, seat in list(self._seats.items()):
            if self._concerned(seat):
                del self._seats[path]
        self._changed.clear()
        self._moved.clear()
        planned = plan(self._named(), files, languages())
        kept, analysed = self._judged(planned, files, settings, rules, stop)
        bench = Bench.of(planned, files, settings, rules, kept, self._in_force.policy)
        report, more = self._after_baseline(bench)
        report = report.from_level(wishes.level or self._in_force.said.level or "advice")
        diagnostics = (*report.diagnostics, *self._in_force.diagnostics, *more, *told)
        self.judgement = Judgement(bench, report.findings, diagnostics, analysed)
        return self.judgement

    def _judged(
        self,
        planned: Plan,
        files: Overlay,
        settings: Settings,
        rules: Sequence[Rule],
        stop: Callable[[], bool],
    ) -> tuple[list[Seat], int]:
        """The judged roots, those with open files first, and how many of them had to be judged now."""
        roots = sorted(planned.roots, key=lambda pair: not any(path in self._over for path in pair[1].files))
        seats: dict[str, Seat] = {}
        analysed = 0
        for language, root in roots:
            key = f"{root.language}:{root.path}"
            seat = self._seats.get(key)
            if seat is None or seat.root != root:
                if stop():
                    raise Stopped
                seat = seated(language, root, files, settings, rules)
                analysed += 1
                self._seats[key] = seat
            seats[key] = seat
        if stop():
            raise Stopped
        self._seats = seats
        return list(seats.values()), analysed

    def _named(self) -> list[str]:
        if not self.alone:
            return ["."]
        return sorted(path for path in self._over if "/" not in path) or ["."]

    def _settings(self, wishes: Wishes) -> tuple[Settings, list[Diagnostic]]:
        there: list[str] = []
        for path in wishes.var_files:
            if self._files.exists(path):
                there.append(self._files.allow_file(path))
        missing = [path for path in wishes.var_files if not self._files.exists(path)]
        told = [Diagnostic("error", "there is no such file", path=path) for path in missing]
        today = datetime.now().astimezone().date()
        said = self._in_force.said
        made = Settings(
            variable_files=tuple(there),
            runs=self._in_force.runs,
            stubs=said.stubs,
            today=today,
            given=said.given,
        )
        return made, told

    def _after_baseline(self, bench: Bench) -> tuple[Report, tuple[Diagnostic, ...]]:
        """The report without what the baseline of the configuration lists, and why that cannot be read."""
        path = self._in_force.said.baseline
        if path is None:
            return bench.report, ()
        try:
            source = bench.files.source(path)
            known = baseline.read(source.data)
        except (baseline.BadBaseline, Unreadable) as error:
            return bench.report, (Diagnostic("error", f"the baseline cannot be used: {error}", path=path),)
        read = [*self._files.known(), *self._over]
        return baseline.hide(bench.report, known, path, [rule.name for rule in bench.rules], read), ()

    def _concerned(self, seat: Seat) -> bool:
        """Whether what changed may change a root: a file it asked for, or one that came or went in a folder it looked into."""
        return any(path in seat.files for path in self._changed) or seat.concerned(self._moved)

    def _lay(self, buffers: Mapping[str, bytes]) -> None:
        """Lay the buffers over the disk. A buffer whose bytes did not change keeps its source."""
        over: dict[str, Source] = {}
        for full, data in buffers.items():
            path = self.name(full)
            if path is None:
                continue
            before = self._over.get(path)
            if before is None or before.data != data:
                before = self._on_disk(path, data) or Source(path, data)
            over[path] = before
        for path in {*over, *self._over}:
            now, before = over.get(path), self._over.get(path)
            if now is before:
                continue
            if now is None and before is not None:
                self._files.forget(path, before)
            there = self._on_disk(path)
            if (now or there) is not (before or there):
                self._changed.add(path)
            if there is None and (now is None or before is None):
                self._moved.add(path)
        self._over = over

    def _on_disk(self, path: str, data: bytes | None = None) -> Source | None:
        """The file on disk, where it can be read and has these bytes."""
        if not self._files.is_file(path):
            return None
        try:
            source = self._files.source(path)
        except Unreadable:
            return None
        return source if data is None or source.data == data else None

    def _touch(self, touched: Collection[str]) -> None:
        known = self._files.known() if touched else {}
        for full in touched:
            path = self.name(full)
            if path is None:
                continue
            before = known.get(path)
            self._files.forget(path, self._over.get(path))
            if path not in known:
                self._moved |= {path, *(one for one in known if one.startswith(path + "/"))}
                continue
            after = self._on_disk(path)
            if (before is None) != (after is None):
                self._moved.add(path)
            elif before is not after and path not in self._over:
                self._changed.add(path)

    def disk_changes(self) -> list[str]:
        """The files that were read and read otherwise now, for a client that does not watch them."""
        return [self.full(path) for path in self._files.changed()]
