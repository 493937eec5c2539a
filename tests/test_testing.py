"""The harness for rules refuses what tests nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from fabriclint import testing
from fabriclint.testing import cases, check_case


@pytest.fixture
def fixtures(tmp_path, toy, make_rule, monkeypatch):
    """Writes cases of the toy language (`main.toy`), and of a second one that is written alike (`main.toi`)."""

    class Second(type(toy)):
        name = "second"

        def may_own(self, path):
            return path.endswith(".toi")

    monkeypatch.setattr(testing, "languages", lambda: (toy, Second()))
    monkeypatch.setattr(
        testing, "TWINS", {"toy": ("main.toy", "json.toy"), "second": ("main.toi", "json.toi")}
    )
    rule = make_rule()

    def write(contents, rules=(rule,)):
        for path, text in contents.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return cases(tmp_path, list(rules))

    write.rule = rule
    return write


def twins(kind, text, other=None):
    return {
        f"vpc-is-bad/{kind}/one/main.toy": text,
        f"vpc-is-bad/{kind}/one/main.toi": text if other is None else other,
    }


BAD = "vpc one bad=yes # expect: vpc-is-bad\n"
OPEN = "vpc one bad=unknown # unsure: vpc-is-bad\n"


def test_cases_are_found_and_named(fixtures):
    found = fixtures(
        twins("bad", BAD) | twins("good", "vpc one bad=no\n") | twins("unknown", OPEN) | {"demo/x.toy": ""}
    )
    assert [str(case) for case in found] == [
        "vpc-is-bad/bad/one",
        "vpc-is-bad/good/one",
        "vpc-is-bad/unknown/one",
    ]
    for case in found:
        check_case(case)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ({}, "holds no cases"),
        ({"no-such-rule/bad/one/main.toy": ""}, "no rule of this name"),
        ({"vpc-is-bad/worse/one/main.toy": ""}, "cases are in bad, good, unknown"),
        ({"vpc-is-bad/bad/one/readme.txt": ""}, "holds no stack"),
    ],
)
def test_what_is_no_case_raises(fixtures, contents, said):
    with pytest.raises(ValueError, match=said):
        fixtures(contents)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (twins("bad", "vpc one bad=yes\n"), "found main.toy:1; expected nothing"),
        (twins("bad", "vpc one bad=no # expect: vpc-is-bad\n"), "found nothing; expected main.toy:1"),
        (twins("bad", BAD + "vpc two bad=yes\n"), "found main.toy:1, main.toy:2; expected main.toy:1"),
        (twins("bad", BAD + "vpc two bad=unknown\n"), "not checked main.toy:2; marked unsure nothing"),
        (twins("bad", "vpc one bad=no\n"), "a bad case marks what is expected"),
        (twins("good", BAD), "only a bad case has findings"),
        (twins("good", "vpc one\n"), "looked at nothing"),
        (twins("good", OPEN), "looked at nothing"),
        (twins("unknown", "vpc one bad=no\n"), "marks what is left open"),
        (twins("unknown", OPEN + "vpc two bad=unknown\n"), "not checked main.toy:1, main.toy:2"),
        (twins("bad", BAD, "vpc one bad=no\n"), "main.toi"),
        (twins("bad", BAD, BAD + "vpc two bad=no\n"), "main.toi settles otherwise than main.toy"),
        (twins("bad", BAD + "broken\n"), "this does not parse"),
        (twins("bad", "vpc one bad=crash # expect: vpc-is-bad\n"), "rule vpc-is-bad failed"),
        ({"vpc-is-bad/bad/one/main.toy": BAD}, "has no second twin, and no no-twin.toml"),
        (
            {
                "vpc-is-bad/bad/one/main.toy": BAD,
                "vpc-is-bad/bad/one/no-twin.toml": 'language = "toy"\nreason = "x"\n',
            },
            "has to name the missing language",
        ),
        (
            twins("bad", BAD) | {"vpc-is-bad/bad/one/no-twin.toml": 'language = "second"\nreason = "x"\n'},
            "has to name the missing language",
        ),
        (
            twins("bad", BAD) | {"vpc-is-bad/bad/one/json.toy": "vpc two bad=yes\n"},
            "json.toy settles otherwise",
        ),
    ],
)
def test_a_case_that_does_not_hold_fails(fixtures, contents, said):
    (case,) = fixtures(contents)
    with pytest.raises(AssertionError, match=said):
        check_case(case)


def test_a_missing_twin_may_be_excused(fixtures):
    excuse = {"vpc-is-bad/bad/one/no-twin.toml": 'language = "second"\nreason = "it has no such thing"\n'}
    (case,) = fixtures({"vpc-is-bad/bad/one/main.toy": BAD} | excuse)
    check_case(case)


def test_a_twin_in_json_is_held_to_the_claims_of_its_text(fixtures):
    (case,) = fixtures(twins("bad", BAD) | {"vpc-is-bad/bad/one/json.toy": "vpc one bad=yes\n"})
    check_case(case)


@pytest.mark.parametrize("field", ["message", "why", "fix"])
def test_a_finding_without_words_fails(fixtures, make_rule, field):
    rule = make_rule()

    def check(vpc):
        for claim in rule.check(vpc):
            yield replace(claim, **{field: replace(claim.fix, words=" ") if field == "fix" else " "})

    (case,) = fixtures(twins("bad", BAD), [replace(rule, check=check)])
    with pytest.raises(AssertionError, match=f"without {field}"):
        check_case(case)


def test_a_rule_that_answers_differently_each_time_fails(fixtures):
    count = iter(range(100))

    def check(vpc):
        for claim in fixtures.rule.check(vpc):
            yield replace(claim, message=f"try {'x' * next(count)}")

    (case,) = fixtures(twins("bad", BAD), [replace(fixtures.rule, check=check)])
    with pytest.raises(AssertionError, match="two runs give two reports"):
        check_case(case)
