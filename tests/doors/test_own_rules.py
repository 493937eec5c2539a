"""Rules of one's own, by folder and by pack: loaded where the user names them, never where the tree does."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

from fabriclint.doors import session
from fabriclint.engine.own import rules_in
from fabriclint.engine.packs import PackError

RULE = '''\
"""{page}

## Why

Because.

## How to fix

Do it.

## Limits

None.
"""
{top}
from fabriclint.sdk import Claim, Claims, Fix, Vpc, YES, rule

@rule(name="{name}", subject={subject}, severity="{severity}", sources=())
def check(vpc: Vpc) -> Claims:
    yield Claim(YES, vpc.place, "{name} speaks", "Because", Fix("Do it."))
'''
POLICY = """\
policy: {name}
for: Vpc
severity: advice
description: The policy speaks.
require: "vpc.label != vpc.label"
message: ${{vpc.label}} is there
why: Because.
fix: Do it.
"""


def python(name="own-rule", page="The rule speaks.", top="", subject="Vpc", severity="warning"):
    return RULE.format(name=name, page=page, top=top, subject=subject, severity=severity)


@pytest.fixture
def tree(place):
    """A tree with one VPC, and a way to write files beside it."""
    (place / "tree").mkdir()
    (place / "tree" / "a.toy").write_text("vpc one bad=no\n")

    def write(contents):
        for path, text in contents.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
        return place

    return write


@pytest.fixture
def found(fabriclint):
    def run(*arguments):
        code, out, err = fabriclint("check", "tree", "--format", "json", *arguments)
        return [one["rule"] for one in json.loads(out)["findings"]] if out else (code, err)

    return run


def test_a_folder_of_rules_and_policies_runs(tree, found, fabriclint):
    tree(
        {
            "mine/own_rule.py": python(),
            "mine/net/other_rule.py": python(
                "other-rule", top="from .._shared import *\nfrom ._near import *"
            ),
            "mine/net/a-policy.yaml": POLICY.format(name="a-policy"),
            "mine/_shared.py": "",
            "mine/net/_near.py": "",
            "mine/net/__init__.py": "",
            "mine/fixtures/x/y.py": "1 / 0",
            "mine/tests/test_it.py": "1 / 0",
            "mine/notes.txt": "",
        }
    )
    assert found("--rules", "mine") == ["a-policy", "other-rule", "own-rule"]
    assert found("--rules", "mine", "--isolated", "--select", "net") == ["a-policy", "other-rule"]
    assert found("--rules", "mine", "--ignore", "custom,a-policy") == ["other-rule"]
    assert found() == []
    listed = json.loads(fabriclint("rules", "--rules", "mine", "--format", "json")[1])
    areas = {one["name"]: one["area"] for one in listed}
    assert (areas["own-rule"], areas["other-rule"], areas["a-policy"]) == ("custom", "net", "net")
    assert "mine/net/a-policy.yaml" in fabriclint("explain", "a-policy", "--rules", "mine")[1]
    assert "6 of 6 rules run" in fabriclint("config", "show", "--rules", "mine")[1]
    assert fabriclint("baseline", "tree", "--rules", "mine", "--output", "base.json")[0] == 0
    assert found("--rules", "mine", "--baseline", "base.json") == []


def test_a_report_never_points_at_a_page_of_ours(tree, fabriclint):
    tree({"mine/own_rule.py": python()})
    out = fabriclint("check", "tree", "--rules", "mine", "--format", "sarif")[1]
    (rule,) = [
        one for one in json.loads(out)["runs"][0]["tool"]["driver"]["rules"] if one["id"] == "own-rule"
    ]
    assert rule["helpUri"].endswith("docs/policies.md")
    out = fabriclint("check", "tree", "--rules", "mine", "--format", "json")[1]
    assert json.loads(out)["findings"][0]["url"].endswith("docs/policies.md")


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ({}, "mine: there is no such folder"),
        ({"mine/readme.md": ""}, "mine: holds no rules"),
        ({"mine/own_rule.py": "x = (\n"}, "mine/own_rule.py:1: '(' was never closed"),
        (
            {"mine/own_rule.py": "\nimport nothing_here\n"},
            "mine/own_rule.py:2: the rule does not load: ModuleNotFound",
        ),
        ({"mine/own_rule.py": '"""A."""\n'}, "mine/own_rule.py:1: this file holds 0 rules"),
        ({"mine/own_rule.py": python("else-rule")}, "mine/own_rule.py:1: this file holds the rule else-rule"),
        ({"mine/own_rule.py": python(page="")}, "the page begins with a sentence"),
        ({"mine/own_rule.py": python().replace("## Limits", "## Limit")}, "nothing under `## Limits`"),
        ({"mine/own_rule.py": python(severity="bad")}, "the severity bad is none of error, warning, advice"),
        ({"mine/own_rule.py": python(subject="int")}, "int is no subject of rules; "),
        ({"mine/own.py": python("own")}, "own is no name of a rule"),
        ({"mine/vpc_is_bad.py": python("vpc-is-bad")}, "mine/vpc_is_bad.py:1: the name vpc-is-bad is taken"),
        (
            {"mine/unused_suppression.py": python("unused-suppression")},
            "the name unused-suppression is taken",
        ),
        (
            {"mine/own_rule.py": python(), "mine/net/own_rule.py": python()},
            "mine/own_rule.py:1: the rule own-rule is also in mine/net/own_rule.py",
        ),
        ({"mine/Net/own_rule.py": python()}, "mine/Net: an area is named in lower-case"),
        (
            {"mine/own_rule.py": python(top="from ._h import x"), "mine/_h.py": "\n\n1 / 0\n"},
            "mine/_h.py:3: the rule does not load: ZeroDivisionError",
        ),
        (
            {"mine/own-policy.yaml": "policy: own-policy\n"},
            "the policy is wrong\nmine/own-policy.yaml:1: the policy: ",
        ),
        ({"mine/own-policy.yml": "#" * 100_001}, "mine/own-policy.yml:1: a policy is 100 kB at most"),
    ],
)
def test_what_does_not_load_stops_the_run_and_says_where(tree, found, contents, said):
    tree(contents)
    code, err = found("--rules", "mine")
    assert code == 2
    assert said in err


def test_one_rule_in_two_folders_is_refused(tree, found):
    tree({"mine/own_rule.py": python(), "yours/own_rule.py": python()})
    assert (
        "the name own-rule is taken: another rule has it (mine/own_rule.py)"
        in found("--rules", "mine", "--rules", "yours")[1]
    )


def test_imports_are_left_as_they_were(tree, found, monkeypatch):
    place = tree(
        {
            "mine/own_rule.py": python(
                top="import sys\nassert not [p for p in sys.path if p in ('', sys.argv_home)]"
            ),
            "in_the_way.py": "raise SystemExit(9)",
        }
    )
    monkeypatch.setattr(sys, "argv_home", str(place), raising=False)
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(place))
    before = list(sys.path)
    assert found("--rules", "mine") == ["own-rule"]
    assert sys.path == before
    tree({"mine/own_rule.py": python(top="import in_the_way")})
    assert "No module named 'in_the_way'" in found("--rules", "mine")[1]
    assert sys.path == before


def test_a_folder_is_read_anew_each_time(tree):
    place = tree({"mine/own_rule.py": python(top="from ._h import x"), "mine/_h.py": "x = 1"})
    assert rules_in("mine")[0].severity == "warning"
    tree({"mine/own_rule.py": python(top="from ._h import yy", severity="error"), "mine/_h.py": "yy = 12345"})
    importlib.invalidate_caches()
    assert rules_in(place / "mine")[0].severity == "error"


def test_only_a_configuration_of_the_user_loads_rules(tree, found, fabriclint, monkeypatch):
    place = tree(
        {
            "mine/own_rule.py": python(),
            "mine.toml": 'rules = ["mine"]\n',
            "tree/fabriclint.toml": 'rules = ["../mine"]\n',
        }
    )
    code, err = found()
    assert (code, "a scanned tree loads no code" in err) == (2, True)
    assert found("--config", "mine.toml") == ["own-rule"]
    (place / "tree" / "fabriclint.toml").write_text("")
    home = place / "home"
    (home / "fabriclint").mkdir(parents=True)
    (home / "fabriclint" / "config.toml").write_text(f'rules = ["{place}/mine"]\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    assert found() == ["own-rule"]
    assert found("--isolated") == ["own-rule"]
    assert "own-rule" in fabriclint("rules")[1]


@pytest.fixture
def installed(tree, tmp_path_factory, monkeypatch):
    """A pack that is installed somewhere on the path of imports."""
    site = tmp_path_factory.mktemp("site")
    for path, text in {
        "ourpack/__init__.py": "",
        "ourpack/_shared.py": "",
        "ourpack/net/__init__.py": "",
        "ourpack/net/packed_rule.py": python("packed-rule", top="from .._shared import *"),
        "ourpack/net/packed-policy.yaml": POLICY.format(name="packed-policy"),
        "ourpack-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: ourpack\nVersion: 1.0\n",
        "ourpack-1.0.dist-info/entry_points.txt": "[fabriclint.rules]\nours = ourpack\nbroken = no_such_package\n",
    }.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    monkeypatch.syspath_prepend(str(site))
    yield site
    for name in [name for name in sys.modules if name.partition(".")[0] == "ourpack"]:
        del sys.modules[name]


def test_an_installed_pack_is_loaded_by_its_entry_point(installed, tree, found):
    assert found("--pack", "ours") == ["packed-policy", "packed-rule"]
    tree({"mine.toml": 'packs = ["ours"]\n'})
    assert found("--config", "mine.toml", "--select", "packed-rule") == ["packed-rule"]
    assert "no installed pack is called our; did you mean ours?" in found("--pack", "our")[1]
    assert (
        "the pack broken does not load: no_such_package: ModuleNotFoundError" in found("--pack", "broken")[1]
    )


def test_a_pack_that_lies_in_the_working_directory_is_none(installed, found, monkeypatch):
    monkeypatch.chdir(installed)
    (installed / "tree").mkdir()
    (installed / "tree" / "a.toy").write_text("vpc one bad=no\n")
    monkeypatch.syspath_prepend("")
    assert "no installed pack is called ours" in found("--pack", "ours")[1]


def test_two_packs_of_one_name_are_refused(installed, found):
    other = installed / "another-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1.0\n")
    (other / "entry_points.txt").write_text("[fabriclint.rules]\nours = another\n")
    importlib.invalidate_caches()
    assert "several installed packs are called ours: another, ourpack" in found("--pack", "ours")[1]


def test_a_broken_built_in_rule_stops_the_run(tree, found, monkeypatch):
    def broken():
        raise PackError("the rules do not load")

    monkeypatch.setattr(session, "builtin_rules", broken)
    assert found() == (2, "fabriclint: the rules do not load\n")


def test_the_policy_schema_is_published(fabriclint):
    told = json.loads(fabriclint("config", "schema", "--policy")[1])
    docs = Path(__file__).parents[2] / "docs" / "policy.schema.json"
    assert json.loads(docs.read_text()) == told
