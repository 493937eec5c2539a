"""Reports as text of some form, on standard output or in files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from fabriclint.doors.cli import Usage, colored, complain, speak
from fabriclint.doors.options import FORMATS
from fabriclint.engine.report import Report
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.sdk import Rule


def deliver(report: Report, asked: argparse.Namespace, rules: Sequence[Rule]) -> None:
    """Write the report where it is wanted: files of `--output`, and standard output unless a plain FILE takes its place.

    `--output FORM=FILE` writes another form beside it; it may be repeated. What one form fails on, raised at the end, costs
    none of the others.
    """
    faults: list[Exception] = []
    here = True
    for target in asked.output:
        form, sign, path = target.partition("=")
        if not (sign and form in FORMATS):
            form, path, here = asked.format, target, False
        try:
            write(path, rendered(report, form, rules, show=asked.show))
        except Exception as fault:
            faults.append(fault)
    if here:
        color = asked.format == "text" and colored(asked.color)
        speak(
            rendered(report, asked.format, rules, color=color, show=asked.show),
            machine=asked.format not in ("text", "concise"),
        )
    if asked.format == "gitlab":
        for diagnostic in report.diagnostics:
            if diagnostic.level != "note":
                where = str(diagnostic.place) if diagnostic.place else diagnostic.path
                complain(f"{where + ': ' if where else ''}{diagnostic.message}")
    if faults:
        raise faults[0]


def rendered(
    report: Report, form: str, rules: Sequence[Rule], *, color: bool = False, show: Sequence[str] = ()
) -> str:
    """The report in a form."""
    if form == "json":
        from fabriclint.reporters import json as reporter

        return reporter.render(report)
    if form == "text":
        from fabriclint.reporters import text

        return text.render(report, color=color, show_not_checked="not-checked" in show)
    if form == "concise":
        from fabriclint.reporters import concise

        return concise.render(report)
    if form == "sarif":
        from fabriclint.reporters import sarif

        return sarif.render(report, (*rules, *SUPPRESSION_RULES))
    if form == "github":
        from fabriclint.reporters import github

        return github.render(report)
    if form == "gitlab":
        from fabriclint.reporters import gitlab

        return gitlab.render(report)
    if form == "markdown":
        from fabriclint.reporters import markdown

        return markdown.render(report)
    from fabriclint.reporters import junit

    return junit.render(report)


def write(path: str, text: str) -> None:
    """Write a report to a file; raises Usage where that cannot be."""
    try:
        if path == "-":
            sys.stdout.buffer.write(text.encode("utf-8", "replace"))
            return
        from fabriclint.doors.writing import write_whole

        write_whole(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise Usage(f"--output {path}: {error.strerror or error}") from error
