"""The command line as a process of its own, measured, and an innocent root that stands beside whatever is hostile."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

INNOCENT = Path(__file__).parents[2] / "fixtures" / "s3-without-gateway-endpoint" / "bad" / "nat-only"
RULE = "s3-without-gateway-endpoint"
BOTH = {"aws_vpc.research", "ResearchVpc"}
TIMEOUT = 60
SECONDS = 2.0
"""What any hostile input may cost of processor time, or twenty times a harmless run where the machine is slow or busy."""


class Done(NamedTuple):
    """How a process ended, what it wrote, and the seconds of processor time it took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def report(self) -> dict[str, Any]:
        """Standard output as a report in JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    def told(self, below: str = "") -> list[str]:
        """Every diagnostic, and every reason why something was not checked, of the files whose path begins so."""
        report = self.report
        said = [(one["location"] or {"path": ""}, [one["message"]]) for one in report["diagnostics"]]
        said += [(one["location"], [why["what"] for why in one["reasons"]]) for one in report["not_checked"]]
        return [what for where, words in said if where["path"].startswith(below) for what in words]


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs fabriclint in a folder; a traceback or a process that does not end is a failure of any test."""

    def start(*arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> Done:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "fabriclint", *arguments],
            cwd=cwd or tmp_path,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in out + err
        assert "internal error" not in out + err
        return Done(done.returncode, out, err, seconds)

    return start


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A working directory with an innocent root and template that each have one finding of `RULE`."""
    for name in ("main.tf", "template.yaml"):
        (tmp_path / "innocent").mkdir(exist_ok=True)
        shutil.copy(INNOCENT / name, tmp_path / "innocent" / name)
    return tmp_path


@pytest.fixture(scope="session")
def allowed() -> float:
    """The seconds of processor time that a hostile input may cost here."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "fabriclint", "check", str(INNOCENT)],
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return max(SECONDS, 20 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))


Files = dict[str, str | bytes]
Hostile = Callable[[dict[str, tuple[Files, str]]], Done]


@pytest.fixture
def hostile(run: Run, beside: Path, allowed: float) -> Hostile:
    """Lints hostile folders beside the innocent one: it ends soon, tells the limit of each, and judges the innocent."""

    def lint(cases: dict[str, tuple[Files, str]]) -> Done:
        for name, (files, _) in cases.items():
            for path, content in files.items():
                target = beside / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.encode() if isinstance(content, str) else content)
        done = run("check", "--format", "json", *cases, "innocent")
        innocent_is_judged(done)
        for name, (_, limit) in cases.items():
            told = done.told(f"{name}/")
            assert not limit or any(limit in one for one in told), (
                f"{name}: nothing tells {limit!r}, but {told}"
            )
        assert done.seconds < allowed * max(1, len(cases) / 4)
        assert len(done.out) < 2_000_000
        return done

    return lint


def innocent_is_judged(done: Done) -> None:
    """The exit code is documented, and the findings of the innocent root and template are told."""
    assert done.code == 1, done.err
    found = {one["address"] for one in done.report["findings"] if one["rule"] == RULE}
    assert found >= BOTH
