"""Tags as one object, whichever of the two forms a language writes them in.

That a tag is missing is never certain: the provider of a configuration and the deployment of a stack add tags to everything.
"""

from __future__ import annotations

from collections.abc import Sequence

from fabriclint.text import Span
from fabriclint.values import Map, OneOf, Seq, Unknown, Value


def tags_as_map(value: Value) -> Value:
    """Tags as an object by their keys: an object as it is, a list of key and value turned into one."""
    data = value.data
    if isinstance(data, OneOf):
        options = tuple(tags_as_map(option) for option in value.options())
        return Value(OneOf(options, data.because), value.place, inputs=value.inputs)
    more = Unknown.because("the provider or the stack may add tags", value.place)
    if data is None:
        return Value(Map({}, more), value.place, inputs=value.inputs)
    if isinstance(data, Map):
        return Value(Map(data.entries, _both(data.more, more)), value.place, inputs=value.inputs)
    if not isinstance(data, Seq):
        return value
    entries: dict[str, Value] = {}
    more = _both(data.more, more)
    for item in data.items:
        key = item.field("key")
        name = key.text()
        if name is None:
            more = _both(key.unknown, more)
        else:
            entries[name] = item.field("value").under(item.inputs)
    return Value(Map(entries, more), value.place, inputs=value.inputs)


def joined(made: Sequence[Value], place: Span) -> Value:
    """Several objects as one: the first that has a key counts."""
    entries: dict[str, Value] = {}
    more = Unknown.because("the provider or the stack may add tags", place)
    for value in reversed(made):
        if isinstance(value.data, Map):
            entries |= {name: one.under(value.inputs) for name, one in value.data.entries.items()}
            more = _both(value.data.more, more)
        else:
            more = _both(value.unknown, more)
    return Value(Map(entries, more), made[0].place if made else place)


def _both(one: Unknown | None, other: Unknown) -> Unknown:
    return other if one is None else one.also(other)
