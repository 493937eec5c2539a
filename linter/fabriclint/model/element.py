"""Elements: what every language hands to the model, one for each resource, under names that no language owns.

A language says for each of its resource types which *kind* it is and where the kind's attributes stand (`Shape`).
`model/vocabulary.py` lists the kinds and their attributes; a test holds every language's table to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from fabriclint.text import Span
from fabriclint.values import YES, Map, OneOf, Seq, Truth, Unknown, Value


class At(Struct, frozen=True):
    """Where an attribute stands: steps from the resource inward (`launch_template_data.instance_type`), first match wins.

    `default` is what the provider or service takes where nothing is written; it is a known value with origin "default".
    """

    paths: tuple[str, ...]
    default: bool | int | float | str | None = None


class Each(Struct, frozen=True):
    """An attribute that is a list of blocks or objects (or a single one), with the names inside it."""

    path: str
    inside: Mapping[str, Attribute] = field(default_factory=dict[str, "Attribute"])


class Fixed(Struct, frozen=True):
    """An attribute that the resource type itself decides (`aws_security_group_rule` has it, an ingress rule is one)."""

    value: bool | int | float | str | None


Attribute: TypeAlias = str | At | Each | Fixed


class Shape(Struct, frozen=True):
    """One resource type of one language: its kind and where the kind's attributes stand."""

    kind: str
    attributes: Mapping[str, Attribute]


class Call(Struct, frozen=True):
    """A module call or nested stack on the way to an element."""

    name: str
    place: Span


class Element(Struct, eq=False):
    """One resource (or data source, or unseen module) as a language found it.

    `read(name)` gives the value of one top-level attribute or block list under the language's own name; it is asked only
    for what a rule needs. `exists` is no for nothing, yes for most, unknown where a count or condition is not decided.
    `many` is set where the element stands for an unknown number of like resources. `outside` is set where a module makes it
    whose sources are not the user's: it gives the user's own code for an attribute (`module.vpc.vpc_id`), or None.
    """

    kind: str
    type: str
    address: str
    label: str
    place: Span
    language: str
    shape: Shape
    read: Callable[[str], Value]
    exists: Truth = YES
    many: Unknown | None = None
    calls: tuple[Call, ...] = ()
    body: Span | None = None
    region: Value | None = None
    outside: Callable[[str], str | None] | None = None
    _seen: dict[str, Value] = field(default_factory=dict[str, Value])

    def get(self, name: str) -> Value:
        """An attribute of the kind; absent where the type has none or nothing is written."""
        value = self._seen.get(name)
        if value is None:
            value = self._seen[name] = self._find(name)
        return value

    def spelling(self, name: str) -> str:
        """How this language writes the attribute (its first path)."""
        attribute = self.shape.attributes.get(name)
        if isinstance(attribute, At):
            return attribute.paths[0]
        if isinstance(attribute, Each):
            return attribute.path
        return attribute if isinstance(attribute, str) else name

    def has(self, name: str) -> bool:
        """Whether this resource type can hold the attribute at all."""
        return name in self.shape.attributes

    def _find(self, name: str) -> Value:
        attribute = self.shape.attributes.get(name)
        if attribute is None:
            return Value(None, self.place, "absent")
        return find(attribute, self.read, self.place)


def find(attribute: Attribute, read: Callable[[str], Value], place: Span | None) -> Value:
    """The value of an attribute, read through `read`, with the names inside it turned into the kind's names."""
    if isinstance(attribute, Fixed):
        return Value(attribute.value, place, "default")
    if isinstance(attribute, Each):
        return _rename(_walk(attribute.path, read, place), attribute.inside)
    if isinstance(attribute, str):
        return _walk(attribute, read, place)
    value = Value(None, place, "absent")
    for path in attribute.paths:
        value = _walk(path, read, place)
        if not value.absent:
            return value
    if attribute.default is not None:
        return Value(attribute.default, value.place or place, "default", inputs=value.inputs)
    return value


def _walk(path: str, read: Callable[[str], Value], place: Span | None) -> Value:
    first, *rest = path.split(".")
    value = read(first)
    if value.place is None:
        value = value.moved(place)
    return value.field(*rest) if rest else value


def _rename(value: Value, inside: Mapping[str, Attribute]) -> Value:
    """A list of objects (an object counts as a list of one) with its keys renamed."""
    if not inside:
        return value
    data = value.data
    if isinstance(data, Seq):
        return Value(
            Seq(tuple(_renamed(i, inside) for i in data.items), data.more), value.place, inputs=value.inputs
        )
    if isinstance(data, Map):
        return Value(Seq((_renamed(value, inside),)), value.place, inputs=value.inputs)
    if isinstance(data, OneOf):
        options = tuple(_rename(option, inside) for option in value.options())
        return Value(OneOf(options, data.because), value.place, inputs=value.inputs)
    return value


def _renamed(item: Value, inside: Mapping[str, Attribute]) -> Value:
    data = item.data
    if isinstance(data, OneOf):
        options = tuple(_renamed(option, inside) for option in item.options())
        return Value(OneOf(options, data.because), item.place, inputs=item.inputs)
    if not isinstance(data, Map):
        return item

    def read(key: str) -> Value:
        return data.get(key, item.place)

    entries = {name: find(attribute, read, item.place) for name, attribute in inside.items()}
    return Value(
        Map({k: v for k, v in entries.items() if v.origin != "absent"}, data.more),
        item.place,
        inputs=item.inputs,
    )
