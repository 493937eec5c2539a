"""A policy file is a rule, or told what is wrong with it, line by line."""

from __future__ import annotations

import sys

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.policies import cel
from fabriclint.policies.read import BadPolicy, read, schema
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source

POLICY = """\
policy: lustre-off-standard
for: Lustre
severity: warning
description: A file system is off our standard.
when: lustre.capacity >= 2400
require: >-
  lustre.deployment_type == "PERSISTENT_2"
  && lustre.tier >= 250
at: lustre.deployment_type
message: ${lustre.label} is ${lustre.deployment_type} of ${lustre.capacity} GiB, ${lustre.gbytes} GB/s, $${so}
why: Jobs wait.
fix: Make it ${"PERSISTENT_" + "2"}.
sources: ["https://docs.aws.amazon.com/fsx/"]
"""
STACK = """\
variable "kind" {}
resource "aws_fsx_lustre_file_system" "a" {
  subnet_ids                  = ["subnet-1"]
  storage_capacity            = 4800
  deployment_type             = %s
  per_unit_storage_throughput = %s
}
"""


def rule(text=POLICY, path="lustre-off-standard.yaml"):
    return read(Source(path, text.encode()), "custom")


def report(kind, tier="125", text=POLICY):
    files = MemoryFiles({"main.tf": STACK % (kind, tier)})
    return run(plan(["."], files, languages()), files, Settings(), [rule(text)])


def faults(text, path="lustre-off-standard.yaml"):
    with pytest.raises(BadPolicy) as caught:
        rule(text, path)
    return str(caught.value).split("\n")


def test_a_policy_is_a_rule():
    made = rule()
    assert (made.name, made.area, made.severity, made.subject.__name__) == (
        "lustre-off-standard", "custom", "warning", "Lustre",
    )  # fmt: skip
    assert made.summary == "A file system is off our standard."
    assert made.section("Why") == "Jobs wait."
    assert "require: lustre.deployment_type" in made.page
    assert made.origin == "lustre-off-standard.yaml"


def test_it_finds_what_certainly_does_not_hold():
    (one,) = report('"SCRATCH_2"').findings
    assert one.message == ("aws_fsx_lustre_file_system.a is SCRATCH_2 of 4800 GiB, 0.6 GB/s, ${so}")
    assert (one.fix, one.place.line, one.url) == (
        "Make it PERSISTENT_2.",
        5,
        "https://docs.aws.amazon.com/fsx/",
    )


def test_it_is_clean_open_or_not_asked():
    clean = report('"PERSISTENT_2"', "250")
    assert (clean.summary.clean, clean.findings) == (1, ())
    (left,) = report("var.kind", "250").not_checked
    assert "var.kind" in left.reasons[0].what
    # Whatever the type is, the tier is too low.
    (one,) = report("var.kind").findings
    assert "aws_fsx_lustre_file_system.a is (not known) of 4800 GiB" in one.message
    small = report('"SCRATCH_2"', text=POLICY.replace("2400", "9600"))
    assert small.verdicts == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("policy: lustre-off-standard", "policy: other-name", "1: policy: other-name is not the name of its file"),
        ("for: Lustre", "for: Lustr", "2: for: 'Lustr' is none of Fleet, Vpc"),
        ("severity: warning", "severity: warn", "did you mean warning?"),
        ("severity:", "severty:", "severty: there is no such key; did you mean severity?"),
        ("why: Jobs wait.\n", "", "the policy: why is missing"),
        ("why: Jobs wait.", "why: ''", "11: why: this may not be empty"),
        ("why: Jobs wait.", "why: [1]", "11: why: this has to be a text"),
        ("https://", "http://", "13: sources.0: 'http://docs.aws.amazon.com/fsx/' is no address"),
        ("lustre.tier", "lustre.teir", "8: require: Lustre has no word teir; did you mean tier?"),
        ("lustre.capacity >=", "lustre.capacty >=", "5: when: Lustre has no word capacty; did you mean capacity?"),
        ("at: lustre.deployment_type", "at: lustre.efa", "9: at: a condition has no place"),
        ("${lustre.gbytes}", "${lustre.gbites}", "10: message: Lustre has no word gbites; did you mean gbytes?"),
        ("${lustre.gbytes}", "${lustre.place}", "10: message: a place is no text"),
        ("${lustre.gbytes} GB/s, $${so}", "${lustre.gbytes", "10: message: this ${ is not closed"),
        ("for: Lustre", "for: Lustre\nfor: Vpc", "for stands here twice"),
        ("why: Jobs wait.", "why: *x", "anchors, aliases and tags have no place here"),
        ("why: Jobs wait.", "why: 'x", "1"),
        (POLICY, "- 1\n", "1: the policy: this has to be a table"),
        (POLICY, "", "1: the policy: policy, for, require"),
        (POLICY, POLICY + "---\n" + POLICY, "but found another document"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_line_and_key(old, new, said):
    assert old in POLICY
    told = faults(POLICY.replace(old, new))
    assert any(line.startswith("lustre-off-standard.yaml:") and said in line for line in told), told


def test_all_mistakes_are_told_at_once():
    text = POLICY.replace("lustre.tier", "lustre.teir").replace("lustre.label", "lustre.lable")
    assert [line.split(":")[1] for line in faults(text)] == ["8", "10"]


def test_a_condition_in_a_block_is_told_at_its_line():
    text = POLICY.replace("require: >-\n  lustre", "require: |\n  // our standard\n  lustre")
    assert faults(text.replace("lustre.tier", "lustre.teir"))[0].startswith(
        "lustre-off-standard.yaml:9: require:"
    )


def test_without_cel_python_a_policy_says_what_to_install(monkeypatch):
    for name in ("celpy", "celpy.celparser", "lark", "lark.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(cel, "_parser", cel._parser.__wrapped__)
    assert faults(POLICY)[0].endswith("when: policies need cel-python: pip install 'fabriclint[policies]'")


def test_too_much_work_is_not_checked():
    hard = "{0}.all(a, {0}.all(b, {0}.all(c, {0}.all(d, {0}.all(e, a + b + c + d + e > 0)))))".format(
        list(range(1, 11))
    )
    text = POLICY.replace('lustre.deployment_type == "PERSISTENT_2"', hard)
    (left,) = report('"PERSISTENT_2"', "250", text).not_checked
    assert "too much work" in left.reasons[0].what


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "a: " * 20_000, "policy: " + "{a: " * 5_000, "\x00", "\ud800x"]
)
def test_what_is_no_yaml_is_told(text):
    with pytest.raises(BadPolicy) as caught:
        read(Source("a-b.yaml", text.encode("utf-8", "surrogatepass")), "custom")
    assert str(caught.value).startswith("a-b.yaml:1: ")


def test_a_finding_says_why_the_fleet_trains():
    text = (
        "policy: a-b\nfor: Fleet\nseverity: error\ndescription: D.\nwhen: fleet.trains\nrequire: 'false'\n"
        "message: m\nwhy: w\nfix: f\n"
    )
    stack = """\
resource "aws_instance" "a" {
  count         = 2
  instance_type = "p5.48xlarge"
  ami           = "ami-1"
}
"""
    files = MemoryFiles({"main.tf": stack})
    report = run(
        plan(["."], files, languages()), files, Settings(), [read(Source("a-b.yaml", text.encode()), "x")]
    )
    assert [bool(one.evidence) for one in report.findings] == [True]


def test_the_schema_names_every_key_with_its_meaning():
    made = schema()
    assert "Fleet" in made["properties"]["for"]["enum"]
    assert all("description" in said for said in made["properties"].values())
