"""GitLab's code quality report."""

from __future__ import annotations

from fabriclint.engine.report import Report
from fabriclint.reporters.paint import json_text

_SEVERITIES = {"error": "critical", "warning": "major", "advice": "minor"}


def render(report: Report) -> str:
    """The findings as a JSON array; the widget hides `check_name`, so the rule stands in the description too."""
    issues = [
        {
            "description": f"{one.rule}: {one.message}",
            "check_name": one.rule,
            "fingerprint": one.fingerprint,
            "severity": _SEVERITIES[one.severity],
            "location": {
                "path": one.place.path.removeprefix("./"),
                "lines": {"begin": one.place.line, "end": one.place.end_line},
            },
            "content": {"body": f"{one.why}\n\nFix: {one.fix}\n\n{one.url}"},
        }
        for one in report.findings
    ]
    return json_text(issues)
