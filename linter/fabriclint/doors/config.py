"""`fabriclint config`: what the configuration says, from which file, and what of it holds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from fabriclint.config.configuration import ADDS_UP, Configuration, Entry
from fabriclint.doors.cli import CLEAN, speak
from fabriclint.doors.session import Session, opened
from fabriclint.reporters.paint import json_text, safe


def config(asked: argparse.Namespace) -> int:
    """Show the configuration that holds for the given paths, or the schema of all configurations or policies."""
    if asked.action == "schema":
        if asked.policy:
            from fabriclint.policies.read import schema
        else:
            from fabriclint.config.read import schema

        speak(json.dumps(schema(), indent=2) + "\n", machine=True)
        return CLEAN
    session = opened(asked)
    if asked.format == "json":
        speak(json_text(as_data(session)), machine=True)
    else:
        speak("\n".join(safe(line) for line in _lines(session)) + "\n")
    return CLEAN


def overruled(made: Configuration) -> dict[int, Entry]:
    """The entries that another one takes the place of: the later of two that say the same key."""
    last: dict[tuple[str, ...], int] = {}
    found: dict[int, Entry] = {}
    for number, entry in enumerate(made.entries):
        if entry.path[0] in ADDS_UP:
            continue
        before = last.get(entry.path)
        if before is not None:
            found[before] = entry
        last[entry.path] = number
    return found


def key(entry: Entry) -> str:
    """A key as it is written in TOML."""
    return ".".join(
        part if part.replace("-", "").replace("_", "").isalnum() else f'"{part}"' for part in entry.path
    )


def as_data(session: Session) -> dict[str, object]:
    """All of it as plain data."""
    made = session.configuration
    over = overruled(made)
    return {
        "entries": [
            {
                "key": key(entry),
                "value": entry.value,
                "path": entry.place.path,
                "line": entry.place.line,
                "overruled_by": str(over[number].place) if number in over else None,
            }
            for number, entry in enumerate(made.entries)
        ],
        "rules": [rule.name for rule in session.rules],
        "fail_on": made.fail_on or "warning",
        "level": made.level or "advice",
        "runs": [run.name for run in made.runs],
        "baseline": made.baseline,
    }


def _lines(session: Session) -> Iterator[str]:
    made = session.configuration
    over = overruled(made)
    file = ""
    for number, entry in enumerate(made.entries):
        if entry.place.path != file:
            if file:
                yield ""
            file = entry.place.path
            yield file
        value = json.dumps(entry.value, ensure_ascii=False)
        aside = f"  (overruled by {over[number].place})" if number in over else ""
        yield f"  {entry.place.line:>4}  {key(entry)} = {value}{aside}"
    if not made.entries:
        yield "no configuration: everything is as it is by default"
    yield ""
    yield f"{len(session.rules)} of {len(session.known)} rules run; `fabriclint rules` lists them"
    yield f"findings from {made.fail_on or 'warning'} on make exit code 1; those below {made.level or 'advice'} are hidden"
    if made.runs:
        yield f"every root is judged under {', '.join(run.name for run in made.runs)}, where they apply to it"
    if made.baseline:
        yield f"what {made.baseline} lists is hidden"
