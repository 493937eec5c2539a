"""Which files an edit may be written to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fabriclint.doors.editable import editable
from fabriclint.doors.files import DiskFiles


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "infra" / "net").mkdir(parents=True)
    (home / "infra" / "net" / "main.tf").write_text("")
    (home / "other.tf").write_text("")
    (home / "link.tf").symlink_to(home / "other.tf")
    (home / "linked").symlink_to(home / "infra")
    os.mkfifo(home / "pipe.tf")
    return home


def test_a_regular_file_below_a_given_path_may_be_edited(tree: Path) -> None:
    ask = editable(DiskFiles(str(tree)), ["infra"])
    assert ask("infra/net/main.tf") is None
    assert ask("other.tf") == "it lies outside the paths that were given"
    assert ask("infra/../other.tf") == "it lies outside the paths that were given"
    assert ask("../x.tf") == "it lies outside the paths that were given"


def test_without_a_path_the_working_directory_is_given(tree: Path) -> None:
    ask = editable(DiskFiles(str(tree)), [])
    assert ask("infra/net/main.tf") is None
    assert ask("link.tf") == "it is a symbolic link"
    assert ask("linked/net/main.tf") == "a symbolic link leads to it"
    assert ask("pipe.tf") == "it is not a regular file"
    assert ask("infra") == "it is not a regular file"
    assert ask("gone.tf") == "there is no such file"
    assert ask("other.tf/x") == "not a directory"


def test_a_link_that_was_given_itself_leads_on_unless_it_is_the_file(tree: Path) -> None:
    assert editable(DiskFiles(str(tree)), ["linked"])("linked/net/main.tf") is None
    assert editable(DiskFiles(str(tree)), ["link.tf"])("link.tf") == "it is a symbolic link"
