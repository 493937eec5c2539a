"""How many there are: `count` and `for_each` of resources, data sources and module calls, known or not."""

from __future__ import annotations

from msgspec import Struct, field

from fabriclint.languages.terraform import operators
from fabriclint.languages.terraform.expressions import ANY, Scope
from fabriclint.languages.terraform.failures import Failure
from fabriclint.languages.terraform.syntax import Block
from fabriclint.text import Span
from fabriclint.values import (
    YES,
    Inputs,
    Map,
    OneOf,
    Reason,
    Reference,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
    plain,
)

MOST_COPIES = 2_000


class Copy(Struct, frozen=True):
    """One of the instances: its index as it is written in an address, the names it gives, and whether it exists."""

    index: str = ""
    key: int | str | None = None
    names: dict[str, Value] = field(default_factory=dict[str, Value])
    exists: Truth = YES
    many: Unknown | None = None


class Copies(Struct, frozen=True):
    """All instances of a block; `more` where one of them stands for an unknown number."""

    style: str  # "", "count" or "for_each"
    members: tuple[Copy, ...]
    more: Unknown | None = None
    inputs: Inputs = frozenset()

    def handles(self, address: str, place: Span) -> Value:
        """What the block's name alone gives: one handle, or a list or map of them."""
        if not self.style:
            return Value(Reference(address, place=place), place)
        values = [Value(Reference(f"{address}{copy.index}", place=place), place) for copy in self.members]
        uncertain = [copy.exists for copy in self.members if copy.exists.undecided and copy.many is None]
        if self.style == "for_each":
            entries = {str(copy.key): value for copy, value in zip(self.members, values, strict=True)}
            return Value(Map(entries, self.more), place, inputs=self.inputs)
        if uncertain:
            reasons = Unknown(tuple(dict.fromkeys(r for truth in uncertain for r in truth.reasons)))
            sizes = range(len(values) - len(uncertain), len(values) + 1)
            options = tuple(Value(Seq(tuple(values[:size])), place) for size in reversed(sizes))
            if len(options) <= 4:
                return Value(OneOf(options, reasons), place, inputs=self.inputs)
            return Value(Seq(tuple(values), reasons), place, inputs=self.inputs)
        return Value(Seq(tuple(values), self.more), place, inputs=self.inputs)


def expand(block: Block, scope: Scope) -> Copies:
    """The instances of a block."""
    attributes = block.attributes
    count = attributes.get("count")
    if count is not None:
        return _counted(count.expression.evaluate(scope), count.span)
    each = attributes.get("for_each")
    if each is not None:
        return _keyed(each.expression.evaluate(scope), each.span)
    return Copies("", (Copy(),))


def _stand_in(style: str, why: Unknown, inputs: Inputs, place: Span) -> Copy:
    exists = Truth("unknown", why.reasons, inputs)
    if style == "count":
        names = {"count": Value(Map({"index": Value(why, place, inputs=inputs)}), place)}
        return Copy("[*]", None, names, exists, why)
    each = Map({"key": Value(why, place, inputs=inputs), "value": Value(why, place, inputs=inputs)})
    return Copy("[*]", ANY, {"each": Value(each, place)}, exists, why)


def _counted(value: Value, place: Span) -> Copies:
    inputs = value.inputs
    numbers = [operators.as_number(option) for option in value.options()]
    if any(isinstance(number, Unknown) for number in numbers):
        why = operators.why_unknown(value)
        if value.data is None:
            why = Failure((Reason("count is null", place),))
        return Copies("count", (_stand_in("count", why, inputs, place),), why, inputs)
    sizes = [int(number) for number in numbers if not isinstance(number, Unknown)]
    least, most = max(0, min(sizes)), max(0, *sizes)
    if most > MOST_COPIES:
        why = Unknown.because(f"count is {most:,}; one instance stands for all", place)
        return Copies("count", (_stand_in("count", why, inputs, place),), why, inputs)
    because = value.data.because if isinstance(value.data, OneOf) else None
    copies = [
        Copy(
            f"[{n}]",
            n,
            {"count": Value(Map({"index": Value(n, place)}), place)},
            Truth.of(True, inputs)
            if n < least or because is None
            else Truth("unknown", because.reasons, inputs),
        )
        for n in range(most)
    ]
    return Copies("count", tuple(copies), None, inputs)


def _keyed(value: Value, place: Span) -> Copies:
    """The instances of `for_each`, in the order of their keys."""
    inputs = value.inputs
    options = value.options()
    found: dict[str, list[Value]] = {}
    whys: list[Unknown] = []
    for option in options:
        pairs, more = _pairs(option, place)
        if more is not None:
            whys.append(more)
        for key, member in pairs.items():
            found.setdefault(key, []).append(member)
    because = value.data.because if isinstance(value.data, OneOf) else None
    if len(found) > MOST_COPIES:
        whys = [Unknown.because(f"for_each has {len(found):,} members; one instance stands for all", place)]
        found = {}
    copies: list[Copy] = []
    for key in sorted(found):
        members = found[key]
        member = members[0]
        exists = Truth.of(True, inputs)
        if because is not None:
            if len(members) < len(options):
                exists = Truth("unknown", because.reasons, inputs)
            if len(members) > 1:
                member = Value(OneOf(tuple(members), because), member.place, inputs=inputs)
        each = Map({"key": Value(key, place, inputs=inputs), "value": member.under(inputs)})
        copies.append(Copy(f"[{_quoted(key)}]", key, {"each": Value(each, place)}, exists))
    if not whys:
        return Copies("for_each", tuple(copies), None, inputs)
    why = Unknown(tuple(dict.fromkeys(reason for one in whys for reason in one.reasons)))
    copies.append(_stand_in("for_each", why, inputs, place))
    return Copies("for_each", tuple(copies), why, inputs)


def _pairs(value: Value, place: Span) -> tuple[dict[str, Value], Unknown | None]:
    data = value.data
    if isinstance(data, Map):
        known = {key: member for key, member in data.entries.items() if key != ANY or data.more is None}
        return known, data.more
    if isinstance(data, Seq):
        pairs: dict[str, Value] = {}
        open_ = [] if data.more is None else [data.more]
        for item in data.items:
            key = item.data
            if isinstance(key, (str, bool, int, float)):
                pairs[plain(key)] = item
            elif isinstance(key, Reference) and not (data.more is not None and key.target.endswith("[*]")):
                pairs[str(key)] = item  # a handle equals itself, so it can be a key before the real id exists
            elif isinstance(key, Text) and not any(isinstance(part, Unknown) for part in key.parts):
                pairs["".join(part if isinstance(part, str) else f"${{{part}}}" for part in key.parts)] = item
            else:
                open_.append(operators.why_unknown(item))
        if not open_:
            return pairs, None
        return pairs, Unknown(tuple(dict.fromkeys(reason for one in open_ for reason in one.reasons)))
    if data is None:
        return {}, Failure((Reason("for_each is null", place),))
    return {}, operators.why_unknown(value)


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
