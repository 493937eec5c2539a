"""A real editor: headless Neovim shows the findings of a file, lists the actions, and sees a fault go as it is typed away."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NVIM = shutil.which("nvim")


pytestmark = pytest.mark.skipif(
    NVIM is None and not os.environ.get("FABRICLINT_NEEDS_NVIM"), reason="there is no nvim on PATH"
)


def neovim(tmp_path: Path, file: Path, **more: str) -> dict[str, Any]:
    """What Neovim has to say of a file whose folder is the workspace."""
    out = tmp_path / "told.json"
    done = subprocess.run(
        [NVIM or "nvim", "--headless", "--clean", "-u", "NONE", "-S", str(HERE / "neovim.lua")],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "SERVER": sys.executable,
            "FOLDER": str(file.parent),
            "FILE": str(file),
            "OUT": str(out),
            **more,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return told


def test_neovim_shows_findings_and_sees_them_go(root: Path, tmp_path: Path) -> None:
    told = neovim(tmp_path, root / "launch.tf", OLD="g5.2xlarge", NEW="m5.2xlarge")
    (found,) = told["before"]
    assert (found["code"], found["lnum"], found["source"]) == ("instance-type-without-efa", 3, "fabriclint")
    text = (root / "launch.tf").read_text(encoding="utf-8").splitlines()[3]
    assert found["col"] == len(text[: text.index('"g5')].encode()), "Neovim counts bytes"
    assert "Ignore instance-type-without-efa here…" in told["titles"]
    assert told["gone"] is True


def test_neovim_shows_what_the_command_line_finds(tmp_path: Path) -> None:
    file = HERE.parents[2] / "fixtures" / "demo" / "terraform" / "fleets.tf"
    told = neovim(tmp_path, file)
    command = [sys.executable, "-m", "fabriclint", "check", "--format", "concise", "--exit-zero"]
    done = subprocess.run(
        command, cwd=file.parent, capture_output=True, text=True, timeout=60, check=True, encoding="utf-8"
    )
    found = re.findall(r"^fleets\.tf:(\d+):\d+: .* \[([a-z0-9-]+)\]$", done.stdout, re.MULTILINE)
    assert found
    assert sorted((one["lnum"] + 1, one["code"]) for one in told["before"]) == sorted(
        (int(line), code) for line, code in found
    )
