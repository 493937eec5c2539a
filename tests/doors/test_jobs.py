"""Roots judged by several processes: the same report, whoever judged them, and whatever becomes of a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fabriclint.doors import jobs
from fabriclint.doors.files import DiskFiles
from fabriclint.engine.bench import Bench, Seat, seated
from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import Report
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.reporters import json, sarif, text

FIXTURES = Path(__file__).parents[2] / "fixtures"
AREAS = ("demo", "s3-without-gateway-endpoint", "accelerators-without-efa", "lustre-too-slow")


def reported(folder: Path, number: int | None, settings: Settings | None = None) -> Report:
    """The report of a folder as so many processes make it."""
    files = DiskFiles(str(folder))
    planned = plan([files.allow(".")], files, languages())
    settings = settings or Settings()
    seats = jobs.judged_seats(planned, files, settings, builtin_rules(), number)
    return Bench(planned, files, settings, builtin_rules(), seats).report


def rendered(report: Report) -> tuple[str, str, str]:
    """A report in three forms."""
    return (
        json.render(report),
        sarif.render(report, builtin_rules()),
        text.render(report, show_not_checked=True),
    )


@pytest.fixture
def pids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[int]]:
    """Notes which processes judge roots."""
    noted = tmp_path / "pids"
    noted.touch()

    def judge(*given: object) -> Seat:
        with noted.open("a") as file:
            file.write(f"{os.getpid()}\n")
        return seated(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "seated", judge)
    return lambda: {int(line) for line in noted.read_text().split()}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("number", [2, 5])
def test_the_report_is_the_same(area: str, number: int) -> None:
    folder = FIXTURES / area
    alone, together = reported(folder, 1), reported(folder, number)
    assert alone.findings
    assert rendered(together) == rendered(alone)


def test_what_the_others_found_is_taken_and_not_found_again(
    pids: Callable[[], set[int]], tmp_path: Path
) -> None:
    report = reported(FIXTURES / "accelerators-without-efa", 3)
    assert len(pids()) > 1
    roots = len((tmp_path / "pids").read_text().split())
    assert roots == len(report.roots)


def test_a_process_that_is_killed_owes_its_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = FIXTURES / "accelerators-without-efa"
    alone = reported(folder, 1)
    parent = os.getpid()

    def judge(*given: object) -> Seat:
        if os.getpid() != parent:
            os.kill(os.getpid(), 9)
        return seated(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "seated", judge)
    assert rendered(reported(folder, 3)) == rendered(alone)


def test_an_interrupt_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = os.getpid()

    def judge(*_: object) -> Seat:
        if os.getpid() == parent:
            raise KeyboardInterrupt
        while True:
            pass

    monkeypatch.setattr(jobs, "seated", judge)
    with pytest.raises(KeyboardInterrupt):
        reported(FIXTURES / "demo", 2)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_suppression_in_a_shared_module_is_used_whoever_judges_its_callers(tmp_path: Path) -> None:
    shared = tmp_path / "modules" / "network"
    shared.mkdir(parents=True)
    bad = (FIXTURES / "s3-without-gateway-endpoint" / "bad" / "nat-only" / "main.tf").read_text()
    marked = bad.replace(
        'resource "aws_vpc"',
        '# fabriclint: ignore[s3-without-gateway-endpoint] the endpoint is made elsewhere\nresource "aws_vpc"',
    )
    (shared / "main.tf").write_text(marked)
    for number in range(6):
        root = tmp_path / f"root{number}"
        root.mkdir()
        (root / "main.tf").write_text('module "network" {\n  source = "../modules/network"\n}\n')
    alone = reported(tmp_path, 1)
    assert alone.summary.suppressed == 6
    assert not any(one.rule == "unused-suppression" for one in alone.findings)
    assert rendered(reported(tmp_path, 3)) == rendered(alone)


def test_a_fault_of_a_rule_in_another_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = os.getpid()

    def judge(*given: object) -> Seat:
        seat = seated(*given)  # type: ignore[arg-type]
        if os.getpid() != parent:
            seat.judged.trouble.crash("rule a-rule failed on a VPC", RecursionError("too deep"))
        return seat

    monkeypatch.setattr(jobs, "seated", judge)
    report = reported(FIXTURES / "accelerators-without-efa", 4)
    assert report.crashed
    assert any(
        "rule a-rule failed on a VPC: RecursionError: too deep" in one.message for one in report.diagnostics
    )


def test_a_small_run_stays_in_one_process(pids: Callable[[], set[int]]) -> None:
    reported(FIXTURES / "demo", None)
    assert pids() == {os.getpid()}


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="elsewhere several processes have to be asked for"
)
def test_a_large_run_takes_all_processors(
    pids: Callable[[], set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "WORTH_BYTES", 1_000)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    reported(FIXTURES / "accelerators-without-efa", None)
    assert len(pids()) == 2


def test_many_roots_are_shared_some_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_MOST_SHARES", 3)
    folder = FIXTURES / "accelerators-without-efa"
    report = reported(folder, 2)
    assert len(report.roots) > 9
    assert rendered(report) == rendered(reported(folder, 1))
