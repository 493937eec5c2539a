"""Write docs/measurements.md from bench/figures.json and fuzz/figures.json; with `--check`, fail if it is stale."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
PAGE = HOME / "docs" / "measurements.md"
PEERS = ("checkov", "cfn-lint", "tfparse")

HEAD = """\
# Measurements

This page is written by `make docs` from `bench/figures.json` and `fuzz/figures.json`, which the commands below write.
Figures of one table are of one run of one machine; compare only those.
"""


def times(spread: dict[str, float] | None) -> str:
    """A ratio: median, with minimum and maximum."""
    return f"{spread['median']} × ({spread['min']} to {spread['max']})" if spread else ""


def of(section: dict[str, Any]) -> str:
    """The machine that figures are of."""
    machine = section["machine"]
    return (
        f"fabriclint {machine['fabriclint']}, Python {machine['python']}, {machine['system']} on"
        f" {machine['architecture']}, {machine['cores']} cores."
    )


def peers(section: dict[str, Any]) -> Iterator[str]:
    """Beside other tools, and growing."""
    versions = section["versions"]
    yield f"""
## Beside other tools

`make bench STACKS=DIR`, where the folder holds checkouts of public repositories: whole processes in turn, fabriclint and
then the other tool, and again. A ratio is how many times as long the other takes: median, with minimum and maximum.
checkov runs with `--skip-download`, so that it waits for no network; tfparse, which runs Trivy's evaluator, only loads
every root, one after the other, and checks nothing. Memory is the peak of the largest process.

{of(section)} checkov {versions["checkov"]}, cfn-lint {versions["cfn-lint"]}, tfparse {versions["tfparse"]}.

| | seconds | memory | checkov | cfn-lint | tfparse |
| --- | --- | --- | --- | --- | --- |"""
    for row in section["beside"]:
        cells = " | ".join(times(row.get(peer)) for peer in PEERS)
        yield f"| {row['name']} | {row['seconds']:.2f} | {row['memory_mb']} MB | {cells} |"
    yield """
## The start

How many times as long as `python -c pass` of the same interpreter.

| | times |
| --- | --- |"""
    for row in section["start"]:
        yield f"| {row['name']} | {times(row['times'])} |"
    yield """
## Growth

Roots of one shape (`bench/stacks.py`: VPCs, endpoints, security groups, launch templates with start scripts, Auto
Scaling groups, FSx, EKS, IAM policies in `jsonencode`), each larger than the one before. The last column is what a line
costs beyond the row above.

| lines | seconds | memory | microseconds a further line |
| --- | --- | --- | --- |"""
    before: dict[str, Any] | None = None
    for row in section["growth"]:
        seconds = row["seconds"]
        more = ""
        if before is not None:
            grown = seconds["median"] - before["seconds"]["median"]
            more = f"{grown / (row['lines'] - before['lines']) * 1e6:.0f}"
        yield (
            f"| {row['lines']:,} | {seconds['median']} ({seconds['min']} to {seconds['max']}) |"
            f" {row['memory_mb']} MB | {more} |"
        )
        before = row


def instructions(section: dict[str, Any]) -> Iterator[str]:
    """Counts that no load moves."""
    yield f"""
## Instructions

`make instructions`: what callgrind counts for a run in one process with unseeded hashes. Two counts of the same code
differ by less than one in a hundred, whatever else the machine does.

{of(section)}

| | millions of instructions |
| --- | --- |"""
    for row in section["runs"]:
        yield f"| {row['name']} | {row['millions']:,} |"


def keystroke(section: dict[str, Any]) -> Iterator[str]:
    """From typing to diagnostics."""
    yield f"""
## From a keystroke to the diagnostics

`make bench`: the real language server over a root of {section["lines"]:,} lines in {section["files"]} files;
{section["edits"]} edits, from `didChange` until the diagnostics of that version of the text arrive. The goal is
{section["goal_p95_ms"]} ms for 95 of 100.

{of(section)} Opening the root took {section["opened_s"]} s.

| typing in | edits | p50 | p95 | max |
| --- | --- | --- | --- | --- |"""
    for place, row in (("all", section), *section["places"].items()):
        yield f"| {place} | {row['edits']} | {row['p50_ms']} ms | {row['p95_ms']} ms | {row['max_ms']} ms |"


def fuzzing(figures: dict[str, Any]) -> Iterator[str]:
    """What the fuzzers did."""
    yield f"""
## Fuzzing

`python fuzz/run.py TARGET --runs N --record` (fuzz/README.md): executions without a fault of version {figures["version"]},
with changes of bytes and of structure, from the fixtures and from files of public repositories. *Guided* runs follow
coverage; *blind* ones start from the corpus that a guided run has left. Faults that were found are mended, and are cases of
`tests/safety/crashers`.

| target | guided | blind | in all | executions a second |
| --- | --- | --- | --- | --- |"""
    for target, row in sorted(figures["targets"].items()):
        total = row["guided"] + row["blind"]
        rate = total / max(1, row["seconds"])
        yield f"| {target} | {row['guided']:,} | {row['blind']:,} | {total:,} | {rate:,.0f} |"


def page() -> str:
    """The page as it should be."""
    bench = json.loads((HOME / "bench" / "figures.json").read_text(encoding="utf-8"))
    lines = [
        HEAD.rstrip("\n"),
        *peers(bench["peers"]),
        *instructions(bench["instructions"]),
        *keystroke(bench["keystroke"]),
        *fuzzing(json.loads((HOME / "fuzz" / "figures.json").read_text(encoding="utf-8"))),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    made = page()
    if "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
        print(f"{PAGE.relative_to(HOME)} is not fresh: run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
