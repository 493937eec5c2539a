"""Expressions give what `terraform console` gives: the recorded answers always, the console itself where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "console"
TABLE: list[dict[str, object]] = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
BESIDE = (HERE / "main.tf").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def expressions() -> list[str]:
    assert len(TABLE) > 100
    return [str(row["expression"]) for row in TABLE]


def test_the_recorded_answers(expressions, read, element, show):
    probes = "".join(
        f'resource "aws_vpc" "p{n}" {{\n  cidr_block = {text}\n}}\n' for n, text in enumerate(expressions)
    )
    reading = read(BESIDE + probes)
    assert reading.diagnostics == ()
    for n, row in enumerate(TABLE):
        value = element(reading, f"aws_vpc.p{n}").read("cidr_block")
        got, wanted = show(value), row["value"]
        assert (type(got), got) == (type(wanted), wanted), row["expression"]


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_the_console_still_says_so(expressions, tmp_path):
    (tmp_path / "main.tf").write_text(BESIDE, encoding="utf-8")
    (tmp_path / "cli.rc").write_text("", encoding="utf-8")
    asked = subprocess.run(
        ["terraform", "console"],
        input=f"jsonencode([{', '.join(expressions)}])".encode(),
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "cli.rc"), "CHECKPOINT_DISABLE": "1"},
        timeout=60,
        check=False,
    )
    if asked.returncode != 0:
        pytest.skip(f"terraform console does not run here: {asked.stderr.decode()[-300:]}")
    assert json.loads(json.loads(asked.stdout)) == [row["value"] for row in TABLE]
