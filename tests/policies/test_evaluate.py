"""Conditions are three-valued after Kleene, keep their reasons and inputs, and cost a bounded number of steps."""

from __future__ import annotations

import time

import pytest

FLAG = {"yes": "t.yes", "no": "t.no", "unknown": "t.maybe"}
AND = {("yes", "yes"): "yes", ("yes", "unknown"): "unknown", ("unknown", "unknown"): "unknown"}
OR = {("no", "no"): "no", ("no", "unknown"): "unknown", ("unknown", "unknown"): "unknown"}


@pytest.mark.parametrize("one", FLAG)
@pytest.mark.parametrize("other", FLAG)
def test_the_truth_tables(ask, one, other):
    pair, turned = (one, other), (other, one)
    assert ask(f"{FLAG[one]} && {FLAG[other]}").state == AND.get(pair, AND.get(turned, "no"))
    assert ask(f"{FLAG[one]} || {FLAG[other]}").state == OR.get(pair, OR.get(turned, "yes"))
    same = "unknown" if "unknown" in pair else "yes" if one == other else "no"
    assert ask(f"{FLAG[one]} == {FLAG[other]}").state == same
    chosen = one if one == other else "unknown"
    assert ask(f"t.maybe ? {FLAG[one]} : {FLAG[other]}").state == chosen
    assert ask(f"t.yes ? {FLAG[one]} : {FLAG[other]}").state == one


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("!t.maybe", "unknown"),
        # A number of the sources may be written as a text; one of the policy may not.
        ("t.four == 4", "yes"),
        ("t.four == 4.0", "yes"),
        ('t.four == "4"', "yes"),
        ("t.four > 3 && t.four <= 4.5", "yes"),
        ("t.four + 1 == 5", "yes"),
        ("t.four / 3 == 1", "yes"),
        ('"4" == "4" && "4" + "4" == "44"', "yes"),
        ("t.four in [1, 4]", "yes"),
        ("t.four in [1, t.open]", "unknown"),
        ("t.four in [4, t.open]", "yes"),
        # What is open stays open, unless it cannot matter.
        ("t.open == 4", "unknown"),
        ("t.open > 4", "unknown"),
        ("t.open", "unknown"),
        ("t.open + 1 == 2", "unknown"),
        ("t.open.inner == 2", "unknown"),
        ("t.figure > 3", "unknown"),
        ("t.three_or_five > 2", "yes"),
        ("t.three_or_five > 4", "unknown"),
        ("t.three_or_five + 1 >= 4", "yes"),
        ("t.three_or_five == 4", "no"),
        ('t.handle == "vpc-1"', "unknown"),
        # Texts with holes.
        ('t.named.startsWith("ml")', "yes"),
        ('t.named.startsWith("prod")', "no"),
        ('t.named.startsWith("ml-a")', "unknown"),
        ('t.named.endsWith("x")', "yes"),
        ('t.named.endsWith("y")', "no"),
        ('t.named.contains("l-")', "yes"),
        ('t.named.contains("q")', "unknown"),
        ('t.named.matches("^ml")', "unknown"),
        ('t.named == "prod-x"', "no"),
        ("size(t.named) > 3", "unknown"),
        # What is absent is null, and neither true nor false.
        ("t.nothing == null", "yes"),
        ("t.nothing == 4", "no"),
        ("t.nothing != 4", "yes"),
        ("t.nothing == true", "no"),
        ("t.nothing > 4", "unknown"),
        ("t.nothing", "unknown"),
        ("t.nothing.inner == 4", "unknown"),
        ("has(t.nothing)", "no"),
        ("has(t.nothing.inner)", "no"),
        ("has(t.four)", "yes"),
        ("has(t.open)", "unknown"),
        ("has(t.two)", "yes"),
        ("has(t.closed_tags.team) && !has(t.closed_tags.cost)", "yes"),
        ('has(t.tags.cost) || has(t.tags["cost"])', "unknown"),
        # Objects and lists.
        ('t.tags["team"] == "research" && t.tags.team == "research"', "yes"),
        ('"team" in t.tags', "yes"),
        ('"cost" in t.tags', "unknown"),
        ('"cost" in t.closed_tags', "no"),
        ('t.closed_tags["cost"] == null', "yes"),
        ("t.numbers[1] == 2", "yes"),
        ("t.numbers[3] == 2", "unknown"),
        ("t.numbers[-1] == 2", "unknown"),
        ("t.numbers.all(one, one > 0) && size(t.numbers) == 3", "yes"),
        ("t.numbers == [1, 2, 3]", "yes"),
        ("t.numbers == [1, 2]", "no"),
        ("size(t.two) == 2 && t.two.size() < 3", "yes"),
        ("size(t.two_or_more) >= 2", "yes"),
        ("size(t.two_or_more) < 2", "no"),
        ("size(t.two_or_more) == 1", "no"),
        ("size(t.two_or_more) == 2", "unknown"),
        ("3 > size(t.one_or_two)", "yes"),
        ("size(t.one_or_two) > 1", "unknown"),
        ("size(t.one_or_two) != 5", "yes"),
        ("size(t.one_or_two) + 1 > 1", "unknown"),
        ('t.two_or_more.exists(one, one == "a")', "yes"),
        ('t.two_or_more.exists(one, one == "q")', "unknown"),
        ('t.two_or_more.all(one, one == "a")', "no"),
        ('t.two_or_more.all(one, one != "q")', "unknown"),
        ('t.one_or_two.all(one, one == "a")', "unknown"),
        ('t.two.exists_one(one, one == "a")', "yes"),
        ('t.two.exists_one(one, one != "q")', "no"),
        ('t.two.exists_one(one, one == "q")', "no"),
        ('t.two_or_more.exists_one(one, one == "a")', "unknown"),
        ('t.two_or_more.exists_one(one, one != "q")', "no"),
        ('size(t.one_or_two.filter(one, one == "b")) <= 1', "yes"),
        ('t.two.map(one, one + "!") == ["a!", "b!"]', "yes"),
        ('t.two_or_more == ["a", "b"]', "unknown"),
        ("t.open.all(one, one > 1)", "unknown"),
        ("t.nothing.exists(one, one > 1)", "unknown"),
        # What fails is not known, and absorbed where it does not matter.
        ("1 / 0 > 1", "unknown"),
        ("1 % 0 > 1", "unknown"),
        ("t.no && 1 / 0 > 1", "no"),
        ("1 / 0 > 1 || t.yes", "yes"),
        ("9223372036854775807 + 1 > 0", "unknown"),
        ("-7 / 2 == -3 && -7 % 2 == -1 && 7 / -2 == -3", "yes"),
        ("1.5 % 1.0 > 0", "unknown"),
    ],
)
def test_a_condition_claims_only_what_is_certain(ask, text, state):
    assert ask(text).state == state


def test_reasons_places_and_inputs_are_kept(ask):
    truth = ask("t.yes && t.open > 3")
    assert [str(reason) for reason in truth.reasons] == ["var.x has no value (main.tf:1)"]
    assert [one.name for one in ask("t.four + 1 > 3").inputs] == ["var.size"]
    assert [one.name for one in ask("t.yes ? true : false").inputs] == ["var.size"]
    assert str(ask("t.figure > 3").reasons[0]).startswith("var.x has no value") is False


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2, 3, 4, 5, 6, 7, 8, 9]" + ".map(a, [1, 2, 3, 4, 5, 6, 7, 8, 9])" * 1 + ".size() > 0",
        "{0}.all(a, {0}.all(b, {0}.all(c, {0}.all(d, {0}.all(e, a + b + c + d + e > 0)))))".format(
            "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
        ),
    ],
)
def test_too_much_work_is_not_known(ask, text):
    begin = time.monotonic()
    truth = ask(text, 25) if "map" in text else ask(text)
    assert truth.undecided
    assert "too much work" in truth.reasons[0].what
    assert time.monotonic() - begin < 5


def test_a_text_does_not_grow_beyond_its_bound(ask):
    doubled = "t.two"
    for n in range(20):
        doubled = f"{doubled}.map(x{n}, x{n} + x{n})"
    assert ask(f"{doubled}.exists(x, x == 'q')").undecided


def test_a_regular_expression_takes_time_by_the_length_of_the_text(ask):
    begin = time.monotonic()
    assert ask(f'"{"a" * 3000}b".matches("^(a+)+$")').excluded
    assert time.monotonic() - begin < 2
