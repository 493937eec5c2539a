"""`fabriclint baseline` writes what is found today; `check --baseline` hides it."""

from __future__ import annotations

import argparse

from fabriclint.doors.cli import CLEAN, NOTHING, WRONG, Usage, complain
from fabriclint.doors.output import write
from fabriclint.doors.session import Session, opened
from fabriclint.engine import baseline as engine
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages.base import Unreadable

NAME = "fabriclint-baseline.json"


def baseline(asked: argparse.Namespace) -> int:
    """Write a baseline of what is found in the given paths; the exit code."""
    session = opened(asked)
    report = run(session.plan, session.files, session.settings, session.rules, session.policy)
    if report.crashed or report.missing:
        for diagnostic in report.diagnostics:
            complain(f"{diagnostic.place or diagnostic.path}: {diagnostic.message}")
        return WRONG if report.crashed else NOTHING
    made = engine.entries(report.findings)
    target = asked.output or NAME
    write(target, engine.written(made))
    if target != "-":
        number = len(report.findings)
        complain(
            f"{number} finding{'' if number == 1 else 's'} in {target}; `check --baseline {target}` hides them"
        )
    return CLEAN


def hidden(session: Session, report: Report, path: str, *, named: bool) -> Report:
    """The report without what a baseline lists; raises Usage where the file cannot be used."""
    if named and not session.files.exists(path):
        raise Usage(f"--baseline {path}: there is no such file")
    try:
        source = session.files.source(session.files.allow_file(path) if named else path)
        known = engine.read(source.data)
    except (engine.BadBaseline, Unreadable) as error:
        raise Usage(f"the baseline {path} cannot be used: {error}") from error
    ran = [rule.name for rule in session.rules]
    return engine.hide(report, known, source.path, ran, session.files.known())
