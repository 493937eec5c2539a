"""A fault of fabriclint itself, of whatever kind, is one diagnostic that names where it happened, and the rest stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest
from msgspec.structs import replace

FAULTS = [ZeroDivisionError, RecursionError, MemoryError, AssertionError, UnicodeError]
TWO = {"a.toy": "vpc one bad=yes\n", "b.toy": "vpc two bad=yes\n"}


def failing(kind: type[Exception]) -> Any:
    def fails(*_: object, **__: object) -> NoReturn:
        if kind is RecursionError:
            fails()
        raise kind("of this kind")

    return fails


@pytest.mark.parametrize("kind", FAULTS)
def test_in_a_rule(judge: Any, make_rule: Any, kind: type[Exception]) -> None:
    bad = replace(make_rule(), check=failing(kind), name="a-faulty-rule")
    report = judge(TWO, bad, make_rule())
    assert [(one.rule, one.place.path) for one in report.findings] == [
        ("vpc-is-bad", "a.toy"),
        ("vpc-is-bad", "b.toy"),
    ]
    assert report.crashed
    assert [(one.level, one.place.path) for one in report.diagnostics] == [
        ("error", "a.toy"),
        ("error", "b.toy"),
    ]
    for one, label in zip(report.diagnostics, ("vpc.one", "vpc.two"), strict=True):
        assert one.message.startswith(f"rule a-faulty-rule failed on {label}: {kind.__name__}")


@pytest.mark.parametrize("kind", FAULTS)
def test_in_a_language(judge: Any, toy: Any, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
    read = type(toy).read

    def fails_on_one(self: Any, root: Any, files: Any, settings: Any) -> Any:
        return failing(kind)() if root.path == "a.toy" else read(self, root, files, settings)

    monkeypatch.setattr(type(toy), "read", fails_on_one)
    report = judge(TWO)
    assert [one.place.path for one in report.findings] == ["b.toy"]
    (told,) = report.diagnostics
    assert report.crashed
    assert (told.path, told.message.partition(": ")[0]) == ("a.toy", "fabriclint failed to read this root")
    assert kind.__name__ in told.message


@pytest.mark.parametrize("kind", FAULTS)
def test_in_a_writer(
    judge: Any, make_rule: Any, toy: Any, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    monkeypatch.setattr(type(toy), "write", failing(kind))
    report = judge(TWO, make_rule(edit="safe"))
    assert [(one.place.path, one.code) for one in report.findings] == [("a.toy", None), ("b.toy", None)]
    assert [one.level for one in report.diagnostics] == ["warning", "warning"]
    for one in report.diagnostics:
        assert one.message.startswith("the fix of vpc-is-bad could not be written as toy code: ")
        assert kind.__name__ in one.message


@pytest.mark.parametrize("kind", FAULTS)
def test_in_a_reporter(tmp_path: Path, kind: type[Exception]) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "v" {}\n')
    program = (
        "import sys\nfrom fabriclint.doors import cli\nfrom fabriclint.reporters import sarif\n"
        f"def fails(*_):\n    raise {kind.__name__}('of this kind')\nsarif.render = fails\nsys.exit(cli.main(sys.argv[1:]))\n"
    )
    command = ("check", ".", "--output", "sarif=a.sarif", "--output", "json=a.json")
    done = subprocess.run(
        [sys.executable, "-c", program, *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"fabriclint: internal error: {kind.__name__}: of this kind (")
    assert "Traceback" not in done.stderr
    assert (tmp_path / "a.json").read_text().endswith("}\n")
    assert not (tmp_path / "a.sarif").exists()
    assert done.stdout.splitlines()[-1].endswith("not checked"), "the report on standard output came as well"
