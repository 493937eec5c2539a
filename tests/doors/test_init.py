"""`fabriclint init` shows what it will write, and writes it only where that is wanted."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from fabriclint.config.read import read
from fabriclint.doors import cli
from fabriclint.text import Source


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".git/" not in path.as_posix()
    )


def test_it_shows_and_asks_before_it_writes(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["init"]) == 0
    told = capsysbinary.readouterr()
    assert b"fabriclint.toml: new\n" in told.out
    assert b".github/workflows/fabriclint.yml: new\n" in told.out
    assert b"nothing was written; --yes writes it" in told.err
    assert names(here) == []
    assert cli.main(["init", "--yes"]) == 0
    assert names(here) == [".github/workflows/fabriclint.yml", ".pre-commit-config.yaml", "fabriclint.toml"]
    hooks = yaml.safe_load((here / ".pre-commit-config.yaml").read_text())["repos"]
    assert [hook["id"] for hook in hooks[0]["hooks"]] == ["fabriclint"]
    assert yaml.safe_load((here / ".github" / "workflows" / "fabriclint.yml").read_text())["jobs"]
    assert read(Source("fabriclint.toml", (here / "fabriclint.toml").read_bytes())).fail_on == "error"


def test_twice_changes_nothing(here: Path) -> None:
    cli.main(["init", "--yes"])
    before = {name: (here / name).read_bytes() for name in names(here)}
    assert cli.main(["init", "--yes"]) == 0
    assert {name: (here / name).read_bytes() for name in names(here)} == before


def test_every_commented_key_of_the_configuration_is_one(here: Path) -> None:
    cli.main(["init", "--yes"])
    text = (here / "fabriclint.toml").read_text()
    bare = "\n".join(
        line.removeprefix("# ") if " = " in line or line.startswith("# [") else line
        for line in text.splitlines()
    )
    assert tomllib.loads(bare)
    made = read(Source("fabriclint.toml", bare.encode()))
    assert (made.baseline, [run.name for run in made.runs]) == ("fabriclint-baseline.json", ["prod"])


@pytest.mark.parametrize("indent", ["", "  "])
def test_the_hook_joins_the_others_in_their_own_style(here: Path, indent: str) -> None:
    hook = ("- repo: https://example.com/one", "  rev: v1", "  hooks:", "    - id: one")
    there = "# ours\nrepos:\n" + "".join(f"{indent}{line}\n" for line in hook)
    (here / ".pre-commit-config.yaml").write_text(there)
    cli.main(["init", "--yes"])
    text = (here / ".pre-commit-config.yaml").read_text()
    assert text.startswith(there)
    repos = yaml.safe_load(text)["repos"]
    assert [hook["id"] for repo in repos for hook in repo["hooks"]] == ["one", "fabriclint"]


def test_what_cannot_be_added_to_is_left_alone_with_the_text(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (here / ".pre-commit-config.yaml").write_text("repos: []\ndefault_stages: [pre-commit]\n")
    (here / ".gitlab-ci.yml").write_text("stages: [test]\n")
    assert cli.main(["init", "--yes"]) == 0
    out = capsysbinary.readouterr().out.decode()
    assert (
        ".pre-commit-config.yaml: is not of a form that can be added to; put this under repos:\n    - repo: "
        in out
    )
    assert ".gitlab-ci.yml: is yours to change; add this job:\n    fabriclint:\n" in out
    assert names(here) == [".gitlab-ci.yml", ".pre-commit-config.yaml", "fabriclint.toml"]


def test_outside_a_repository_it_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init", "--yes"]) == 2
