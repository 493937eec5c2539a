"""`fabriclint new-rule` writes a rule whose cases hold, and `fabriclint test` says whether they do."""

from __future__ import annotations

import pytest

from fabriclint.doors import cli
from fabriclint.doors.first_forms import FORMS
from fabriclint.testing import cases, check_case


@pytest.fixture
def run(tmp_path, monkeypatch, capsysbinary):
    """Runs the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def asked(*arguments):
        code = cli.main(arguments)
        told = capsysbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return asked


@pytest.mark.parametrize("how", [(), ("--policy",)], ids=["rule", "policy"])
@pytest.mark.parametrize("subject", FORMS)
def test_a_first_form_holds_as_it_is_written(run, tmp_path, subject, how):
    code, out, _ = run("new-rule", "house-rule", "--into", "mine", "--subject", subject, *how)
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert (code, len(written)) == (0, 7)
    assert all(path in out for path in written)
    code, out, _ = run("test", "mine")
    assert code == 0, out
    assert out.splitlines()[0] == "ok      house-rule/bad/first"
    assert out.endswith("3 cases of 1 rules: 3 hold, 0 faults\n")
    # The same in pytest's two lines.
    for case in cases("mine/fixtures", "mine"):
        check_case(case)


def test_nothing_is_written_over(run, tmp_path):
    mine = tmp_path / "fixtures" / "house-rule" / "good" / "first" / "main.tf"
    mine.parent.mkdir(parents=True)
    mine.write_text("# mine\n")
    code, _, err = run("new-rule", "house-rule")
    assert (code, "main.tf is there already; nothing was written" in err) == (2, True)
    assert mine.read_text() == "# mine\n"
    assert not (tmp_path / "house_rule.py").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("house-rule", "--subject", "Flet"),
            "--subject Flet: there is no first form for it; there is one for Fleet",
        ),
        (("House",), "House is no name of a rule"),
        (("../x-y",), "../x-y is no name of a rule"),
        (("fleet-spans-zones",), "the name fleet-spans-zones is taken"),
    ],
)
def test_what_cannot_be_written_is_told(run, arguments, said):
    code, _, err = run("new-rule", *arguments)
    assert (code, said in err) == (2, True)


def test_a_case_that_does_not_hold_is_told_with_what_differs(run, tmp_path):
    run("new-rule", "house-rule", "--policy")
    case = tmp_path / "fixtures" / "house-rule" / "bad" / "first" / "main.tf"
    case.write_text(case.read_text().replace("32", "3"))
    code, out, _ = run("test", ".")
    assert code == 1
    assert "FAILED  house-rule/bad/first\n        (main.tf): found nothing; expected main.tf:6" in out
    assert "ok      house-rule/good/first" in out
    assert "3 cases of 1 rules: 2 hold, 1 faults" in out


def test_a_rule_without_cases_of_a_kind_fails(run, tmp_path):
    run("new-rule", "house-rule", "--policy")
    (tmp_path / "fixtures" / "house-rule" / "unknown").rename(tmp_path / "elsewhere")
    code, out, _ = run("test", ".")
    assert (code, "FAILED  house-rule has no unknown case" in out) == (1, True)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda at: None, "mine: there is no such folder"),
        (lambda at: at.mkdir(), "mine: holds no rules"),
        (lambda at: (at / "fixtures").mkdir(parents=True), "mine: holds no rules"),
    ],
)
def test_a_folder_that_tests_nothing_is_wrong_usage(run, tmp_path, make, said):
    make(tmp_path / "mine")
    code, _, err = run("test", "mine")
    assert (code, said in err) == (2, True)


def test_rules_without_fixtures_are_wrong_usage(run, tmp_path):
    run("new-rule", "house-rule", "--policy")
    (tmp_path / "fixtures").rename(tmp_path / "_elsewhere")
    assert run("test", ".")[2] == "fabriclint: . has no folder fixtures with cases\n"
    (tmp_path / "fixtures" / "other-rule").mkdir(parents=True)
    assert "there is no rule of this name" in run("test", ".")[2]
