"""Types: of a value, common to several, and the conversion of a value to one.

`any` is the type of what is not known and of null: it agrees with every other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from fabriclint.languages.terraform.failures import Failure, failed, one_of, unknown
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.expressions import Expression

_MOST_DEPTH: Final = 30
_MOST_LOOKED_AT: Final = 4_000
_MOST_CONVERTED: Final = 50_000
_SCALARS: Final = frozenset({"string", "number", "bool"})


class Kind(Struct, frozen=True):
    """A type: its name, the type of its members, and of an object the attributes and which may be left out."""

    name: str = "any"
    member: Kind | None = None
    attributes: dict[str, Kind] = field(default_factory=dict[str, "Kind"])
    optional: dict[str, Expression | None] = field(default_factory=dict[str, "Expression | None"])
    members: tuple[Kind, ...] = ()


ANY: Final = Kind()
STRING: Final = Kind("string")
NUMBER: Final = Kind("number")
BOOL: Final = Kind("bool")


class Typed(Value, frozen=True, eq=False):
    """A value whose data does not show its type: null, unknown, or a collection without members."""

    kind: Kind = ANY


class _TooLarge(Exception):
    """A value is too large or too deep for its type to be worked out."""


class _Budget:
    __slots__ = ("left",)

    def __init__(self, most: int = _MOST_LOOKED_AT) -> None:
        self.left = most

    def spend(self, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > _MOST_DEPTH:
            raise _TooLarge


def kind_of(value: Value) -> Kind:
    """The type of a value, `any` where it is not told: what a resource's attribute holds, its schema says."""
    try:
        return _kind_of(value, 0, _Budget())
    except _TooLarge:
        return ANY


def common_kind(one: Value, other: Value) -> tuple[Kind | None, int]:
    """The one type that two values become where either may stand, None where there is none; and the work that took."""
    budget = _Budget()
    try:
        kinds = [_kind_of(value, 0, budget) for value in (one, other)]
        if one.data is None and kinds[0].name == "any":  # null takes the type of the other side
            found: Kind | None = kinds[1]
        elif other.data is None and kinds[1].name == "any":
            found = kinds[0]
        else:
            found = _unified(kinds, 0, budget)
    except _TooLarge:
        found = ANY
    return found, _MOST_LOOKED_AT - max(0, budget.left)


def _kind_of(value: Value, depth: int, budget: _Budget) -> Kind:
    budget.spend(depth)
    data = value.data
    if isinstance(value, Typed):
        return value.kind
    if value.reference is not None:
        return ANY
    if isinstance(data, (str, Text)):
        return STRING
    if isinstance(data, bool):
        return BOOL
    if isinstance(data, (int, float)):
        return NUMBER
    if isinstance(data, Seq):
        inner = [_kind_of(item, depth + 1, budget) for item in data.items]
        if data.kind == "tuple":
            return ANY if _open(data) else Kind("tuple", members=tuple(inner))
        return Kind(data.kind, _unified(inner, 0, budget) or ANY)
    if isinstance(data, Map):
        found = {key: _kind_of(item, depth + 1, budget) for key, item in data.entries.items()}
        if data.kind == "object":
            return ANY if _open(data) else Kind("object", attributes=found)
        return Kind("map", _unified(list(found.values()), 0, budget) or ANY)
    return ANY


def _open(data: Seq | Map) -> bool:
    """Whether there may be more members; what is refused is at least known to be a tuple or an object."""
    return data.more is not None and not isinstance(data.more, Failure)


def differ(one: Kind, other: Kind) -> bool:
    """Whether two types are certainly not the same."""
    todo = [(one, other)]
    while todo:
        a, b = todo.pop()
        if a.name == "any" or b.name == "any":
            continue
        if a.name != b.name or len(a.members) != len(b.members) or a.attributes.keys() != b.attributes.keys():
            return True
        todo.extend(zip(a.members, b.members, strict=True))
        todo.extend((kind, b.attributes[key]) for key, kind in a.attributes.items())
        if a.member is not None and b.member is not None:
            todo.append((a.member, b.member))
    return False


def _differ_or_null(one: Kind, other: Kind) -> bool:
    """Whether two types are not the same, where null has a type of its own."""
    return (one.name == "any") is not (other.name == "any") or differ(one, other)


def unified(kinds: Sequence[Kind]) -> Kind | None:
    """The one type that values of all these types become where they stand together; None where there is none."""
    try:
        return _unified(kinds, 0, _Budget())
    except _TooLarge:
        return ANY


def _unified(kinds: Sequence[Kind], depth: int, budget: _Budget) -> Kind | None:
    budget.spend(depth)
    first = kinds[0] if kinds else ANY
    if all(kind is first for kind in kinds):
        return first
    names = {kind.name for kind in kinds}
    named = names - {"any"}

    def together(inner: Iterable[Kind]) -> Kind | None:
        return _unified(list(inner), depth + 1, budget)

    if len(named) == 1 and named <= {"map", "list", "set"}:
        if "any" in names:
            return ANY
        member = together(kind.member or ANY for kind in kinds)
        return None if member is None else Kind(first.name, member)
    if named == {"object"}:
        if "any" in names:
            return ANY
        found = _objects(kinds, together)
    elif named == {"tuple"}:
        if "any" in names:
            return ANY
        found = _tuples(kinds, together)
    else:
        return _preferred(kinds, named, together, depth, budget)
    if found is not None and all(_converts(kind, found, depth, budget) for kind in kinds):
        return found
    return None


def _preferred(
    kinds: Sequence[Kind],
    named: set[str],
    together: Callable[[Iterable[Kind]], Kind | None],
    depth: int,
    budget: _Budget,
) -> Kind | None:
    """The common type of types of several sorts."""
    if named == {"map", "object"}:
        objects = [kind for kind in kinds if kind.name == "object"]
        inner = together(member for kind in objects for member in kind.attributes.values())
        if inner is not None:
            found = together(Kind("map", inner) if kind.name == "object" else kind for kind in kinds)
            if found is not None and found.name == "map":
                return found
    if named == {"list", "tuple"}:
        tuples = [kind for kind in kinds if kind.name == "tuple"]
        inner = together(member for kind in tuples for member in kind.members)
        if inner is not None:
            found = together(Kind("list", inner) if kind.name == "tuple" else kind for kind in kinds)
            if found is not None and found.name == "list":
                return found
    if {"object", "tuple"} <= named:
        return None
    for wanted in sorted(kinds, key=_preference):
        if all(_converts(kind, wanted, depth, budget) for kind in kinds):
            return wanted
    return None


_PREFERENCE: Final = {"string": 0, "list": 0, "map": 0, "tuple": 1, "object": 1, "number": 1, "bool": 1}


def _preference(kind: Kind) -> int:
    return _PREFERENCE.get(kind.name, 2 if kind.name == "set" else 3)


def _objects(kinds: Sequence[Kind], together: Callable[[Iterable[Kind]], Kind | None]) -> Kind | None:
    names = kinds[0].attributes.keys()
    if all(kind.attributes.keys() == names for kind in kinds):
        attributes: dict[str, Kind] = {}
        for name in names:
            inner = together(kind.attributes[name] for kind in kinds)
            if inner is None:
                return None
            attributes[name] = inner
        return Kind("object", attributes=attributes)
    member = together(inner for kind in kinds for inner in kind.attributes.values())
    return None if member is None else Kind("map", member)


def _tuples(kinds: Sequence[Kind], together: Callable[[Iterable[Kind]], Kind | None]) -> Kind | None:
    size = len(kinds[0].members)
    if all(len(kind.members) == size for kind in kinds):
        members = [together(kind.members[n] for kind in kinds) for n in range(size)]
        found = [member for member in members if member is not None]
        if len(found) == size:
            return Kind("tuple", members=tuple(found))
    member = together(inner for kind in kinds for inner in kind.members)
    return None if member is None else Kind("list", member)


def converts(value: Value, wanted: Kind) -> bool:
    """Whether a value's type is one that can be converted to another at all."""
    try:
        return _converts(kind_of(value), wanted, 0, _Budget())
    except _TooLarge:
        return True


def _converts(kind: Kind, wanted: Kind, depth: int, budget: _Budget) -> bool:
    """Whether values of a type can be converted to another; a text may then turn out not to spell the value."""
    budget.spend(depth)
    if kind is wanted or "any" in (kind.name, wanted.name):
        return True
    if kind.name in _SCALARS or wanted.name in _SCALARS:
        names = {kind.name, wanted.name}
        return names <= _SCALARS and (len(names) == 1 or "string" in names)
    deeper = depth + 1
    if wanted.name in ("list", "set"):
        target = wanted.member or ANY
        if target.name == "any" and kind.name == "tuple":
            return _unified(kind.members, deeper, budget) is not None
        if kind.name in ("list", "set"):
            return _converts(kind.member or ANY, target, deeper, budget)
        return kind.name == "tuple" and all(
            _converts(member, target, deeper, budget) for member in kind.members
        )
    if wanted.name == "tuple":
        return (
            kind.name == "tuple"
            and len(kind.members) == len(wanted.members)
            and all(
                _converts(a, b, deeper, budget) for a, b in zip(kind.members, wanted.members, strict=True)
            )
        )
    if wanted.name == "map":
        target = wanted.member or ANY
        if target.name == "any" and kind.name == "object":
            return _unified(list(kind.attributes.values()), deeper, budget) is not None
        if kind.name == "map":
            return _converts(kind.member or ANY, target, deeper, budget)
        return kind.name == "object" and all(
            _converts(member, target, deeper, budget) for member in kind.attributes.values()
        )
    if kind.name == "map":
        inner = kind.member or ANY
        return all(_converts(inner, target, deeper, budget) for target in wanted.attributes.values())
    return kind.name == "object" and all(
        _converts(kind.attributes[name], target, deeper, budget)
        if name in kind.attributes
        else name in wanted.optional
        for name, target in wanted.attributes.items()
    )


def convert(value: Value, kind: Kind, make: Callable[[Expression], Value] | None = None) -> Value:
    """The value as Terraform converts it to a type; what is not known stays as it is.

    `make` evaluates the defaults of attributes that may be left out.
    """
    try:
        return _convert(value, kind, make, 0, _Budget(_MOST_CONVERTED))
    except _TooLarge:
        return unknown("the value is too large to be converted to its type", value.place, value.inputs)


def _convert(
    value: Value, kind: Kind, make: Callable[[Expression], Value] | None, depth: int, budget: _Budget
) -> Value:
    if kind.name == "any":
        return value
    budget.spend(depth)
    data = value.data
    if data is None:
        if isinstance(value, Typed) and not _converts(value.kind, kind, depth, budget):
            return failed(
                f"a null of another type is given where a {kind.name} is wanted", value.place, value.inputs
            )
        return Typed(None, value.place, value.origin, value.reference, value.inputs, kind)
    if isinstance(data, (Unknown, Reference)):
        return value
    if isinstance(data, OneOf):
        options = [_convert(option, kind, make, depth + 1, budget) for option in value.options()]
        return one_of(options, data.because, value.place, value.inputs)
    if kind.name in _SCALARS:
        return _scalar(value, kind.name)

    def inside(member: Value, its: Kind) -> Value:
        return _convert(member, its, make, depth + 1, budget)

    if isinstance(data, Text):
        return value
    if kind.name in ("list", "set", "tuple"):
        return _sequence(value, kind, inside)
    if not isinstance(data, Map):
        what = "a list" if isinstance(data, Seq) else "a single value"
        return failed(f"{what} is given where an object is wanted", value.place, value.inputs)
    if kind.name == "map":
        return _map(value, data, kind.member or ANY, inside)
    return _object(value, data, kind, inside, make)


def _as(value: Value, data: Seq | Map, member: Kind = ANY) -> Value:
    if member.name != "any" and not (data.items if isinstance(data, Seq) else data.entries):
        kind = Kind(data.kind, member)
        return Typed(data, value.place, value.origin, value.reference, value.inputs, kind)
    return Value(data, value.place, value.origin, value.reference, value.inputs)


def _scalar(value: Value, name: str) -> Value:
    from fabriclint.languages.terraform import operators

    data = value.data
    if isinstance(data, (Seq, Map)):
        what = "a list" if isinstance(data, Seq) else "an object"
        return failed(f"{what} is given where a {name} is wanted", value.place, value.inputs)
    if isinstance(data, Text):
        return value
    converted: str | int | float | Unknown
    if name == "string":
        converted = data if isinstance(data, str) else operators.as_key(value)
    else:
        converted = operators.as_number(value) if name == "number" else operators.as_bool(value)
    if isinstance(converted, Unknown):
        return failed(f"{value.show()} is given where a {name} is wanted", value.place, value.inputs)
    if converted is data:
        return value
    return Value(converted, value.place, value.origin, value.reference, value.inputs)


def _sequence(value: Value, kind: Kind, inside: Callable[[Value, Kind], Value]) -> Value:
    data = value.data
    if not isinstance(data, Seq):
        return failed("a value that is no list is given where a list is wanted", value.place, value.inputs)
    if kind.name == "tuple":
        if data.more is not None:
            return value
        if len(data.items) != len(kind.members):
            return failed(
                f"{len(data.items)} members are given where {len(kind.members)} are wanted",
                value.place,
                value.inputs,
            )
        items = [inside(item, inner) for item, inner in zip(data.items, kind.members, strict=True)]
        return _as(value, Seq(tuple(items), None, "tuple"))
    inner = common_member(kind.member or ANY, data.items)
    if inner is None:
        return failed("the members have no type in common", value.place, value.inputs)
    items = [inside(item, inner) for item in data.items]
    if kind.name == "list":
        return _as(value, Seq(tuple(items), data.more, "list"), inner)
    from fabriclint.languages.terraform.functions.conversions import as_members

    kept, more = as_members(items, data.more)
    return _as(value, Seq(tuple(kept), more, "set"), inner)


def _map(value: Value, data: Map, inner: Kind, inside: Callable[[Value, Kind], Value]) -> Value:
    member = common_member(inner, list(data.entries.values()), nulls=True)
    if member is None:
        return failed("the members have no type in common", value.place, value.inputs)
    entries = {name: inside(item, member) for name, item in data.entries.items()}
    return _as(value, Map(entries, data.more, "map"), member)


def common_member(kind: Kind, items: Sequence[Value], nulls: bool = False) -> Kind | None:
    """The type that members of a collection are converted to: of `list(any)`, the one they have in common."""
    if kind.name != "any":
        return kind
    kinds = [kind_of(item) for item in items]
    found = unified(kinds) if items else ANY
    if found is None or found.name != "any":
        return found
    # no conversion is made, so the members must be of one type already; only a map may also hold null
    if any(kind.name == "any" and item.data is not None for kind, item in zip(kinds, items, strict=True)):
        return found
    if nulls:
        kinds = [kind for kind in kinds if kind.name != "any"]
    return None if any(_differ_or_null(kinds[0], other) for other in kinds) else found


def _object(
    value: Value,
    data: Map,
    kind: Kind,
    inside: Callable[[Value, Kind], Value],
    make: Callable[[Expression], Value] | None,
) -> Value:
    entries: dict[str, Value] = {}
    for name, inner in kind.attributes.items():
        given = data.entries.get(name)
        if given is None and data.more is not None:
            continue
        if given is None and name not in kind.optional:
            return failed(f'"{name}" is missing in the value given', value.place, value.inputs)
        if given is None or (given.data is None and kind.optional.get(name) is not None):
            default = kind.optional[name]
            place = value.place if given is None else given.place
            if default is None or make is None:
                entries[name] = Typed(None, place, "absent", kind=inner)
            else:
                made = inside(make(default), inner)
                entries[name] = replace(made, place=place, origin="default")
        else:
            entries[name] = inside(given, inner)
    return _as(value, Map(entries, data.more, "object"))
