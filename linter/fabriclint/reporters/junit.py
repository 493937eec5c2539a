"""JUnit XML: a check is a test case; what was not decided is skipped."""

from __future__ import annotations

from collections.abc import Iterator

from fabriclint.engine.report import Finding, NotChecked, Report
from fabriclint.languages.base import Diagnostic
from fabriclint.patterns import late
from fabriclint.reporters.paint import STEERS, for_a_log, safe

# Everything that XML 1.0 cannot hold, not even escaped.
_ILLEGAL = late("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """The report as one test suite."""
    errors = [one for one in report.diagnostics if one.level == "error"]
    cases = [case for one in report.findings for case in finding(one)]
    cases += [case for one in report.not_checked for case in not_checked(one)]
    cases += [
        f"    <testcase classname={quoted(one.rule)} name={quoted(one.address)} file={quoted(one.place.path)} "
        f'line="{one.place.line}"/>'
        for one in report.verdicts
        if one.state == "no"
    ]
    cases += [case for one in errors for case in diagnostic(one)]
    clean = sum(one.state == "no" for one in report.verdicts)
    numbers = (
        f'tests="{len(report.findings) + len(report.not_checked) + clean + len(errors)}" '
        f'failures="{len(report.findings)}" errors="{len(errors)}" skipped="{len(report.not_checked)}"'
    )
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="fabriclint" {numbers}>',
            f'  <testsuite name="fabriclint" {numbers}>',
            *cases,
            "  </testsuite>",
            "</testsuites>",
            "",
        )
    )


def finding(one: Finding) -> Iterator[str]:
    """A finding is a failed test case."""
    place = one.place
    head = safe(f"{place.path}:{place.line}:{place.column}: {one.severity}: {one.message}")
    body = [head, "", f"why: {one.why}"]
    body += [f"because: {sentence}" for sentence in one.evidence]
    body += [f"holds for: {used}" for used in one.holds_under]
    body.append(f"fix: {one.fix}")
    if one.code is not None:
        body += ["", one.code.text, ""]
    body.append(one.url)
    yield (
        f"    <testcase classname={quoted(one.rule)} name={quoted(one.address)} file={quoted(place.path)} "
        f'line="{place.line}">'
    )
    told = escaped(for_a_log("\n".join(body).replace("\r", "\n")))
    yield f"      <failure type={quoted(one.severity)} message={quoted(one.message)}>{told}</failure>"
    yield "    </testcase>"


def not_checked(one: NotChecked) -> Iterator[str]:
    """A check that was left open is a skipped test case."""
    reasons = "; ".join(str(reason) for reason in one.reasons)
    yield (
        f"    <testcase classname={quoted(one.rule)} name={quoted(one.address)} file={quoted(one.place.path)} "
        f'line="{one.place.line}">'
    )
    yield f"      <skipped message={quoted('not checked: ' + reasons)}/>"
    yield "    </testcase>"


def diagnostic(one: Diagnostic) -> Iterator[str]:
    """Input that cannot be read is a test case with an error."""
    where = str(one.place) if one.place else one.path
    yield f'    <testcase classname="input" name={quoted(where)}>'
    yield f"      <error type={quoted(one.level)} message={quoted(one.message)}/>"
    yield "    </testcase>"


def escaped(text: str) -> str:
    """Text between tags."""
    text = STEERS.sub("\N{REPLACEMENT CHARACTER}", _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """An attribute's value, with its quotes."""
    text = (
        escaped(text)
        .replace('"', "&quot;")
        .replace("\n", "&#10;")
        .replace("\r", "&#13;")
        .replace("\t", "&#9;")
    )
    return f'"{text}"'
