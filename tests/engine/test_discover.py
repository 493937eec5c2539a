"""From paths to roots."""

import pytest

from fabriclint.engine.discover import inside, plan
from fabriclint.testing import MemoryFiles


def roots(contents, paths, toy, absent=()):
    files = MemoryFiles(contents)
    made = plan(paths, files, [toy], absent)
    return [root.path for _, root in made.roots], made


def test_folders_are_walked_at_any_depth(toy):
    contents = {"z.toy": "", "a/b/c.toy": "", "a/x.txt": ""}
    assert roots(contents, ["."], toy)[0] == ["a/b/c.toy", "z.toy"]
    assert roots(contents, ["a"], toy)[0] == ["a/b/c.toy"]


def test_hidden_and_installed_things_are_not_walked(toy):
    contents = dict.fromkeys(
        (".git/a.toy", ".terraform/b.toy", "node_modules/c.toy", ".venv/d.toy", ".e.toy", "f.toy"), ""
    )
    assert roots(contents, ["."], toy)[0] == ["f.toy"]


def test_what_is_called_is_judged_through_its_callers_unless_it_is_named(toy):
    contents = {"a.toy": "call m/x.toy\n", "m/x.toy": ""}
    paths, made = roots(contents, ["."], toy)
    assert paths == ["a.toy"]
    assert [(fold.path, fold.callers) for fold in made.folded] == [("m/x.toy", ("a.toy",))]
    assert roots(contents, [".", "m/x.toy"], toy)[0] == ["a.toy", "m/x.toy"]


def test_a_folder_that_holds_nothing_of_ours_is_reported(toy):
    _, made = roots({"a/x.txt": "", "b/y.toy": ""}, ["a", "b"], toy)
    assert made.missing
    assert [(one.path, one.level) for one in made.diagnostics] == [("a", "error")]


def test_a_folder_whose_files_are_judged_through_callers_holds_something(toy):
    contents = {"a.toy": "call m/x.toy\n", "m/x.toy": ""}
    assert not roots(contents, [".", "m"], toy)[1].missing


def test_a_named_file_that_is_nobodys_is_silent(toy):
    paths, made = roots({"readme.txt": ""}, ["readme.txt"], toy)
    assert (paths, made.missing, made.diagnostics) == ([], False, ())


def test_a_path_that_does_not_exist_is_reported(toy):
    _, made = roots({}, [], toy, absent=["nowhere"])
    assert made.missing
    assert "no such file" in made.diagnostics[0].message


def test_a_language_that_crashes_does_not_end_the_run(toy):
    class Other(type(toy)):
        name = "other"

        def roots(self, candidates, named, files):
            raise KeyError("lost")

    files = MemoryFiles({"a.toy": ""})
    made = plan(["."], files, [Other(), toy])
    assert made.crashed
    assert [root.path for _, root in made.roots] == ["a.toy"]
    assert "KeyError" in made.diagnostics[0].message


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("a/b", "a", True), ("a", "a", True), ("ab", "a", False), ("a", ".", True), ("../a", ".", False),
        ("../a", "..", True), ("/a", ".", False), ("/a/b", "/a", True), ("/a", "/", True),
    ],
)  # fmt: skip
def test_inside(path, folder, expected):
    assert inside(path, folder) is expected
