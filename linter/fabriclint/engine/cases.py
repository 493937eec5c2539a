"""Checks that an input of few values leaves open: each value is tried, and where all agree the check is settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec.structs import replace

from fabriclint.engine.merge import names
from fabriclint.engine.precedence import shape
from fabriclint.languages.base import Choice
from fabriclint.sdk import Rule
from fabriclint.values import NO, Input, Reason, State

if TYPE_CHECKING:
    from fabriclint.engine.run import Check

MAX_INPUTS: Final = 2
"""How many inputs are tried against each other."""
MAX_TRIED: Final = 16
"""How many ways to give one group of inputs are tried."""
MAX_READINGS: Final = 48
"""How many times one root is read again."""

Given: TypeAlias = tuple[tuple[str, str], ...]
Again: TypeAlias = "Callable[[Given, Sequence[Rule]], Sequence[Check] | None]"


def settled(checks: Sequence[Check], choices: Sequence[Choice], again: Again) -> list[Check]:
    """The checks, with those settled that come to the same whatever the inputs are given.

    `again` judges the root anew under given inputs, by some of its rules; None where it cannot.
    """
    by_reason = {choice.reason: choice for choice in choices}
    groups: dict[tuple[Choice, ...], list[int]] = {}
    for number, check in enumerate(checks):
        if check.state == "unknown":
            rests_on = {by_reason[reason] for reason in _reasons(check) if reason in by_reason}
            if 0 < len(rests_on) <= MAX_INPUTS:
                groups.setdefault(tuple(c for c in choices if c in rests_on), []).append(number)
    made = list(checks)
    left = MAX_READINGS
    for group, numbers in groups.items():
        ways = [
            tuple(zip((choice.name for choice in group), options, strict=True))
            for options in product(*(choice.options for choice in group))
        ]
        if len(ways) > min(MAX_TRIED, left):
            continue
        left -= len(ways)
        rules = list({checks[number].rule.name: checks[number].rule for number in numbers}.values())
        cases = [_by_subject(judged) for way in ways if (judged := again(way, rules)) is not None]
        if len(cases) == len(ways):
            for number in numbers:
                made[number] = _decided(checks[number], group, ways, cases)
    return made


def _reasons(check: Check) -> Iterable[Reason]:
    return (reason for one in check.settled if one.truth.undecided for reason in one.truth.reasons)


def _by_subject(checks: Iterable[Check]) -> dict[tuple[str, str], Check]:
    return {(check.rule.name, check.subject.address): check for check in checks}


def _decided(
    check: Check,
    group: Sequence[Choice],
    ways: Sequence[Given],
    cases: Sequence[dict[tuple[str, str], Check]],
) -> Check:
    """A check after its cases: settled where they agree, else left open with what the cases came to."""
    found = [case.get((check.rule.name, check.subject.address)) for case in cases]
    states: list[State] = ["no" if one is None else one.state for one in found]
    under = frozenset(Input(c.full, f"any of {', '.join(c.options)}", c.reason.place) for c in group)
    if set(states) == {"no"}:
        truths = (replace(one, truth=NO.under(under)) for one in check.settled)
        return replace(check, settled=tuple(truths))
    certain = [one for one in found if one is not None and one.state == "yes"]
    if len(certain) == len(cases) and len({_faults(one) for one in certain}) == 1:
        tried = {used.name for used in under}
        kept = (
            replace(one, truth=replace(one.truth, inputs=_without(one.truth.inputs, tried) | under))
            for one in certain[0].settled
            if one.truth.certain
        )
        return replace(certain[0], settled=tuple(kept))
    if "yes" not in states:
        return check
    told = " or ".join(
        " and ".join(f"{name} = {value}" for name, value in way)
        for way, state in zip(ways, states, strict=True)
        if state == "yes"
    )
    more = Reason(f"it is a finding where {told}", group[0].reason.place)
    return replace(
        check,
        settled=tuple(
            replace(one, truth=replace(one.truth, reasons=(*one.truth.reasons, more)))
            if one.truth.undecided
            else one
            for one in check.settled
        ),
    )


def _without(inputs: Iterable[Input], tried: set[str]) -> frozenset[Input]:
    return frozenset(used for used in inputs if used.name not in tried)


def _faults(check: Check) -> tuple[tuple[str, tuple[str, int, int]], ...]:
    """What a check finds and where, without names; two cases with the same faults are one finding."""
    called = names(check.subject.element, check.subject.label, check.subject.address)
    return tuple(
        (shape(one.claim.message, called), one.claim.at.order) for one in check.settled if one.truth.certain
    )
