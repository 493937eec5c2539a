"""A summary in Markdown, for the comment on a pull request or the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fabriclint.engine.report import Finding, Report
from fabriclint.patterns import late
from fabriclint.reporters.paint import for_a_log, plural, safe

MAX_FINDINGS = 50  # a comment is cut off by GitHub at 65,536 characters
_SIGNS = {"error": "🔴", "warning": "🟠", "advice": "🔵"}
_MARKED = late(r"([\\`*_{}\[\]()#+!|<>~&@-])")


def render(report: Report) -> str:
    """The whole summary."""
    return for_a_log("\n".join(_lines(report))) + "\n"


def _lines(report: Report) -> Iterator[str]:
    summary = report.summary
    yield f"### fabriclint: {_headline(report)}"
    yield ""
    if report.findings:
        yield "| | finding | where |"
        yield "| --- | --- | --- |"
        for one in report.findings[:MAX_FINDINGS]:
            yield f"| {_SIGNS[one.severity]} | [{one.rule}]({one.url}): {escaped(one.message)} | {_where(one)} |"
        more = len(report.findings) - MAX_FINDINGS
        if more > 0:
            yield ""
            yield f"and {plural(more, 'more finding')}."
        yield ""
        yield from _fixes(report)
    problems = [one for one in report.diagnostics if one.level == "error"]
    if problems:
        yield "**Could not be read**"
        yield ""
        for problem in problems[:MAX_FINDINGS]:
            where = str(problem.place) if problem.place else problem.path
            yield f"- {code(where)} {escaped(problem.message)}" if where else f"- {escaped(problem.message)}"
        yield ""
    asides = [
        f"{summary.not_checked} not checked" if summary.not_checked else "",
        f"{summary.suppressed} suppressed" if summary.suppressed else "",
        f"{summary.baselined} in the baseline" if summary.baselined else "",
        f"{summary.hidden} below the level" if summary.hidden else "",
    ]
    said = ", ".join(one for one in asides if one)
    yield f"{plural(summary.checks, 'check')}, {summary.clean} clean{f', {said}' if said else ''}."


def _headline(report: Report) -> str:
    summary = report.summary
    parts = [
        plural(number, word)
        for number, word in ((summary.errors, "error"), (summary.warnings, "warning"))
        if number
    ]
    if summary.advice:
        parts.append(f"{summary.advice} advice")
    return ", ".join(parts) if parts else "nothing found"


def _where(one: Finding) -> str:
    return code(f"{one.place.path}:{one.place.line}") + (f" and {len(one.also)} more" if one.also else "")


def _fixes(report: Report) -> Iterator[str]:
    yield "<details><summary>How to fix them</summary>"
    yield ""
    for one in report.findings[:MAX_FINDINGS]:
        yield f"**{one.rule}**, {_where(one)}: {escaped(one.fix)}"
        yield ""
        if one.code is not None:
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", one.code.text)), default=0))
            yield f"{fence}{'hcl' if one.language == 'terraform' else 'yaml'}"
            yield "\n".join(safe(line) for line in one.code.text.split("\n"))
            yield fence
            yield ""
    yield "</details>"
    yield ""


def escaped(text: str) -> str:
    """A text from the sources in which no sign means anything to Markdown, in one line."""
    return _MARKED.sub(r"\\\1", safe(" ".join(text.split())))


def code(text: str) -> str:
    """A text as code, also in a cell of a table; a backtick in it does not end it, nor does a bar."""
    if "\\|" in text:
        return escaped(
            text
        )  # within code a backslash cannot be escaped, and this one would free the bar behind it
    shown = safe(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    space = " " if "`" in shown else ""
    return f"{fence}{space}{shown}{space}{fence}"
