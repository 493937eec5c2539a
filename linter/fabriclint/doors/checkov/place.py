"""Which of checkov's blocks a finding, and a check that was clean, belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath

from msgspec import Struct, field

from fabriclint.engine.report import Finding, Report
from fabriclint.patterns import late
from fabriclint.text import Span

_KEY = late(r"\[[^\]]*\]")
_DATA = late(r"(^|\.)data\.")


class Seat(Struct, frozen=True):
    """A block of checkov's: a resource, a data source or a module call. `number` is its place in checkov's graph."""

    number: int
    kind: str
    file: str
    address: str
    first: int
    last: int


class Verdicts(Struct):
    """What one rule came to, by the number of the seat."""

    failed: dict[int, list[Finding]] = field(default_factory=dict[int, list[Finding]])
    passed: set[int] = field(default_factory=set[int])


class Seating:
    """The blocks of one graph. `full` makes a path of a report absolute; in a plan every block stands in the plan's file."""

    def __init__(self, seats: Iterable[Seat], full: Callable[[str], str], plan: str = "") -> None:
        self.seats = tuple(seats)
        self._full = full
        self._plan = plan
        self._exact: dict[tuple[str, str], list[Seat]] = {}
        self._alike: dict[tuple[str, str], list[Seat]] = {}
        self._in_file: dict[str, list[Seat]] = {}
        for seat in self.seats:
            self._exact.setdefault((seat.file, seat.address), []).append(seat)
            self._alike.setdefault((seat.file, _KEY.sub("", seat.address)), []).append(seat)
            self._in_file.setdefault(seat.file, []).append(seat)

    def named(self, place: Span, address: str) -> Sequence[Seat]:
        """The blocks of an address: with its keys, or without where the other linter did not expand them."""
        file = self._plan or self._full(place.path)
        address = _DATA.sub(r"\1", address)  # checkov calls a data source as if it were a resource
        if "/" in _KEY.sub("", address):
            address = address.rpartition("/")[2]  # of what is in a nested template it knows the name alone
        exact = self._exact.get((file, address))
        return exact or self._alike.get((file, _KEY.sub("", address)), ())[:1]

    def round(self, place: Span, address: str = "") -> Seat | None:
        """The smallest block round a place, of the same module where several are."""
        inside = [
            seat
            for seat in self._in_file.get(self._full(place.path), ())
            if seat.first <= place.line <= seat.last
        ]
        return min(
            inside, key=lambda seat: (-_shared(seat.address, address), seat.last - seat.first), default=None
        )

    def nearest(self, finding: Finding) -> Seat | None:
        """Where a finding goes whose own block checkov does not have."""
        for place in (finding.header, finding.place, *(call.place for call in reversed(finding.calls))):
            found = self.round(place, finding.address)
            if found is not None:
                return found
        if self._plan:
            return max(self.seats, key=lambda seat: _shared(seat.address, finding.address), default=None)
        beside = self._in_file.get(self._full(finding.header.path), ())
        below = [seat for seat in beside if seat.first >= finding.header.line]
        if beside:
            return min(below or beside, key=lambda seat: abs(seat.first - finding.header.line))
        root = PurePath(self._full(finding.root))
        folder = root if root.suffix == "" else root.parent
        return next((seat for seat in self.seats if folder in PurePath(seat.file).parents), None)


def _shared(one: str, other: str) -> int:
    """How many steps two addresses share from their beginning."""
    count = 0
    for mine, its in zip(one.split("."), other.split("."), strict=False):
        if mine != its:
            break
        count += 1
    return count


def seated(report: Report, seating: Seating) -> tuple[dict[str, Verdicts], tuple[Finding, ...]]:
    """What every rule came to at every block, and the findings for which there is no block at all."""
    made: dict[str, Verdicts] = {}
    lost: list[Finding] = []
    for finding in report.findings:
        verdicts = made.setdefault(finding.rule, Verdicts())
        seats = [
            seat
            for address in (finding.address, *finding.also)
            for seat in seating.named(finding.header, address)
        ]
        if not seats:
            seat = seating.nearest(finding)
            seats = [] if seat is None else [seat]
        if not seats:
            lost.append(finding)
        for number in dict.fromkeys(seat.number for seat in seats):
            verdicts.failed.setdefault(number, []).append(finding)
    open_: set[tuple[str, int]] = set()
    for verdict in report.verdicts:
        seats = list(seating.named(verdict.place, verdict.address))
        if not seats and (seat := seating.round(verdict.place, verdict.address)) is not None:
            seats = [seat]
        for seat in seats:
            if verdict.state == "no":
                made.setdefault(verdict.rule, Verdicts()).passed.add(seat.number)
            else:
                open_.add((verdict.rule, seat.number))
    for rule, verdicts in made.items():
        verdicts.passed = {
            one for one in verdicts.passed if one not in verdicts.failed and (rule, one) not in open_
        }
    return made, tuple(lost)
