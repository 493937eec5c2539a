"""What intrinsic functions do to values: joining, splitting, choosing, comparing. Nothing here knows a template."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from fabriclint.text import Span
from fabriclint.values import (
    NO_INPUTS,
    Data,
    Inputs,
    Map,
    OneOf,
    Pieced,
    Reason,
    Reference,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
    plain,
)

MAX_TEXT: Final = 2_000_000
"""How many characters a computed text may have."""
MAX_PARTS: Final = 20_000
"""How many parts a computed text, or members a computed list, may have."""
MAX_OPTIONS: Final = 24
"""How many values a choice may be left open between; beyond that it is just unknown."""

Part = str | Reference | Unknown
LISTS: Final = ("ids", "names", "arns")
"""A reference whose path ends so is a list whose members are not known."""
ZONES: Final = "AWS::AvailabilityZones"


def scalar(data: Data) -> bool:
    """Whether it is null, a bool, a number or a text without holes."""
    return data is None or isinstance(data, (bool, int, float, str))


def is_list(reference: Reference) -> bool:
    """Whether it stands for a list whose members are not known."""
    return bool(reference.path) and str(reference.path[-1]).endswith(LISTS)


def whole(value: Value) -> int | None:
    """The whole number that it is or spells, where it is one that can count members."""
    number = value.number()
    return int(number) if number is not None and abs(number) < 1e6 and number == int(number) else None


def too_large(place: Span | None) -> Unknown:
    """Why a computed value is given up."""
    return Unknown.because("it grows beyond what is read", place)


class Builder:
    """A text under construction: literal pieces, references and unknowns with the places they are written at."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.spans: list[Span | None] = []
        self.inputs: Inputs = NO_INPUTS
        self.size = 0
        self._line: list[str] = []
        self._line_span: Span | None = None

    def add(self, part: Part, span: Span | None) -> None:
        """Append a part. Literals run together up to a line's end, so that each line of a script keeps its own place."""
        if isinstance(part, str):
            if not part:
                return
            self.size += len(part)
            self._line_span = _across(self._line_span, span) if self._line else span
            self._line.append(part)
            if part.endswith("\n"):
                self._flush()
            return
        self._flush()
        self.parts.append(part)
        self.spans.append(span)

    def _flush(self) -> None:
        if self._line:
            self.parts.append("".join(self._line))
            self.spans.append(self._line_span)
            self._line = []

    @property
    def full(self) -> bool:
        """Whether it has grown beyond what is read."""
        return self.size > MAX_TEXT or len(self.parts) > MAX_PARTS

    def value(self, value: Value, span: Span | None) -> None:
        """Append what a value says; its places stay where they are known."""
        self.inputs |= value.inputs
        data = value.data
        if isinstance(data, Text):
            spans = data.spans or (span,) * len(data.parts)
            for part, place in zip(data.parts, spans, strict=True):
                self.add(part, place)
        elif isinstance(data, (Reference, Unknown)):
            self.add(data, span)
        elif isinstance(data, OneOf):
            self.add(data.because, span)
        elif isinstance(data, (Seq, Map)):
            self.add(Unknown.because("a list or object stands where a text is built", span), span)
        else:
            self.add(plain(data), span)

    def done(self, place: Span | None) -> Value:
        """The text; a lone reference or unknown is itself."""
        self._flush()
        if self.full:
            return Value(too_large(place), place, inputs=self.inputs)
        if all(isinstance(part, str) for part in self.parts):
            pieces = tuple(part for part in self.parts if isinstance(part, str))
            said = Pieced.of(pieces, tuple(self.spans)) if len(pieces) > 1 else "".join(pieces)
            return Value(said, place, inputs=self.inputs)
        only = self.parts[0]
        if len(self.parts) == 1 and not isinstance(only, str):
            return Value(only, place, inputs=self.inputs)
        return Value(Text(tuple(self.parts), tuple(self.spans)), place, inputs=self.inputs)


def _across(first: Span | None, last: Span | None) -> Span | None:
    if first is None or last is None:
        return first or last
    if first.source is last.source and first.end <= last.start:
        return Span(first.source, first.start, last.end)
    return first


def one_of(
    options: Iterable[Value], because: Unknown, place: Span | None, inputs: Inputs = NO_INPUTS
) -> Value:
    """One of these; the one itself where they all say the same, and just unknown where they are too many."""
    kept: list[Value] = []
    seen: set[tuple[str, str]] = set()
    for option in options:
        for found in option.options():
            data = found.data
            if scalar(data):
                key = ("null" if data is None else "text", plain(data))
            elif isinstance(data, Reference):
                key = ("reference", repr((data.target, data.path)))
            else:
                key = ("other", str(len(kept)))
            if key not in seen:
                seen.add(key)
                kept.append(found)
    if len(kept) == 1:
        return kept[0].moved(place).under(inputs)
    if not kept or len(kept) > MAX_OPTIONS:
        return Value(because, place, inputs=inputs)
    return Value(OneOf(tuple(kept), because), place, inputs=inputs)


def each_option(value: Value, place: Span | None) -> tuple[list[Value], Unknown | None]:
    """The values it may be, and why it is not decided between them."""
    if isinstance(value.data, OneOf):
        return list(value.options()), value.data.because
    return [value.moved(place)], None


def join(delimiter: str, items: Value, place: Span) -> Value:
    """`Fn::Join` of an evaluated list."""
    data = items.data
    if isinstance(data, Unknown):
        return Value(data, place, inputs=items.inputs)
    if isinstance(data, OneOf):
        joined = [join(delimiter, option, place) for option in items.options()]
        return one_of(joined, data.because, place, items.inputs)
    built = Builder()
    built.inputs |= items.inputs
    if not isinstance(data, Seq):
        built.value(items, items.place)
        return built.done(place)
    for number, item in enumerate(data.items):
        if number:
            built.add(delimiter, None)
        if isinstance(item.data, Seq):  # a list inside a list is spread, as CloudFormation spreads it
            built.value(join(delimiter, item, place), item.place)
        else:
            built.value(item, item.place)
        if built.full:
            break
    if data.more is not None:
        built.add(data.more, place)
    return built.done(place)


def split(delimiter: str, value: Value, place: Span) -> Value:
    """`Fn::Split`; behind a part that is not known only the list's beginning is shown."""
    data = value.data
    if isinstance(data, OneOf):
        return one_of(
            [split(delimiter, o, place) for o in value.options()], data.because, place, value.inputs
        )
    if isinstance(data, (Unknown, Seq)):
        return value.moved(place)
    if isinstance(data, Map) or data is None or not delimiter:
        return Value(Unknown.because("what is split is no text", place), place, inputs=value.inputs)
    if isinstance(data, Reference):
        if delimiter == "," and data.path == ("id",):
            return Value(Seq((value,)), place, inputs=value.inputs)
        if delimiter == ",":
            return Value(data if is_list(data) else data.at("ids"), place, inputs=value.inputs)
        return Value(Unknown.because(f"the parts of {data} are not known", place), place, inputs=value.inputs)
    parts = data.parts if isinstance(data, Text) else (plain(data),)
    items: list[Value] = []
    built = Builder()
    for part in parts:
        if isinstance(part, str):
            first, *rest = part.split(delimiter)
            built.add(first, value.place)
            for piece in rest:
                items.append(built.done(value.place))
                built = Builder()
                built.add(piece, value.place)
        elif isinstance(part, Reference) and not is_list(part) and delimiter == ",":
            built.add(part, value.place)
        else:
            because = (
                part
                if isinstance(part, Unknown)
                else Unknown.because(f"the parts of {part} are not known", place)
            )
            return Value(Seq(tuple(items), because), place, inputs=value.inputs)
        if len(items) > MAX_PARTS:
            return Value(too_large(place), place, inputs=value.inputs)
    items.append(built.done(value.place))
    return Value(Seq(tuple(items)), place, inputs=value.inputs)


def select(index: Value, items: Value, place: Span, *, in_order: bool) -> Value:
    """`Fn::Select`; `in_order` says that an incomplete list shows its beginning."""
    inputs = index.inputs | items.inputs
    at = whole(index)
    if at is None:
        reasons = index.unknown or Unknown.because("the index is no number", index.place or place)
        return Value(reasons, place, inputs=inputs)
    data = items.data
    if isinstance(data, OneOf):
        chosen = [select(index, option, place, in_order=in_order) for option in items.options()]
        return one_of(chosen, data.because, place, inputs)
    if isinstance(data, Reference):
        if data.target.startswith(ZONES):
            return Value(Reference(data.target, (at,), place), place, inputs=inputs)
        return Value(data.at(at), place, inputs=inputs)
    if isinstance(data, Unknown):
        return Value(data, place, inputs=inputs)
    if not isinstance(data, Seq):
        return Value(Unknown.because("what is selected from is no list", place), place, inputs=inputs)
    if 0 <= at < len(data.items) and (data.more is None or in_order):
        return data.items[at].moved(place).under(inputs)
    why = data.more or Unknown.because(f"the list has no member {at}", place)
    return Value(why, place, inputs=inputs)


# ------------------------------------------------------------------------------- comparing


def equal(one: Value, two: Value, place: Span) -> Truth:
    """`Fn::Equals`: texts compare exactly, except that CloudFormation writes a YAML bool its own way."""
    inputs = one.inputs | two.inputs
    verdicts = [_equal(a, b, place) for a in one.options() for b in two.options()]
    states = {verdict.state for verdict in verdicts}
    if len(states) == 1 and len(verdicts) > 0 and states != {"unknown"}:
        return verdicts[0].under(inputs)
    reasons = [
        reason
        for value in (one, two)
        if isinstance(value.data, OneOf)
        for reason in value.data.because.reasons
    ]
    reasons.extend(reason for verdict in verdicts for reason in verdict.reasons)
    return Truth("unknown", tuple(dict.fromkeys(reasons)), inputs)


def _equal(one: Value, two: Value, place: Span) -> Truth:
    inputs = one.inputs | two.inputs
    if scalar(one.data) and scalar(two.data):
        return Truth.of(_alike(plain(one.data), plain(two.data)), inputs)
    for mine, other in ((one, two), (two, one)):
        if isinstance(other.data, str) and isinstance(mine.data, (Text, Reference)):
            if other.data == "" and (isinstance(mine.data, Reference) or _some(mine.data)):
                return Truth("no", (), inputs)
            if isinstance(mine.data, Text):
                return mine.is_(other.data).under(inputs)
    if (
        isinstance(one.data, Seq)
        and isinstance(two.data, Seq)
        and one.data.more is None
        and two.data.more is None
    ):
        if len(one.data.items) != len(two.data.items):
            return Truth("no", (), inputs)
        verdict = Truth.of(True, inputs)
        for a, b in zip(one.data.items, two.data.items, strict=True):
            verdict = verdict & equal(a, b, place)
        return verdict
    same = one.same(two)
    if same.undecided and not (one.unknown or two.unknown):
        return Truth(
            "unknown", (Reason(f"whether {one.show()} is {two.show()} is not known", place),), inputs
        )
    return same


def _some(text: Text) -> bool:
    return any(isinstance(part, (str, Reference)) for part in text.parts)


_BOOLS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


def _alike(one: str, two: str) -> bool:
    if one == two:
        return True
    mine = _BOOLS.get(one.lower())
    return mine is not None and mine == _BOOLS.get(two.lower())


# ------------------------------------------------------------------------------- as JSON


def to_json(value: Value, place: Span) -> Value:
    """`Fn::ToJsonString`: the value as JSON text, with holes where it is not known."""
    built = Builder()
    _json(value, built, place)
    return built.done(place)


def _json(value: Value, built: Builder, place: Span) -> None:
    if built.full:
        return
    data = value.data
    built.inputs |= value.inputs
    if isinstance(data, Map):
        built.add("{", None)
        for number, (name, entry) in enumerate(data.entries.items()):
            built.add(("," if number else "") + json.dumps(name) + ":", entry.place)
            _json(entry, built, place)
        if data.more is not None:
            built.add(data.more, place)
        built.add("}", None)
    elif isinstance(data, Seq):
        built.add("[", None)
        for number, item in enumerate(data.items):
            built.add("," if number else "", None)
            _json(item, built, place)
        if data.more is not None:
            built.add(data.more, place)
        built.add("]", None)
    elif isinstance(data, (Reference, Text)):
        built.add('"', value.place)
        for part in data.parts if isinstance(data, Text) else (data,):
            built.add(json.dumps(part)[1:-1] if isinstance(part, str) else part, value.place)
        built.add('"', None)
    elif isinstance(data, (Unknown, OneOf)):
        built.add(data.because if isinstance(data, OneOf) else data, value.place)
    else:
        built.add(json.dumps(data), value.place)
