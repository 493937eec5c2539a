"""What the command line takes, says, and comes to."""

import json
import os
import subprocess
import sys

import pytest

from fabriclint import __version__


def write(place, **files):
    for name, text in files.items():
        (place / f"{name}.toy").write_text(text)


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("vpc one bad=no\n", [], 0),
        ("vpc one bad=unknown\n", [], 0),
        ("vpc one bad=yes\n", [], 1),
        ("vpc one worse=yes\n", [], 1),
        ("vpc one hint=yes\n", [], 0),
        ("vpc one hint=yes\n", ["--fail-on", "advice"], 1),
        ("vpc one bad=yes\n", ["--fail-on", "error"], 0),
        ("vpc one worse=yes\n", ["--fail-on", "error"], 1),
        ("vpc one worse=yes\n", ["--fail-on", "never"], 0),
        ("vpc one worse=yes\n", ["--exit-zero"], 0),
        ("vpc one bad=yes\n", ["--level", "error"], 1),
        ("broken\n", [], 1),
        ("broken\n", ["--fail-on", "error"], 1),
        ("broken\n", ["--fail-on", "never"], 0),
        ("vpc one bad=crash\n", [], 2),
        ("vpc one bad=crash\n", ["--exit-zero"], 2),
        ("crash\n", [], 2),
    ],
)
def test_exit_codes(fabriclint, place, text, arguments, expected):
    write(place, a=text)
    assert fabriclint("check", *arguments)[0] == expected


def test_a_path_that_does_not_exist_is_3_and_the_report_is_still_written(fabriclint, place):
    write(place, a="vpc one bad=yes\n")
    code, out, err = fabriclint("check", "--format", "json", "nowhere", "a.toy")
    report = json.loads(out)
    assert (code, err) == (3, "")
    assert [one["location"]["path"] for one in report["diagnostics"]] == ["nowhere"]
    assert len(report["findings"]) == 1


@pytest.mark.parametrize("path", ["", "\0", "x" * 5000, "a.toy/b"])
def test_what_is_no_path_is_3(fabriclint, place, path):
    write(place, a="vpc one bad=yes\n")
    code, out, err = fabriclint("check", path)
    assert (code, err) == (3, "")
    assert "there is no such file or folder" in out


def test_a_folder_that_holds_nothing_of_ours_is_3(fabriclint, place):
    (place / "empty").mkdir()
    code, out, _ = fabriclint("check", "--format", "json", "empty")
    assert code == 3
    assert json.loads(out)["findings"] == []
    assert fabriclint("check", "--exit-zero", "empty")[0] == 3
    code, out, _ = fabriclint("check")
    assert code == 3
    assert "error: .: holds neither Terraform nor CloudFormation files\n" in out


def test_a_named_file_that_is_nobodys_is_silent_and_0(fabriclint, place):
    (place / "notes.yaml").write_text("a: 1\n")
    code, out, err = fabriclint("check", "notes.yaml")
    assert (code, out, err) == (0, "0 checks: 0 findings, 0 clean, 0 not checked\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nonsense"], ["check", "--format", "xml"], ["check", "--fail-on", "sometimes"], ["check", "--nonsense"],
        ["check", "--var", "novalue"], ["check", "--parameters", "=x"], ["check", "--var-file", "nowhere.tfvars"],
        ["check", "--select", "vpc-is-bda"], ["check", "--output", "no/such/folder/x.txt"], ["explain", "nothing"],
    ],
)  # fmt: skip
def test_wrong_usage_is_2_and_says_what_is_wrong(fabriclint, place, arguments):
    write(place, a="vpc one bad=yes\n")
    code, out, err = fabriclint(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(("usage: ", "fabriclint: "))


def test_an_unknown_rule_is_answered_with_the_nearest(fabriclint, place):
    _, _, err = fabriclint("check", "--select", "vpc-is-bda")
    assert "did you mean vpc-is-bad" in err
    assert "`fabriclint rules` lists them" in fabriclint("explain", "qqqq")[2]


def test_select_and_ignore_take_rules_and_areas(fabriclint, place):
    write(place, a="vpc one bad=yes worse=yes hint=yes\n")

    def rules(*arguments):
        return [
            one["rule"]
            for one in json.loads(fabriclint("check", "--format", "json", *arguments)[1])["findings"]
        ]

    assert rules() == ["exchange-rule", "vpc-is-bad", "z-hint"]
    assert rules("--select", "vpc-is-bad,z-hint") == ["vpc-is-bad", "z-hint"]
    assert rules("--select", "vpc-is-bad", "--select", "z-hint") == ["vpc-is-bad", "z-hint"]
    assert rules("--ignore", "z-hint") == ["exchange-rule", "vpc-is-bad"]
    assert rules("--select", "access", "--ignore", "z-hint") == ["exchange-rule", "vpc-is-bad"]
    assert rules("--ignore", "access") == []


def test_level_hides_in_the_report_and_the_summary_says_so(fabriclint, place):
    write(place, a="vpc one bad=yes worse=yes\n")
    _, out, _ = fabriclint("check", "--format", "json", "--level", "error")
    report = json.loads(out)
    assert [one["rule"] for one in report["findings"]] == ["exchange-rule"]
    assert (report["summary"]["findings"], report["summary"]["hidden"]) == (2, 1)


@pytest.mark.parametrize("form", ["text", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_every_form_is_written_to_standard_output_or_a_file(fabriclint, place, form):
    write(place, a="vpc one bad=yes\nvpc two bad=unknown\nbroken\n")
    code, out, err = fabriclint("check", "--format", form)
    assert code == 1
    assert "vpc-is-bad" in out
    assert bool(err) is (form == "gitlab"), "only where the form cannot hold a diagnostic"
    code, printed, _ = fabriclint("check", "--format", form, "--output", "report.out")
    assert (code, printed) == (1, "")
    assert (place / "report.out").read_text(encoding="utf-8") == out


def test_inputs_reach_the_stack(fabriclint, place):
    write(place, a="vpc one bad=no\n")
    (place / "x.tfvars").write_text("")
    assert (
        fabriclint(
            "check",
            "--var",
            "bad=yes",
            "--var-file",
            "x.tfvars",
            "--workspace",
            "w",
            "--parameters",
            "A=b",
            ".",
        )[0]
        == 1
    )


def test_the_roots_are_shown_and_nothing_is_read(fabriclint, place):
    write(place, a="call b.toy\ncrash\n", b="vpc one bad=yes\n")
    code, out, _ = fabriclint("check", "--list-roots")
    assert code == 0
    assert (
        out
        == "a.toy  toy: nothing calls it (1 file)\nb.toy  is judged through a.toy\n1 root, 1 judged through their callers\n"
    )
    assert (
        json.loads(fabriclint("check", "--list-roots", "--format", "json")[1])["roots"][0]["path"] == "a.toy"
    )


def test_not_checked_is_shown_on_request(fabriclint, place):
    write(place, a="vpc one bad=unknown\n")
    assert "var.x has no value (line 1)" in fabriclint("check", "--show", "not-checked")[1]


def test_colour_is_for_terminals_or_whoever_asks(fabriclint, place, monkeypatch):
    write(place, a="vpc one bad=yes\n")
    assert "\x1b[" not in fabriclint("check")[1]
    assert "\x1b[" in fabriclint("check", "--color", "always")[1]


def test_rules_and_explain(fabriclint):
    code, out, _ = fabriclint("rules")
    assert code == 0
    assert out.endswith("6 rules\n")  # three of its own are about suppressions
    assert [rule["name"] for rule in json.loads(fabriclint("rules", "--format", "json")[1])][
        1
    ] == "vpc-is-bad"
    code, out, _ = fabriclint("explain", "vpc-is-bad")
    assert (code, "How to fix" in out) == (0, True)


def test_paths_are_shown_relative_to_the_working_directory(fabriclint, place, monkeypatch):
    (place / "sub").mkdir()
    (place / "other").mkdir()
    (place / "other" / "a.toy").write_text("vpc one bad=yes\n")
    monkeypatch.chdir(place / "sub")

    def path(given):
        return json.loads(fabriclint("check", "--format", "json", given)[1])["findings"][0]["location"][
            "path"
        ]

    assert path("../other") == "../other/a.toy"
    assert path(str(place / "other")) == f"{place}/other/a.toy"
    monkeypatch.chdir(place)
    assert path("./other/../other/a.toy") == path(str(place / "other")) == "other/a.toy"


def process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "fabriclint", *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


def test_version_and_module():
    done = process("--version")
    assert (done.returncode, done.stdout.decode().strip()) == (0, f"fabriclint {__version__}")


def test_a_repository_cannot_bring_its_own_modules(tmp_path):
    for name in ("argparse", "yaml", "json", "tree_sitter"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('code of the repository ran')")
    done = process("rules", cwd=tmp_path)
    assert b"code of the repository" not in done.stdout + done.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes are closed otherwise elsewhere")
def test_a_closed_pipe_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "fabriclint", "rules"],
            stdout=closed,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_without_pygls_the_language_server_says_what_to_install():
    program = (
        "import sys; sys.modules['pygls'] = None\n"
        "from fabriclint.doors.cli import main\n"
        "sys.exit(main(['lsp', '--stdio']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "pip install 'fabriclint[lsp]'" in done.stderr
    assert done.stdout == ""
