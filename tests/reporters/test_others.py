"""concise, github, gitlab, junit, and the pages of rules."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from fabriclint.engine.discover import plan
from fabriclint.reporters import concise, github, gitlab, junit, page, roots
from fabriclint.reporters.paint import Paint
from fabriclint.testing import MemoryFiles

# The pattern of docs/editors.md.
MATCHER = re.compile(r"^(.+?):(\d+):(\d+): (error|warning|advice): (.*) \[([a-z0-9-]+)\]$")


def test_every_concise_line_is_read_by_the_documented_matcher(report):
    rows = concise.render(report).splitlines()
    assert rows == [
        "stack/main.toy:5:1: error: this does not parse [input]",
        "m/x.toy:1:1: warning: module.m.vpc.inner[0] is bad at 3,200 Gbps [vpc-is-bad]",
        "stack/main.toy:2:1: warning: vpc.one is bad at 3,200 Gbps [vpc-is-bad]",
    ]
    assert all(MATCHER.match(row) for row in rows)


def test_a_message_with_line_ends_stays_one_line(judge, make_rule):
    from msgspec.structs import replace

    rule = make_rule()

    def check(vpc):
        for claim in rule.check(vpc):
            yield replace(claim, message="one\ntwo: 100%,\r::error::three")

    report = judge({"a.toy": "vpc one bad=yes\n"}, replace(rule, check=check))
    assert concise.render(report).count("\n") == 1
    (row,) = github.render(report).splitlines()
    assert "::one%0Atwo: 100%25,%0D::error::three%0A" in row


def test_github_commands_name_the_place(report):
    rows = github.render(report).splitlines()
    assert rows[2].startswith(
        "::warning file=stack/main.toy,line=2,endLine=2,col=1,endColumn=4,title=fabriclint%3A vpc-is-bad::vpc.one is bad"
    )
    assert all(re.match(r"::(error|warning|notice) [^:]*::", row) for row in rows)


def test_github_escapes_properties():
    assert (
        github.command("note", "a:b,c%", "x", None, "d,e.tf")
        == "::notice file=d%2Ce.tf,title=a%3Ab%2Cc%25::x"
    )


def test_gitlab_issues_are_unique_and_relative(report):
    issues = json.loads(gitlab.render(report))
    assert [issue["location"]["path"] for issue in issues] == ["m/x.toy", "stack/main.toy"]
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert {issue["severity"] for issue in issues} == {"major"}
    assert issues[0]["description"].startswith("vpc-is-bad: ")


def test_junit_numbers_agree_with_its_cases(report):
    suite = ET.fromstring(junit.render(report)).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) == 5
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == 2
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) == 1
    assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error")) == 1


@pytest.mark.parametrize("text", ["a & b < c > d \"e\" 'f'", "\x00\x1b[31m\ufffe\ud800", "line\nline\ttab\r"])
def test_junit_holds_any_text(text):
    kept = ET.fromstring(f"<a b={junit.quoted(text)}>{junit.escaped(text)}</a>")
    clean = re.sub("[\x00\x1b\ufffe\ud800]", "\ufffd", text)
    assert kept.attrib["b"] == clean
    assert kept.text == clean.replace("\r", "\n")


def test_a_page_is_shown_without_markup(rule):
    shown = page.render(rule)
    assert "\n  VPCs are bad.\n" in shown
    assert "\nHow to fix\n" in shown
    assert "\n  - Say no.\n" in shown
    assert "https://docs.aws.amazon.com/vpc/" in shown


def test_markdown_of_pages():
    text = "One\nparagraph.\n\n- an item that\n  goes on\n- `code`\n\n```hcl\nresource {\n  a = 1\n}\n```\n\n| a | b |\n| - | - |"
    assert list(page.markdown(text, Paint())) == [
        "  One paragraph.", "", "  - an item that goes on", "  - `code`", "", "    resource {", "      a = 1", "    }", "",
        "    | a | b |", "    | - | - |",
    ]  # fmt: skip


def test_the_table_of_rules(make_rule):
    shown = page.table([make_rule(), make_rule("other-rule", severity="error")])
    assert "  vpc-is-bad  warning  VPCs are bad." in shown
    assert shown.endswith("2 rules\n")
    assert [rule["name"] for rule in json.loads(page.as_json([make_rule()]))] == ["vpc-is-bad"]


def test_roots_are_listed(toy):
    files = MemoryFiles({"a.toy": "call m/x.toy\n", "m/x.toy": ""})
    made = plan(["."], files, [toy])
    assert roots.render(made) == (
        "a.toy  toy: nothing calls it (1 file)\nm/x.toy  is judged through a.toy\n1 root, 1 judged through their callers\n"
    )
    assert json.loads(roots.render(made, as_json=True))["folded"] == [
        {"path": "m/x.toy", "callers": ["a.toy"]}
    ]
