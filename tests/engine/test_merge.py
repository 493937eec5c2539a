"""The same fault in many instances, or through many callers, is told once, and keeps its name."""

from msgspec.structs import replace


def test_instances_of_one_resource_are_one_finding(judge):
    report = judge({"a.toy": "vpc one bad=yes count=12\n"})
    (one,) = report.findings
    assert one.address == "vpc.one[0]"
    assert one.also == tuple(f"vpc.one[{n}]" for n in range(1, 12))
    assert report.summary.checks == 1


def test_two_resources_are_two_findings(judge):
    assert len(judge({"a.toy": "vpc one bad=yes\nvpc two bad=yes\n"}).findings) == 2


def test_a_module_through_two_calls_of_one_root_is_one_finding_with_both_calls(judge):
    files = {"a.toy": "call m.toy module.x\ncall m.toy module.y\n", "m.toy": "vpc one bad=yes\n"}
    (one,) = judge(files).findings
    assert (one.address, one.also) == ("module.x.vpc.one", ("module.y.vpc.one",))
    assert [(r.place.line, r.message) for r in one.related] == [
        (1, "through module.x"),
        (2, "through module.y"),
    ]


def test_a_module_through_two_roots_is_one_finding_that_names_both_callers(judge):
    files = {"a.toy": "call m.toy module.m\n", "b.toy": "call m.toy module.m\n", "m.toy": "vpc one bad=yes\n"}
    report = judge(files)
    (one,) = report.findings
    assert [r.place.path for r in one.related] == ["a.toy", "b.toy"]
    assert report.summary.findings == 1


def test_instances_that_are_left_open_for_the_same_reason_are_one_entry(judge):
    report = judge({"a.toy": "vpc one bad=unknown count=3\n"})
    (left,) = report.not_checked
    assert left.also == ("vpc.one[1]", "vpc.one[2]")
    assert report.summary.not_checked == 1


def test_fingerprints_outlive_moved_lines_and_other_counts(judge):
    before = judge({"a.toy": "vpc one bad=yes count=2\n"}).findings[0].fingerprint
    after = judge({"a.toy": "# a comment\n\nvpc one bad=yes count=3\n"}).findings[0].fingerprint
    assert before == after


def test_fingerprints_tell_rules_paths_and_resources_apart(judge, make_rule):
    files = {"a.toy": "vpc one bad=yes\nvpc two bad=yes\n", "b.toy": "vpc one bad=yes\n"}
    prints = [one.fingerprint for one in judge(files, make_rule(), make_rule("other-rule")).findings]
    assert len(set(prints)) == 6


def test_the_same_words_at_two_places_of_one_resource_are_two_findings(judge, make_rule):
    rule = make_rule()

    def twice(vpc):
        for claim in rule.check(vpc):
            yield claim
            yield replace(claim, at=vpc.place.source.span(4, 7))

    report = judge({"a.toy": "vpc one bad=yes\n"}, replace(rule, check=twice))
    assert [one.place.column for one in report.findings] == [1, 5]
    assert len({one.fingerprint for one in report.findings}) == 2
    assert report.summary.checks == 2


def test_a_fix_that_cannot_be_written_keeps_its_finding(judge, make_rule):
    report = judge(
        {"a.toy": "vpc one bad=yes unwritable=1\nvpc two bad=yes\n"}, make_rule(changes=(object(),))
    )
    first, second = report.findings
    assert first.code is None
    assert first.fix == "Make vpc.one good."
    assert second.code is not None
    assert second.code.text == "vpc vpc.two fixed=yes"
    assert (
        "the fix of vpc-is-bad could not be written as toy code: RuntimeError: no pen"
        in report.diagnostics[0].message
    )
    assert not report.crashed
