"""Edits that prove themselves: written by the language, then read, evaluated and judged again before they are offered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from posixpath import basename
from typing import Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.engine.bench import Bench
from fabriclint.engine.discover import told
from fabriclint.engine.merge import Found
from fabriclint.engine.precedence import covered
from fabriclint.engine.report import Finding, Offer, Report
from fabriclint.languages.base import NoEdit
from fabriclint.patterns import late
from fabriclint.text import Edit, edited

Safety: TypeAlias = Literal["safe", "unsafe"]
Editable: TypeAlias = Callable[[str], "str | None"]
"""Says of a path why it may not be edited, or None where it may."""

_NOT_OURS: Final = frozenset(
    {".terraform", ".terragrunt-cache", "vendor", "third_party", "node_modules", "cdk.out", ".aws-sam"}
)
_GENERATED: Final = late(
    rb"do not edit|@generated|code generated|automatically generated|auto-generated", re.IGNORECASE
)
STAYS: Final = "the edit was tried, and the finding did not go away"
_HEAD: Final = 1_000  # a file says in its first lines that a tool wrote it


class Proved(Struct, frozen=True, eq=False):
    """Edits that make a finding go away and nothing new come, and the run as it is after them."""

    finding: Finding
    edits: tuple[Edit, ...]
    safety: Safety
    warning: str
    after: Bench

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that change."""
        return tuple(dict.fromkeys(edit.span.path for edit in self.edits))


class Unproved(Struct, frozen=True, eq=False):
    """A finding that has no edit, and why; `tried` says that there was one, and that it did not prove itself."""

    finding: Finding
    reason: str
    tried: bool = False


class Mended(Struct, frozen=True, eq=False):
    """A run after edits: what was made, what was proved and not asked for, and what has no edit."""

    bench: Bench
    made: tuple[Proved, ...] = ()
    offered: tuple[Proved, ...] = ()
    without: tuple[Unproved, ...] = ()


def prove(bench: Bench, finding: Finding, group: Sequence[Found], editable: Editable) -> Proved | Unproved:
    """The edits of one finding, if it has any that prove themselves."""
    fixes = [one.claim.fix for one in group]
    if not fixes or not all(fix.changes and fix.edit for fix in fixes):
        return Unproved(finding, "its fix is for a person to decide")
    try:
        edits = _written(bench, group)
        _allowed(edits, editable)
        sources = edited(edits)
    except NoEdit as error:
        return Unproved(finding, str(error))
    except ValueError as error:
        return Unproved(finding, f"its edits cannot be put together: {error}")
    except Exception as error:  # a writer that fails costs the edit, never the finding
        return Unproved(finding, f"the edit could not be written: {told(error)}")
    after = bench.changed(sources)
    problem = _worse(bench.report, after.report, finding)
    if problem is not None:
        return Unproved(finding, problem, tried=True)
    safe = all(fix.edit == "safe" for fix in fixes)
    warning = next((fix.warning for fix in fixes if fix.warning), "")
    return Proved(finding, edits, "safe" if safe else "unsafe", warning, after)


def mend(
    bench: Bench,
    wanted: Sequence[Safety],
    editable: Editable,
    only: Callable[[Finding], bool] = lambda _: True,
) -> Mended:
    """Make every proved edit of the wanted kinds, one after the other, each proved on what the ones before it left.

    Findings that `only` refuses are left as they are, and nothing is said of them.
    """
    made: list[Proved] = []
    asked: set[str] = set()
    offered: dict[str, Proved] = {}
    without: dict[str, Unproved] = {}
    last = 0
    while True:
        step = next(_proofs(bench, asked, editable, only), None)
        if step is None:
            # What did not prove itself may do so after the edits that were made since.
            again = {name for name, one in without.items() if one.tried}
            if len(made) == last or not again:
                break
            last = len(made)
            asked -= again
            continue
        if isinstance(step, Unproved):
            without[step.finding.fingerprint] = step
        elif step.safety in wanted:
            made.append(step)
            bench = step.after
            # What is left of several findings of one name is numbered anew: they are asked again.
            again = {name for name in asked if _base(name) == _base(step.finding.fingerprint)}
            asked -= again
            offered = {name: one for name, one in offered.items() if name not in again}
            without = {name: one for name, one in without.items() if name not in again}
        else:
            offered[step.finding.fingerprint] = step
    left = {finding.fingerprint for finding, _ in bench.findings}
    return Mended(
        bench,
        tuple(made),
        tuple(one for name, one in offered.items() if name in left),
        tuple(one for name, one in without.items() if name in left),
    )


def proved(bench: Bench, editable: Editable) -> Report:
    """The report of a run, each finding with the edits that prove themselves, or why there are none."""
    found: list[Finding] = []
    secrets = bench.report.secrets
    for finding, group in bench.findings:
        proof = prove(bench, finding, group, editable)
        if isinstance(proof, Proved):
            offer = Offer(proof.edits, proof.safety, secrets.clear(proof.warning))
            found.append(replace(finding, offer=offer))
        else:
            found.append(replace(finding, no_offer=secrets.clear(proof.reason)))
    return replace(bench.report, findings=tuple(found))


def _proofs(
    bench: Bench, asked: set[str], editable: Editable, only: Callable[[Finding], bool]
) -> Iterator[Proved | Unproved]:
    for finding, group in bench.findings:
        if finding.fingerprint not in asked and only(finding):
            asked.add(finding.fingerprint)
            yield prove(bench, finding, group, editable)


def _written(bench: Bench, group: Sequence[Found]) -> tuple[Edit, ...]:
    """The edits of a fault: of all its instances, which stand in one block and so have to come to the same."""
    edits: tuple[Edit, ...] | None = None
    for one in group:
        check = one.check
        written = check.language.patch(
            one.claim.fix.changes, check.subject.element, check.elements, bench.files
        )
        if not written:
            raise NoEdit("it reads as it should already")
        if edits is not None and written != edits:
            raise NoEdit(f"its {len(group)} instances would need edits of their own in one block")
        edits = written
    assert edits is not None
    return edits


def _allowed(edits: Sequence[Edit], editable: Editable) -> None:
    for source in dict.fromkeys(edit.span.source for edit in edits):
        path = source.path
        foreign = next((part for part in path.split("/") if part in _NOT_OURS), None)
        if foreign is not None:
            raise NoEdit(f"{path} lies in {foreign}, which is not written by hand")
        if _GENERATED.search(source.data, 0, _HEAD):
            raise NoEdit(f"{basename(path)} says that it is generated")
        try:
            source.data.decode("utf-8")
        except UnicodeDecodeError:
            raise NoEdit(f"{basename(path)} is not UTF-8") from None
        refused = editable(path)
        if refused is not None:
            raise NoEdit(f"{path} is left alone: {refused}")


def _worse(before: Report, after: Report, finding: Finding) -> str | None:
    """Why a run after an edit is no improvement; None where the finding is gone and nothing else came."""
    if after.crashed and not before.crashed:
        return "the edit was tried, and the result could not be judged"
    told_before = Counter((one.level, one.message) for one in before.diagnostics if one.level != "note")
    told_after = Counter((one.level, one.message) for one in after.diagnostics if one.level != "note")
    for _, message in told_after - told_before:
        return f"the edit was tried, and the result did not read well: {message}"
    found_before, found_after = _faults(before), _faults(after)
    if found_after[_fault(finding)] >= found_before[_fault(finding)]:
        return STAYS
    # What the finding covered was true before, and is told now that the finding is gone.
    hidden = covered([finding.rule])
    for rule, _ in found_after - found_before:
        if rule not in hidden:
            return STAYS if rule == finding.rule else f"the edit was tried, and {rule} would be found then"
    decided = {(v.root, v.rule, v.address): v.state for v in before.verdicts}
    for verdict in after.verdicts:
        was = decided.get((verdict.root, verdict.rule, verdict.address), "unknown")
        if verdict.state == "unknown" and was != "unknown":
            return f"the edit was tried, and {verdict.rule} could not be checked any more"
    return None


def _fault(finding: Finding) -> tuple[str, str]:
    """What makes a finding the same finding after an edit; the number that tells two of one name apart does not count."""
    return finding.rule, _base(finding.fingerprint)


def _base(fingerprint: str) -> str:
    return fingerprint.partition(":")[0]


def _faults(report: Report) -> Counter[tuple[str, str]]:
    return Counter(_fault(finding) for finding in report.findings)
