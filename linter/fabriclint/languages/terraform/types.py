"""Type constraints of variables, and the conversion of values to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fabriclint.languages.terraform import operators
from fabriclint.languages.terraform.expressions import Call, Expression, Literal, Object, Traversal, Tuple
from fabriclint.languages.terraform.failures import failed, one_of
from fabriclint.languages.terraform.syntax import Attribute
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.run import Run

_MOST_DEPTH: Final = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """A type constraint: its name, the type of its members, and of an object the attributes and which may be left out."""

    name: str = "any"
    member: Kind | None = None
    attributes: dict[str, Kind] = field(default_factory=dict[str, "Kind"])
    optional: dict[str, Expression | None] = field(default_factory=dict[str, "Expression | None"])
    members: tuple[Kind, ...] = ()


ANY_KIND: Final = Kind()


def constraint(attribute: Attribute | None) -> Kind:
    """The type that a variable's `type` names; anything where it is not understood."""
    if attribute is None:
        return ANY_KIND
    return _kind(attribute.expression, 0)


def _kind(written: Expression, depth: int) -> Kind:
    if depth > _MOST_DEPTH:
        return ANY_KIND
    if isinstance(written, Traversal) and not written.steps:
        if written.root in ("list", "set", "map"):
            return Kind(written.root, ANY_KIND)
        return Kind(written.root) if written.root in ("string", "number", "bool") else ANY_KIND
    if isinstance(written, Literal) and isinstance(written.value.data, str):
        return _quoted(written, depth)
    if not isinstance(written, Call) or not written.arguments:
        return ANY_KIND
    inner = written.arguments[0]
    if written.name in ("list", "set", "map"):
        return Kind(written.name, _kind(inner, depth + 1))
    if written.name == "tuple" and isinstance(inner, Tuple):
        return Kind("tuple", members=tuple(_kind(item, depth + 1) for item in inner.items))
    if written.name == "object" and isinstance(inner, Object):
        attributes: dict[str, Kind] = {}
        optional: dict[str, Expression | None] = {}
        for key, value in inner.members:
            name = key.value.data if isinstance(key, Literal) else None
            if not isinstance(name, str):
                continue
            if isinstance(value, Call) and value.name == "optional" and value.arguments:
                value, *others = value.arguments
                optional[name] = others[0] if others else None
            attributes[name] = _kind(value, depth + 1)
        return Kind("object", None, attributes, optional)
    return ANY_KIND


def _quoted(written: Literal, depth: int) -> Kind:
    """`"list(string)"`, as JSON files and Terraform 0.11 write types."""
    from fabriclint.languages.terraform.syntax import parse
    from fabriclint.text import Source

    text = str(written.value.data)
    if text in ("string", "number", "bool"):
        return Kind(text)
    if text in ("list", "set", "map"):
        return Kind(text, ANY_KIND)
    if len(text) > 2_000 or text.startswith('"'):
        return ANY_KIND
    attribute = parse(Source("type", f"t = {text}\n".encode())).attributes.get("t")
    return ANY_KIND if attribute is None else _kind(attribute.expression, depth + 1)


def convert(value: Value, kind: Kind, run: Run) -> Value:
    """The value as Terraform converts it to a type; what is not known stays as it is."""
    if kind.name == "any":
        return value
    stop = run.spend(1)
    if stop is not None:
        return Value(stop, value.place, inputs=value.inputs)
    data = value.data
    if data is None or isinstance(data, (Unknown, Reference)):
        return value
    if isinstance(data, OneOf):
        options = [convert(option, kind, run) for option in value.options()]
        return one_of(options, data.because, value.place, value.inputs)
    if kind.name in ("string", "number", "bool"):
        return _scalar(value, kind.name)
    if isinstance(data, Text):
        return value
    if kind.name in ("list", "set", "tuple"):
        return _list(value, kind, run)
    if not isinstance(data, Map):
        what = "a list" if isinstance(data, Seq) else "a single value"
        return failed(f"{what} is given where an object is wanted", value.place, value.inputs)
    if kind.name == "map":
        inner = kind.member or ANY_KIND
        entries = {name: convert(member, inner, run) for name, member in data.entries.items()}
        return Value(Map(entries, data.more), value.place, value.origin, value.reference, value.inputs)
    return _object(value, data, kind, run)


def _scalar(value: Value, name: str) -> Value:
    data = value.data
    if isinstance(data, (Seq, Map)):
        return failed(
            f"{'a list' if isinstance(data, Seq) else 'an object'} is given where a {name} is wanted",
            value.place,
        )
    if name == "string":
        if isinstance(data, (str, Text)):
            return value
        text = operators.as_key(value)
        return Value(text, value.place, value.origin, value.reference, value.inputs)
    if isinstance(data, Text):
        return value
    converted = operators.as_number(value) if name == "number" else operators.as_bool(value)
    if isinstance(converted, Unknown):
        return failed(f"{value.show()} is given where a {name} is wanted", value.place, value.inputs)
    return Value(converted, value.place, value.origin, value.reference, value.inputs)


def _list(value: Value, kind: Kind, run: Run) -> Value:
    data = value.data
    if not isinstance(data, Seq):
        return failed("a value that is no list is given where a list is wanted", value.place, value.inputs)
    if kind.name == "tuple":
        if data.more is not None or len(data.items) != len(kind.members):
            return value
        items = [convert(item, inner, run) for item, inner in zip(data.items, kind.members, strict=True)]
    else:
        inner = kind.member or ANY_KIND
        items = [convert(item, inner, run) for item in data.items]
        if kind.name == "set":
            items = _as_set(items)
    return Value(Seq(tuple(items), data.more), value.place, value.origin, value.reference, value.inputs)


def _as_set(items: list[Value]) -> list[Value]:
    """Without repetitions; sorted where all are text, as Terraform lists a set."""
    seen: set[tuple[type, object]] = set()
    kept: list[Value] = []
    for item in items:
        data = item.data
        if isinstance(data, (bool, int, float, str, Reference)):
            key = (type(data), data)
            if key in seen:
                continue
            seen.add(key)
        kept.append(item)
    if all(isinstance(item.data, str) for item in kept):
        kept.sort(key=lambda item: str(item.data))
    return kept


def _object(value: Value, data: Map, kind: Kind, run: Run) -> Value:
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
            made = Value(None, place, "absent") if default is None else _default(default)
            entries[name] = convert(Value(made.data, place, "default" if default else "absent"), inner, run)
        else:
            entries[name] = convert(given, inner, run)
    return Value(Map(entries, data.more), value.place, value.origin, value.reference, value.inputs)


def _default(written: Expression) -> Value:
    from fabriclint.languages.terraform.template_scope import NOWHERE

    return written.evaluate(NOWHERE)
