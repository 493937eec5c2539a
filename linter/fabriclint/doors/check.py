"""`fabriclint check`: from the command line to a report."""

from __future__ import annotations

import argparse
from typing import cast

from fabriclint.doors.cli import CLEAN, FOUND, NOTHING, WRONG, speak
from fabriclint.doors.jobs import judged_seats
from fabriclint.doors.output import deliver
from fabriclint.doors.session import Session, opened
from fabriclint.engine.bench import Bench
from fabriclint.engine.report import Report, at_least
from fabriclint.sdk import Severity


def check(asked: argparse.Namespace) -> int:
    """Lint what is asked for; the exit code."""
    session = opened(asked)
    if asked.list_roots:
        from fabriclint.reporters.roots import render as render_roots

        as_json = asked.format == "json"
        speak(render_roots(session.plan, as_json=as_json), machine=as_json)
        return WRONG if session.plan.crashed else NOTHING if session.plan.missing else CLEAN
    fail_on = asked.fail_on or session.configuration.fail_on or "warning"
    if asked.diff:
        from fabriclint.doors.mending import difference

        text, report = difference(session)
        speak(text, machine=True)
        return exit_code(report, fail_on, exit_zero=asked.exit_zero)
    report = reported(session)
    report = after_baseline(session, report)
    code = exit_code(report, fail_on, exit_zero=asked.exit_zero)
    level = asked.level or session.configuration.level or "advice"
    deliver(report.from_level(cast("Severity", level)), asked, session.rules)
    return code


def reported(session: Session) -> Report:
    """The report, after the edits that are asked for, or with those that are offered."""
    if session.asked.fix:
        from fabriclint.doors.mending import fixed

        return fixed(session)
    if session.asked.edits:
        from fabriclint.doors.mending import with_edits

        return with_edits(session)
    plan, files, settings, rules = session.plan, session.files, session.settings, session.rules
    bench = Bench(
        plan,
        files,
        settings,
        rules,
        judged_seats(plan, files, settings, rules, session.asked.jobs),
        session.policy,
    )
    return session.narrowed(bench).report


def after_baseline(session: Session, report: Report) -> Report:
    """The report without what the baseline lists, if there is one."""
    path = session.asked.baseline
    if path is None and not session.asked.isolated:
        path = session.configuration.baseline
    if path is None:
        return report
    from fabriclint.doors.baseline import hidden

    return hidden(session, report, path, named=session.asked.baseline is not None)


def exit_code(report: Report, fail_on: str, *, exit_zero: bool = False) -> int:
    """What a report means to the shell. What --level hides counts all the same."""
    if report.crashed:
        return WRONG
    if report.missing:
        return NOTHING
    if exit_zero or fail_on == "never":
        return CLEAN
    if any(diagnostic.level == "error" for diagnostic in report.diagnostics):
        return FOUND
    if fail_on == "not-checked":
        return FOUND if report.findings or report.not_checked else CLEAN
    bound = cast("Severity", fail_on)
    return FOUND if any(at_least(finding.severity, bound) for finding in report.findings) else CLEAN
