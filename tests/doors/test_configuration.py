"""The configuration on the command line: found, named, ignored, wrong; and the gate for certainty."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fabriclint.doors import cli

STACK = """\
resource "aws_datasync_location_s3" "source" {
  s3_bucket_arn = "arn:aws:s3:::example-recordings"
}

resource "aws_datasync_location_s3" "training" {
  s3_bucket_arn = "arn:aws:s3:::example-corpus-eu-west-1"
}

resource "aws_datasync_task" "corpus" {
  source_location_arn      = aws_datasync_location_s3.source.arn
  destination_location_arn = aws_datasync_location_s3.training.arn

  schedule {
    schedule_expression = "cron(0 3 * * ? *)"
  }
}
"""
RULE = ["--select", "datasync-copies-s3-across-regions"]
AWAY = '[given.buckets]\nexample-recordings = "us-east-1"\n'
NEAR = '[given.buckets]\nexample-recordings = "eu-west-1"\n'


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "main.tf").write_text(STACK)
    return tmp_path


def run(*arguments: str) -> int:
    return cli.main(["check", "stacks", *RULE, *arguments])


def test_what_is_open_fails_only_a_gate_for_certainty(stack: Path) -> None:
    assert run() == 0
    assert run("--fail-on", "not-checked") == 1


def test_what_is_given_decides(stack: Path) -> None:
    (stack / "fabriclint.toml").write_text(AWAY)
    assert run() == 1
    assert run("--isolated") == 0
    (stack / "near.toml").write_text(NEAR)
    assert run("--config", "near.toml") == 0
    assert run("--config", "near.toml", "--fail-on", "not-checked") == 0
    assert run("--config", "near.toml", "--isolated", "--fail-on", "not-checked") == 0


def test_a_mistake_is_wrong_usage(stack: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (stack / "fabriclint.toml").write_text("[given.bucket]\n")
    assert run() == 2
    told = capsysbinary.readouterr().err.decode()
    assert "fabriclint.toml:1: given.bucket: there is no such key; did you mean buckets?" in told
    assert run("--config", "absent.toml") == 2


def test_one_outside_the_tree_does_not_count(stack: Path) -> None:
    (stack / "stacks" / ".git").mkdir()
    (stack / "fabriclint.toml").write_text(AWAY)
    (stack / "stacks" / "x").mkdir()
    (stack / "stacks" / "main.tf").rename(stack / "stacks" / "x" / "main.tf")
    os.chdir(stack / "stacks")
    assert cli.main(["check", "x", *RULE]) == 0


def test_the_validator_is_imported_only_for_a_configuration(stack: Path) -> None:
    program = (
        "import sys\nfrom fabriclint.doors import cli\n"
        "cli.main(['check', 'stacks', '--exit-zero'])\nprint('jsonschema' in sys.modules)\n"
    )
    for text, wanted in ((None, "False"), (NEAR, "True")):
        if text is not None:
            (stack / "fabriclint.toml").write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout.splitlines()[-1] == wanted
