"""Parameters: what one is where it was given, has a default, or is left to the person who deploys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fabriclint.languages.cloudformation.combine import join, one_of, scalar, split
from fabriclint.languages.cloudformation.tree import Entry, Mapping, Scalar, Sequence, scalar_text
from fabriclint.text import Span
from fabriclint.values import SENSITIVE, Input, Reason, Reference, Seq, Text, Unknown, Value, plain

_SSM = "AWS::SSM::Parameter::Value<"
MAX_CHOICES: Final = 8
"""How many allowed values are gone through one by one."""


def kind_of(entry: Entry) -> str:
    """The parameter's type; String where none is written."""
    node = entry.value
    return (scalar_text(node.get("Type")) if isinstance(node, Mapping) else None) or "String"


def listed(kind: str) -> bool:
    """Whether a parameter of this type holds a list."""
    return kind == "CommaDelimitedList" or kind.startswith(("List<", f"{_SSM}List<"))


def opaque(kind: str) -> bool:
    """Whether CloudFormation takes only something that exists: an id of EC2, a key pair, a stored parameter."""
    inner = kind.removeprefix("List<")
    return inner.startswith("AWS::") and inner != "AWS::SSM::Parameter::Name"


def handle(name: str, kind: str, place: Span) -> Reference:
    """The parameter as a thing that equals itself; a list of ids has members that are not known."""
    return Reference(f"parameter {name}", ("ids",) if listed(kind) else (), place)


def default_of(entry: Entry) -> Value | None:
    """What the template says where nothing is given; None where it says nothing."""
    node = entry.value
    found = node.get("Default") if isinstance(node, Mapping) else None
    if found is None:
        return None
    if isinstance(found, Scalar):
        data = found.data()
        # `yes` and `no` stay as they are written: both sides of a comparison are read alike
        return None if data is None else Value(plain(data), found.span)
    if isinstance(found, Sequence):
        texts = [scalar_text(item) for item in found.items]
        return Value(",".join(text for text in texts if text is not None), found.span)
    return None


def open_reason(name: str, entry: Entry) -> Reason:
    """Why a parameter that has neither a value nor a default is not known."""
    return Reason(f"parameter {name} has no default", entry.key.span)


def choices(entry: Entry) -> tuple[str, ...]:
    """The few values that a parameter without default may have; none where it has a default or may have others."""
    if opaque(kind_of(entry)) or default_of(entry) is not None or not isinstance(entry.value, Mapping):
        return ()
    allowed = entry.value.get("AllowedValues")
    if not isinstance(allowed, Sequence) or not 0 < len(allowed.items) <= MAX_CHOICES:
        return ()
    texts = [plain(item.data()) for item in allowed.items if isinstance(item, Scalar)]
    return tuple(dict.fromkeys(texts)) if len(texts) == len(allowed.items) else ()


def open_value(name: str, entry: Entry) -> Value:
    """The value of a parameter that has neither a value nor a usable default."""
    kind, place = kind_of(entry), entry.key.span
    if opaque(kind):
        return Value(handle(name, kind, place), place)
    because = Unknown((open_reason(name, entry),))
    allowed = entry.value.get("AllowedValues") if isinstance(entry.value, Mapping) else None
    reference = handle(name, kind, place)
    if isinstance(allowed, Sequence) and allowed.items:
        said = [Value(plain(i.data()), i.span) for i in allowed.items if isinstance(i, Scalar)]
        if len(said) == len(allowed.items):
            options = one_of([typed(value, kind) for value in said], because, place)
            return Value(options.data, place, reference=None if scalar(options.data) else reference)
    return Value(because, place, reference=reference)


def sensitive(entry: Entry) -> bool:
    """Whether a parameter's value is not to be shown (`NoEcho`); what is not plainly false is taken for it."""
    written = entry.value.get("NoEcho") if isinstance(entry.value, Mapping) else None
    return written is not None and (scalar_text(written) or "").lower() not in ("false", "no", "0")


def texts(value: Value) -> Iterator[str]:
    """The texts that a parameter holds: all of it, and what a list of it has."""
    data = value.data
    if isinstance(data, Seq):
        yield from (text for item in data.items for text in texts(item))
    elif isinstance(data, Text):
        yield from (part for part in data.parts if isinstance(part, str))
    elif isinstance(data, (str, int, float)) and not isinstance(data, bool):
        yield plain(data)


def known(name: str, entry: Entry, value: Value, place: Span) -> Value:
    """A parameter's value from outside or its default, read as its type; it is an input of everything it reaches."""
    kind = kind_of(entry)
    text = value.text()
    if opaque(kind) and text is not None and not text.strip():
        return open_value(name, entry)
    shown = SENSITIVE if sensitive(entry) else text
    rests = frozenset((Input(name, shown or "", place),)) if text is not None else frozenset[Input]()
    return typed(value, kind).moved(place).under(rests)


def typed(value: Value, kind: str) -> Value:
    """A text read as a parameter's type; what is more than text stays as it is."""
    data = value.data
    if kind.startswith(_SSM):
        text = value.text()
        if text is None:
            return value
        stored = Reference(f"{{{{resolve:ssm:{text}}}}}", ("ids",) if listed(kind) else (), value.place)
        return Value(stored, value.place, inputs=value.inputs)
    if listed(kind):
        if isinstance(data, Seq) or value.place is None:
            return value
        found = split(",", value, value.place)
        if isinstance(found.data, Seq):
            return Value(
                Seq(tuple(_stripped(i) for i in found.data.items), found.data.more),
                found.place,
                inputs=found.inputs,
            )
        return found
    if isinstance(data, Seq) and value.place is not None:
        return join(",", value, value.place)
    if kind == "Number" and isinstance(data, str) and _whole(data):
        return Value(int(data), value.place, value.origin, inputs=value.inputs)
    if scalar(data) and data is not None and kind != "Number":
        return Value(plain(data), value.place, value.origin, value.reference, value.inputs)
    return value


def _stripped(item: Value) -> Value:
    data = item.data
    if isinstance(data, str):
        return Value(data.strip(), item.place, inputs=item.inputs)
    if isinstance(data, Text):
        edges = (0, len(data.parts) - 1)
        parts = [p for n, p in enumerate(data.parts) if n not in edges or not isinstance(p, str) or p.strip()]
        if len(parts) == 1 and not isinstance(parts[0], str):
            return Value(parts[0], item.place, inputs=item.inputs)
    return item


def _whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 19
