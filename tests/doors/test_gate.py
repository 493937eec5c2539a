"""The gate: rules and severities by configuration and path, layers of it, runs, baselines, what changed, several outputs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from fabriclint.doors import since

BAD = "vpc one bad=yes\nvpc two worse=yes\nvpc three hint=yes\n"


@pytest.fixture
def found(fabriclint):
    """Lints and gives the exit code and the findings as `rule:severity path`."""

    def run(*arguments):
        code, out, err = fabriclint("check", "--format", "json", *arguments)
        if not out:
            return code, err
        findings = json.loads(out)["findings"]
        return code, [f"{one['rule']}:{one['severity']} {one['location']['path']}" for one in findings]

    return run


@pytest.fixture
def tree(place):
    (place / "lab").mkdir()
    (place / "a.toy").write_text(BAD)
    (place / "lab" / "b.toy").write_text(BAD)
    return place


def says(place, text, name="fabriclint.toml"):
    (place / name).write_text(text)


def test_rules_are_selected_ignored_and_graded(tree, found):
    says(
        tree,
        'select = ["exchange-rule", "vpc-is-bad"]\n[severity]\nexchange-rule = "warning"\nvpc-is-bad = "advice"\n',
    )
    assert found("a.toy") == (1, ["vpc-is-bad:advice a.toy", "exchange-rule:warning a.toy"])
    says(tree, 'ignore = ["access"]\n')
    assert found("a.toy") == (0, [])
    assert found("a.toy", "--select", "z-hint") == (0, ["z-hint:advice a.toy"])


def test_paths_have_rules_of_their_own(tree, found):
    says(tree, '[paths."lab/**"]\nignore = ["exchange-rule", "z-hint"]\nseverity = {vpc-is-bad = "advice"}\n')
    code, told = found(".")
    assert code == 1
    assert told == [
        "vpc-is-bad:warning a.toy",
        "exchange-rule:error a.toy",
        "z-hint:advice a.toy",
        "vpc-is-bad:advice lab/b.toy",
    ]
    assert found("lab") == (0, ["vpc-is-bad:advice lab/b.toy"])


def test_the_exit_code_and_the_level_are_configured_and_the_command_line_holds_over_them(tree, found):
    says(tree, 'fail-on = "never"\nlevel = "error"\n')
    assert found("a.toy") == (0, ["exchange-rule:error a.toy"])
    assert found("a.toy", "--fail-on", "error", "--level", "warning")[0] == 1
    assert len(found("a.toy", "--level", "advice")[1]) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'ignore = ["vpc-is-bda"]\n',
            "fabriclint.toml:1: vpc-is-bda: there is no such rule; did you mean vpc-is-bad?",
        ),
        (
            '\n[severity]\nnobody = "error"\n',
            "fabriclint.toml:3: nobody: there is no such rule; `fabriclint rules`",
        ),
        (
            '[severity]\nvpc-is-bad = "eror"\n',
            "severity.vpc-is-bad: 'eror' is none of error, warning, advice; did you",
        ),
        ('fial-on = "error"\n', "fabriclint.toml:1: fial-on: there is no such key; did you mean fail-on?"),
        ('rules = ["mine"]\n', "fabriclint.toml:1: rules: a scanned tree loads no code"),
        ('packs = ["theirs"]\n', "fabriclint.toml:1: packs: a scanned tree loads no code"),
        ('stubs = ["../elsewhere"]\n', "fabriclint.toml:1: stubs: ../elsewhere is no folder inside the tree"),
        ('extends = "../org.toml"\n', "../org.toml: it lies outside the tree that is read"),
        ('extends = "fabriclint.toml"\n', "extends comes back to fabriclint.toml"),
        ('[runs.dev]\nvar-files = ["gone.tfvars"]\n', "the run dev: gone.tfvars: there is no such file"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_stops_the_run(tree, found, text, told):
    (tree.parent / "org.toml").write_text("")
    (tree / ".git").mkdir()
    says(tree, text)
    code, err = found("a.toy")
    assert code == 2
    assert told in err


def test_layers_hold_over_each_other(tree, found, fabriclint, monkeypatch):
    home = tree.parent / "home"
    (home / "fabriclint").mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    says(home / "fabriclint", 'level = "warning"\nfail-on = "error"\nignore = ["z-hint"]\n', "config.toml")
    says(tree, 'fail-on = "never"\n[severity]\nvpc-is-bad = "advice"\n', "organisation.toml")
    says(tree, 'extends = "organisation.toml"\nignore = ["exchange-rule"]\nlevel = "advice"\n')
    assert found("a.toy") == (0, ["vpc-is-bad:advice a.toy"])
    code, out, _ = fabriclint("config", "show")
    assert code == 0
    assert '   1  level = "warning"  (overruled by fabriclint.toml:3)' in out
    assert '   2  fail-on = "error"  (overruled by organisation.toml:1)' in out
    assert '   2  ignore = ["exchange-rule"]\n' in out
    assert "1 of 3 rules run" in out
    told = json.loads(fabriclint("config", "show", "--format", "json")[1])
    assert (told["fail_on"], told["level"], told["rules"]) == ("never", "advice", ["vpc-is-bad"])
    # Alone with the user's own file.
    code, told = found("a.toy", "--isolated")
    assert (code, told) == (1, ["vpc-is-bad:warning a.toy", "exchange-rule:error a.toy"])


def test_the_schema_is_published(fabriclint):
    told = json.loads(fabriclint("config", "schema")[1])
    assert {"select", "ignore", "severity", "paths", "runs", "extends", "given"} <= told["properties"].keys()
    docs = Path(__file__).parents[2] / "docs" / "configuration.schema.json"
    assert json.loads(docs.read_text()) == told


def test_runs_of_the_configuration_give_inputs_by_name(tree, fabriclint, found, monkeypatch):
    (tree / "a.toy").write_text("vpc one bad=no\n")
    says(
        tree,
        '[runs.prod]\nvars = {bad = "yes"}\n[runs.dev]\nvars = {bad = "no"}\n'
        '[runs.lab]\nvars = {bad = "yes"}\nroots = ["lab/**"]\n',
    )
    code, out, _ = fabriclint("check", "--format", "json", "a.toy")
    (finding,) = json.loads(out)["findings"]
    assert code == 1
    assert [one["value"] for one in finding["holds_under"]] == ["prod"]
    assert found("a.toy", "--run", "dev") == (0, [])
    assert found("a.toy", "--run", "lab") == (0, [])
    code, err = found("a.toy", "--run", "test")
    assert (code, "--run test: there is no such run; the configuration has prod, dev, lab" in err) == (
        2,
        True,
    )


# --------------------------------------------------------------------------- baselines


def test_a_baseline_hides_what_is_known_and_lets_new_findings_through(tree, fabriclint, found):
    code, _, err = fabriclint("baseline", "a.toy")
    assert (code, "3 findings in fabriclint-baseline.json" in err) == (0, True)
    base = ("--baseline", "fabriclint-baseline.json")
    assert found("a.toy", *base) == (0, [])
    # Lines move, numbers of messages change, another file joins: the known ones stay hidden.
    (tree / "a.toy").write_text("# a new first line\n" + BAD + "vpc four worse=yes\n")
    assert found("a.toy", *base) == (1, ["exchange-rule:error a.toy"])
    says(tree, 'baseline = "fabriclint-baseline.json"\n')
    assert found("a.toy") == (1, ["exchange-rule:error a.toy"])
    assert len(found("a.toy", "--isolated")[1]) == 4
    out = fabriclint("check", "a.toy")[1]
    assert "3 findings are in the baseline\n" in out
    assert out.endswith("1 checks: 1 findings, 0 clean, 0 not checked\n")


def test_entries_that_are_found_no_more_are_told(tree, fabriclint):
    fabriclint("baseline", "--output", "base.json")
    (tree / "a.toy").write_text("vpc one bad=no\nvpc two worse=yes\nvpc three hint=yes\n")
    out = fabriclint("check", "--baseline", "base.json")[1]
    assert (
        "1 entry is found no more and can go; `fabriclint baseline` writes it anew: vpc-is-bad (vpc.one)"
        in " ".join(out.split())
    )
    assert "found no more" not in fabriclint("check", "--baseline", "base.json", "lab")[1]
    assert "found no more" not in fabriclint("check", "--baseline", "base.json", "--select", "z-hint")[1]


def test_several_alike_are_counted(tree, fabriclint, found):
    (tree / "a.toy").write_text("vpc one[0] bad=yes\n")
    fabriclint("baseline", "a.toy")
    assert json.loads((tree / "fabriclint-baseline.json").read_text())["findings"][0].get("count") is None
    (tree / "a.toy").write_text("vpc one[0] bad=yes\nvpc one[1] bad=yes\n")
    assert len(found("a.toy", "--baseline", "fabriclint-baseline.json")[1]) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "it is not JSON"),
        ("[]", "it is no baseline of fabriclint"),
        ('{"version": 2, "findings": []}', "its version is 2, and this fabriclint reads 1"),
        ('{"version": 1, "findings": [{"rule": 1}]}', "entry 1 needs the texts"),
        (None, "there is no such file"),
    ],
)
def test_a_file_that_is_no_baseline_stops_the_run(tree, found, text, told):
    if text is not None:
        (tree / "base.json").write_text(text)
    code, err = found("--baseline", "base.json", "a.toy")
    assert (code, told in err) == (2, True)


# --------------------------------------------------------------------------- what changed


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tree):
    (tree / "c.toy").write_text("call lab/b.toy\n")
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "first")
    return tree


def test_only_roots_that_read_a_changed_file_are_told(repository, found):
    assert found("--since", "HEAD") == (0, [])
    (repository / "lab" / "b.toy").write_text("vpc one bad=yes\n")
    assert found("--since", "HEAD") == (1, ["vpc-is-bad:warning lab/b.toy"])
    assert found("--since", "HEAD", "--jobs", "2") == (1, ["vpc-is-bad:warning lab/b.toy"])
    git(repository, "commit", "-qam", "second")
    assert found("--since", "HEAD") == (0, [])
    assert found("--since", "HEAD~1") == (1, ["vpc-is-bad:warning lab/b.toy"])
    (repository / "new.toy").write_text("vpc one hint=yes\n")
    assert found("--since", "HEAD") == (0, ["z-hint:advice new.toy"])


def test_a_revision_that_is_none_is_wrong_usage(repository, found, tmp_path_factory, monkeypatch):
    for revision in ("nobody", "--output=/tmp/x", "-h"):
        code, err = found(f"--since={revision}")
        assert (code, "--since" in err) == (2, True)
    monkeypatch.chdir(tmp_path_factory.mktemp("bare"))
    Path("a.toy").write_text(BAD)
    assert found("--since", "HEAD")[0] == 2


def test_nothing_that_a_repository_configures_is_run(repository, found):
    hook = repository / "hook.sh"
    mark = repository.parent / "was-run"
    hook.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    hook.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.x.textconv", "filter.x.clean", "filter.x.process"):
        git(repository, "config", key, str(hook))
    (repository / ".gitattributes").write_text("*.toy diff=x filter=x\n")
    (repository / "a.toy").write_text(BAD + "# more\n")
    assert found("--since", "HEAD")[0] == 1
    assert not mark.exists()


def test_a_git_of_the_repository_is_not_run_though_path_names_the_working_directory(
    repository, found, monkeypatch
):
    mark = repository.parent / "was-run"
    (repository / "git").write_text(f"#!/bin/sh\ntouch {mark}\n")
    (repository / "git").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))
    since._program.cache_clear()
    assert found("--since", "HEAD")[0] == 0
    assert not mark.exists()


def test_without_git_since_is_wrong_usage(repository, found, monkeypatch):
    monkeypatch.setenv("PATH", str(repository))
    since._program.cache_clear()
    code, err = found("--since", "HEAD")
    since._program.cache_clear()
    assert (code, "git, which is not here" in err) == (2, True)


# --------------------------------------------------------------------------- several outputs


def test_one_run_writes_several_forms(tree, fabriclint):
    code, out, _ = fabriclint("check", "a.toy", "--output", "sarif=a.sarif", "--output", "markdown=a.md")
    assert code == 1
    assert out.endswith("3 checks: 3 findings, 0 clean, 0 not checked\n")
    assert json.loads((tree / "a.sarif").read_text())["version"] == "2.1.0"
    assert (tree / "a.md").read_text().startswith("### fabriclint: 1 error, 1 warning, 1 advice\n")
    assert fabriclint("check", "a.toy", "--output", "only.txt")[1] == ""
    assert (tree / "only.txt").read_text() == out
    assert os.listdir(tree).count("a.sarif") == 1
