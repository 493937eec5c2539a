"""Lists: taking, joining, cutting and ordering members."""

from __future__ import annotations

from collections.abc import Sequence

from fabriclint.languages.terraform import decimals
from fabriclint.languages.terraform.failures import joined as joined_unknowns
from fabriclint.languages.terraform.functions.calling import (
    LIST_NAMES,
    MOST_DEPTH,
    MOST_STEPS,
    Call,
    Undecided,
    also,
    function,
    unknown_of,
)
from fabriclint.languages.terraform.functions.comparing import equal
from fabriclint.languages.terraform.functions.conversions import (
    converted,
    derived,
    open_part,
    scalar_text,
    unified,
    without_repeats,
)
from fabriclint.languages.terraform.functions.texts import graphemes
from fabriclint.languages.terraform.kinds import ANY, common_member
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value

_MOST_OPTIONS = 8

_MOST_RANGE = 1024  # Terraform's own bound


def members_open(value: Value) -> Unknown:
    """Why the members of a symbolic list are not known."""
    data = value.data
    if isinstance(data, Reference):
        return Unknown.because(f"the members of {data} are not known", value.place or data.place)
    return unknown_of(data) or Unknown.because("its members are not known", value.place)


def any_of_these(call: Call, items: Sequence[Value], because: Unknown) -> Data | Value:
    """One of a few members, which one being open; unknown where they are many."""
    kept, more = without_repeats(items, None)
    if more is not None or not 0 < len(kept) <= _MOST_OPTIONS:
        return because
    return kept[0] if len(kept) == 1 else OneOf(tuple(kept), because)


@function("element", least=2, lenient=True)
def element(call: Call) -> Data | Value:
    """The member at an index, which wraps around at the end."""
    list_, index = call.args
    if isinstance(list_.data, Unknown):
        return list_.data
    open_ = unknown_of(index.data, index.place)
    if isinstance(list_.data, Reference):
        if open_ is not None:
            return open_
        n = call.whole(index)
        # A short list wraps around: from 3 on it is not certain that this is another member than one before it.
        return call.part(list_, n if 0 <= n < 3 else f"element {n}")
    items = call.members(list_)
    if not items:
        raise call.refused("element() of an empty list")
    if call.seq(list_).kind == "set":
        raise call.refused("element() does not take a set")
    if open_ is not None:
        return any_of_these(call, items, open_)
    n = call.whole(index)
    if n < 0 and call.seq(list_).kind == "tuple":
        raise call.refused("element() needs an index that is not negative")
    return items[n % len(items)]


@function("slice", least=3)
def slice_(call: Call) -> Data:
    """The members from one index up to another."""
    start, end = call.whole(call.args[1]), call.whole(call.args[2])
    list_ = call.args[0]
    if not 0 <= start <= end:
        raise call.refused("slice() needs its start before its end")
    call.at_most(end - start)
    if isinstance(list_.data, Reference):
        return Seq(tuple(call.part(list_, n) for n in range(start, end)))
    items = call.members(list_)
    if end > len(items):
        raise call.refused("slice() ends after the end of the list")
    kind = call.seq(list_).kind
    if kind == "set":
        raise call.refused("slice() does not take a set")
    return Seq(items[start:end], None, kind)


@function("concat", most=None, lenient=True)
def concat(call: Call) -> Data | Value:
    """The members of several lists, one list after the other."""
    if any(isinstance(arg.data, Seq) and arg.data.kind == "set" for arg in call.args):
        raise call.refused("concat() does not take a set")
    lists = all(isinstance(arg.data, Seq) and arg.data.kind == "list" for arg in call.args)
    given = [arg for arg in call.args if not (isinstance(arg.data, Seq) and _empty(arg.data))]
    if not given:
        return Seq(kind="list" if lists else "tuple")
    if len(given) == 1 and isinstance(given[0].data, (Reference, Unknown)):
        return given[0]
    items: list[Value] = []
    more: Unknown | None = None
    for arg in given:
        if isinstance(arg.data, (Reference, Unknown)):
            more = also(more, members_open(arg))
            continue
        seq = call.seq(arg)
        items.extend(seq.items)
        more = also(more, seq.more)
    call.at_most(len(items))
    if not lists:
        return Seq(tuple(items), more)
    wanted = common_member(ANY, items)
    if wanted is None:
        return Seq(tuple(items), more)
    return Seq(tuple(converted(call, item, wanted) for item in items), more, "list")


def _empty(seq: Seq) -> bool:
    return not seq.items and seq.more is None


@function("compact")
def compact(call: Call) -> Data | Value:
    """The strings that are neither null nor empty."""
    if isinstance(call.args[0].data, Reference):
        return derived(call.args[0], "compact")
    seq = call.seq(call.args[0])
    more = seq.more
    kept: list[Value] = []
    for item in seq.items:
        data = item.data
        if isinstance(data, (Seq, Map)):
            raise call.wrong(data)
        if isinstance(data, OneOf) and all(_filled(option.data) for option in item.options()):
            kept.append(item)
        elif isinstance(data, (Unknown, OneOf)) or (isinstance(data, Text) and not _filled(data)):
            more = also(more, unknown_of(data))
        elif data is not None and data != "":
            kept.append(Value(scalar_text(data), item.place, item.origin, item.reference, item.inputs))
    return Seq(tuple(kept), more, "list")


def _filled(data: Data) -> bool:
    if isinstance(data, Text):
        return any(isinstance(part, Reference) or (isinstance(part, str) and part) for part in data.parts)
    return data is not None and data != "" and not isinstance(data, (Unknown, OneOf))


@function("flatten")
def flatten(call: Call) -> Data | Value:
    """The members of lists inside lists, as one list."""
    if isinstance(call.args[0].data, Reference):
        return call.args[0]
    top = call.seq(call.args[0])
    more = top.more
    items: list[Value] = []
    todo = [(item, 1) for item in reversed(top.items)]
    steps = 0
    while todo:
        item, depth = todo.pop()
        data = item.data
        steps += 1
        if isinstance(data, Seq):
            if depth > MOST_DEPTH or steps > MOST_STEPS:
                raise call.declined("flatten() of lists that nest too deeply or hold too much")
            more = also(more, data.more)
            todo.extend((inner.under(item.inputs), depth + 1) for inner in reversed(data.items))
            call.at_most(len(todo))
        elif isinstance(data, Unknown) or (isinstance(data, OneOf) and _may_be_list(item)):
            more = also(more, unknown_of(data))
        elif isinstance(data, Reference) and data.path and str(data.path[-1]).endswith(LIST_NAMES):
            more = also(more, members_open(item))
        else:
            items.append(item)
            call.at_most(len(items))
    return Seq(tuple(items), more)


def _may_be_list(value: Value) -> bool:
    return any(isinstance(option.data, (Seq, Unknown)) for option in value.options())


@function("distinct")
def distinct(call: Call) -> Data | Value:
    """Each member once, the first of equals."""
    if isinstance(call.args[0].data, Reference):
        return derived(call.args[0], "distinct")
    seq = call.seq(call.args[0])
    items, more = without_repeats(unified(call, seq.items), seq.more)
    return Seq(tuple(items), more, "list")


@function("reverse")
def reverse(call: Call) -> Data | Value:
    """The members from last to first."""
    if isinstance(call.args[0].data, Reference):
        return derived(call.args[0], "reversed")
    seq = call.seq(call.args[0])
    return Seq(tuple(reversed(seq.items)), seq.more, "tuple" if seq.kind == "tuple" else "list")


@function("sort")
def sort(call: Call) -> Data | Value:
    """Strings in the order of their characters."""
    if isinstance(call.args[0].data, Reference):
        return derived(call.args[0], "sorted")
    seq = call.seq(call.args[0])
    open_ = [unknown for item in seq.items if (unknown := unknown_of(item.data, item.place))]
    if open_ and len(seq.items) > 1:
        return Seq(
            seq.items, also(seq.more, joined_unknowns(open_)), "list"
        )  # the members are known, their order is not
    if open_:
        return Seq(seq.items, seq.more, "list")
    texts = [
        Value(call.text(item), item.place, item.origin, item.reference, item.inputs) for item in seq.items
    ]
    texts.sort(key=lambda item: str(item.data).encode("utf-8", "surrogatepass"))
    return Seq(tuple(texts), seq.more, "list")


@function("length")
def length(call: Call) -> Data:
    """How many members, keys or characters there are."""
    data = call.known(call.args[0])
    if isinstance(data, Seq):
        return len(call.members(call.args[0]))
    if isinstance(data, Map):
        return len(call.entries(call.args[0]))
    if isinstance(data, str):
        return len(graphemes(call, data))
    raise call.wrong(data)


@function("contains", least=2, lenient=True)
def contains(call: Call) -> Data:
    """Whether a member equals a value; true as soon as a known one does."""
    list_, wanted = call.args
    if isinstance(list_.data, (Unknown, Reference)):
        raise Undecided(members_open(list_))
    seq = call.seq(list_)
    if wanted.data is None:
        raise call.wrong(None)
    open_ = seq.more
    for item in seq.items:
        verdict = equal(item, wanted)
        if verdict:
            call.inputs.update(item.inputs)
            return True
        if verdict is None:
            open_ = also(open_, open_between(item, wanted))
    if open_ is not None:
        raise Undecided(open_)
    for item in seq.items:
        call.inputs.update(item.inputs)
    return False


def open_between(one: Value, other: Value) -> Unknown:
    found = [unknown for value in (one, other) if (unknown := unknown_of(value.data, value.place))]
    return joined_unknowns(found) if found else open_part(one)


@function("index", least=2, lenient=True)
def index(call: Call) -> Data:
    """The place of the first member that equals a value."""
    list_, wanted = call.args
    if isinstance(list_.data, (Unknown, Reference)):
        raise Undecided(members_open(list_))
    if call.seq(list_).kind == "set":
        raise call.refused("index() does not take a set")
    for n, item in enumerate(call.members(list_)):
        verdict = equal(item, wanted)
        call.inputs.update(item.inputs)
        if verdict is None:
            raise Undecided(open_between(item, wanted))
        if verdict:
            return n
    raise call.refused("index() did not find the value")


@function("coalescelist", most=None, lenient=True)
def coalescelist(call: Call) -> Data | Value:
    """The first list that has members."""
    candidates: list[Value] = []
    because: Unknown | None = None
    if any(isinstance(arg.data, Seq) and arg.data.kind == "set" for arg in call.args):
        raise call.refused("coalescelist() does not take a set")
    for arg in call.args:
        if isinstance(arg.data, Seq) and arg.data.more is None and not arg.data.items:
            continue
        if isinstance(arg.data, Unknown):
            because = also(because, arg.data)
            return because or arg.data
        candidates.append(arg)
        if isinstance(arg.data, Seq):
            if arg.data.items:
                break
            raise Undecided(arg.data.more or members_open(arg))
        if not isinstance(arg.data, Reference):
            raise call.wrong(arg.data)
        because = also(because, members_open(arg))
    if not candidates:
        raise call.refused("coalescelist() has no list with members")
    if len(candidates) == 1 or because is None:
        return candidates[0]
    return OneOf(tuple(candidates), because)


@function("one")
def one(call: Call) -> Data | Value:
    """The only member of a list, or null where it has none."""
    list_ = call.args[0]
    if isinstance(list_.data, Reference):
        return OneOf((call.part(list_, 0), call.value(None)), members_open(list_))
    seq = call.seq(list_)
    if len(seq.items) > 1:
        raise call.refused("one() of a list with several members")
    if seq.more is not None:
        raise Undecided(seq.more)
    return seq.items[0] if seq.items else None


@function("chunklist", least=2)
def chunklist(call: Call) -> Data:
    """The members in lists of a given size."""
    items = unified(call, call.members(call.args[0]))
    size = call.whole(call.args[1])
    if size < 0:
        raise call.refused("chunklist() needs a size that is not negative")
    if not items:
        return Seq(kind="list")
    size = size or len(items)
    chunks = [call.value(Seq(items[n : n + size], None, "list")) for n in range(0, len(items), size)]
    return Seq(tuple(chunks), None, "list")


@function("matchkeys", least=3)
def matchkeys(call: Call) -> Data:
    """The values at the places where the keys are among those searched."""
    values, keys, search = (call.members(arg) for arg in call.args)
    if len(values) != len(keys):
        raise call.refused("matchkeys() needs as many keys as values")
    kept: list[Value] = []
    together = unified(call, [*keys, *search])
    keys, search = together[: len(keys)], together[len(keys) :]
    for value, key in zip(values, keys, strict=True):
        verdicts = [equal(key, wanted) for wanted in search]
        if True in verdicts:
            kept.append(value)
        elif None in verdicts:
            raise Undecided(open_part(key))
    return Seq(tuple(kept), None, "list")


@function("range", most=3)
def range_(call: Call) -> Data:
    """The numbers from a start up to a limit in steps."""
    from fractions import Fraction

    numbers = [decimals.exact(call.number(arg)) for arg in call.args]
    start, limit = (Fraction(0), numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else Fraction(1 if start <= limit else -1)
    if step == 0 or (start < limit and step < 0) or (start > limit and step > 0):
        raise call.refused("range() needs a step towards its limit")
    count = 0 if start == limit else -((start - limit) // step)
    if count > _MOST_RANGE:
        raise call.refused(f"range() makes more than {_MOST_RANGE:,} numbers")
    return Seq(tuple(call.value(decimals.number(start + n * step)) for n in range(int(count))), None, "list")


@function("sum")
def sum_(call: Call) -> Data:
    """The sum of numbers."""
    from fractions import Fraction

    items = call.members(call.args[0])
    if not items:
        raise call.refused("sum() of an empty list")
    return decimals.number(sum((decimals.exact(call.number(item)) for item in items), Fraction(0)))


@function("alltrue")
def alltrue(call: Call) -> Data:
    """Whether all members are true; false as soon as one is not."""
    return _fold(call, False)


@function("anytrue")
def anytrue(call: Call) -> Data:
    """Whether a member is true; true as soon as one is."""
    return _fold(call, True)


def _fold(call: Call, settles: bool) -> bool:
    seq = call.seq(call.args[0])
    open_ = seq.more
    for item in seq.items:
        unknown = unknown_of(item.data, item.place)
        if unknown is not None:
            open_ = also(open_, unknown)
            continue
        if (item.data is not None and call.truth(item)) is settles:
            return settles
    if open_ is not None:
        raise Undecided(open_)
    return not settles
