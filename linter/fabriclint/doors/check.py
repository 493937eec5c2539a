"""`fabriclint check`: from the command line to a report on standard output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from fabriclint.doors.cli import CLEAN, FOUND, NOTHING, WRONG, Usage, colored, complain, speak
from fabriclint.doors.configuration import configured
from fabriclint.doors.files import DiskFiles
from fabriclint.engine.discover import Plan, plan
from fabriclint.engine.packs import PackError, builtin_rules
from fabriclint.engine.report import Report, at_least
from fabriclint.engine.run import run
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.languages import languages
from fabriclint.languages.base import Run, Settings, Unreadable
from fabriclint.sdk import Rule, Severity


def check(asked: argparse.Namespace) -> int:
    """Lint what is asked for; the exit code."""
    try:
        rules = chosen(builtin_rules(), asked.select, asked.ignore)
    except PackError as error:
        raise Usage(str(error)) from error
    files = DiskFiles()
    settings = inputs(asked, files)
    planned = planned_for(asked.paths, files)
    settings = replace(
        settings,
        given=configured(asked, files),
        today=datetime.now().astimezone().date(),
        suppressions=not asked.isolated,
    )
    if asked.list_roots:
        from fabriclint.reporters.roots import render as render_roots

        speak(render_roots(planned, as_json=asked.format == "json"))
        return WRONG if planned.crashed else NOTHING if planned.missing else CLEAN
    if asked.diff:
        from fabriclint.doors.mending import difference

        text, report = difference(asked, planned, files, settings, rules)
        speak(text, machine=True)
        return exit_code(report, asked.fail_on, exit_zero=asked.exit_zero)
    report = judged(asked, planned, files, settings, rules)
    code = exit_code(report, asked.fail_on, exit_zero=asked.exit_zero)
    shown = report.from_level(cast("Severity", asked.level))
    text = rendered(shown, asked, rules)
    if asked.output:
        write(asked.output, text)
    else:
        speak(text, machine=asked.format not in ("text", "concise"))
    if asked.format == "gitlab":
        for diagnostic in report.diagnostics:
            if diagnostic.level != "note":
                where = str(diagnostic.place) if diagnostic.place else diagnostic.path
                complain(f"{where + ': ' if where else ''}{diagnostic.message}")
    return code


def judged(
    asked: argparse.Namespace, planned: Plan, files: DiskFiles, settings: Settings, rules: Sequence[Rule]
) -> Report:
    """The report, after the edits that are asked for, or with those that are offered."""
    if asked.fix:
        from fabriclint.doors.mending import fixed

        return fixed(asked, planned, files, settings, rules)
    if asked.edits:
        from fabriclint.doors.mending import with_edits

        return with_edits(asked, planned, files, settings, rules)
    return run(planned, files, settings, rules)


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


def planned_for(given: Sequence[str], files: DiskFiles) -> Plan:
    """The roots of the paths as the user typed them (the working directory where none is)."""
    paths: list[str] = []
    absent: list[str] = []
    for path in given or ["."]:
        if files.exists(path):
            paths.append(files.allow(path))
        else:
            absent.append(path)
    return plan(paths, files, languages(), absent)


def inputs(asked: argparse.Namespace, files: DiskFiles) -> Settings:
    """The inputs of the stacks; raises Usage where one is not of its form."""
    for path in asked.var_file:
        if not files.exists(path):
            raise Usage(f"--var-file {path}: there is no such file")
    for path in asked.stubs:
        if not files.exists(path):
            raise Usage(f"--stubs {path}: there is no such folder")
    return Settings(
        variables=pairs("--var", asked.var),
        variable_files=tuple(files.allow_file(path) for path in asked.var_file),
        workspace=asked.workspace,
        parameters=parameters(asked.parameters, files),
        runs=runs(getattr(asked, "run", ()), files),
        stubs=tuple(files.allow(path) for path in asked.stubs),
    )


def parameters(given: Iterable[str], files: DiskFiles) -> tuple[tuple[str, str], ...]:
    """What `--parameters` gives: pairs as they are, files read; raises Usage where one cannot be."""
    from fabriclint.languages.cloudformation.parameter_files import is_pair

    made: list[tuple[str, str]] = []
    for text in given:
        if is_pair(text) or not files.exists(text):
            made.extend(pairs("--parameters", [text]))
        else:
            made.extend(parameter_file("--parameters", text, files))
    return tuple(made)


def runs(given: Iterable[str], files: DiskFiles) -> tuple[Run, ...]:
    """The named runs of `--run`, each once; of two files of one name the later one wins."""
    made: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, path in pairs("--run", given):
        made[name] = (*made.get(name, ()), *parameter_file(f"--run {name}", path, files, name))
    return tuple(Run(name, given_) for name, given_ in made.items())


def parameter_file(
    option: str, path: str, files: DiskFiles, environment: str | None = None
) -> tuple[tuple[str, str], ...]:
    """The parameters of a file; raises Usage that says what is wrong with it."""
    from fabriclint.languages.cloudformation.parameter_files import BadParameters, read_parameters

    if not files.exists(path):
        raise Usage(f"{option} {path}: there is no such file")
    try:
        return read_parameters(files.source(files.allow_file(path)), environment)
    except (BadParameters, Unreadable) as error:
        raise Usage(f"{option} {path}: {error}") from error


def pairs(option: str, given: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """NAME=VALUE, split; raises Usage where there is no name or no sign."""
    made: list[tuple[str, str]] = []
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise Usage(f"{option} {text}: write it as NAME=VALUE")
        made.append((name.strip(), value))
    return tuple(made)


def chosen(rules: Sequence[Rule], select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """The rules to run; raises Usage for a name that no rule and no area has."""
    wanted = named(rules, "--select", select)
    unwanted = named(rules, "--ignore", ignore)
    return tuple(rule for rule in rules if (not wanted or rule.name in wanted) and rule.name not in unwanted)


def named(rules: Sequence[Rule], option: str, given: Iterable[str]) -> frozenset[str]:
    """The names of rules that an option speaks of; an area stands for all its rules."""
    found: set[str] = set()
    for name in (part.strip() for text in given for part in text.split(",")):
        if not name:
            continue
        of_name = {rule.name for rule in rules if name in (rule.name, rule.area)}
        if not of_name:
            raise Usage(f"{option} {name}: {unknown_rule(name, rules)}")
        found |= of_name
    return frozenset(found)


def unknown_rule(name: str, rules: Sequence[Rule]) -> str:
    """That there is no such rule, with the names that are nearest."""
    from difflib import get_close_matches

    known = sorted({rule.name for rule in rules} | {rule.area for rule in rules})
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`fabriclint rules` lists them"
    return f"there is no such rule; {hint}"


def rendered(report: Report, asked: argparse.Namespace, rules: Sequence[Rule]) -> str:
    """The report in the form that is asked for."""
    form = asked.format
    if form == "json":
        from fabriclint.reporters import json as reporter

        return reporter.render(report)
    if form == "text":
        from fabriclint.reporters import text

        color = asked.color == "always" or (not asked.output and colored(asked.color))
        return text.render(report, color=color, show_not_checked="not-checked" in asked.show)
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
    from fabriclint.reporters import junit

    return junit.render(report)


def write(path: str, text: str) -> None:
    """Write the report to a file; raises Usage where that cannot be."""
    try:
        if path == "-":
            sys.stdout.buffer.write(text.encode("utf-8", "replace"))
            return
        with open(path, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise Usage(f"--output {path}: {error.strerror or error}") from error
