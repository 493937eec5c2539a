"""Steps into values: `.name`, `[key]`, `.*` and `[*]`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from fabriclint.languages.terraform import operators
from fabriclint.languages.terraform.failures import Failure, failed, joined, one_of, unknown
from fabriclint.text import Span
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.expressions import Expression, Scope


class Attr:
    """`.name`."""

    __slots__ = ("name", "span")

    def __init__(self, name: str, span: Span) -> None:
        self.name = name
        self.span = span

    def inner(self) -> Sequence[Expression]:
        """The expressions inside the step."""
        return ()


class Index:
    """`[key]` or `.0`."""

    __slots__ = ("key", "span")

    def __init__(self, key: Expression, span: Span) -> None:
        self.key = key
        self.span = span

    def inner(self) -> Sequence[Expression]:
        """The expressions inside the step."""
        return (self.key,)


class Splat:
    """`[*]` or `.*`, with the steps that each member takes."""

    __slots__ = ("span", "steps")

    def __init__(self, steps: tuple[Step, ...], span: Span) -> None:
        self.steps = steps
        self.span = span

    def inner(self) -> Sequence[Expression]:
        """The expressions inside the step."""
        return [e for step in self.steps for e in step.inner()]


Step: TypeAlias = Attr | Index | Splat


def follow(value: Value, steps: Sequence[Step], scope: Scope, place: Span) -> Value:
    """What stands at `steps` in a value."""
    n = 0
    while n < len(steps):
        data = value.data
        if isinstance(data, OneOf):
            stop = scope.spend(10 * len(data.options))
            if stop is not None:
                return Value(stop, place, inputs=value.inputs)
            options = [follow(option, steps[n:], scope, place) for option in value.options()]
            return one_of(options, data.because, place, value.inputs)
        if isinstance(data, Reference) and not data.path:
            found = scope.read(data, steps[n:], place)
            if found is not None:
                value = found[0].under(value.inputs)
                n += found[1]
                continue
        step = steps[n]
        n += 1
        if isinstance(step, Attr):
            value = attribute(value, step.name, step.span)
        elif isinstance(step, Index):
            value = index(value, step.key.evaluate(scope), step.span)
        else:
            value = _splat(value, step, scope, place)
    return value


def _each_option(value: Value, take: Callable[[Value], Value], place: Span) -> Value:
    data = value.data
    assert isinstance(data, OneOf)
    return one_of([take(option) for option in value.options()], data.because, place, value.inputs)


def attribute(value: Value, name: str, place: Span) -> Value:
    """`.name` of a value."""
    data = value.data
    if isinstance(data, Map):
        found = data.entries.get(name)
        if found is not None and not isinstance(data.more, Failure):
            return found.under(value.inputs)
        if data.more is not None:
            return Value(data.more, place, inputs=value.inputs)
        return failed(f'there is no "{name}" here', place, value.inputs)
    if isinstance(data, Unknown):
        return value
    if isinstance(data, Reference):
        return Value(data.at(name), place, inputs=value.inputs)
    if isinstance(data, OneOf):
        return _each_option(value, lambda option: attribute(option, name, place), place)
    if data is None:
        return failed(f'"{name}" is read from null', place, value.inputs)
    if isinstance(data, Text):
        return Value(data.unknown(), place, inputs=value.inputs)
    return failed(
        f'"{name}" is read from {"a list" if isinstance(data, Seq) else "a single value"}',
        place,
        value.inputs,
    )


def stand_in(value: Value) -> bool:
    """Whether the value is the handle of an element that stands for an unknown number of instances."""
    return isinstance(value.data, Reference) and not value.data.path and value.data.target.endswith("[*]")


def index(value: Value, key: Value, place: Span) -> Value:
    """`[key]` of a value."""
    data = value.data
    inputs = value.inputs | key.inputs if key.inputs else value.inputs
    if isinstance(data, Unknown):
        return value.under(key.inputs)
    if isinstance(data, OneOf):
        return _each_option(value, lambda option: index(option, key, place), place)
    if isinstance(key.data, Failure):
        return Value(key.data, place, inputs=inputs)
    if isinstance(key.data, OneOf):
        options = [index(value, option, place) for option in key.options()]
        return one_of(options, key.data.because, place, inputs)
    if isinstance(key.data, (Unknown, Reference, Text)):
        return _unknown_index(value, key, place)
    if isinstance(data, Reference):
        step = key.data
        if isinstance(step, str) and step.isdecimal() and len(step) < 10:
            step = int(step)
        if isinstance(step, (int, str)) and not isinstance(step, bool):
            return Value(data.at(step), place, inputs=inputs)
        return failed("this is no index", place, inputs)
    if isinstance(data, Map):
        name = operators.as_key(key)
        if not isinstance(name, str):
            return Value(name, place, inputs=inputs)
        found = data.entries.get(name)
        if isinstance(data.more, Failure):
            return Value(data.more, place, inputs=inputs)
        if found is not None and not (name == "*" and data.more is not None):
            return found.under(inputs)
        if data.more is not None:
            return _of_stand_in(data.entries.get("*"), name, data.more, place).under(inputs)
        return failed(f'there is no "{name}" here', place, inputs)
    if isinstance(data, Seq):
        if data.kind == "set":
            return failed("a set is indexed", place, inputs)
        if isinstance(data.more, Failure):
            return Value(data.more, place, inputs=inputs)
        number = operators.as_number(key)
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if not isinstance(number, int) or number < 0:
            return failed("this is no index of a list", place, inputs)
        if data.more is not None and data.items and stand_in(data.items[0]):
            return _of_stand_in(data.items[0], number, data.more, place).under(inputs)
        if number < len(data.items):
            return data.items[number].under(inputs)
        if data.more is not None:
            return Value(data.more, place, inputs=inputs)
        return failed(f"there is no member {number}: the list has {len(data.items)}", place, inputs)
    if isinstance(data, Text):
        return Value(data.unknown(), place, inputs=inputs)
    return failed("null is indexed" if data is None else "a single value is indexed", place, inputs)


def _of_stand_in(found: Value | None, key: int | str, more: Unknown, place: Span) -> Value:
    """One instance of an unknown number: a handle of its own that still names the element standing for all."""
    if found is not None and stand_in(found):
        assert isinstance(found.data, Reference)
        return Value(found.data.at(key), place, inputs=found.inputs)
    return Value(more, place)


def _unknown_index(value: Value, key: Value, place: Span) -> Value:
    data = value.data
    why = (
        key.data
        if isinstance(key.data, Unknown)
        else Unknown.because(f"{key.show()} is not known", key.place or place)
    )
    inputs = value.inputs | key.inputs
    items: tuple[Value, ...] = ()
    if isinstance(data, Seq):
        items = data.items
    elif isinstance(data, Map):
        if isinstance(key.data, Reference):
            exact = data.entries.get(str(key.data))
            if exact is not None:
                return exact.under(inputs)
        items = tuple(data.entries.values())
    elif isinstance(data, Reference):
        return Value(why, place, inputs=inputs)
    elif not isinstance(data, Text):
        return failed("a single value is indexed", place, inputs)
    if isinstance(data, (Seq, Map)) and data.more is not None:
        # The unknown index of an unknown number: the stand-in is as much as can be said, and it keeps joins alive.
        if len(items) == 1 and stand_in(items[0]):
            return items[0].under(inputs)
        return Value(joined([why, data.more]), place, inputs=inputs)
    return one_of(items, why, place, inputs)


def _splat(value: Value, step: Splat, scope: Scope, place: Span) -> Value:
    data = value.data
    inner = step.steps
    if isinstance(data, Seq):
        stop = scope.spend(len(data.items) * (1 + len(inner)))
        if stop is not None:
            return Value(stop, place, inputs=value.inputs)
        if not inner and data.kind != "set":
            return value
        items = tuple([follow(item, inner, scope, place) for item in data.items])
        kind: Literal["tuple", "list"] = "tuple" if data.kind == "tuple" else "list"
        return Value(Seq(items, _broken(items) or data.more, kind), place, inputs=value.inputs)
    if data is None:
        return Value(Seq(()), place, inputs=value.inputs)
    if isinstance(data, Unknown):
        return value
    if isinstance(data, OneOf):
        return _each_option(value, lambda option: _splat(option, step, scope, place), place)
    if (
        isinstance(data, Map)
        and data.entries
        and all(_is_instance(member) for member in data.entries.values())
    ):
        return failed(
            "a splat is taken of instances with keys; Terraform wants values() here", place, value.inputs
        )
    if isinstance(data, Reference) and data.path:
        if not inner:
            return value
        return Value(Seq((), unknown_members(data, place)), place, inputs=value.inputs)
    items = (follow(value, inner, scope, place),)
    return Value(Seq(items, _broken(items)), place)


def _broken(items: Sequence[Value]) -> Failure | None:
    """Why Terraform refuses the whole: one of the members cannot take the steps."""
    for item in items:
        data = item.data.more if isinstance(item.data, (Seq, Map)) else item.data
        if isinstance(data, Failure):
            return data
    return None


def unknown_members(reference: Reference, place: Span) -> Unknown:
    """Why the members of a symbolic list are not shown."""
    found = unknown(f"the members of {reference} are not known", place).data
    assert isinstance(found, Unknown)
    return found


def _is_instance(value: Value) -> bool:
    return isinstance(value.data, Reference) and not value.data.path
