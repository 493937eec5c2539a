"""`--parameters` and `--run` on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from fabriclint.config.configuration import NOTHING_CONFIGURED
from fabriclint.doors import cli, inputs
from fabriclint.doors.files import DiskFiles
from fabriclint.languages.base import Run, Settings


def settings(*arguments: str) -> Settings:
    asked: argparse.Namespace = cli.parser().parse_args(["check", *arguments])
    return inputs.settings_for(asked, NOTHING_CONFIGURED, DiskFiles())


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    (tmp_path / "work" / "dev.json").write_text('{"A": "1", "B": "2"}')
    (tmp_path / "prod.toml").write_text('A = "9"')
    return tmp_path


def test_pairs_and_files_in_the_order_they_are_given() -> None:
    assert settings("--parameters", "A=0", "--parameters", "dev.json", "--parameters", "B=3").parameters == (
        ("A", "0"), ("A", "1"), ("B", "2"), ("B", "3"),
    )  # fmt: skip


def test_a_named_file_may_lie_elsewhere() -> None:
    assert settings("--parameters", "../prod.toml").parameters == (("A", "9"),)


def test_runs_have_names() -> None:
    given = settings("--run", "dev=dev.json", "--run", "prod=../prod.toml", "--run", "dev=../prod.toml")
    assert given.runs == (Run("dev", (("A", "1"), ("B", "2"), ("A", "9"))), Run("prod", (("A", "9"),)))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (
            ["--run", "dev"],
            "--run dev: there is no such run; the configuration has no runs, and --run NAME=FILE makes one",
        ),
        (["--run", "dev=gone.json"], "--run dev gone.json: there is no such file"),
        (["--parameters", "gone.json"], "write it as NAME=VALUE"),
        (["--parameters", "bad.txt"], "--parameters bad.txt: no is not of the form Key=Value"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], word: str) -> None:
    Path("bad.txt").write_text("no pairs")
    with pytest.raises(cli.Usage) as told:
        settings(*arguments)
    assert word in str(told.value)
