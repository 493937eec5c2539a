"""One line a finding, `path:line:col: severity: message [rule]`: what the problem matchers of editors read."""

from __future__ import annotations

from fabriclint.engine.report import Report
from fabriclint.languages.base import Diagnostic
from fabriclint.reporters.paint import safe

_LEVELS = {"error": "error", "warning": "warning", "note": "advice"}


def render(report: Report) -> str:
    """The findings, and what was wrong with the input as `[input]`."""
    rows = [diagnostic(one) for one in report.diagnostics]
    rows += [
        f"{safe(one.place.path)}:{one.place.line}:{one.place.column}: {one.severity}: {safe(one.message)} [{one.rule}]"
        for one in report.findings
    ]
    return "".join(f"{row}\n" for row in rows)


def diagnostic(one: Diagnostic) -> str:
    """A diagnostic in the same form; a file as a whole is its first character."""
    place = one.place
    where = f"{place.path}:{place.line}:{place.column}" if place else f"{one.path or '.'}:1:1"
    return f"{safe(where)}: {_LEVELS[one.level]}: {safe(one.message)} [input]"
