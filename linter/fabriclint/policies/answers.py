"""What parts of a condition come to, of which nothing is claimed that the sources leave open.

A condition is a `Truth` and a list a `Many`, as everywhere. What a source says is a `Value`, whose texts and numbers compare
as its language converts them; what a policy says or works out is an `Exact`, whose do not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeGuard

from msgspec import Struct

from fabriclint.model.network import Zone
from fabriclint.model.stack import Link, Stack, View
from fabriclint.patterns import late
from fabriclint.policies.words import Kind, Word, open_end, words
from fabriclint.text import Span
from fabriclint.values import (
    NO,
    NO_INPUTS,
    YES,
    Inputs,
    Many,
    Map,
    Member,
    OneOf,
    Reason,
    Reference,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
    all_of,
)
from fabriclint.values.data import plain

MOST_OPTIONS: Final = 32
_WHOLE: Final = late(r"-?[0-9]{1,18}")


class Exact(Value, frozen=True, eq=False):
    """A number or text that a policy says or works out: `1` is not `"1"`."""


class Between(Struct, frozen=True, eq=False):
    """How many members a list has, where it may have more than are shown (`most` is None where there is no bound)."""

    least: int
    most: int | None
    why: Truth


class Led(Struct, frozen=True, eq=False):
    """A link, and the class of what it leads to."""

    link: Link
    cls: type | None


Answer: TypeAlias = Any
"""Truth, Value, Many, Between, Led, or an object of the model."""


def is_list(of: Answer) -> TypeGuard[Many[Answer]]:
    """Whether an answer is a list."""
    return isinstance(of, Many)


def unknown(why: str | Unknown, inputs: Inputs = NO_INPUTS, place: Span | None = None) -> Exact:
    """An answer that is not known."""
    return Exact(Unknown.because(why, place) if isinstance(why, str) else why, place, inputs=inputs)


def asked(owner: Any, word: Word) -> Answer:
    """What an object of the model answers to a word."""
    return answer(word.read(owner), word.kind, owner, word.name)


def answer(raw: Any, kind: Kind, owner: Any, name: str) -> Answer:
    """Something of the model as an answer: what has no value there is not known, and never null."""
    if raw is None and kind.sort == "data":
        return Value(None, _place(owner), "absent")
    if raw is None:
        reasons = getattr(owner, "open", None)
        why = reasons if isinstance(reasons, Unknown) else f"the {name} of {label(owner)} is not known"
        return unknown(why, _inputs(owner), _place(owner))
    if isinstance(raw, bool):
        return Truth.of(raw, _inputs(owner))
    if isinstance(raw, (int, float, str)):
        if raw == "" and hasattr(owner, "stack"):
            return unknown(f"the {name} of {label(owner)} is not known", place=_place(owner))
        return Exact(raw, _place(owner), inputs=_inputs(owner))
    if isinstance(raw, Link):
        return Led(raw, kind.cls)
    item = kind.item
    if item is None:
        return raw
    if is_list(raw):
        return raw.map(lambda one: answer(one, item, owner, name))
    members: list[Any] = [*raw]
    if isinstance(raw, frozenset):
        members.sort()
    return Many(tuple(Member(answer(one, item, owner, name)) for one in members), open_end(owner, name))


def _inputs(owner: Any) -> Inputs:
    found: Inputs = getattr(owner, "inputs", NO_INPUTS)
    return found


def _place(owner: Any) -> Span | None:
    found = getattr(owner, "place", None)
    return found if isinstance(found, Span) else None


def place_of(one: Answer) -> Span | None:
    """Where an answer is written."""
    if isinstance(one, Span):
        return one
    if isinstance(one, Led):
        return one.link.value.place
    return _place(one)


def select(of: Answer, name: str, stack: Stack) -> Answer:
    """A word of something; what a link leads to is looked up in the stack."""
    if isinstance(of, Led):
        link = of.link
        if link.state == "absent":
            return unknown(f"there is nothing to ask for its {name}; has() says so", link.value.inputs)
        if link.element is None or of.cls is None:
            return unknown(link.unseen, link.value.inputs)
        return select(stack.view(of.cls, link.element), name, stack)
    if isinstance(of, Value):
        if isinstance(of, Exact) or of.unknown is not None:
            return of
        if of.absent:
            return unknown(f"nothing is written that has {name}; has() says so", of.inputs, of.place)
        return of.field(name)
    cls: type = of.__class__
    return asked(of, words(cls)[name])


def given(of: Answer) -> Truth:
    """Whether anything is there: a link that leads somewhere, a value that is written, a list with a member."""
    if isinstance(of, Led):
        return of.link.given
    if isinstance(of, Many):
        return ~of.empty
    return of.given() if isinstance(of, Value) else YES


def truth(of: Answer) -> Truth:
    """An answer as a condition; what is neither true nor false is not known."""
    if isinstance(of, Truth):
        return of
    if not isinstance(of, Value):
        return Truth.unknown("this is no condition")
    if of.absent:
        return Truth.unknown("nothing is written; has() says so", of.place).under(of.inputs)
    return of.decide(lambda data: {"true": True, "false": False}.get(plain(data)) if _scalar(data) else None)


def equal(one: Answer, other: Answer) -> Truth:
    """Whether two answers are the same."""
    if isinstance(one, Truth) or isinstance(other, Truth):
        if (isinstance(one, Value) and one.absent) or (isinstance(other, Value) and other.absent):
            return NO
        first, second = truth(one), truth(other)
        return (first & second) | (~first & ~second)
    if isinstance(one, Between) or isinstance(other, Between):
        return ordered(one, other, "<=") & ordered(one, other, ">=")
    if isinstance(one, Value) and isinstance(other, Value):
        return _equal_values(one, other)
    if isinstance(one, Many) or isinstance(other, Many):
        return _equal_lists(members(one), members(other))
    if isinstance(one, Led) and isinstance(other, Led):
        return one.link.same(other.link)
    if isinstance(other, Led):
        return equal(other, one)
    if isinstance(one, Led):
        return _equal_link(one.link, other)
    return _equal_things(one, other)


def _equal_link(link: Link, other: Answer) -> Truth:
    if isinstance(other, Value):
        if other.absent and isinstance(other, Exact):
            return ~link.given
        return _equal_values(link.value if link.element is None else link.element.get("name"), other)
    if link.state == "absent":
        return NO
    if link.element is None:
        return Truth.unknown(link.unseen)
    many = link.element.many
    if link.element is getattr(other, "element", None):
        return YES if many is None else Truth.unknown(many)
    return NO


def _equal_things(one: Answer, other: Answer) -> Truth:
    if isinstance(other, Zone) and not isinstance(one, Zone):
        return _equal_things(other, one)
    if isinstance(one, Zone):
        if isinstance(other, Zone):
            return one.same(other)
        if isinstance(other, Value) and isinstance(other.data, str) and ("-az" in other.data) is one.by_id:
            return _equal_values(one.value, other)
        return Truth.unknown("a zone id and a zone name cannot be compared", one.value.place)
    if isinstance(one, View) and isinstance(other, View):
        if one.element is other.element and one.element.many is not None:
            return Truth.unknown(one.element.many)
        return Truth.of(one.element is other.element)
    for this in (one, other):
        if isinstance(this, Value):
            return Truth.unknown(this.unknown or Unknown.because("these cannot be compared"))
    return Truth.of(one is other)


def _equal_values(one: Value, other: Value) -> Truth:
    if isinstance(one.data, Seq) or isinstance(other.data, Seq):
        return _equal_lists(members(one), members(other))
    if isinstance(one, Exact) and isinstance(other, Exact):
        return decided(one, other, _same_exactly)
    if isinstance(one, Exact):
        one, other = other, one
    if isinstance(other, Exact) and other.unknown is None:
        wanted = other.data
        if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
            return decided(one, other, _is_number).under(other.inputs)
        if _scalar(wanted):
            return one.is_(wanted).under(other.inputs)  # type: ignore[arg-type]
    return one.same(other)


def _same_exactly(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return type(one) is type(other) and one == other
    return bool(one == other)


def _is_number(data: Any, number: float) -> bool | None:
    if isinstance(data, (Reference, Text)):
        return None
    return number_in(data) == number


def number_in(data: Any) -> float | None:
    """The number that data is or spells."""
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    if isinstance(data, str) and _WHOLE.fullmatch(data):
        return int(data)
    return Value(data).number() if _scalar(data) else None


def _equal_lists(one: Many[Answer], other: Many[Answer]) -> Truth:
    complete = one.complete & other.complete
    if not complete.certain:
        return Truth.unknown(Unknown(complete.reasons))
    ours, theirs = list(one.known()), list(other.known())
    if len(ours) != len(theirs):
        return NO
    return all_of(equal(mine, its) for mine, its in zip(ours, theirs, strict=True))


def members(of: Answer) -> Many[Answer]:
    """The members of a list, or the keys of an object."""
    if is_list(of):
        return of
    if not isinstance(of, Value):
        return Many((), Unknown.because("this is no list"))
    if isinstance(of.data, Map):
        keys = tuple(Member(Exact(key, inputs=of.inputs)) for key in of.data.entries)
        return Many(keys, of.data.more)
    if isinstance(of, Exact) or of.absent:
        why = of.unknown or Unknown.because("this is no list", of.place)
        return Many((), why)
    return of.members()


def decided(one: Value, other: Value, test: Callable[[Any, Any], bool | None]) -> Truth:
    """What a test says of two values; where either is one of several, what all of them come to."""
    if isinstance(other.data, OneOf):
        found = [decided(one, option, test) for option in other.options()[:MOST_OPTIONS]]
        if len({truth.state for truth in found}) == 1 and len(other.options()) <= MOST_OPTIONS:
            return found[0]
        return Truth.unknown(other.data.because).under(other.inputs | one.inputs)
    if isinstance(other.data, Unknown):
        return Truth.unknown(other.data).under(other.inputs | one.inputs)
    return one.decide(lambda data: test(data, other.data)).under(other.inputs)


def ordered(one: Answer, other: Answer, order: str) -> Truth:
    """Whether two numbers or texts stand in an order."""
    if isinstance(one, Between) or isinstance(other, Between):
        return _ordered_counts(one, other, order)
    if not isinstance(one, Value) or not isinstance(other, Value):
        return Truth.unknown("these have no order")

    def test(first: Any, second: Any) -> bool | None:
        if isinstance(first, str) and isinstance(second, str):
            loose = not (isinstance(one, Exact) and isinstance(other, Exact))
            if not loose or number_in(first) is None or number_in(second) is None:
                return _holds(first, second, order)
        left, right = number_in(first), number_in(second)
        if left is None or right is None:
            return None
        exact = (isinstance(first, str) and isinstance(one, Exact)) or (
            isinstance(second, str) and isinstance(other, Exact)
        )
        return None if exact else _holds(left, right, order)

    found = decided(one, other, test)
    if found.undecided and one.unknown is None and other.unknown is None:
        what = f"{one.show()} and {other.show()} have no order"
        return Truth.unknown(what, one.place or other.place).under(found.inputs)
    return found


def _holds(one: Any, other: Any, order: str) -> bool:
    if order == "<":
        return bool(one < other)
    if order == "<=":
        return bool(one <= other)
    return bool(one > other) if order == ">" else bool(one >= other)


def _ordered_counts(one: Answer, other: Answer, order: str) -> Truth:
    """Counts with bounds: decided where every count between them agrees."""
    if not isinstance(one, Between):
        return _ordered_counts(other, one, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[order])
    if isinstance(other, Between):
        return Truth.unknown(Unknown(one.why.reasons or other.why.reasons))
    at_least = ordered(Exact(one.least), other, order)
    at_most = NO if order in ("<", "<=") else YES
    if one.most is not None:
        at_most = ordered(Exact(one.most), other, order)
    if at_least.undecided or at_least.state == at_most.state:
        return at_least
    return Truth.unknown(Unknown(one.why.reasons)).under(at_least.inputs)


def _scalar(data: Any) -> bool:
    return data is None or isinstance(data, (bool, int, float, str))


def label(of: Any) -> str:
    """What a person calls something."""
    for name in ("label", "name"):
        found = getattr(of, name, None)
        if isinstance(found, str) and found:
            return found
    return type(of).__name__.lower()


def reasons(*of: Answer) -> tuple[Reason, ...]:
    """Why answers are not known."""
    found: dict[Reason, None] = {}
    for one in of:
        why = one.unknown if isinstance(one, Value) else None
        if isinstance(one, Value) and why is None and isinstance(one.data, Reference):
            why = Unknown.because(f"{one.data} is not known before it is created", one.place)
        if isinstance(one, Between):
            why = Unknown(one.why.reasons)
        found |= dict.fromkeys(why.reasons if why is not None else ())
    return tuple(found)
