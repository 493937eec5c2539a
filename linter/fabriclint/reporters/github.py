"""Workflow commands: GitHub Actions shows them beside the lines of a pull request."""

from __future__ import annotations

from fabriclint.engine.report import Report
from fabriclint.reporters.paint import safe_lines
from fabriclint.text import Span

_COMMANDS = {"error": "error", "warning": "warning", "advice": "notice", "note": "notice"}


def render(report: Report) -> str:
    """One command a finding and a diagnostic."""
    rows = [
        command(one.level, f"fabriclint: {one.message}", one.message, one.place, one.path)
        for one in report.diagnostics
    ]
    for one in report.findings:
        body = f"{one.message}\n\n{one.why}\n\nFix: {one.fix}"
        if one.code is not None:
            body += f"\n\n{one.code.text}"
        rows.append(command(one.severity, f"fabriclint: {one.rule}", f"{body}\n\n{one.url}", one.place))
    return "".join(f"{row}\n" for row in rows)


def command(level: str, title: str, message: str, place: Span | None, path: str = "") -> str:
    """One workflow command."""
    properties: dict[str, str] = {}
    if place is not None:
        properties = {"file": place.path, "line": str(place.line), "endLine": str(place.end_line)}
        if place.line == place.end_line:  # columns of another line would be refused
            properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    elif path:
        properties = {"file": path}
    properties["title"] = title
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[level]} {told}::{_data(message)}"


def _data(text: str) -> str:
    return safe_lines(text.replace("%", "%25").replace("\r", "%0D")).replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
