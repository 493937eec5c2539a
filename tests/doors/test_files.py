"""The disk, as the core may see it."""

import os
import socket

import pytest

from fabriclint.doors import files as module
from fabriclint.doors.files import DiskFiles
from fabriclint.engine.discover import plan
from fabriclint.languages import languages
from fabriclint.languages.base import Unreadable


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A working directory with a few files, beside something that is none of its business."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.tf").write_text("secret")
    home = tmp_path / "home"
    (home / "infra" / "modules").mkdir(parents=True)
    (home / "infra" / "main.tf").write_bytes(b"\xff\xfe")
    (home / "infra" / "modules" / "a.tf").write_text("a")
    (home / "shared.tf").write_text("shared")
    monkeypatch.chdir(home)
    return home


def refused(files, path):
    with pytest.raises(Unreadable) as raised:
        files.source(path)
    assert raised.value.path == path
    return raised.value.message


def test_files_are_read_once_under_their_path(tree):
    files = DiskFiles()
    assert files.allow("infra") == "infra"
    source = files.source("infra/main.tf")
    assert (source.path, source.data) == ("infra/main.tf", b"\xff\xfe")
    assert files.source("infra/../infra/main.tf") is source


def test_names_are_sorted_and_skip_links_to_folders_and_installed_things(tree):
    for name in (".git", ".terraform", "node_modules", "zeta", "alpha"):
        (tree / name).mkdir()
    (tree / "link").symlink_to(tree / "infra")
    files = DiskFiles()
    files.allow(".")
    assert files.names(".") == ("shared.tf",)
    assert files.folders(".") == ("alpha", "infra", "zeta")
    assert files.names("nowhere") == files.folders("nowhere") == ()


def test_the_working_directory_bounds_the_tree(tree):
    files = DiskFiles()
    files.allow("infra")
    assert files.source("shared.tf").data == b"shared"
    assert "outside the tree" in refused(files, "../outside/secret.tf")
    assert not files.is_file("../outside/secret.tf")
    assert not files.is_folder("../outside")
    assert files.names("../outside") == ()


def test_a_git_work_tree_bounds_the_tree(tree):
    (tree / "infra" / ".git").mkdir()
    files = DiskFiles()
    files.allow("infra/modules")
    assert files.source("infra/main.tf").data
    assert "outside the tree" in refused(files, "shared.tf")


def test_a_folder_elsewhere_bounds_itself(tree):
    files = DiskFiles()
    assert files.allow("../outside") == "../outside"
    assert files.source("../outside/secret.tf").data == b"secret"
    assert "outside the tree" in refused(files, "shared.tf")


def test_links_are_followed_inside_the_tree_only(tree):
    (tree / "in.tf").symlink_to(tree / "shared.tf")
    (tree / "out.tf").symlink_to(tree.parent / "outside" / "secret.tf")
    (tree / "dead.tf").symlink_to(tree / "nothing.tf")
    (tree / "loop.tf").symlink_to(tree / "loop.tf")
    files = DiskFiles()
    files.allow(".")
    assert files.source("in.tf").data == b"shared"
    assert "outside the tree" in refused(files, "out.tf")
    assert "no such file" in refused(files, "dead.tf")
    assert refused(files, "loop.tf")
    assert files.names(".") == ("dead.tf", "in.tf", "loop.tf", "out.tf", "shared.tf"), (
        "what cannot be read is not dropped"
    )


def test_naming_a_link_does_not_open_the_tree_it_leads_to(tree):
    (tree / "out.tf").symlink_to(tree.parent / "outside" / "secret.tf")
    files = DiskFiles()
    assert files.allow("out.tf") == "out.tf"
    assert "outside the tree" in refused(files, "out.tf")
    assert not files.is_folder("../outside")


def test_a_named_variable_file_may_lie_elsewhere(tree):
    files = DiskFiles()
    files.allow(".")
    assert files.allow_file("../outside/secret.tf") == "../outside/secret.tf"
    assert files.source("../outside/secret.tf").data == b"secret"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_sockets_and_devices_are_not_opened(tree):
    os.mkfifo(tree / "pipe.tf")
    server = socket.socket(socket.AF_UNIX)
    try:
        server.bind("socket.tf")
        files = DiskFiles()
        files.allow(".")
        for name in ("pipe.tf", "socket.tf"):
            assert refused(files, name) == "it is not a regular file"
            assert not files.is_file(name)
    finally:
        server.close()
    (tree / "null.tf").symlink_to("/dev/null")
    assert "outside the tree" in refused(files, "null.tf")
    assert refused(files, "infra") == "it is a folder"


def test_large_files_are_refused(tree, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 5)
    files = DiskFiles()
    files.allow(".")
    assert "larger than" in refused(files, "shared.tf")
    assert files.source("infra/modules/a.tf").data == b"a"


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "\ud800", ""])
def test_no_path_raises_anything_else(tree, path):
    files = DiskFiles()
    files.allow(".")
    assert not files.is_file(path)
    with pytest.raises(Unreadable):
        files.source(path)
    files.exists(path)
    files.names(path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_refused(tree):
    (tree / "shared.tf").chmod(0)
    files = DiskFiles()
    files.allow(".")
    assert "permission" in refused(files, "shared.tf")


def test_a_forgotten_file_is_read_again_and_keeps_its_source_where_nothing_changed(tree):
    files = DiskFiles()
    files.allow(".")
    before = files.source("infra/modules/a.tf")
    assert files.names("infra/modules") == ("a.tf",)
    files.forget("infra/modules/a.tf")
    assert files.source("infra/modules/a.tf") is before
    (tree / "infra" / "modules" / "a.tf").write_text("b")
    (tree / "infra" / "modules" / "b.tf").write_text("b")
    assert files.source("infra/modules/a.tf") is before
    assert files.changed() == ["infra/modules/a.tf"]
    files.forget("infra/modules")
    assert files.source("infra/modules/a.tf").data == b"b"
    assert files.names("infra/modules") == ("a.tf", "b.tf")


def test_a_file_that_was_missing_is_found_when_it_is_forgotten(tree):
    files = DiskFiles()
    files.allow(".")
    refused(files, "new.tf")
    assert files.known() == {"new.tf": None}
    (tree / "new.tf").write_text("new")
    assert files.changed() == ["new.tf"]
    refused(files, "new.tf")
    files.forget("new.tf")
    assert files.source("new.tf").data == b"new"


def test_what_is_only_glanced_at_is_not_kept_and_its_changes_are_seen(tmp_path):
    (tmp_path / "values.yaml").write_text("replicas: 2\n")
    (tmp_path / "data.json").write_text("[1]\n")
    files = DiskFiles(str(tmp_path))
    files.allow(".")
    plan(["."], files, languages())
    assert files.known() == {"values.yaml": None, "data.json": None}
    assert files.glance("values.yaml") == b"replicas: 2\n"
    assert files.changed() == []
    (tmp_path / "values.yaml").write_text("replicas: 3\n")
    (tmp_path / "data.json").unlink()
    assert sorted(files.changed()) == ["data.json", "values.yaml"]
    files.forget("values.yaml")
    assert "values.yaml" not in files.known()
