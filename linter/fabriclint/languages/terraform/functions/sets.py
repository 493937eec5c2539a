"""Sets: what several have together, in common, or one alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fabriclint.languages.terraform.failures import joined as joined_unknowns
from fabriclint.languages.terraform.functions.calling import Call, Undecided, also, function
from fabriclint.languages.terraform.functions.comparing import equal
from fabriclint.languages.terraform.functions.conversions import as_set, unified
from fabriclint.languages.terraform.functions.lists import members_open, open_between
from fabriclint.values import Data, Reference, Seq, Unknown, Value


def _sets(call: Call, join: Callable[[list[Value], tuple[Value, ...]], list[Value]]) -> Data:
    groups = [call.members(arg) for arg in call.args]
    together = unified(call, [item for group in groups for item in group])
    at = len(groups[0])
    result = list(together[:at])
    for group in groups[1:]:
        result = join(result, together[at : at + len(group)])
        at += len(group)
    return as_set(call, result)


@function("setunion", most=None, lenient=True)
def setunion(call: Call) -> Data:
    """The members of any of the sets."""
    items: list[Value] = []
    more: Unknown | None = None
    for arg in call.args:
        if isinstance(arg.data, (Reference, Unknown)):
            more = also(more, members_open(arg))
            continue
        seq = call.seq(arg)
        items.extend(seq.items)
        more = also(more, seq.more)
    return as_set(call, items, more)


def _among(item: Value, others: Sequence[Value]) -> bool:
    verdicts = [equal(item, other) for other in others]
    if True in verdicts:
        return True
    if None in verdicts:
        raise Undecided(
            joined_unknowns(open_between(item, o) for o, v in zip(others, verdicts, strict=True) if v is None)
        )
    return False


@function("setintersection", most=None)
def setintersection(call: Call) -> Data:
    """The members of all of the sets."""
    return _sets(call, lambda mine, its: [item for item in mine if _among(item, its)])


@function("setsubtract", least=2)
def setsubtract(call: Call) -> Data:
    """The members of the first set that are not in the second."""
    return _sets(call, lambda mine, its: [item for item in mine if not _among(item, its)])


@function("setproduct", least=2, most=None)
def setproduct(call: Call) -> Data:
    """Every choice of one member from each of the sets."""
    groups = [unified(call, call.members(arg)) for arg in call.args]
    total = 1
    for group in groups:
        total *= len(group)
    call.at_most(total)
    rows: list[tuple[Value, ...]] = [()]
    for group in groups:
        rows = [(*row, item) for row in rows for item in group]
    sets = any(isinstance(arg.data, Seq) and arg.data.kind == "set" for arg in call.args)
    made = [call.value(Seq(row)) for row in rows]
    return as_set(call, made) if sets else Seq(tuple(made), None, "list")
