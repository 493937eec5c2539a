"""A thing of the model with words of every kind, and conditions asked of it."""

from __future__ import annotations

from functools import cached_property

import pytest

from fabriclint.model.stack import Stack
from fabriclint.policies.cel import parse
from fabriclint.policies.check import kind_of
from fabriclint.policies.evaluate import STEPS, Evaluation
from fabriclint.policies.words import Kind
from fabriclint.text import Source, Span
from fabriclint.values import (
    NO,
    YES,
    Input,
    Many,
    Map,
    Member,
    OneOf,
    Reference,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
)

SOURCE = Source("main.tf", b"a thing\n")
PLACE = Span(SOURCE, 0, 7)
OPEN = Unknown.because("var.x has no value", PLACE)
MAYBE = Truth.unknown(OPEN)
SIZE = Input("var.size", "4", PLACE)


class Thing:
    """Its words begin with what they are."""

    stack = Stack(())
    label = "the thing"

    @property
    def yes(self) -> Truth:
        return YES.under(frozenset({SIZE}))

    @property
    def no(self) -> Truth:
        return NO

    @property
    def maybe(self) -> Truth:
        return MAYBE

    @property
    def four(self) -> Value:
        return Value("4", PLACE, inputs=frozenset({SIZE}))

    @property
    def open(self) -> Value:
        return Value(OPEN, PLACE)

    @property
    def nothing(self) -> Value:
        return Value(None, PLACE, "absent")

    @property
    def three_or_five(self) -> Value:
        return Value(OneOf((Value(3), Value(5)), OPEN), PLACE)

    @property
    def named(self) -> Value:
        return Value(Text(("ml-", OPEN, "-x")), PLACE)

    @property
    def handle(self) -> Value:
        return Value(Reference("aws_vpc.a", ("id",)), PLACE)

    @property
    def tags(self) -> Value:
        return Value(Map({"team": Value("research", PLACE)}, OPEN), PLACE)

    @property
    def closed_tags(self) -> Value:
        return Value(Map({"team": Value("research", PLACE)}), PLACE)

    @property
    def numbers(self) -> Value:
        return Value(Seq((Value(1), Value("2"), Value(3))), PLACE)

    @property
    def two(self) -> Many[Value]:
        return Many.of(Value("a"), Value("b"))

    @property
    def two_or_more(self) -> Many[Value]:
        return Many.of(Value("a"), Value("b"), more=OPEN)

    @property
    def one_or_two(self) -> Many[Value]:
        return Many((Member(Value("a")), Member(Value("b"), MAYBE)))

    @cached_property
    def figure(self) -> float | None:
        return None

    @property
    def secret(self) -> Stack:
        return self.stack

    def method(self) -> Truth:
        return YES


@pytest.fixture
def ask():
    """Asks a condition of the thing, which it calls `t`."""

    def asked(text, steps=STEPS):
        tree = parse(text)
        kind_of(tree, {"t": Kind("thing", Thing)})
        return Evaluation(Thing.stack, steps).condition(tree, {"t": Thing()})

    return asked
