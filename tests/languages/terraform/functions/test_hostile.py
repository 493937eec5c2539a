"""Calls that would take long, grow large, or break something."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.languages.terraform.failures import Failure
from fabriclint.languages.terraform.functions import NAMES, call, regexes
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value


def ask(name: str, *args: Any) -> Value:
    return call(name, [arg if isinstance(arg, Value) else Value(arg) for arg in args], None)


def declined(found: Value) -> bool:
    return isinstance(found.data, Unknown) and not isinstance(found.data, Failure)


def seq(count: int) -> Value:
    return Value(Seq(tuple(Value(n) for n in range(count))))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("setproduct", (seq(200), seq(200))),
        ("replace", ("a" * 2000, "a", "b" * 2000)),
        ("indent", (100_000, "a\n" * 100)),
        ("format", ("%999999d", 1)),
        ("format", ("%.999999f", 1)),
        ("join", ("x" * 1000, seq(5000))),
        ("split", (",", "," * 20_000)),
        ("tonumber", ("1e999999999",)),
        ("jsondecode", ("1e999999999",)),
        ("jsondecode", ("[" * 5000 + "]" * 5000,)),
        ("yamldecode", ("[" * 5000 + "]" * 5000,)),
        ("yamldecode", ("{a: " * 5000,)),
        ("pow", (10, 400)),
        ("regexall", ("", "x" * 20_000)),
    ],
)  # fmt: skip
def test_too_much_is_declined(name: str, args: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "_re2", lambda: None)
    begun = time.monotonic()
    assert declined(ask(name, *args))
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("(a+)+$", "a" * 60 + "b"),
        ("(a|aa)+$", "a" * 60 + "b"),
        ("(a|a)*$", "a" * 60 + "b"),
        ("(.*)*x", "a" * 60),
        (".*.*.*.*.*.*x", "a" * 9000),
        ("a?" * 40 + "a" * 40, "a" * 40),
        ("(a{1,100}){1,100}b", "a" * 90),
        ("a" * 2000, "a"),
        ("(" * 500 + "a" + ")" * 500, "a"),
        ("a{1000}{1000}", "a"),
    ],
)  # fmt: skip
def test_patterns_that_could_run_away_are_not_run(
    pattern: str, subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regexes, "_re2", lambda: None)
    begun = time.monotonic()
    assert declined(ask("regex", pattern, subject))
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    ("pattern", "length"), [("a*a*a*x", 145), ("[ab]+[abc]+d", 490), ("a*b?a*b?a*x", 100), ("a*x", 6000)]
)
def test_the_worst_that_is_run_is_quick(pattern: str, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "_re2", lambda: None)
    begun = time.monotonic()
    ask("regex", pattern, "a" * length)
    assert time.monotonic() - begun < 3


def test_yaml_aliases_do_not_multiply() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert declined(ask("yamldecode", bomb))
    assert isinstance(ask("yamldecode", bomb[:200].rpartition("\n")[0]).data, Map)


@pytest.mark.parametrize("seed", [Value("x"), Value(Seq()), Value(Unknown.because("var.x has no value"))])
def test_shared_parts_do_not_multiply(seed: Value) -> None:
    shared = seed
    for _ in range(40):
        shared = Value(Seq((shared, shared)))
    keyed = Value(Map({"a": shared, "b": shared}))
    begun = time.monotonic()
    for name in sorted(NAMES):
        for args in (
            [shared],
            [shared, shared],
            [Value("%v"), shared],
            [keyed],
            [keyed, shared],
            [shared, keyed],
        ):
            call(name, args, None)
    assert time.monotonic() - begun < 10


def test_deep_values_do_not_overflow() -> None:
    deep = Value("x")
    for _ in range(3000):
        deep = Value(Seq((deep,)))
    for name in sorted(NAMES):
        for args in (
            [deep],
            [deep, deep],
            [Value("%v"), deep],
            [Value(Seq((deep, deep)))],
            [Value(Seq((deep,))), deep],
        ):
            assert isinstance(call(name, args, None), Value)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 300),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["%s-%d", "10.0.0.0/16", "::/0", "a,b", "/a+/", "(a)", "2024-01-01T00:00:00Z"]),
    st.sampled_from(["YYYY", "1h", "[1]", "a: 1", "-"]),
)  # fmt: skip
HOLES = st.sampled_from(
    [
        Unknown.because("var.x has no value"),
        Reference("aws_subnet.a", ("id",)),
        Reference("data.x.y", ("ids",)),
    ]
)
PARTS = st.lists(st.one_of(st.text(min_size=1, max_size=5), HOLES), min_size=1, max_size=3)
LEAVES = st.one_of(SCALARS, HOLES, PARTS.map(lambda parts: Text((*parts, Unknown(())))))
OPEN = st.one_of(st.none(), st.just(Unknown.because("there may be more")))


def collections(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(
        st.builds(lambda items, more: Value(Seq(tuple(items), more)), st.lists(inner, max_size=4), OPEN),
        st.builds(
            lambda items, more: Value(Map(items, more)),
            st.dictionaries(st.text(max_size=3), inner, max_size=3),
            OPEN,
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda o: Value(OneOf(tuple(o), Unknown.because("a condition")))
        ),
    )


VALUES = st.recursive(LEAVES.map(Value), collections, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(NAMES)), st.lists(VALUES, max_size=4))
def test_no_call_raises_and_every_unknown_has_a_reason(name: str, args: list[Value]) -> None:
    found = call(name, args, None)
    again = call(name, args, None)
    assert repr(found) == repr(again)
    if isinstance(found.data, Text):
        assert any(not isinstance(part, str) for part in found.data.parts)
        assert "" not in found.data.parts
