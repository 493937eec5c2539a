"""What the user gives the stacks: paths, variables, parameters, named runs, from the command line and the configuration."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from fabriclint.config.configuration import Configuration, NamedRun
from fabriclint.doors.cli import Usage
from fabriclint.doors.files import DiskFiles
from fabriclint.engine.discover import Plan, plan
from fabriclint.languages.base import Language, Run, Settings, Unreadable


def planned_for(given: Sequence[str], files: DiskFiles, languages: Sequence[Language]) -> Plan:
    """The roots of the paths as the user typed them (the working directory where none is)."""
    paths: list[str] = []
    absent: list[str] = []
    for path in given or ["."]:
        if files.exists(path):
            paths.append(files.allow(path))
        else:
            absent.append(path)
    return plan(paths, files, languages, absent)


def settings_for(asked: argparse.Namespace, made: Configuration, files: DiskFiles) -> Settings:
    """The inputs of the stacks; raises Usage where one is not of its form."""
    for path in asked.var_file:
        if not files.exists(path):
            raise Usage(f"--var-file {path}: there is no such file")
    for path in asked.stubs:
        if not files.exists(path):
            raise Usage(f"--stubs {path}: there is no such folder")
    wanted = [text for text in getattr(asked, "run", ()) if "=" not in text]
    typed = [text for text in getattr(asked, "run", ()) if "=" in text]
    return Settings(
        variables=pairs("--var", asked.var),
        variable_files=tuple(files.allow_file(path) for path in asked.var_file),
        workspace=asked.workspace,
        parameters=parameters(asked.parameters, files),
        runs=(*configured_runs(made.runs, wanted, files), *typed_runs(typed, files)),
        stubs=(*made.stubs, *(files.allow(path) for path in asked.stubs)),
        given=made.given,
        today=datetime.now().astimezone().date(),
        suppressions=not asked.isolated,
    )


def parameters(given: Iterable[str], files: DiskFiles) -> tuple[tuple[str, str], ...]:
    """What `--parameters` gives: pairs as they are, files read; raises Usage where one cannot be."""
    made: list[tuple[str, str]] = []
    for text in given:
        from fabriclint.languages.cloudformation.parameter_files import is_pair

        if is_pair(text) or not files.exists(text):
            made.extend(pairs("--parameters", [text]))
        else:
            made.extend(parameter_file("--parameters", text, files))
    return tuple(made)


def typed_runs(given: Iterable[str], files: DiskFiles) -> tuple[Run, ...]:
    """The runs of `--run NAME=FILE`, each once; of two files of one name the later one wins."""
    made: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, path in pairs("--run", given):
        made[name] = (*made.get(name, ()), *parameter_file(f"--run {name}", path, files, name))
    return tuple(Run(name, given_) for name, given_ in made.items())


def configured_runs(runs: Sequence[NamedRun], wanted: Sequence[str], files: DiskFiles) -> tuple[Run, ...]:
    """The runs of the configuration, or those of them that `--run NAME` asks for; raises Usage for a name it lacks."""
    names = [run.name for run in runs]
    for name in wanted:
        if name not in names:
            known = f"the configuration has {', '.join(names)}" if names else "the configuration has no runs"
            raise Usage(f"--run {name}: there is no such run; {known}, and --run NAME=FILE makes one")
    return tuple(_run(run, files) for run in runs if not wanted or run.name in wanted)


def _run(run: NamedRun, files: DiskFiles) -> Run:
    given: list[tuple[str, str]] = []
    for path in run.parameter_files:
        given.extend(_parameters(f"the run {run.name}: {path}", path, files, run.name))
    for path in run.variable_files:
        if not files.is_file(path):
            raise Usage(f"the run {run.name}: {path}: there is no such file")
    return Run(
        run.name,
        (*given, *run.parameters),
        run.variables,
        run.variable_files,
        run.workspace,
        partial(_applies, run.base, run.roots),
    )


def _applies(base: str, patterns: Sequence[str], path: str) -> bool:
    from fabriclint.config.glob import matches

    return not patterns or any(matches(pattern, path, base) for pattern in patterns)


def parameter_file(
    option: str, path: str, files: DiskFiles, environment: str | None = None
) -> tuple[tuple[str, str], ...]:
    """The parameters of a file that the user named; raises Usage that says what is wrong with it."""
    if not files.exists(path):
        raise Usage(f"{option} {path}: there is no such file")
    return _parameters(f"{option} {path}", files.allow_file(path), files, environment)


def _parameters(
    told: str, path: str, files: DiskFiles, environment: str | None
) -> tuple[tuple[str, str], ...]:
    from fabriclint.languages.cloudformation.parameter_files import BadParameters, read_parameters

    try:
        return read_parameters(files.source(path), environment)
    except (BadParameters, Unreadable) as error:
        raise Usage(f"{told}: {error}") from error


def pairs(option: str, given: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """NAME=VALUE, split; raises Usage where there is no name or no sign."""
    made: list[tuple[str, str]] = []
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise Usage(f"{option} {name or '=…'}: write it as NAME=VALUE")
        made.append((name.strip(), value))
    return tuple(made)
