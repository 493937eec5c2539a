"""The same input makes the same bytes: in whatever order paths and folders are listed, hashes fall and processes run."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fabriclint.doors.files import DiskFiles
from fabriclint.doors.options import FORMATS
from fabriclint.doors.output import rendered
from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run as judged
from fabriclint.languages import languages
from fabriclint.languages.base import Settings

Run = Callable[..., Any]
HOME = Path(__file__).parents[2]
RULES = builtin_rules()
PATHS = (
    "fixtures/demo", "fixtures/s3-without-gateway-endpoint/bad", "fixtures/fleet-spans-zones/bad",
    "fixtures/vpn-carries-training-data/unknown", "fixtures/security-group-blocks-s3/bad",
)  # fmt: skip
JOBS: Sequence[Sequence[str]] = (["--jobs", "1"], ["--jobs", "2"], ["--jobs", "5"], [])
"""Ways to share the work, which must come to the same bytes."""


class Shuffled(DiskFiles):
    """The disk, listing every folder in another order each time it is asked."""

    def __init__(self, home: str, chance: random.Random) -> None:
        super().__init__(home)
        self._chance = chance

    def names(self, folder: str) -> tuple[str, ...]:
        found = list(super().names(folder))
        self._chance.shuffle(found)
        return tuple(found)

    def folders(self, folder: str) -> tuple[str, ...]:
        found = list(super().folders(folder))
        self._chance.shuffle(found)
        return tuple(found)


def reports(files: DiskFiles, paths: Sequence[str], rules: Sequence[Any]) -> dict[str, str]:
    named = [files.allow(path) for path in paths]
    report = judged(plan(named, files, languages()), files, Settings(), rules)
    return {form: rendered(report, form, RULES, show=("not-checked",)) for form in FORMATS}


def test_orders_do_not_matter() -> None:
    some = PATHS[2:4]  # the others take longer
    first = {given: reports(DiskFiles(str(HOME)), given, RULES) for given in (PATHS, some)}
    for seed in range(38):
        chance = random.Random(seed)
        given = PATHS if seed < 8 else some
        known, paths, rules = first[given], list(given), list(RULES)
        chance.shuffle(paths)
        chance.shuffle(rules)
        told = reports(Shuffled(str(HOME), chance), paths, rules)
        for form in FORMATS:
            assert told[form] == known[form], f"{form} differs with seed {seed}"


def test_processes_say_the_same_however_many_share_the_work(run: Run) -> None:
    chance = random.Random(7)
    known: set[tuple[str, ...]] = set()
    for seed in range(12):
        paths = list(PATHS)
        chance.shuffle(paths)
        form = ("json", "sarif", "text")[seed % 3]
        jobs = JOBS[seed // 3]
        done = run("check", "--format", form, *jobs, *paths, cwd=HOME, env={"PYTHONHASHSEED": str(seed)})
        assert done.code == 1
        known.add((form, done.out, done.err))
    assert len(known) == 3, "one output for each form"


def test_relative_and_absolute_paths_say_the_same(run: Run, tmp_path: Path) -> None:
    shutil.copytree(HOME / "fixtures" / "demo", tmp_path / "one" / "demo")
    (tmp_path / "other").mkdir()
    for form in ("json", "text", "concise"):
        here = run("check", "--format", form, "demo", cwd=tmp_path / "one")
        below = run("check", "--format", form, str(tmp_path / "one" / "demo"), cwd=tmp_path / "one")
        away = run("check", "--format", form, "../one/demo", cwd=tmp_path / "other")
        assert below.out == here.out
        if form != "text":  # its lines are wrapped by their length
            assert away.out.replace("../one/demo", "demo").count("\n") == here.out.count("\n")
            shown = [
                line
                for line in away.out.replace("../one/demo", "demo").splitlines()
                if "fingerprint" not in line
            ]
            assert shown == [line for line in here.out.splitlines() if "fingerprint" not in line]


def test_the_digest_for_other_pythons() -> None:
    """`tests/safety/digest.py` prints one line that does not change with the hash seed."""
    told = {
        subprocess.run(
            [sys.executable, "-c", "import digest; print(digest.digest_of_demo())"], cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, timeout=60, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    (line,) = told
    assert len(line.strip()) == 64
