"""Suppressions: what they cover, when they are in force, and what is wrong with them."""

from __future__ import annotations

from datetime import date

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.engine.suppress import comments
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.testing import MemoryFiles


def found(report):
    return [(one.rule, one.place.line) for one in report.findings]


IGNORE = "# fabriclint: ignore[vpc-is-bad]"


@pytest.mark.parametrize(
    "text",
    [
        f"{IGNORE} first-generation links hang\nvpc one bad=yes\n",
        f"vpc one bad=yes {IGNORE} meant\n",
        f"{IGNORE} meant\n# another comment\n\nvpc one bad=yes\n",
        f"{IGNORE}: meant until 2027-01-31\nvpc one bad=yes\n",
        "# fabriclint: ignore[vpc-is-worse, vpc-is-bad] meant\nvpc one bad=yes worse=yes\n",
        "#fabriclint:ignore[vpc-is-bad] meant\nvpc one bad=yes\n",
    ],
)
def test_a_suppression_hides_what_stands_there(judge, make_rule, text):
    rules = (make_rule(), make_rule("vpc-is-worse", word="worse"))
    report = judge({"a.toy": text}, *rules, settings=Settings(today=date(2027, 1, 31)))
    assert found(report) == []
    assert report.summary.suppressed == text.count("=yes")
    assert report.summary.checks == 0


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# fabriclint: ignore meant", ("invalid-suppression", "the suppression names no rule")),
        ("# fabriclint: ignore[] meant", ("invalid-suppression", "the suppression names no rule")),
        (
            "# fabriclint: ignore[vpc-is-bda] meant",
            ("invalid-suppression", "there is no rule vpc-is-bda to suppress"),
        ),
        (IGNORE, ("invalid-suppression", "the suppression of vpc-is-bad gives no reason")),
        (
            f"{IGNORE} until 2027-01-31",
            ("invalid-suppression", "the suppression of vpc-is-bad gives no reason"),
        ),
        (
            f"{IGNORE} meant until tomorrow",
            (
                "invalid-suppression",
                "the suppression of vpc-is-bad is meant until tomorrow, which is no date",
            ),
        ),
        (
            f"{IGNORE} meant until 2027-01-30",
            ("expired-suppression", "the suppression of vpc-is-bad was meant until 2027-01-30"),
        ),
    ],
)
def test_a_suppression_that_is_not_in_force_hides_nothing_and_is_told(judge, comment, told):
    report = judge({"a.toy": f"{comment}\nvpc one bad=yes\n"}, settings=Settings(today=date(2027, 1, 31)))
    rule, message = told
    assert found(report) == [(rule, 1), ("vpc-is-bad", 2)]
    assert report.findings[0].message == message
    assert report.summary.suppressed == 0


def test_an_unused_suppression_is_told_unless_the_rule_could_not_say(judge, make_rule):
    text = f"{IGNORE} meant\nvpc one bad=no\n{IGNORE} meant\nvpc two bad=unknown\n"
    report = judge({"a.toy": text})
    assert found(report) == [("unused-suppression", 1)]
    other = make_rule("vpc-is-worse", word="worse")
    # The rule is known, and was not run: whether it is hidden by something cannot be said.
    assert found(judge({"a.toy": "# fabriclint: ignore[no-cluster-placement-group] x\nvpc a\n"}, other)) == []


def test_a_module_call_covers_what_is_inside(judge):
    contents = {
        "a.toy": f"{IGNORE} a copy of theirs\ncall c.toy one\ncall c.toy two\n",
        "c.toy": "vpc inner bad=yes\n",
    }
    report = judge(contents)
    (finding,) = report.findings
    assert finding.address == "two.vpc.inner"
    assert report.summary.suppressed == 1


def test_isolated_runs_know_no_suppressions(judge):
    text = f"{IGNORE} meant\nvpc one bad=yes\n# fabriclint: ignore[nobody] meant\n"
    assert found(judge({"a.toy": text}, settings=Settings(suppressions=False))) == [("vpc-is-bad", 2)]


def test_a_former_name_still_hides(judge, make_rule):
    from msgspec.structs import replace

    rule = replace(make_rule("vpc-is-very-bad"), aliases=("vpc-is-bad",))
    report = judge({"a.toy": f"{IGNORE} meant\nvpc one bad=yes\n"}, rule)
    assert (found(report), report.summary.suppressed) == ([], 1)


TERRAFORM = """\
resource "aws_vpc" "v" {
  tags = {
    Name = "v"
  }

  # fabriclint: ignore[one] a
  timeouts {
    create = "1m"
  }
}
# fabriclint: ignore[two] b
resource "aws_subnet" "s" {
  vpc_id = "x" // fabriclint: ignore[three] c
  zone   = "y"
}
"""
YAML = """\
Resources:
  # fabriclint: ignore[one] a
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      Tags: # fabriclint: ignore[two] b
      - Key: a
        Value: b

      CidrBlock: 10.0.0.0/16
  Other:
    Type: AWS::EC2::VPC
"""


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("main.tf", TERRAFORM, {"one": (7, 9), "two": (12, 15), "three": (13, 13)}),
        ("t.yaml", YAML, {"one": (3, 10), "two": (6, 8)}),
    ],
)
def test_a_comment_covers_the_block_that_begins_there(path, text, lines):
    source = MemoryFiles({path: text}).source(path)
    covered = {one.rule: (one.covers.line, one.covers.end_line) for one in comments(source)}
    assert covered == lines


def judged(contents, name, **more):
    files = MemoryFiles(contents)
    rules = [rule for rule in builtin_rules() if rule.name == name]
    return run(plan(["."], files, languages()), files, Settings(**more), rules)


TASK = """\
resource "aws_datasync_task" "t" {
  source_location_arn      = "arn:aws:datasync:us-east-1:111122223333:location/loc-1"
  destination_location_arn = "arn:aws:datasync:us-east-1:111122223333:location/loc-2"
  options {
    verify_mode = "NONE"
  }
}
"""
JSON = """{
  "Metadata": METADATA,
  "Resources": {
    "Task": {
      "Type": "AWS::DataSync::Task",
      "Metadata": INNER,
      "Properties": {
        "SourceLocationArn": "arn:aws:datasync:us-east-1:111122223333:location/loc-1",
        "DestinationLocationArn": "arn:aws:datasync:us-east-1:111122223333:location/loc-2",
        "Options": {"VerifyMode": "NONE"}
      }
    }
  }
}
"""
OURS = '{"fabriclint": {"ignore": {"datasync-skips-verification": "REASON"}}}'


def test_real_terraform_is_suppressed_at_the_resource_the_block_and_the_line():
    name = "datasync-skips-verification"
    comment = f"# fabriclint: ignore[{name}] the store checks by itself\n"
    for text in (
        comment + TASK,
        TASK.replace("  options", f"  {comment}  options"),
        TASK.replace('"NONE"\n', f'"NONE" {comment}'),
    ):
        report = judged({"main.tf": text}, name)
        assert (found(report), report.summary.suppressed) == ([], 1)
    report = judged({"main.tf": TASK.replace("  options", f"  {comment}  tags = {{}}\n  options")}, name)
    assert found(report) == [("unused-suppression", 4), (name, 7)]


@pytest.mark.parametrize("inner", [True, False])
def test_metadata_suppresses_in_json(inner):
    name = "datasync-skips-verification"
    ours = OURS.replace("REASON", "the store checks by itself until 2027-01-31")
    text = JSON.replace("METADATA", "{}" if inner else ours).replace("INNER", ours if inner else "{}")
    report = judged({"t.json": text}, name, today=date(2027, 1, 1))
    assert (found(report), report.summary.suppressed) == ([], 1)
    report = judged({"t.json": text}, name, today=date(2028, 1, 1))
    assert sorted(rule for rule, _ in found(report)) == [name, "expired-suppression"]
    bare = JSON.replace("METADATA", "{}").replace("INNER", OURS.replace("REASON", ""))
    assert sorted(rule for rule, _ in found(judged({"t.json": bare}, name))) == [name, "invalid-suppression"]
