"""The example of a company's pack holds, as a folder of rules and as an installed pack."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fabriclint.testing import cases, check_case

HOME = Path(__file__).parent.parent
PACK = HOME / "examples" / "company-pack"
BAD = PACK / "fixtures" / "training-on-spot" / "bad" / "spot-template"


def fabriclint(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fabriclint", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("case", cases(PACK / "fixtures", PACK), ids=str)
def test_case(case: object) -> None:
    check_case(case)  # type: ignore[arg-type]


def test_the_command_line_says_so_too() -> None:
    done = fabriclint("test", str(PACK))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("16 cases of 5 rules: 16 hold, 0 faults\n")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as an installer lays it out by its pyproject: the package, and the entry point in its metadata."""
    said = tomllib.loads((PACK / "pyproject.toml").read_text(encoding="utf-8"))
    site = tmp_path_factory.mktemp("site")
    for package in said["tool"]["setuptools"]["packages"]:
        inside = package.split(".")[1:]
        target = site.joinpath(*package.split("."))
        target.mkdir(parents=True)
        for file in PACK.joinpath(*inside).iterdir():
            if file.suffix == ".py" or (inside and file.suffix == ".yaml"):
                shutil.copy(file, target)
    info = site / f"company_rules-{said['project']['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: company-rules\nVersion: 1.0\n")
    points = said["project"]["entry-points"]
    lines = [
        f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in one.items()) for group, one in points.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return site


def test_installed_it_is_a_pack(site: Path, tmp_path: Path) -> None:
    done = fabriclint(
        "check", str(BAD), "--pack", "company", "--select", "training-on-spot", "--format", "json",
        cwd=tmp_path, env={"PYTHONPATH": str(site), "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert {one["rule"] for one in json.loads(done.stdout)["findings"]} == {"training-on-spot"}
    done = fabriclint("rules", "--pack", "company", cwd=tmp_path, env={"PYTHONPATH": str(site), "PATH": ""})
    for name in ("family-not-agreed", "training-vpc-without-dns", "large-fleet-without-reservation"):
        assert name in done.stdout
