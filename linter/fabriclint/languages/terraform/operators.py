"""Arithmetic, comparison and logic over values with unknown parts, and the conversions they need."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from fabriclint.languages.terraform.failures import Failure, failed, joined, one_of
from fabriclint.text import Span
from fabriclint.values import Data, Map, OneOf, Reason, Reference, Seq, Text, Unknown, Value, plain

_MOST_BITS = 4_096


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
        number = number_of(data)
        if number is not None:
            return number
    return why_unknown(value)


def number_of(text: str) -> int | float | None:
    """The number that a text spells; None where it spells none."""
    if (
        len(text) > 400
        or not text
        or not (text[0].isdigit() or text[0] in "+-.")
        or "_" in text
        or text[-1].isspace()
    ):
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return _normal(number)


def _normal(number: float) -> int | float | None:
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return int(number) if number.is_integer() else number


def as_key(value: Value) -> str | Unknown:
    """The key of an object that it is, or why it is not known."""
    data = value.data
    if isinstance(data, str):
        return data
    if isinstance(data, (bool, int, float)):
        return plain(data)
    return why_unknown(value)


def unary(operator: str, operand: Value, place: Span) -> Value:
    """`!x` or `-x`."""
    if isinstance(operand.data, OneOf):
        options = [unary(operator, option, place) for option in operand.options()]
        return one_of(options, operand.data.because, place, operand.inputs)
    if operator == "!":
        decided = as_bool(operand)
        return Value(not decided if isinstance(decided, bool) else decided, place, inputs=operand.inputs)
    number = as_number(operand)
    return Value(number if isinstance(number, Unknown) else -number, place, inputs=operand.inputs)


def binary(operator: str, left: Value, right: Value, place: Span) -> Value:
    """An operator of two evaluated operands."""
    inputs = left.inputs | right.inputs if left.inputs or right.inputs else left.inputs
    if operator in ("==", "!="):
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
    result = _OPERATIONS[operator](one, two)
    if result is None or (isinstance(result, int) and result.bit_length() > _MOST_BITS):
        return failed("the result is no number", place, inputs)
    return Value(result, place, inputs=inputs)


def _logic(operator: str, left: bool | Unknown, right: bool | Unknown) -> bool | Unknown:
    decisive = operator == "||"
    if left is decisive or right is decisive:
        return decisive
    unknowns = [side for side in (left, right) if isinstance(side, Unknown)]
    return joined(unknowns) if unknowns else not decisive


def _float(
    operation: Callable[[float, float], float],
) -> Callable[[int | float, int | float], int | float | None]:
    def run(a: int | float, b: int | float) -> int | float | None:
        if isinstance(a, int) and isinstance(b, int):
            result = operation(a, b)
            return result if isinstance(result, int) else _normal(result)
        try:
            return _normal(float(f"{operation(a, b):.15g}"))
        except (OverflowError, ValueError):
            return None

    return run


def _divide(a: int | float, b: int | float) -> int | float | None:
    if b == 0:
        return None
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    try:
        return _normal(a / b)
    except OverflowError:
        return None


def _remainder(a: int | float, b: int | float) -> int | float | None:
    if b == 0:
        return None
    try:
        if isinstance(a, int) and isinstance(b, int):
            return abs(a) % abs(b) * (-1 if a < 0 else 1)
        return _normal(a - b * int(a / b))
    except OverflowError:
        return None


_OPERATIONS: dict[str, Callable[[int | float, int | float], int | float | bool | None]] = {
    "+": _float(lambda a, b: a + b),
    "-": _float(lambda a, b: a - b),
    "*": _float(lambda a, b: a * b),
    "/": _divide,
    "%": _remainder,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


def equal(left: Value, right: Value, place: Span) -> bool | Unknown:
    """Whether both are the same in Terraform's sense (types count), or why that is not known."""
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
    if isinstance(a, str) is not isinstance(b, str):
        return False
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
