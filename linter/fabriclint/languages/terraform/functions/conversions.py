"""Conversions between types, and the common type of several values."""

from __future__ import annotations

from collections.abc import Sequence

from fabriclint.languages.terraform.failures import Failure
from fabriclint.languages.terraform.functions.calling import (
    MOST_STEPS,
    Call,
    Undecided,
    also,
    function,
    kind,
    number_text,
    parse_number,
    unknown_of,
)
from fabriclint.languages.terraform.functions.comparing import identity, set_order
from fabriclint.languages.terraform.kinds import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Kind,
    common_member,
    convert,
    kind_of,
)
from fabriclint.languages.terraform.kinds import unified as common
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value


def scalar_text(data: Data) -> Data:
    """A number or bool as the string it converts to; anything else as it is."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, (int, float)):
        return number_text(data)
    return data


def unified(call: Call, items: Sequence[Value], nulls: bool = False) -> tuple[Value, ...]:
    """The members converted to their one common type, as a list or set must hold; ends the call where there is none."""
    wanted = common_member(ANY, items, nulls)
    if wanted is None:
        raise call.refused(f"{call.name}() needs members of one type")
    return tuple(converted(call, item, wanted) for item in items)


def converted(call: Call, value: Value, wanted: Kind) -> Value:
    """A value converted to a type; ends the call where it does not spell one."""
    if wanted.name == "any":
        return value
    made = convert(value, wanted)
    if isinstance(made.data, Failure) and not isinstance(value.data, Failure):
        raise Undecided(made.data)
    return made


def _changed(item: Value, data: Data) -> Value:
    return item if data is item.data else Value(data, item.place, item.origin, item.reference, item.inputs)


def as_set(call: Call, items: Sequence[Value], more: Unknown | None = None) -> Seq:
    """A set of these members: each once, in Terraform's order; one that may equal another becomes part of `more`."""
    kept, more = as_members(unified(call, items), more)
    return Seq(tuple(kept), more, "set")


def as_members(items: Sequence[Value], more: Unknown | None) -> tuple[list[Value], Unknown | None]:
    """What a set of items of one type holds."""
    kept, more = without_repeats(items, more)
    return (kept if more is not None else set_order(kept)), more


def without_repeats(items: Sequence[Value], more: Unknown | None) -> tuple[list[Value], Unknown | None]:
    """Each member once, the first of equals; one that may equal another becomes part of `more`."""
    if len(items) < 2 and more is None:
        return list(items), more
    seen: set[object] = set()
    kept: list[Value] = []
    for item in items:
        key = identity(item)
        if key is None:
            more = also(more, open_part(item))
        elif key not in seen:
            seen.add(key)
            kept.append(item)
    return kept, more


def open_part(value: Value) -> Unknown:
    """Why a value is not decided somewhere inside."""
    todo = [value]
    found: Unknown | None = None
    looked = 0
    while todo and found is None and looked < MOST_STEPS:
        looked += 1
        data = todo.pop().data
        found = unknown_of(data, value.place)
        if isinstance(data, Seq):
            found = data.more
            todo.extend(data.items)
        elif isinstance(data, Map):
            found = data.more
            todo.extend(data.entries.values())
    return found or Unknown.because("a member is not known", value.place)


def derived(value: Value, how: str) -> Value:
    """A symbolic list in another order: a symbolic list of its own, equal to itself only."""
    data = value.data
    assert isinstance(data, Reference)
    last = data.path[-1] if data.path else ""
    path = (*data.path[:-1], f"{how} {last}".strip())
    return Value(Reference(data.target, path, data.place), value.place, inputs=value.inputs)


@function("tostring")
def to_string(call: Call) -> Data | Value:
    """A scalar as a string."""
    value = call.args[0]
    if value.data is None:
        return converted(call, value, STRING)
    if isinstance(value.data, (str, Text)):
        return value
    if isinstance(value.data, Reference):
        return value
    return call.text(value)


@function("tonumber")
def to_number(call: Call) -> Data | Value:
    """A number, or the number that a string spells."""
    value = call.args[0]
    if value.data is None:
        return converted(call, value, NUMBER)
    if isinstance(value.data, Reference):
        return value
    if isinstance(value.data, str) and parse_number(value.data) is None:
        raise call.refused(f'tonumber() does not take "{value.data[:40]}"')
    return call.number(value)


@function("tobool")
def to_bool(call: Call) -> Data | Value:
    """A bool, or the bool that a string spells."""
    value = call.args[0]
    if value.data is None:
        return converted(call, value, BOOL)
    if isinstance(value.data, Reference):
        return value
    return call.truth(value)


@function("tolist")
def to_list(call: Call) -> Data | Value:
    """A list whose members have one type."""
    value = call.args[0]
    if value.data is None:
        return converted(call, value, Kind("list", ANY))
    if isinstance(value.data, Reference):
        return value
    seq = call.seq(value)
    return Seq(unified(call, seq.items), seq.more, "list")


@function("toset")
def to_set(call: Call) -> Data | Value:
    """A set."""
    value = call.args[0]
    if value.data is None:
        return converted(call, value, Kind("set", ANY))
    if isinstance(value.data, Reference):
        return derived(value, "set of")
    seq = call.seq(value)
    return as_set(call, seq.items, seq.more)


@function("tomap")
def to_map(call: Call) -> Data | Value:
    """A map whose members have one type."""
    value = call.args[0]
    if value.data is None:
        return converted(call, value, Kind("map", ANY))
    if isinstance(value.data, Reference):
        return value
    found = call.map(value)
    items = unified(call, tuple(found.entries.values()), nulls=True)
    return Map(dict(zip(found.entries, items, strict=True)), found.more, "map")


@function("sensitive", "nonsensitive", lenient=True)
def sensitive(call: Call) -> Value:
    """The same value: sensitivity is not tracked."""
    return call.args[0]


@function("coalesce", least=1, most=None, lenient=True)
def coalesce(call: Call) -> Data | Value:
    """The first argument that is neither null nor an empty string."""
    kinds = [kind_of(arg) for arg in call.args]
    if all(kind.name != "any" for kind in kinds):
        wanted = common(kinds)
        if wanted is None:
            raise call.refused("coalesce() needs arguments of one type")
        call = Call(
            call.name, tuple(converted(call, arg, wanted) for arg in call.args), call.place, call.inputs
        )
    candidates: list[Value] = []
    because: Unknown | None = None
    texts = any(isinstance(arg.data, (str, Text)) for arg in call.args)
    for arg in call.args:
        data = arg.data
        if data is None or data == "":
            continue
        if isinstance(data, (Seq, Map)) and texts:
            raise call.refused(f"coalesce() does not take {kind(data)} beside a string")
        candidates.append(_changed(arg, scalar_text(data)) if texts else arg)
        open_ = _may_be_empty(arg)
        if open_ is None:
            break
        because = also(because, open_)
        if isinstance(data, (Unknown, OneOf)):
            return because or open_
    if not candidates:
        raise call.refused("coalesce() has no argument that is given")
    if len(candidates) == 1 or because is None:
        return candidates[0]
    return OneOf(tuple(candidates), because)


def _may_be_empty(value: Value) -> Unknown | None:
    data = value.data
    if isinstance(data, (Unknown, OneOf)):
        return unknown_of(data)
    if isinstance(data, Text) and not any(isinstance(part, str) and part for part in data.parts):
        # A string of references to created things has characters; only an unknown part may be empty.
        return data.unknown() if not any(isinstance(part, Reference) for part in data.parts) else None
    if isinstance(data, Reference) and (not data.path or data.path[-1] not in ("id", "arn", "name")):
        return Unknown.because(f"whether {data} is empty is not known", value.place or data.place)
    return None
