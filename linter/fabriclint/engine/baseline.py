"""A baseline: findings that are known and accepted for now, so that only new ones are told.

An entry is keyed by rule, file, resource address and the shape of the message, never by a line number: it outlives edits
elsewhere, moved blocks, and changed numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from fabriclint.engine.report import Finding, Report
from fabriclint.languages.base import Diagnostic

VERSION: Final = 1
_SHOWN: Final = 8


class BadBaseline(Exception):
    """A file that is no baseline; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted finding. `count` are its like, where one resource has several."""

    rule: str
    path: str
    address: str
    fingerprint: str
    count: int = 1


def entries(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    """The findings as entries, in an order that changes as little as they do."""
    kept: dict[str, Entry] = {}
    for one in findings:
        name = one.fingerprint.partition(":")[0]
        before = kept.get(name)
        count = 1 if before is None else before.count + 1
        kept[name] = Entry(one.rule, one.place.path, one.address, name, count)
    return tuple(
        sorted(kept.values(), key=lambda entry: (entry.path, entry.rule, entry.address, entry.fingerprint))
    )


def written(made: Sequence[Entry]) -> str:
    """A baseline as text: one entry a line, so that a review shows what came and went."""
    rows = [
        json.dumps(
            {
                "rule": one.rule,
                "path": one.path,
                "address": one.address,
                "fingerprint": one.fingerprint,
                **({"count": one.count} if one.count > 1 else {}),
            },
            ensure_ascii=False,
        )
        for one in made
    ]
    listed = "[\n    " + ",\n    ".join(rows) + "\n  ]" if rows else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {listed}\n}}\n'


def read(data: bytes) -> tuple[Entry, ...]:
    """The entries of a baseline; raises BadBaseline."""
    try:
        loaded: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadBaseline(f"it is not JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise BadBaseline("it is no baseline of fabriclint")
    said = cast("dict[str, Any]", loaded)
    if said.get("version") != VERSION:
        raise BadBaseline(f"its version is {said.get('version')!r}, and this fabriclint reads {VERSION}")
    listed: object = said.get("findings")
    if not isinstance(listed, list):
        raise BadBaseline('it has no list "findings"')
    return tuple(_entry(number, one) for number, one in enumerate(cast("list[object]", listed), 1))


def _entry(number: int, one: object) -> Entry:
    words = cast("Mapping[str, object]", one if isinstance(one, dict) else {})
    texts = [words.get(name) for name in ("rule", "path", "address", "fingerprint")]
    count = words.get("count", 1)
    if not all(isinstance(text, str) for text in texts) or not isinstance(count, int) or count < 1:
        raise BadBaseline(f"entry {number} needs the texts rule, path, address and fingerprint")
    rule, path, address, fingerprint = cast("list[str]", texts)
    return Entry(rule, path, address, fingerprint, count)


def hide(
    report: Report, known: Sequence[Entry], path: str, rules: Iterable[str], read_: Iterable[str]
) -> Report:
    """The report without the findings that a baseline lists; entries that are found no more are told.

    An entry is told only if its rule ran and its file was read: else it may still be needed.
    """
    left = Counter({one.fingerprint: one.count for one in known})
    shown: list[Finding] = []
    for finding in report.findings:
        name = finding.fingerprint.partition(":")[0]
        if left[name] > 0:
            left[name] -= 1
        else:
            shown.append(finding)
    ran, files = set(rules), set(read_)
    gone = [one for one in known if left[one.fingerprint] > 0 and one.rule in ran and one.path in files]
    per = Counter(one.severity for one in shown)
    summary = replace(
        report.summary,
        checks=report.summary.checks - len(report.findings) + len(shown),
        findings=len(shown),
        errors=per["error"],
        warnings=per["warning"],
        advice=per["advice"],
        baselined=len(report.findings) - len(shown),
    )
    return replace(
        report,
        findings=tuple(shown),
        summary=summary,
        diagnostics=(*report.diagnostics, *_removable(gone, path)),
    )


def _removable(gone: Sequence[Entry], path: str) -> Iterable[Diagnostic]:
    if gone:
        names = ", ".join(f"{one.rule} ({one.address})" for one in gone[:_SHOWN])
        more = f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else ""
        what = "entry is" if len(gone) == 1 else "entries are"
        yield Diagnostic(
            "note", f"{len(gone)} {what} found no more and can go; `fabriclint baseline` writes it anew: {names}{more}",
            path=path,
        )  # fmt: skip
