"""Claims are settled, precedence speaks, and nothing that fails takes the rest with it."""

import pytest
from msgspec.structs import replace

from fabriclint.engine.precedence import COVERS
from fabriclint.languages.base import Settings


def places(report):
    return [(one.rule, one.place.path, one.place.line) for one in report.findings]


def test_each_claim_settles_to_a_finding_clean_or_not_checked(judge):
    report = judge({"a.toy": "vpc one bad=yes\nvpc two bad=no\nvpc three bad=unknown\nvpc four\n"})
    assert places(report) == [("vpc-is-bad", "a.toy", 1)]
    (left,) = report.not_checked
    assert (left.address, left.place.line, left.reasons[0].what) == ("vpc.three", 3, "var.x has no value")
    summary = report.summary
    assert (summary.checks, summary.findings, summary.clean, summary.not_checked) == (3, 1, 1, 1)


def test_a_subject_that_may_not_exist_is_never_a_finding(judge):
    report = judge({"a.toy": "vpc one bad=yes exists=unknown\nvpc two bad=no exists=unknown\n"})
    assert not report.findings
    (left,) = report.not_checked
    assert [reason.what for reason in left.reasons] == ["var.make has no value"]
    assert report.summary.clean == 1


def test_a_rule_that_crashes_is_told_and_the_others_go_on(judge, make_rule):
    report = judge(
        {"a.toy": "vpc one bad=crash worse=yes\nvpc two bad=yes\n"},
        make_rule(),
        make_rule("vpc-is-worse", word="worse"),
    )
    assert places(report) == [("vpc-is-worse", "a.toy", 1), ("vpc-is-bad", "a.toy", 2)]
    assert report.crashed
    (told,) = report.diagnostics
    assert told.level == "error"
    assert "rule vpc-is-bad failed on vpc.one: ZeroDivisionError: one over nothing" in told.message
    assert told.place is not None
    assert told.place.line == 1


def test_a_reader_that_crashes_costs_its_own_root_only(judge):
    report = judge({"a.toy": "crash\n", "b.toy": "vpc one bad=yes\n"})
    assert places(report) == [("vpc-is-bad", "b.toy", 1)]
    assert report.crashed
    assert report.diagnostics[0].path == "a.toy"


def test_endless_recursion_in_a_rule_is_a_diagnostic(judge, make_rule):
    def forever(vpc):
        return forever(vpc)

    rule = make_rule()
    bad = replace(rule, check=forever, name="loops")
    report = judge({"a.toy": "vpc one bad=yes\n"}, bad, rule)
    assert "RecursionError" in report.diagnostics[0].message
    assert len(report.findings) == 1


def test_a_claim_lowers_the_severity_and_never_raises_it(judge, make_rule):
    files = {"a.toy": "vpc one bad=yes\n"}
    assert judge(files, make_rule(severity="error", lowered="advice")).findings[0].severity == "advice"
    assert judge(files, make_rule(severity="advice", lowered="error")).findings[0].severity == "advice"


def test_inputs_reach_the_finding(judge):
    report = judge({"a.toy": "vpc one bad=input\n"})
    assert [str(used) for used in report.findings[0].holds_under] == ["var.size = 4"]


def test_settings_reach_the_language(judge):
    files = {"a.toy": "vpc one bad=no\n"}
    assert not judge(files).findings
    assert judge(files, settings=Settings(variables=(("bad", "yes"),))).findings


@pytest.mark.parametrize(
    ("winner", "loser"), [(winner, loser) for winner in COVERS for loser in COVERS[winner]]
)
def test_the_more_precise_rule_speaks_alone(judge, make_rule, winner, loser):
    rules = [make_rule(winner, word="first"), make_rule(loser, word="second")]

    def found(text):
        return [one.rule for one in judge({"a.toy": text}, *rules).findings]

    assert found("vpc one first=yes second=yes\n") == [winner]
    assert found("vpc one first=no second=yes\n") == [loser]
    assert found("vpc one first=unknown second=yes\n") == [loser]
    assert found("vpc one first=yes\nvpc two second=yes\n") == [winner, loser]
    left = judge({"a.toy": "vpc one first=yes second=unknown\n"}, *rules)
    assert (left.summary.checks, left.not_checked) == (1, ()), "what is covered is no check of its own"


def test_precedence_names_no_rule_on_both_sides_of_itself():
    assert all(winner not in losers for winner, losers in COVERS.items())
    pairs = {(winner, loser) for winner, losers in COVERS.items() for loser in losers}
    assert not {(loser, winner) for winner, loser in pairs} & pairs


def test_order_does_not_depend_on_the_order_of_rules_or_files(judge, make_rule):
    rules = [make_rule(), make_rule("a-first-rule"), make_rule("z-last-rule")]
    files = {"b.toy": "vpc one bad=yes\nvpc two bad=unknown\n", "a.toy": "vpc three bad=yes\nbroken\n"}
    one = judge(files, *rules)
    other = judge(dict(reversed(files.items())), *reversed(rules))
    assert places(one) == places(other)
    assert [(n.rule, n.address) for n in one.not_checked] == [(n.rule, n.address) for n in other.not_checked]
    assert [f.fingerprint for f in one.findings] == [f.fingerprint for f in other.findings]
    assert places(one)[0] == ("a-first-rule", "a.toy", 1)
