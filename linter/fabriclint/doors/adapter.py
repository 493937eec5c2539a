"""fabriclint inside another linter: where that linter finds it, and the one run of the engine that it looks results up in."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from logging import Logger

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.doors.check import after_baseline
from fabriclint.doors.cli import CLEAN, Usage, parser, speak
from fabriclint.doors.session import opened
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages.base import Root, Run


def adapter(asked: argparse.Namespace) -> int:
    """Print what another linter is given to find fabriclint by."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.join(here, "checkov", "checks")
    speak(f"{folder if asked.linter == 'checkov' else 'fabriclint.doors.cfn_lint'}\n")
    return CLEAN


class Outcome(Struct, frozen=True):
    """What a run came to; `fault` says why there was none. The report's paths start from the working directory."""

    report: Report
    fault: str = ""


def full(path: str) -> str:
    """The absolute path of a file of a report."""
    return os.path.abspath(path)


def judge(
    paths: Sequence[str],
    language: str,
    log: Logger,
    wanted: Callable[[Root], bool] = lambda _: True,
    runs: tuple[Run, ...] = (),
) -> Outcome:
    """Judge the roots of some paths as `fabriclint check` does; `wanted` says of a root whether the other linter reads it.

    A wrong configuration is a fault of the outcome: the other linter goes on.
    """
    try:
        session = opened(parser().parse_args(["check", "--", *paths]))
        roots = tuple(one for one in session.plan.roots if one[0].name == language and wanted(one[1]))
        planned = replace(session.plan, roots=roots)
        settings = replace(session.settings, runs=(*session.settings.runs, *runs))
        found = run(planned, session.files, settings, session.rules, session.policy)
        report = after_baseline(session, found)
    except Usage as error:
        return Outcome(Report(), str(error))
    log.info("fabriclint judged %s", ", ".join(root.path for _, root in roots) or "nothing")
    return Outcome(report.from_level(session.configuration.level or "advice"))
