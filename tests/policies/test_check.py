"""What can be wrong with a condition is told before any source is read, with its place."""

from __future__ import annotations

import time

import pytest

from fabriclint.policies import regex
from fabriclint.policies.cel import DEEPEST, parse
from fabriclint.policies.check import condition
from fabriclint.policies.tree import BadCondition
from fabriclint.policies.words import Kind, subject


def fault(text, cls="Fleet", name="fleet"):
    with pytest.raises(BadCondition) as caught:
        condition(parse(text), {name: Kind("thing", subject(cls))})
    return caught.value


@pytest.mark.parametrize(
    ("text", "why", "near"),
    [
        ("fleet.trians", "Fleet has no word trians; did you mean trains?", "trians"),
        ("flet.trains", "there is no flet here; did you mean fleet?", "flet"),
        ("fleet.size > 3", "a Size and a number have no order", "fleet.size"),
        ("fleet.size.maximum", "this is a number and no condition; compare it with something", "maximum"),
        ("fleet.trains == 3", "a condition is never a number", "fleet.trains"),
        ("fleet.kind == 'instanse'", "'instanse' is none of these; did you mean instance?", "'instanse'"),
        ("fleet.kind in ['x']", "'x' is none of these; there are", "'x'"),
        ("fleet.place == fleet.place", "a place is never a place", "fleet.place"),
        ("fleet.subnets.zone == 'a'", "a list has no words; ask its members", "zone"),
        ("fleet.label.size", "a text has no words", "size"),
        ("fleet.trains.all(one, one)", "all() is asked of a list, and this is a condition", "all"),
        ("fleet.subnets.all(fleet, true)", "fleet already stands for something else", "all"),
        ("fleet.subnets.all(one.x, true)", "all() begins with the name of a variable", "all"),
        ("fleet.subnets.all(a, b, true)", "two variables cannot be used", "all"),
        ("fleet.subnets.all(one, one.label)", "this is a text and no condition", "label"),
        ("fleet.label + 3 == 4", "+ does not go with a text and a number", "fleet.label"),
        ("-fleet.label == 3", "this is a text and no number", "label"),
        ("3 in fleet.label", "a text holds nothing", "label"),
        ("fleet.label in [1, 2]", "a text is never in a list of number", "fleet.label"),
        ("[1, [2]] == [1]", "the members of a list have to be alike", "[1"),
        ("size(fleet.size) > 1", "a Size has no size", "size"),
        ("fleet.size.startsWith('a')", "startsWith() is asked of texts, and this is a Size", "size"),
        ("fleet.label.matches(fleet.label)", "the pattern has to be written out", "label"),
        ("fleet.label.matches('(?=a)')", "this is no regular expression of RE2", "'(?=a)'"),
        ("fleet.label.matches('((a{100}){100}){100}')", "this is no regular expression of RE2", "'(("),
        ("fleet.label.match('a')", "there is no function match; did you mean matches?", "match"),
        ("dyn(fleet) == 1", "there is no function dyn", "dyn"),
        ("timestamp('2026') == 1", "there is no function timestamp", "timestamp"),
        ("fleet.label == b'x'", "bytes cannot be used in a policy", "b'x'"),
        ("1u == 1u", "an unsigned number cannot be used", "1u"),
        ("{'a': 1} == 1", "an object that is written out cannot be used", "{"),
        ("Fleet{a: 1} == 1", "an object that is made cannot be used", "Fleet"),
        (".fleet.trains", "a name with a point before it cannot be used", ".fleet"),
        ("has(fleet)", "has() takes one word of something", "has"),
        ("fleet.__class__ == 1", "Fleet has no word __class__", "__class__"),
        ("fleet.stack == 1", "Fleet has no word stack", "stack"),
        ("fleet.element == 1", "Fleet has no word element", "element"),
        ("fleet.of_template == 1", "Fleet has no word of_template", "of_template"),
        ("fleet.any_type(1)", "there is no function any_type", "any_type"),
        ("fleet.trains &&", "this ends too early", ""),
        ("fleet.trains & fleet.trains", "this cannot be read at `& fleet.trains`", "& "),
        ("fleet.label == 'a", "this text is not closed", "'a"),
        ("", "this is empty", ""),
        ("1 == 9223372036854775808", "this number is too large", "9223372036854775808"),
        ("1.0 < 1e999", "this number is too large", "1e999"),
        (r"'\q' == 'a'", "is no character of a text", r"'\q'"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, why, near):
    error = fault(text)
    assert why in error.why
    assert text[error.at :].startswith(near)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "true" + ")" * 3000,
        "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        "!" * 3000 + "true",
        "1 == " + "-" * 3000 + "1",
        "1 == " + " + ".join(["1"] * 1000),
        "fleet" + ".size" * 900 + " == 1",
        "true ? true : " * 300 + "true",
        "'" + r"\n" * 2000,
        '"""' + r"\n" * 2000,
        "'" + r"\n" * 1000 + "\n'",
        "a" * 100_000,
        "1 == " + "9" * 4_000,
        "fleet.label.matches('" + "(" * 900 + "a" + ")*" * 900 + "')",
    ],
)
def test_what_would_cost_much_is_refused_at_once(text):
    begin = time.monotonic()
    fault(text)
    assert time.monotonic() - begin < 3


def test_a_long_chain_is_no_deep_one():
    condition(parse(" && ".join(["fleet.trains"] * 200)), {"fleet": Kind("thing", subject("Fleet"))})


def test_without_re2_matches_says_what_to_install(monkeypatch):
    monkeypatch.setattr(regex, "_engine", lambda: None)
    regex.compiled.cache_clear()
    assert (
        fault("fleet.label.matches('a')").why
        == "matches() needs google-re2: pip install 'fabriclint[policies]'"
    )
    regex.compiled.cache_clear()
