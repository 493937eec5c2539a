"""The report as JSON; `schema/report-v1.json` says its form."""

from __future__ import annotations

from typing import Any

from fabriclint import __version__
from fabriclint.engine.report import Finding, NotChecked, Report
from fabriclint.languages.base import Diagnostic
from fabriclint.reporters.paint import json_text
from fabriclint.text import Edit, Span
from fabriclint.values import Input, Reason

HOME = "https://github.com/fabriclint/fabriclint"


def render(report: Report) -> str:
    """The whole report, one JSON object."""
    return json_text(as_data(report))


def as_data(report: Report) -> dict[str, Any]:
    """The whole report as plain data, keys in the order in which a person would read them."""
    summary = report.summary
    return {
        "version": 1,
        "tool": {"name": "fabriclint", "version": __version__, "url": HOME},
        "inputs": [{"language": root.language, "path": root.path, "why": root.why} for root in report.roots],
        "findings": [finding(one) for one in report.findings],
        "not_checked": [not_checked(one) for one in report.not_checked],
        "diagnostics": [diagnostic(one) for one in report.diagnostics],
        "summary": {
            "checks": summary.checks,
            "findings": summary.findings,
            "clean": summary.clean,
            "not_checked": summary.not_checked,
            "by_severity": {"error": summary.errors, "warning": summary.warnings, "advice": summary.advice},
            "hidden": summary.hidden,
            "suppressed": summary.suppressed,
            "baselined": summary.baselined,
        },
    }


def location(place: Span) -> dict[str, Any]:
    """A place: lines and columns from 1, columns in code points, the end just after the last one."""
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def finding(one: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": one.rule,
        "severity": one.severity,
        "precision": one.precision,
        "message": one.message,
        "why": one.why,
        "location": location(one.place),
        "address": one.address,
        "also": list(one.also),
        "root": one.root,
        "language": one.language,
        "fingerprint": one.fingerprint,
        "url": one.url,
        "holds_under": [holds_under(used) for used in one.holds_under],
        "related": [{**location(related.place), "message": related.message} for related in one.related],
        "fix": {
            "words": one.fix,
            "code": one.code.text if one.code else None,
            "language": one.code.language if one.code else None,
            **({"edit": offer(one)} if one.offer or one.no_offer else {}),
        },
        "evidence": list(one.evidence),
    }


def offer(one: Finding) -> dict[str, Any]:
    """The edits of a finding: a place and what stands there afterwards; or why there are none."""
    if one.offer is None:
        return {"safety": None, "reason": one.no_offer, "changes": []}
    return {
        "safety": one.offer.safety,
        "reason": one.offer.warning or None,
        "changes": [change(edit) for edit in one.offer.edits],
    }


def change(edit: Edit) -> dict[str, Any]:
    """What is replaced, by what. It may end at the start of a line, where no place to look at ever ends."""
    span, source = edit.span, edit.span.source
    ends = {"end_line": source.line_of(span.end), "end_column": source.column_of(span.end)}
    return {**location(span), **ends, "new": edit.new}


def holds_under(used: Input) -> dict[str, Any]:
    """A root variable or parameter and the value under which the finding holds."""
    place = used.place
    return {
        "name": used.name,
        "value": used.value,
        "path": place.path if place else None,
        "line": place.line if place else None,
    }


def not_checked(one: NotChecked) -> dict[str, Any]:
    """One check that could not be decided."""
    return {
        "rule": one.rule,
        "location": location(one.place),
        "address": one.address,
        "also": list(one.also),
        "root": one.root,
        "language": one.language,
        "url": one.url,
        "reasons": [reason(why) for why in one.reasons],
    }


def reason(why: Reason) -> dict[str, Any]:
    """Why something is not decided, and where to look."""
    place = why.place
    return {"path": place.path if place else None, "line": place.line if place else None, "what": why.what}


def diagnostic(one: Diagnostic) -> dict[str, Any]:
    """Something about the input itself; only the path is known where there is nothing to point at."""
    if one.place is not None:
        where: dict[str, Any] | None = location(one.place)
    else:
        where = (
            {"path": one.path, "line": None, "column": None, "end_line": None, "end_column": None}
            if one.path
            else None
        )
    return {"level": one.level, "message": one.message, "location": where}
