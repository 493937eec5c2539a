"""`--fix`, `--diff` and `--edits` over files on the disk."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from fabriclint.doors import mending, session, writing
from fabriclint.doors.files import DiskFiles
from fabriclint.text import Source


@pytest.fixture
def rules(monkeypatch, make_rule):
    """A rule with safe edits, one with unsafe ones, one without."""
    made = (
        make_rule("a-safe-one", edit="safe"),
        make_rule("b-risky-one", word="risky", edit="unsafe"),
        make_rule("c-bare-one", word="bare"),
    )

    def use():
        monkeypatch.setattr(session, "builtin_rules", lambda: made)

    return use


@pytest.fixture
def lint(fabriclint, rules):
    rules()
    return fabriclint


TEXT = "# top\nvpc one bad=yes risky=no\nvpc two bad=no risky=yes\nvpc three bare=yes\n"


def test_safe_edits_are_made_and_the_rest_is_told(place, lint):
    (place / "a.toy").write_text(TEXT)
    code, out, err = lint("check", "--fix", ".")
    assert (place / "a.toy").read_text() == TEXT.replace("bad=yes", "bad=no")
    assert code == 1
    assert "a-safe-one" not in out
    assert out.endswith("5 checks: 2 findings, 3 clean, 0 not checked\n")
    assert err.splitlines() == [
        "fabriclint: 1 safe edit made in 1 file",
        "fabriclint: 1 unsafe edit left, which has to be wanted: --fix=all",
        "fabriclint: 1 finding without an edit; --show no-edit lists why",
    ]


def test_all_edits_are_made_where_they_are_wanted_and_the_warnings_said(place, lint):
    (place / "a.toy").write_text(TEXT)
    code, _, err = lint("check", "--fix=all", "--show", "no-edit")
    assert (place / "a.toy").read_text() == TEXT.replace("bad=yes", "bad=no").replace("risky=yes", "risky=no")
    assert code == 1
    assert err.splitlines() == [
        "fabriclint: 1 safe and 1 unsafe edits made in 1 file",
        "fabriclint:   a.toy:3: b-risky-one: Think first.",
        "fabriclint: 1 finding without an edit",
        "fabriclint:   a.toy:4: c-bare-one: its fix is for a person to decide",
    ]
    before = (place / "a.toy").stat().st_mtime_ns
    assert lint("check", "--fix=all")[2].startswith("fabriclint: no edits made\n")
    assert (place / "a.toy").stat().st_mtime_ns == before


def test_a_warning_is_said_once_for_all_its_places(place, lint):
    for name in ("a", "b", "c"):
        (place / f"{name}.toy").write_text(TEXT)
    err = lint("check", "--fix=all")[2]
    assert err.splitlines()[:4] == [
        "fabriclint: 3 safe and 3 unsafe edits made in 3 files",
        "fabriclint:   a.toy:3",
        "fabriclint:   b.toy:3",
        "fabriclint:   c.toy:3: b-risky-one: Think first.",
    ]


def test_a_difference_is_printed_and_nothing_written(place, lint):
    (place / "sub").mkdir()
    (place / "sub" / "a.toy").write_text(TEXT.rstrip("\n"))
    code, out, err = lint("check", "--diff", "sub")
    assert (place / "sub" / "a.toy").read_text() == TEXT.rstrip("\n")
    assert code == 1
    assert "1 safe edit shown in 1 file" in err
    assert "-vpc one bad=yes risky=no\n+vpc one bad=no risky=no\n" in out
    subprocess.run(["git", "apply", "-"], input=out, text=True, check=True, cwd=place)
    assert (place / "sub" / "a.toy").read_text() == TEXT.rstrip("\n").replace("bad=yes", "bad=no")


def test_the_mode_of_a_file_is_kept_and_nothing_is_left_beside_it(place, lint):
    file = place / "a.toy"
    file.write_text(TEXT)
    file.chmod(0o640)
    lint("check", "--fix")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in place.iterdir()] == ["a.toy"]


def test_links_and_files_outside_the_given_paths_are_left_alone(place, lint):
    (place / ".git").mkdir()
    (place / "real").mkdir()
    (place / "real" / "a.toy").write_text(TEXT)
    (place / "linked").mkdir()
    os.symlink("../real/a.toy", place / "linked" / "a.toy")
    (place / "calls").mkdir()
    (place / "calls" / "b.toy").write_text("call ../real/a.toy\n")
    for path, why in (
        ("linked", "it is a symbolic link"),
        ("calls", "it lies outside the paths that were given"),
    ):
        _, _, err = lint("check", "--fix", path, "--show", "no-edit")
        assert f"is left alone: {why}" in err
    assert (place / "real" / "a.toy").read_text() == TEXT
    assert (place / "linked" / "a.toy").is_symlink()


def test_a_file_that_changed_meanwhile_is_left_alone(place, lint, monkeypatch):
    (place / "a.toy").write_text(TEXT)
    (place / "b.toy").write_text(TEXT)
    planned = mending.replace_all

    def late(files, sources):
        (place / "b.toy").write_text(TEXT + "# more\n")
        return planned(files, sources)

    monkeypatch.setattr(mending, "replace_all", late)
    code, out, err = lint("check", "--fix")
    assert "b.toy is left alone: it changed while it was being linted" in err
    assert "no edit was made: run it again" in err
    assert (place / "a.toy").read_text() == TEXT
    assert (place / "b.toy").read_text() == TEXT + "# more\n"
    assert code == 1
    assert "a-safe-one" in out


def test_a_write_that_fails_leaves_the_file_whole(place, monkeypatch):
    (place / "a.toy").write_text(TEXT)
    files = DiskFiles()
    files.allow(".")
    source = files.source("a.toy")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    refused = {"a.toy": "No space left on device"}
    assert writing.replace_all(files, {"a.toy": Source(source.path, b"new")}) == ([], refused)
    assert (place / "a.toy").read_text() == TEXT
    assert [path.name for path in place.iterdir()] == ["a.toy"]


def test_edits_stand_in_the_reports(place, lint):
    (place / "a.toy").write_text(TEXT)
    found = json.loads(lint("check", "--edits", "--format", "json")[1])["findings"]
    one, two, three = (finding["fix"]["edit"] for finding in found)
    assert one == {
        "safety": "safe",
        "reason": None,
        "changes": [
            {"path": "a.toy", "line": 2, "column": 9, "end_line": 2, "end_column": 16, "new": "bad=no"}
        ],
    }
    assert (two["safety"], two["reason"]) == ("unsafe", "Think first.")
    assert three == {"safety": None, "reason": "its fix is for a person to decide", "changes": []}
    log = json.loads(lint("check", "--edits", "--format", "sarif")[1])
    fixes = [result.get("fixes") for result in log["runs"][0]["results"]]
    assert fixes[2] is None
    (change,) = fixes[0][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 16},
            "insertedContent": {"text": "bad=no"},
        }
    ]
    text = lint("check", "--edits")[1]
    assert "     edit: safe, --fix makes it.\n" in text
    assert "     edit: unsafe, --fix=all makes it. Think first.\n" in text
    assert "  no edit: its fix is for a person to decide\n" in text


def test_the_demo_is_mended_as_its_user_would(tmp_path, monkeypatch, capsysbinary):
    from shutil import copytree

    from fabriclint.doors import cli

    demo = Path(__file__).parents[2] / "fixtures" / "demo"
    copytree(demo, tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    for language in ("terraform", "cloudformation"):
        capsysbinary.readouterr()
        cli.main(["check", f"demo/{language}", "--fix=all", "--format", "json"])
        told = capsysbinary.readouterr()
        left = json.loads(told.out)["findings"]
        cli.main(["check", f"demo/{language}", "--format", "json"])
        again = json.loads(capsysbinary.readouterr().out)["findings"]
        assert [one["fingerprint"] for one in again] == [one["fingerprint"] for one in left]
        assert b"edits made in" in told.err
        cli.main(["check", f"demo/{language}", "--diff=all"])
        assert capsysbinary.readouterr().out == b""
