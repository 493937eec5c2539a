"""`fabriclint test`: rules of one's own, held to the cases beside them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from fabriclint.doors.cli import CLEAN, FOUND, Usage, speak
from fabriclint.engine.own import own_rules
from fabriclint.engine.packs import PackError, builtin_rules
from fabriclint.sdk import Rule
from fabriclint.testing import KINDS, Case, cases, check_case

FIXTURES = "fixtures"


def test(asked: argparse.Namespace) -> int:
    """Run every case of a folder of rules, one line each; the exit code says whether all of them hold."""
    try:
        rules = own_rules([asked.folder], [], builtin_rules())
    except PackError as error:
        raise Usage(str(error)) from error
    try:
        found = cases(Path(asked.folder) / FIXTURES, rules)
    except OSError as error:
        raise Usage(f"{asked.folder} has no folder {FIXTURES} with cases") from error
    except ValueError as error:
        raise Usage(str(error)) from error
    failed = 0
    for case in found:
        why = _fault(case)
        failed += why is not None
        speak(f"ok      {case}\n" if why is None else f"FAILED  {case}\n{_indented(why)}")
    lacking = list(_lacking(rules, found))
    for line in lacking:
        speak(f"FAILED  {line}\n")
    speak(
        f"{len(found)} cases of {len(rules)} rules: {len(found) - failed} hold, {failed + len(lacking)} faults\n"
    )
    return FOUND if failed or lacking else CLEAN


def _fault(case: Case) -> str | None:
    """What does not hold of a case."""
    try:
        check_case(case)
    except AssertionError as error:
        return str(error).removeprefix(str(case)).strip(" :")
    return None


def _indented(text: str) -> str:
    return "".join(f"        {line}".rstrip() + "\n" for line in text.rstrip().split("\n"))


def _lacking(rules: Sequence[Rule], found: Sequence[Case]) -> Iterator[str]:
    """The kinds of case that a rule has none of."""
    there = {(case.rule.name, case.kind) for case in found}
    for rule in rules:
        for kind in KINDS:
            if (rule.name, kind) not in there:
                yield f"{rule.name} has no {kind} case"
