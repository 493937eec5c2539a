"""`fabriclint init`: the hook, the job and the configuration of the repository it stands in, shown before they are written."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator

from msgspec import Struct

from fabriclint import __version__
from fabriclint.doors.cli import CLEAN, FOUND, Usage, complain, speak
from fabriclint.doors.writing import stay_inside, write_whole
from fabriclint.patterns import late

HOME = "https://github.com/fabriclint/fabriclint"
CONFIGURATION = """\
# What each key does: {home}/blob/main/docs/configuration.md
# The schema, for editors: `fabriclint config schema`

fail-on = "error" # warnings are told and let pass; "warning" is the default

# baseline = "fabriclint-baseline.json" # what is known today, written by `fabriclint baseline`

# [roles] # what fleets do, where names and jobs do not tell; `fabriclint inspect` shows their addresses
# training = ["aws_autoscaling_group.train*"]
# serving  = ["*.inference"]

# [runs.prod] # the inputs that are deployed, so that fewer things are left open
# var-files = ["prod.tfvars"]
"""
HOOK = """\
- repo: {home}
  rev: v{version}
  hooks:
    - id: fabriclint
"""
WORKFLOW = """\
name: fabriclint
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
  security-events: write
jobs:
  fabriclint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: fabriclint/fabriclint@v{version}
"""
GITLAB = """\
fabriclint:
  image: python:3.13-slim
  script:
    - pip install --quiet fabriclint=={version}
    - fabriclint check . --output gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""
_TOP_KEY = late(r"^([A-Za-z_][\w-]*):", re.MULTILINE)
_REPO = late(r"^([ \t]*)- (?:repo|hooks|rev):", re.MULTILINE)


class Step(Struct, frozen=True):
    """One file to be written: its path and text, or why nothing is written there. `more` is only what is added to it."""

    path: str
    text: str = ""
    more: str = ""
    why_not: str = ""


def init(asked: argparse.Namespace) -> int:
    """Show what is to be written, and write it where that is wanted; the exit code."""
    steps = list(planned(os.getcwd()))
    speak("\n".join(_shown(steps)) + "\n")
    if not any(step.text for step in steps):
        return CLEAN
    if not asked.yes:
        if not sys.stdin.isatty():
            complain("nothing was written; --yes writes it")
            return CLEAN
        try:
            answer = input("Write this? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            complain("nothing was written")
            return FOUND
    for step in steps:
        if step.text:
            _write(step)
    complain("`fabriclint check` shows what there is; `fabriclint baseline` accepts it for now")
    return CLEAN


def planned(folder: str) -> Iterator[Step]:
    """What the repository in a folder lacks."""
    if not os.path.lexists(os.path.join(folder, ".git")):
        raise Usage("init writes into the root of a git repository, and there is no .git here")
    yield _new(
        folder, "fabriclint.toml", CONFIGURATION.format(home=HOME), ("fabriclint.toml", ".fabriclint.yaml")
    )
    yield _hook(folder)
    if os.path.exists(os.path.join(folder, ".gitlab-ci.yml")):
        text = GITLAB.format(version=__version__)
        yield Step(".gitlab-ci.yml", why_not=f"is yours to change; add this job:\n{text}")
    else:
        path = ".github/workflows/fabriclint.yml"
        yield _new(folder, path, WORKFLOW.format(version=__version__), (path,))


def _new(folder: str, path: str, text: str, already: tuple[str, ...]) -> Step:
    there = next((name for name in already if os.path.lexists(os.path.join(folder, name))), None)
    return Step(path, text, text) if there is None else Step(path, why_not=f"stays: there is {there}")


def _hook(folder: str) -> Step:
    """The hook, added to what the repository has of pre-commit."""
    name = ".pre-commit-config.yaml"
    hook = HOOK.format(home=HOME, version=__version__)
    full = os.path.join(folder, name)
    if not os.path.lexists(full):
        text = "repos:\n" + "".join(f"  {line}\n" for line in hook.splitlines())
        return Step(name, text, text)
    if os.path.islink(full):
        return Step(name, why_not="stays: it is a symbolic link")
    with open(full, encoding="utf-8", newline="") as file:
        there = file.read()
    if "fabriclint" in there:
        return Step(name, why_not="stays: it has the hook")
    keys = _TOP_KEY.findall(there)
    first = _REPO.search(there)
    if not keys or keys[-1] != "repos" or first is None:
        return Step(name, why_not=f"is not of a form that can be added to; put this under repos:\n{hook}")
    end = "\r\n" if "\r\n" in there else "\n"
    more = "".join(f"{first[1]}{line}{end}" for line in hook.splitlines())
    return Step(name, f"{there.rstrip()}{end}{more}", more)


def _shown(steps: list[Step]) -> Iterator[str]:
    for step in steps:
        if step.text:
            yield f"{step.path}: {'new' if step.text == step.more else 'at its end'}"
            yield "".join(f"    {line}\n" for line in step.more.splitlines())
        else:
            first, *rest = step.why_not.splitlines()
            yield f"{step.path}: {first}"
            yield "".join(f"    {line}\n" for line in rest)


def _write(step: Step) -> None:
    """Write a file; raises Usage where that cannot be."""
    try:
        stay_inside(step.path)
        os.makedirs(os.path.dirname(step.path) or ".", exist_ok=True)
        write_whole(step.path, step.text.encode("utf-8"))
    except OSError as error:
        raise Usage(f"{step.path}: {error.strerror or error}") from error
