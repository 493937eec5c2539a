"""SARIF 2.1.0, as GitHub code scanning reads it: a quality tool, not a security tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fabriclint import __version__
from fabriclint.engine.report import Finding, Offer, Report, page_of
from fabriclint.languages.base import Diagnostic
from fabriclint.reporters.paint import json_text
from fabriclint.reporters.rolling import line_hashes
from fabriclint.sdk import Rule, Severity
from fabriclint.text import Source, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/fabriclint/fabriclint"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "advice": "note"}
_PROBLEMS: dict[Severity, str] = {"error": "error", "warning": "warning", "advice": "recommendation"}
# What code scanning takes of a short description.
_SHORT = 1024


def render(report: Report, rules: Sequence[Rule]) -> str:
    """The whole report, one run."""
    return json_text(as_data(report, rules))


def as_data(report: Report, rules: Sequence[Rule]) -> dict[str, Any]:
    """The whole report as plain data."""
    number = {rule.name: n for n, rule in enumerate(rules)}
    hashes: dict[str, dict[int, str]] = {}
    failed = report.crashed or any(one.level == "error" for one in report.diagnostics)
    run = {
        "tool": {
            "driver": {
                "name": "fabriclint",
                "semanticVersion": __version__,
                "version": __version__,
                "informationUri": HOME,
                "rules": [descriptor(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": "fabriclint/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The working directory of the run."}}},
        "invocations": [
            {
                "executionSuccessful": not failed,
                "toolExecutionNotifications": [notification(one) for one in report.diagnostics],
            }
        ],
        "results": [result(one, number, hashes) for one in report.findings],
        "properties": {
            "checks": report.summary.checks,
            "clean": report.summary.clean,
            "notChecked": report.summary.not_checked,
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def descriptor(rule: Rule) -> dict[str, Any]:
    """A rule; its page is the help text."""
    page = rule.page.strip()
    sources = "\n".join(f"- <{source}>" for source in rule.sources)
    return {
        "id": rule.name,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary[:_SHORT]},
        "fullDescription": {"text": rule.section("Why")[:_SHORT] or rule.summary[:_SHORT]},
        "help": {"text": page, "markdown": f"{page}\n\n## Sources\n\n{sources}" if sources else page},
        "helpUri": page_of(rule),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "precision": rule.precision,
            "problem.severity": _PROBLEMS[rule.severity],
            "tags": ["fabriclint", rule.area],
        },
    }


def result(one: Finding, number: dict[str, int], hashes: dict[str, dict[int, str]]) -> dict[str, Any]:
    """A finding. Its first sentence is the title of the alert; the places it speaks of are linked below."""
    text = sentence(one.message)
    text += f"\n\n{sentence(one.why)}\n\nFix: {sentence(one.fix)}"
    if one.code is not None:
        text += f"\n\n{one.code.text}"
    if one.related:
        links = "\n".join(f"- [{_linked(place.message)}]({n})" for n, place in enumerate(one.related, 1))
        text += f"\n\nRelated:\n{links}"
    data: dict[str, Any] = {
        "ruleId": one.rule,
        "level": _LEVELS[one.severity],
        "message": {"text": text},
        "locations": [
            {
                **location(one.place),
                "logicalLocations": [{"fullyQualifiedName": one.address, "kind": "resource"}],
            }
        ],
        "partialFingerprints": fingerprints(one, hashes),
        "properties": {
            "address": one.address,
            "severity": one.severity,
            "evidence": list(one.evidence),
            "holdsUnder": [str(used) for used in one.holds_under],
        },
    }
    if one.offer is not None:
        data["fixes"] = [fix(one, one.offer)]
    if one.rule in number:
        data["ruleIndex"] = number[one.rule]
    if one.related:
        data["relatedLocations"] = [
            {"id": n, **location(place.place), "message": {"text": place.message}}
            for n, place in enumerate(one.related, 1)
        ]
    return data


def fix(one: Finding, offer: Offer) -> dict[str, Any]:
    """Edits that prove themselves, file by file."""
    text = sentence(one.fix) + (f" {sentence(offer.warning)}" if offer.warning else "")
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in offer.edits:
        source, span = edit.span.source, edit.span
        deleted = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": source.line_of(span.end),
            "endColumn": source.column_of(span.end),
        }
        replacement = {"deletedRegion": deleted, "insertedContent": {"text": edit.new}}
        changes.setdefault(span.path, []).append(replacement)
    return {
        "description": {"text": text},
        "artifactChanges": [
            {"artifactLocation": artifact(path), "replacements": found} for path, found in changes.items()
        ],
        "properties": {"safety": offer.safety},
    }


def fingerprints(one: Finding, hashes: dict[str, dict[int, str]]) -> dict[str, str]:
    """Ours, and the one by which code scanning knows an alert again."""
    known = {"fabriclint/v1": one.fingerprint}
    source: Source = one.place.source
    if source.path not in hashes:
        hashes[source.path] = line_hashes(source)
    line = hashes[source.path].get(one.place.line)
    return {"primaryLocationLineHash": line, **known} if line else known


def location(place: Span) -> dict[str, Any]:
    """A place; a path inside the working directory is relative to the root of the sources."""
    return {"physicalLocation": {"artifactLocation": artifact(place.path), "region": region(place)}}


def region(place: Span) -> dict[str, int]:
    """Lines and columns from 1; the end column is just after the last sign."""
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def artifact(path: str) -> dict[str, str]:
    """Where a file is."""
    if path.startswith("/"):
        return {"uri": f"file://{quote(path, errors='surrogateescape')}"}
    uri = quote(path, errors="surrogateescape")  # a name need not be UTF-8
    return {"uri": uri} if path.startswith("../") else {"uri": uri, "uriBaseId": "%SRCROOT%"}


def notification(one: Diagnostic) -> dict[str, Any]:
    """A diagnostic."""
    data: dict[str, Any] = {"level": one.level, "message": {"text": one.message}}
    if one.place is not None:
        data["locations"] = [location(one.place)]
    elif one.path:
        data["locations"] = [{"physicalLocation": {"artifactLocation": artifact(one.path)}}]
    return data


def sentence(text: str) -> str:
    """A text with a stop at its end, and without what a SARIF message would take for a link."""
    text = text.strip().replace("](", "] (")
    return text if text.endswith((".", "!", "?")) else text + "."


def _linked(text: str) -> str:
    """A text inside a link."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
