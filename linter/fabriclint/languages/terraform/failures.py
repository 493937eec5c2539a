"""Unknowns that mean "Terraform would reject this": `try` and `can` tell them from what is merely not known."""

from __future__ import annotations

from collections.abc import Iterable

from fabriclint.text import Span
from fabriclint.values import Inputs, Map, OneOf, Reason, Seq, Text, Unknown, Value

_MOST_LOOKED_AT = 2_000
_MOST_PASSED_ON = 300


class Failure(Unknown, frozen=True):
    """Not known because Terraform would stop here: a missing key, an index past the end, a null where a value is needed."""


def failed(what: str, place: Span | None, inputs: Inputs = frozenset()) -> Value:
    """A value that Terraform would refuse, for this reason."""
    return Value(Failure((Reason(what, place),)), place, inputs=inputs)


def unknown(what: str, place: Span | None, inputs: Inputs = frozenset()) -> Value:
    """A value that the sources do not decide, for this reason."""
    return Value(Unknown((Reason(what, place),)), place, inputs=inputs)


def joined(unknowns: Iterable[Unknown]) -> Unknown:
    """One unknown with the reasons of all; a failure where one of them is."""
    found = list(unknowns)
    if len(found) == 1:
        return found[0]
    reasons = tuple(dict.fromkeys(reason for one in found for reason in one.reasons))
    return Failure(reasons) if any(isinstance(one, Failure) for one in found) else Unknown(reasons)


def inputs_of(values: Iterable[Value]) -> Inputs:
    """The inputs of all values together."""
    result: Inputs = frozenset()
    for value in values:
        if value.inputs and value.inputs is not result:
            result = result | value.inputs if result else value.inputs
    return result


def fails(value: Value) -> bool:
    """Whether the value, or a part of it, is a failure."""
    todo = [value]
    looked = 0
    while todo and looked < _MOST_LOOKED_AT:
        looked += 1
        data = todo.pop().data
        if isinstance(data, Failure):
            return True
        if isinstance(data, Text):
            if any(isinstance(part, Failure) for part in data.parts):
                return True
        elif isinstance(data, Seq):
            todo.extend(data.items)
            if isinstance(data.more, Failure):
                return True
        elif isinstance(data, Map):
            todo.extend(data.entries.values())
            if isinstance(data.more, Failure):
                return True
    return False


def failure_in(value: Value) -> Failure | None:
    """Why Terraform refuses a value: the first failure in it, as far as a few hundred of them show."""
    if not isinstance(value.data, (Seq, Map)):
        return value.data if isinstance(value.data, Failure) else None
    todo = [value]
    looked = 0
    while todo and looked < _MOST_PASSED_ON:
        looked += 1
        data = todo.pop().data
        if isinstance(data, Failure):
            return data
        if isinstance(data, Seq):
            todo.extend(data.items)
        elif isinstance(data, Map):
            todo.extend(data.entries.values())
        else:
            continue
        if isinstance(data.more, Failure):
            return data.more
    return None


def one_of(options: Iterable[Value], because: Unknown, place: Span | None, inputs: Inputs) -> Value:
    """One of the options, or the option itself where all are alike; an unknown where there are too many."""
    kept: list[Value] = []
    for option in options:
        for leaf in option.options():
            if not any(leaf is other or _alike(leaf, other) for other in kept):
                kept.append(leaf)
                if len(kept) > MOST_OPTIONS:
                    return Value(because, place, inputs=inputs)
    if len(kept) == 1:
        return kept[0].under(inputs)
    if not kept or all(isinstance(option.data, Unknown) for option in kept):
        return Value(
            joined([because, *(o.data for o in kept if isinstance(o.data, Unknown))]), place, inputs=inputs
        )
    return Value(OneOf(tuple(kept), because), place, inputs=inputs)


MOST_OPTIONS = 16


def _alike(one: Value, two: Value) -> bool:
    """Whether both are certainly the same data (containers: member by member)."""
    todo = [(one, two)]
    looked = 0
    while todo:
        looked += 1
        if looked > 500:
            return False
        left, right = todo.pop()
        a, b = left.data, right.data
        if a is b and left.reference == right.reference:
            continue
        if type(a) is not type(b) or left.reference != right.reference:
            return False
        if isinstance(a, Seq) and isinstance(b, Seq):
            if len(a.items) != len(b.items) or a.more is not b.more:
                return False
            todo.extend(zip(a.items, b.items, strict=True))
        elif isinstance(a, Map) and isinstance(b, Map):
            if a.entries.keys() != b.entries.keys() or a.more is not b.more:
                return False
            todo.extend((a.entries[key], b.entries[key]) for key in a.entries)
        elif isinstance(a, OneOf) or a != b:
            return False
    return True
