"""What holds for every rule, every folder and the start of the program, asserted once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.precedence import COVERS
from fabriclint.sdk import Rule
from fabriclint.testing import KINDS, OTHERS

HOME = Path(__file__).parent.parent
FIXTURES = HOME / "fixtures"
RULES = builtin_rules()
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
HEADINGS = ["Why", "How to fix", "Limits"]


def test_there_are_rules() -> None:
    assert RULES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_named_and_told_well(rule: Rule) -> None:
    assert NAME.fullmatch(rule.name)
    assert rule.area in {"collection", "access", "exchange"}
    assert rule.severity in {"error", "warning", "advice"}
    assert rule.precision in {"very-high", "high", "medium"}
    assert re.fullmatch(r"\d+\.\d+", rule.since)
    assert rule.summary.endswith("."), "the page begins with a sentence"
    assert re.findall(r"^## (.+)$", rule.page, re.MULTILINE) == HEADINGS
    for heading in HEADINGS:
        _, _, text = rule.page.partition(f"## {heading}\n")
        assert text.partition("\n## ")[0].strip(), f"nothing stands under {heading}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_names_its_sources(rule: Rule) -> None:
    assert rule.sources
    assert all(re.fullmatch(r"https://\S+", source) for source in rule.sources)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_cases_of_every_kind(rule: Rule) -> None:
    for kind in KINDS:
        folder = FIXTURES / rule.name / kind
        assert folder.is_dir(), f"{rule.name} has no {kind} case"
        assert [path for path in folder.iterdir() if path.is_dir()], f"{rule.name} has no {kind} case"


def test_every_fixture_folder_is_a_rules() -> None:
    folders = {path.name for path in FIXTURES.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders - OTHERS <= {rule.name for rule in RULES}


def test_precedence_speaks_of_rules_that_are_there() -> None:
    named = COVERS.keys() | {loser for losers in COVERS.values() for loser in losers}
    assert named <= {rule.name for rule in RULES}


def imported(*arguments: str) -> set[str]:
    """The modules that are loaded when the command line comes to its end, in a process of its own."""
    program = (
        "import sys, json\n"
        "from fabriclint.doors.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print('\\n' + json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def heavy(modules: set[str]) -> set[str]:
    """What costs time to import, and the languages."""
    ours = {"tree_sitter", "tree_sitter_hcl", "tree_sitter_bash", "yaml", "jsonschema"}
    return {name for name in modules if name.partition(".")[0] in ours}


def test_the_version_imports_next_to_nothing() -> None:
    modules = imported("--version")
    assert not heavy(modules)
    assert {name for name in modules if name.startswith("fabriclint")} == {
        "fabriclint",
        "fabriclint.doors",
        "fabriclint.doors.cli",
        "fabriclint.doors.options",
    }


@pytest.mark.parametrize("arguments", [("rules",), ("explain", RULES[0].name if RULES else "")], ids=str)
def test_what_reads_no_source_imports_no_parser(arguments: tuple[str, ...]) -> None:
    assert not heavy(imported(*arguments))


def test_only_the_language_server_imports_the_protocol() -> None:
    modules = imported("check", str(FIXTURES / "demo" / "terraform"))
    assert "fabriclint.doors.check" in modules
    assert not [name for name in modules if name.startswith(("pygls", "lsprotocol", "fabriclint.doors.lsp"))]


def test_only_policies_import_what_reads_them() -> None:
    demo = str(FIXTURES / "demo" / "terraform")
    theirs = {"celpy", "lark", "pendulum"}
    modules = imported("check", demo)
    assert not {name for name in modules if name.startswith(("fabriclint.policies", "fabriclint.engine.own"))}
    assert not theirs & modules
    assert theirs <= imported("check", demo, "--rules", str(HOME / "examples" / "company-pack"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_explain_works_for_every_rule(rule: Rule) -> None:
    from fabriclint.reporters import page

    shown = page.render(rule)
    assert all(heading in shown for heading in HEADINGS)
    assert "\x1b" not in shown


def test_the_guidance_page_names_every_rule() -> None:
    page = (HOME / "docs" / "guidance.md").read_text(encoding="utf-8")
    missing = [rule.name for rule in builtin_rules() if f"[{rule.name}](rules/{rule.name}.md)" not in page]
    assert missing == []
