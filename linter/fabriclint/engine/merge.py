"""From settled checks to findings: the same fault in many instances, or through many callers, is told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from fabriclint.engine.precedence import lasting, shape
from fabriclint.engine.report import Code, Finding, NotChecked, Related, page_of, position
from fabriclint.languages.base import Diagnostic
from fabriclint.model.element import Element
from fabriclint.sdk import Claim, Severity
from fabriclint.text import Span
from fabriclint.values import Input, Reason, Truth

if TYPE_CHECKING:
    from fabriclint.engine.run import Check
    from fabriclint.engine.suppress import Fault

# A finding that a thousand instances share still has to be read by a person.
MAX_RELATED = 24
# What an unknown without a reason says; the test harness lets no rule get away with it.
NO_REASON = "the sources do not decide it"

Spot: TypeAlias = tuple[str, int, int]
Key: TypeAlias = tuple[str, Severity, Spot, str]


class Found(Struct, frozen=True):
    """A claim that settled to yes, in the check that made it."""

    check: Check
    claim: Claim
    truth: Truth
    shape: str

    @property
    def order(self) -> tuple[tuple[str, int, int, int], str]:
        """Where it stands among its like."""
        return (position(self.claim.at), self.check.rule.name)


def names(element: Element, *more: str) -> list[str]:
    """What a message calls an element and the way to it."""
    return [element.label, element.address, *(call.name for call in element.calls), *more]


def claims(checks: Iterable[Check]) -> list[Found]:
    """The claims that are findings."""
    made: list[Found] = []
    for check in checks:
        subject = check.subject
        for settled in check.settled:
            if not settled.truth.certain:
                continue
            claim = settled.claim
            alike = shape(claim.message, names(subject.element, subject.label, subject.address))
            # Two claims of one check are two faults, whatever they say: the place tells them apart.
            others = (other.claim for other in check.settled if other.claim is not claim)
            if any(other.message == claim.message for other in others):
                alike += f"\0{claim.at.order}"
            made.append(Found(check, claim, settled.truth, alike))
    return made


def found(made: Iterable[Found]) -> tuple[tuple[Found, ...], ...]:
    """Claims in groups of one fault each, in the order of the report.

    Two claims are one fault when they are of one rule, about the same block of source (so that their elements differ only
    in instance key or in the module call that leads there), and say the same apart from names and keys.
    """
    groups: dict[Key, list[Found]] = {}
    for one in made:
        check = one.check
        key = (check.rule.name, check.severity(one.claim), check.subject.place.order, one.shape)
        groups.setdefault(key, []).append(one)
    told = [tuple(sorted(group, key=lambda one: one.order)) for group in groups.values()]
    return tuple(sorted(told, key=lambda group: (group[0].order, group[0].check.subject.address)))


def findings(groups: Sequence[Sequence[Found]], diagnostics: list[Diagnostic]) -> tuple[Finding, ...]:
    """One finding a group, each with a fingerprint of its own."""
    made: list[Finding] = []
    seen: dict[str, int] = {}
    for group in groups:
        first = group[0]
        check, claim, element = first.check, first.claim, first.check.subject.element
        print_ = fingerprint(check.rule.name, claim.at.path, element.address, first.shape)
        seen[print_] = seen.get(print_, 0) + 1
        if seen[print_] > 1:
            print_ += f":{seen[print_]}"
        addresses = dict.fromkeys(one.check.subject.address for one in group)
        made.append(
            Finding(
                rule=check.rule.name,
                severity=check.severity(claim),
                precision=check.rule.precision,
                message=claim.message,
                why=claim.why,
                place=claim.at,
                header=check.subject.place,
                address=check.subject.address,
                label=check.subject.label,
                language=check.language.name,
                root=check.root.path,
                fingerprint=print_,
                fix=claim.fix.words,
                code=code(first, diagnostics),
                related=related(group),
                evidence=tuple(dict.fromkeys(claim.evidence)),
                holds_under=inputs(one.truth for one in group),
                calls=element.calls,
                also=tuple(addresses)[1:],
                page=page_of(check.rule),
            )
        )
    return tuple(made)


def together(findings: Sequence[Finding], faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """The findings and what is wrong with suppressions, in order."""
    made = list(findings)
    seen: dict[str, int] = {}
    for fault in faults:
        place = fault.place.first_line()
        print_ = fingerprint(fault.rule.name, place.path, "", fault.message)
        seen[print_] = seen.get(print_, 0) + 1
        if seen[print_] > 1:
            print_ += f":{seen[print_]}"
        made.append(
            Finding(
                rule=fault.rule.name,
                severity=fault.rule.severity,
                precision=fault.rule.precision,
                message=fault.message,
                why=fault.rule.section("Why"),
                place=place,
                header=place,
                address=f"{place.path}:{place.line}",
                label=fault.rule.name,
                language="",
                root=place.path,
                fingerprint=print_,
                fix=fault.fix,
            )
        )
    return tuple(sorted(made, key=lambda one: (position(one.place), one.rule, one.address)))


def related(group: Sequence[Found]) -> tuple[Related, ...]:
    """The other places of a fault: those its claim names, its other instances, and the calls that lead there."""
    first = group[0]
    places: dict[tuple[Spot, str], Related] = {}

    def add(place: Span, message: str) -> None:
        places.setdefault((place.order, message), Related(place, message))

    for place, message in first.claim.related:
        add(place, message)
    for one in group[1:]:
        if one.claim.at.order != first.claim.at.order:
            add(one.claim.at, f"the same for {one.check.subject.label}")
    for one in group:
        for call in one.check.subject.element.calls:
            if call.place.order != first.claim.at.order:
                add(call.place, f"through {call.name}")
    return tuple(places.values())[:MAX_RELATED]


def code(one: Found, diagnostics: list[Diagnostic]) -> Code | None:
    """The fix as code, if it has changes; a diagnostic where they could not be written."""
    language, written = one.check.language, one.check.written(one.claim)
    if written.problem:
        what = f"the fix of {one.check.rule.name} could not be written as {language.name} code: {written.problem}"
        diagnostics.append(Diagnostic("warning", what, one.claim.at))
    return Code(language.name, written.text) if written.text else None


def not_checked(checks: Iterable[Check]) -> tuple[NotChecked, ...]:
    """The checks that could not be decided, in order; instances that lack the same are one entry."""
    groups: dict[tuple[str, Spot, Spot, tuple[Reason, ...]], NotChecked] = {}
    for check in checks:
        if check.state != "unknown":
            continue
        open_ = [settled for settled in check.settled if settled.truth.undecided]
        reasons = once(reason for settled in open_ for reason in settled.truth.reasons)
        at = open_[0].claim.at
        reasons = reasons or (Reason(NO_REASON, at),)
        subject = check.subject
        key = (check.rule.name, at.order, subject.place.order, tuple(Reason(r.what) for r in reasons))
        entry = groups.get(key)
        if entry is None:
            groups[key] = NotChecked(
                check.rule.name,
                at,
                subject.address,
                subject.label,
                check.language.name,
                check.root.path,
                reasons,
                page=page_of(check.rule),
            )
        elif subject.address not in (entry.address, *entry.also):
            groups[key] = NotChecked(
                entry.rule, entry.place, entry.address, entry.label, entry.language, entry.root, entry.reasons,
                (*entry.also, subject.address), entry.page,
            )  # fmt: skip
    return tuple(
        sorted(groups.values(), key=lambda entry: (position(entry.place), entry.rule, entry.address))
    )


def once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons without repetitions, in order."""
    kept: dict[tuple[str, Spot | None], Reason] = {}
    for reason in reasons:
        kept.setdefault((reason.what, reason.place.order if reason.place else None), reason)
    return tuple(kept.values())


def inputs(truths: Iterable[Truth]) -> tuple[Input, ...]:
    """The inputs of all, each once, by name."""
    kept: dict[tuple[str, str], Input] = {}
    for truth in truths:
        for used in truth.inputs:
            key = (used.name, used.value)
            if key not in kept or _where(used) < _where(kept[key]):
                kept[key] = used
    return tuple(kept[key] for key in sorted(kept))


def _where(used: Input) -> tuple[str, int, int]:
    return used.place.order if used.place else ("", 0, 0)


def fingerprint(rule: str, path: str, address: str, alike: str) -> str:
    """A name for a fault that outlives moved lines, other instance keys and changed numbers."""
    from hashlib import sha256  # loads OpenSSL, which a run without findings does not need

    text = "\0".join((rule, path, shape(address, ()), lasting(alike.partition("\0")[0])))
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
