"""What a run writes goes where its user says, through no link of the tree that leads out of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "export PATH=/usr/bin\n"
STACK = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository beside a file that is none of its business."""
    (tmp_path / "profile").write_text(SECRET)
    (tmp_path / "elsewhere").mkdir()
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "main.tf").write_text(STACK)
    return repository


def fabriclint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fabriclint", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("link", "arguments"),
    [
        ("fabriclint-baseline.json", ("baseline",)),
        ("report.sarif", ("check", ".", "--output", "sarif=report.sarif")),
        ("report.txt", ("check", ".", "--output", "./report.txt")),
    ],
)
def test_a_link_of_the_tree_leads_no_report_out_of_it(
    tree: Path, link: str, arguments: tuple[str, ...]
) -> None:
    (tree / link).symlink_to("../profile")
    done = fabriclint(tree, *arguments)
    assert done.returncode == 2
    assert "a link leads out of the working directory" in done.stderr
    assert (tree.parent / "profile").read_text() == SECRET
    assert (tree / link).is_symlink()


def test_a_linked_folder_leads_init_out_of_nothing(tree: Path) -> None:
    (tree / ".github").symlink_to("../elsewhere")
    done = fabriclint(tree, "init", "--yes")
    assert done.returncode == 2
    assert "a link leads out of the working directory" in done.stderr
    assert not list((tree.parent / "elsewhere").iterdir())


def test_links_inside_and_paths_outside_are_the_users(tree: Path) -> None:
    (tree / "reports").mkdir()
    (tree / "reports" / "last.json").write_text("old")
    (tree / "last.json").symlink_to("reports/last.json")
    outside = tree.parent / "elsewhere" / "out.json"
    done = fabriclint(tree, "check", ".", "--output", "json=last.json", "--output", f"json={outside}")
    assert done.returncode == 0, done.stderr
    assert (tree / "last.json").is_symlink()
    assert (tree / "reports" / "last.json").read_text() == outside.read_text() != "old"
