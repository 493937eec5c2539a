"""Judged roots, carried from one process to another: what a report tells of them, as plain data.

Rules, languages, roots and the files that were read before are on both sides and go by number; a subject and its element go
without their attributes, and the fixes as the code they come to. Only a process's own forks are listened to.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any, cast

from msgspec.structs import replace

from fabriclint.engine.bench import Seat
from fabriclint.engine.discover import Plan
from fabriclint.engine.run import NOTHING_WRITTEN, Check, Judged, Settled, Subject, Written
from fabriclint.model.element import Call, Element, Shape
from fabriclint.sdk import Claim, Fix, Rule
from fabriclint.text import Source, Span
from fabriclint.values import Value


class Carrier:
    """Packs and unpacks judged roots; made before the fork, so that both sides have the same one."""

    def __init__(self, plan: Plan, rules: Sequence[Rule], sources: Iterable[Source]) -> None:
        shared: list[object] = [*rules, *sources]
        for language, root in plan.roots:
            shared += [language, root]
        self._shared = shared
        self._numbers = {id(one): number for number, one in enumerate(shared)}
        self._sources = {one.path: one for one in shared if isinstance(one, Source)}

    def pack(self, judged: Sequence[tuple[int, Seat]]) -> bytes:
        """Judged roots with their numbers, as bytes."""
        into = BytesIO()
        _Packer(into, self._number).dump([(number, _plain(seat)) for number, seat in judged])
        return into.getvalue()

    def unpack(self, data: bytes, met: Iterable[Source] = ()) -> list[tuple[int, Seat]]:
        """What `pack` made; raises an exception of any kind where it is not whole. `met` are sources read since the fork."""
        for source in met:
            self._sources.setdefault(source.path, source)
        return cast("list[tuple[int, Seat]]", _Unpacker(BytesIO(data), self._found).load())

    def _number(self, one: object) -> object:
        number = self._numbers.get(id(one))
        if number is None and isinstance(one, Source):
            return one.path, one.data
        return number

    def _found(self, name: int | tuple[str, bytes]) -> object:
        if isinstance(name, int):
            return self._shared[name]
        # One source for a file, whoever read it: places are compared by their source.
        path, data = name
        known = self._sources.setdefault(path, Source(path, data))
        return known if known.data == data else Source(path, data)


class _Packer(pickle.Pickler):
    def __init__(self, into: BytesIO, number: Callable[[object], object]) -> None:
        super().__init__(into, pickle.HIGHEST_PROTOCOL)
        self._number = number

    def persistent_id(self, obj: object) -> object:
        return self._number(obj)


class _Unpacker(pickle.Unpickler):
    def __init__(self, data: BytesIO, found: Callable[[Any], object]) -> None:
        super().__init__(data)
        self._found = found

    def persistent_load(self, pid: Any) -> object:
        return self._found(pid)


class CarriedSubject(Subject):
    """What a report tells of a subject and of its element."""

    def __init__(
        self, address: str, label: str, place: Span, element: tuple[str, str, Span, tuple[Call, ...]]
    ) -> None:
        self._told = address, label, place, element

    @property
    def address(self) -> str:
        return self._told[0]

    @property
    def label(self) -> str:
        return self._told[1]

    @property
    def place(self) -> Span:
        return self._told[2]

    @property
    def element(self) -> Element:
        address, label, place, calls = self._told[3]
        return Element("", "", address, label, place, "", Shape("", {}), _left_behind, calls=calls)


def _left_behind(name: str) -> Value:
    raise LookupError(f"{name} was not carried over")


class CarriedCheck(Check, frozen=True):
    """A check whose subject is in another process. `codes` are the fixes of its claims as code."""

    subject_kind: str = ""
    codes: tuple[Written, ...] = ()

    @property
    def kind(self) -> str:
        return self.subject_kind

    def written(self, claim: Claim) -> Written:
        """The changes of a claim's fix as code, as the other process wrote them."""
        return next(code for one, code in zip(self.settled, self.codes, strict=True) if one.claim is claim)


def _plain(seat: Seat) -> Seat:
    checks = tuple(_carried(check) for check in seat.judged.checks)
    return replace(seat, judged=Judged(checks, seat.judged.trouble))


def _carried(check: Check) -> CarriedCheck:
    subject, element = check.subject, check.subject.element
    settled = tuple(Settled(_said(one.claim), one.truth) for one in check.settled)
    return CarriedCheck(
        check.rule,
        CarriedSubject(
            subject.address,
            subject.label,
            subject.place,
            (element.address, element.label, element.place, element.calls),
        ),
        check.language,
        check.root,
        settled,
        subject_kind=check.kind,
        codes=tuple(
            check.written(one.claim) if one.truth.certain else NOTHING_WRITTEN for one in check.settled
        ),
    )


def _said(claim: Claim) -> Claim:
    fix = Fix(claim.fix.words, (), claim.fix.edit, claim.fix.warning)
    return Claim(
        claim.when, claim.at, claim.message, claim.why, fix, claim.related, claim.severity, claim.evidence
    )
