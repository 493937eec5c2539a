"""Arithmetic, comparison and logic over values with unknown parts, and the conversions they need."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from fabriclint.languages.terraform import decimals
from fabriclint.languages.terraform.decimals import Number, exact
from fabriclint.languages.terraform.failures import Failure, failed, failure_in, joined, one_of, unknown
from fabriclint.languages.terraform.kinds import BOOL, NUMBER, Typed, differ, kind_of
from fabriclint.text import Span
from fabriclint.values import Data, Map, OneOf, Reason, Reference, Seq, Text, Unknown, Value


def why_unknown(value: Value) -> Unknown:
    """The reason why a value without plain data is not known."""
    data = value.data
    if isinstance(data, Unknown):
        return data
    if isinstance(data, OneOf):
        return data.because
    if isinstance(data, Text):
        return data.unknown()
    if isinstance(data, Reference):
        when = (
            "is looked up when Terraform runs"
            if "data." in data.target
            else "is not known before it is created"
        )
        return Unknown((Reason(f"{data} {when}", value.place or data.place),))
    return Failure((Reason(f"{value.show()} is not what is needed here", value.place),))


def as_bool(value: Value) -> bool | Unknown:
    """The bool it is or spells, or why it is not known."""
    data = value.data
    if isinstance(data, bool):
        return data
    if isinstance(data, str):
        if data in ("true", "1"):
            return True
        if data in ("false", "0"):
            return False
    if isinstance(data, OneOf):
        found = {
            as_bool(option) if not isinstance(option.data, Unknown) else None for option in value.options()
        }
        if found == {True}:
            return True
        if found == {False}:
            return False
    return why_unknown(value)


def as_number(value: Value) -> int | float | Unknown:
    """The number it is or spells, or why it is not known."""
    data = value.data
    if isinstance(data, bool):
        return why_unknown(value)
    if isinstance(data, (int, float)):
        return data
    if isinstance(data, str):
        number = decimals.parsed(data)
        if number is not None:
            return number
    return why_unknown(value)


def as_key(value: Value) -> str | Unknown:
    """The key of an object that it is, or why it is not known."""
    data = value.data
    if isinstance(data, str):
        return data
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, (int, float)):
        return decimals.text(data)
    return why_unknown(value)


_COMPARING = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "!"})


def _typed(operator: str, value: Value) -> Value:
    """The result of an operator has its type also where it is not known."""
    if not isinstance(value.data, Unknown):
        return value
    kind = BOOL if operator in _COMPARING else NUMBER
    return Typed(value.data, value.place, value.origin, value.reference, value.inputs, kind)


def unary(operator: str, operand: Value, place: Span) -> Value:
    """`!x` or `-x`."""
    return _typed(operator, _unary(operator, operand, place))


def _unary(operator: str, operand: Value, place: Span) -> Value:
    if isinstance(operand.data, OneOf):
        options = [unary(operator, option, place) for option in operand.options()]
        return one_of(options, operand.data.because, place, operand.inputs)
    if operator == "!":
        decided = as_bool(operand)
        return Value(not decided if isinstance(decided, bool) else decided, place, inputs=operand.inputs)
    number = as_number(operand)
    if not isinstance(number, Unknown):
        number = decimals.minus(number)
    return Value(number, place, inputs=operand.inputs)


def binary(operator: str, left: Value, right: Value, place: Span) -> Value:
    """An operator of two evaluated operands."""
    return _typed(operator, _binary(operator, left, right, place))


def _binary(operator: str, left: Value, right: Value, place: Span) -> Value:
    inputs = left.inputs | right.inputs if left.inputs or right.inputs else left.inputs
    if operator in ("==", "!="):
        broken = next((why for side in (left, right) if (why := failure_in(side)) is not None), None)
        if broken is not None:
            return Value(broken, place, inputs=inputs)
        same = equal(left, right, place)
        if isinstance(same, bool):
            return Value(same is (operator == "=="), place, inputs=inputs)
        return Value(same, place, inputs=inputs)
    if operator in ("&&", "||"):
        return Value(_logic(operator, as_bool(left), as_bool(right)), place, inputs=inputs)
    if isinstance(left.data, OneOf) or isinstance(right.data, OneOf):
        because = joined([v.data.because for v in (left, right) if isinstance(v.data, OneOf)])
        pairs = list(product(left.options(), right.options()))
        if len(pairs) > 64:
            return Value(because, place, inputs=inputs)
        return one_of([binary(operator, a, b, place) for a, b in pairs], because, place, inputs)
    one, two = as_number(left), as_number(right)
    if isinstance(one, Unknown) or isinstance(two, Unknown):
        return Value(joined([n for n in (one, two) if isinstance(n, Unknown)]), place, inputs=inputs)
    try:
        result = _OPERATIONS[operator](one, two)
    except OverflowError:
        return unknown("the number is too large", place, inputs)
    if result is None and one:
        return unknown("what is divided by zero has no end", place, inputs)
    if result is None:
        return failed("zero is divided by zero", place, inputs)
    if isinstance(result, int) and result.bit_length() > decimals.BITS:
        return unknown("the number is too large", place, inputs)
    return Value(result, place, inputs=inputs)


def _logic(operator: str, left: bool | Unknown, right: bool | Unknown) -> bool | Unknown:
    decisive = operator == "||"
    if left is decisive or right is decisive:
        return decisive
    unknowns = [side for side in (left, right) if isinstance(side, Unknown)]
    return joined(unknowns) if unknowns else not decisive


def _sum(a: Number, b: Number) -> Number:
    return a + b if isinstance(a, int) and isinstance(b, int) else decimals.number(exact(a) + exact(b))


def _difference(a: Number, b: Number) -> Number:
    return a - b if isinstance(a, int) and isinstance(b, int) else decimals.number(exact(a) - exact(b))


def _product(a: Number, b: Number) -> Number:
    if not a or not b:
        return -0.0 if decimals.negative(a) is not decimals.negative(b) else 0
    return a * b if isinstance(a, int) and isinstance(b, int) else decimals.number(exact(a) * exact(b))


def _divide(a: Number, b: Number) -> Number | None:
    return decimals.number(exact(a) / exact(b)) if b else None


def _remainder(a: Number, b: Number) -> Number:
    if not b:
        return a
    whole = int(decimals.rounded(exact(a) / exact(b)))
    return decimals.number(exact(a) - decimals.rounded(whole * exact(b)))


_OPERATIONS: dict[str, Callable[[Number, Number], int | float | bool | None]] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _divide,
    "%": _remainder,
    ">": lambda a, b: exact(a) > exact(b),
    "<": lambda a, b: exact(a) < exact(b),
    ">=": lambda a, b: exact(a) >= exact(b),
    "<=": lambda a, b: exact(a) <= exact(b),
}


def equal(left: Value, right: Value, place: Span) -> bool | Unknown:
    """Whether both are the same in Terraform's sense (types count), or why that is not known."""
    if isinstance(left.data, (Seq, Map)) and isinstance(right.data, (Seq, Map)):
        return _equal_types(left, right, place)
    return _equal_parts(left, right, place)


def _equal_types(left: Value, right: Value, place: Span) -> bool | Unknown:
    """Collections are equal where their types are the same and all their members are equal."""
    if differ(kind_of(left), kind_of(right)):
        return False
    same = _equal_parts(left, right, place)
    if same is True and left.data is not right.data and (_typeless(left) or _typeless(right)):
        return Unknown((Reason("whether both are of one type is not known", place),))
    return same


def _typeless(value: Value) -> bool:
    """Whether it holds something whose type does not show: null, or a collection of one type without members."""
    todo = [value]
    looked = 0
    while todo and looked < 1_000:
        looked += 1
        one = todo.pop()
        data = one.data
        if data is None and not isinstance(one, Typed):
            return True
        if isinstance(data, Seq):
            if not data.items and data.kind != "tuple" and not isinstance(one, Typed):
                return True
            todo.extend(data.items)
        elif isinstance(data, Map):
            if not data.entries and data.kind != "object" and not isinstance(one, Typed):
                return True
            todo.extend(data.entries.values())
    return False


def _equal_parts(left: Value, right: Value, place: Span) -> bool | Unknown:
    todo = [(left, right)]
    open_: list[Unknown] = []
    looked = 0
    while todo:
        looked += 1
        if looked > 5_000:
            return Unknown((Reason("the values are too large to compare", place),))
        one, two = todo.pop()
        verdict = _equal(one, two, place, todo)
        if verdict is False:
            return False
        if isinstance(verdict, Unknown):
            open_.append(verdict)
    return joined(open_) if open_ else True


def _equal(one: Value, two: Value, place: Span, todo: list[tuple[Value, Value]]) -> bool | Unknown:
    """The verdict of one pair; members of collections are left in `todo`."""
    a, b = one.data, two.data
    if isinstance(a, OneOf) or isinstance(b, OneOf):
        verdicts = [equal(x, y, place) for x, y in list(product(one.options(), two.options()))[:64]]
        if all(verdict is False for verdict in verdicts):
            return False
        if all(verdict is True for verdict in verdicts):
            return True
        return joined([v.data.because for v in (one, two) if isinstance(v.data, OneOf)])
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return joined([d for d in (a, b) if isinstance(d, Unknown)])
    mine, its = one.handle, two.handle
    if mine is not None and mine == its:
        return True
    if isinstance(a, Reference) or isinstance(b, Reference):
        other = b if isinstance(a, Reference) else a
        if other is None or isinstance(other, (bool, Seq, Map)):
            return False
        if other == "" and (
            (isinstance(a, Reference) and _never_empty(a)) or (isinstance(b, Reference) and _never_empty(b))
        ):
            return False
        if mine is not None and its is not None and _two_identities(mine, its):
            return False
        return joined([why_unknown(v) for v in (one, two) if isinstance(v.data, Reference)])
    if isinstance(a, Text) or isinstance(b, Text):
        return _equal_text(one, two)
    if isinstance(a, Seq) and isinstance(b, Seq):
        open_ = [d.more for d in (a, b) if d.more is not None]
        if not open_ and len(a.items) != len(b.items):
            return False
        if open_:
            if (a.more is None and len(b.items) > len(a.items)) or (
                b.more is None and len(a.items) > len(b.items)
            ):
                return False
            return joined(open_)
        todo.extend(zip(a.items, b.items, strict=True))
        return True
    if isinstance(a, Map) and isinstance(b, Map):
        open_ = [d.more for d in (a, b) if d.more is not None]
        if open_:
            return joined(open_)
        if a.entries.keys() != b.entries.keys():
            return False
        todo.extend((value, b.entries[key]) for key, value in a.entries.items())
        return True
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return exact(a) == exact(b)
    return bool(a == b)


def _never_empty(reference: Reference) -> bool:
    return bool(reference.path) and str(reference.path[-1]) in ("id", "arn", "name")


def _two_identities(one: Reference, two: Reference) -> bool:
    """Whether both are the identity of a created resource, and of two different ones."""
    last = one.path[-1:]
    return (
        len(one.path) == len(two.path) == 1
        and last == two.path[-1:]
        and last[0] in ("id", "arn")
        and one.target != two.target
        and not any(".data." in f".{t.target}" or t.target.endswith("[*]") for t in (one, two))
    )


def _equal_text(one: Value, two: Value) -> bool | Unknown:
    a: Data = one.data
    b: Data = two.data
    if isinstance(a, Text) and isinstance(b, Text):
        if a == b and not any(isinstance(part, Unknown) for part in a.parts):
            return True
        return a.unknown().also(b.unknown())
    text, known = (one, b) if isinstance(a, Text) else (two, a)
    if not isinstance(known, str):
        return False
    if text.is_(known).excluded:
        return False
    return why_unknown(text)
