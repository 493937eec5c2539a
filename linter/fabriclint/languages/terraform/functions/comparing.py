"""When two values are equal, which of several are the same, and in which order a set holds them."""

from __future__ import annotations

from collections.abc import Iterable

from fabriclint.languages.terraform.functions.calling import MOST_DEPTH, MOST_STEPS, number_text
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value


def equal(one: Value, other: Value) -> bool | None:
    """Whether both are equal as Terraform's `==` sees it (no conversion); None where that is not decided."""
    return _equal(one, other, 0, [MOST_STEPS])


def _equal(one: Value, other: Value, depth: int, left: list[int]) -> bool | None:
    mine, its = one.data, other.data
    left[0] -= 1
    if depth > MOST_DEPTH or left[0] < 0:
        return None
    if isinstance(mine, OneOf) or isinstance(its, OneOf):
        verdicts = {_equal(a, b, depth + 1, left) for a in one.options() for b in other.options()}
        return verdicts.pop() if len(verdicts) == 1 else None
    if isinstance(mine, Unknown) or isinstance(its, Unknown):
        return None
    handles = (one.handle, other.handle)
    if handles[0] is not None and handles[0] == handles[1]:
        return True
    if isinstance(mine, (Reference, Text)) or isinstance(its, (Reference, Text)):
        if isinstance(mine, (Seq, Map)) or isinstance(its, (Seq, Map)):
            return None
        if isinstance(mine, Text) and isinstance(its, Text):
            same = mine.parts == its.parts and not any(isinstance(part, Unknown) for part in mine.parts)
            return True if same else None
        verdict = one.same(other) if isinstance(mine, Reference) and isinstance(its, Reference) else None
        if verdict is not None:
            return None if verdict.undecided else verdict.certain
        text, scalar = (one, its) if isinstance(mine, Text) else (other, mine)
        if isinstance(text.data, Text) and isinstance(scalar, str):
            return False if text.is_(scalar).excluded else None
        return None
    if isinstance(mine, Seq) and isinstance(its, Seq):
        return _equal_lists(mine, its, depth, left)
    if isinstance(mine, Map) and isinstance(its, Map):
        return _equal_maps(mine, its, depth, left)
    if isinstance(mine, (Seq, Map)) or isinstance(its, (Seq, Map)):
        return False
    if isinstance(mine, bool) or isinstance(its, bool) or isinstance(mine, str) or isinstance(its, str):
        return type(mine) is type(its) and mine == its
    return mine == its


def _all(verdicts: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            result = None
    return result


def _equal_lists(mine: Seq, its: Seq, depth: int, left: list[int]) -> bool | None:
    if mine.more is not None or its.more is not None:
        return None
    if len(mine.items) != len(its.items):
        return False
    return _all(_equal(a, b, depth + 1, left) for a, b in zip(mine.items, its.items, strict=True))


def _equal_maps(mine: Map, its: Map, depth: int, left: list[int]) -> bool | None:
    if mine.more is not None or its.more is not None:
        return None
    if mine.entries.keys() != its.entries.keys():
        return False
    return _all(_equal(item, its.entries[key], depth + 1, left) for key, item in mine.entries.items())


def identity(value: Value) -> tuple[object, ...] | None:
    """A key that equal values share, and that two things with different keys are treated as two; None where unknown."""
    return _identity(value, 0, [MOST_STEPS])


def _identity(value: Value, depth: int, left: list[int]) -> tuple[object, ...] | None:
    data = value.data
    left[0] -= 1
    if depth > MOST_DEPTH or left[0] < 0 or isinstance(data, (Unknown, OneOf)):
        return None
    if isinstance(data, Reference):
        return ("reference", data.target, data.path)
    if isinstance(data, Text):
        return None if any(isinstance(part, Unknown) for part in data.parts) else ("text", data.parts)
    if isinstance(data, (Seq, Map)):
        keys: list[object] = []
        if data.more is not None:
            return None
        members = enumerate(data.items) if isinstance(data, Seq) else sorted(data.entries.items(), key=_first)
        for key, item in members:
            inner = _identity(item, depth + 1, left)
            if inner is None:
                return None
            keys.append((key, inner))
        return (type(data).__name__, *keys)
    number = isinstance(data, (int, float)) and not isinstance(data, bool)
    return ("number" if number else type(data).__name__, data)


def _first(pair: tuple[str, Value]) -> str:
    return pair[0]


def fully_known(value: Value) -> bool:
    """Whether nothing inside is open: no unknown, reference or hole, and no missing member."""
    return _known(value, 0, [MOST_STEPS])


def _known(value: Value, depth: int, left: list[int]) -> bool:
    data = value.data
    left[0] -= 1
    if depth > MOST_DEPTH or left[0] < 0 or isinstance(data, (Unknown, OneOf, Reference, Text)):
        return False
    if isinstance(data, Seq):
        return data.more is None and all(_known(item, depth + 1, left) for item in data.items)
    if isinstance(data, Map):
        return data.more is None and all(_known(item, depth + 1, left) for item in data.entries.values())
    return True


def _spelled(data: Data) -> str:
    # The bytes that cty hashes a member of a set by; members that are no scalars are ordered by them.
    if data is None:
        return "~"
    if isinstance(data, bool):
        return "T" if data else "F"
    if isinstance(data, str):
        return '"' + data.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(data, (int, float)):
        return number_text(data)
    if isinstance(data, Seq):
        return "[" + "".join(_spelled(item.data) + ";" for item in data.items) + "]"
    if isinstance(data, Map):
        return "<" + "".join(_spelled(data.entries[key].data) + ";" for key in sorted(data.entries)) + ">"
    return ""


def set_order(items: list[Value]) -> list[Value]:
    """The members in the order in which Terraform iterates over a set of them; as written where one is not known."""
    if not all(fully_known(item) for item in items):
        return items
    scalars = [item.data for item in items]
    if all(isinstance(data, str) for data in scalars):
        return sorted(items, key=lambda item: str(item.data).encode("utf-8", "surrogatepass"))
    if all(isinstance(data, (int, float)) for data in scalars):
        return sorted(items, key=lambda item: item.data if isinstance(item.data, (int, float)) else 0)
    return sorted(items, key=lambda item: _spelled(item.data))
