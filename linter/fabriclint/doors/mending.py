"""`fabriclint check --fix`, `--diff` and `--edits`: what becomes of the edits that prove themselves."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff

from fabriclint.doors.cli import complain
from fabriclint.doors.editable import editable
from fabriclint.doors.session import Session
from fabriclint.doors.writing import replace_all
from fabriclint.engine.edits import Mended, Proved, Safety, mend, proved
from fabriclint.engine.report import Report
from fabriclint.text import Source

WANTED: Mapping[str, tuple[Safety, ...]] = {"safe": ("safe",), "all": ("safe", "unsafe")}


def fixed(session: Session) -> Report:
    """Make the edits that are asked for in the files; the report of what is left."""
    asked, files = session.asked, session.files
    done = mend(session.bench, WANTED[asked.fix], editable(files, asked.paths))
    written, refused = replace_all(files, changed(done))
    for path, why in refused.items():
        complain(f"{path} is left alone: {why}")
    if refused:
        complain("not every edit was made: run it again" if written else "no edit was made: run it again")
        return session.bench.report
    for line in summary(done, asked, "made"):
        complain(line)
    return done.bench.report


def difference(session: Session) -> tuple[str, Report]:
    """The edits that are asked for as a unified diff, and the report of the files as they are."""
    asked, files = session.asked, session.files
    done = mend(session.bench, WANTED[asked.diff], editable(files, asked.paths))
    for line in summary(done, asked, "shown"):
        complain(line)
    parts = (unified(files.source(path), now) for path, now in sorted(changed(done).items()))
    return "".join(parts), session.bench.report


def with_edits(session: Session) -> Report:
    """The report, each finding with the edits that would make it go away, where some prove themselves."""
    return proved(session.bench, editable(session.files, session.asked.paths))


def changed(done: Mended) -> dict[str, Source]:
    """The files that the edits change, as they then read."""
    paths = dict.fromkeys(path for one in done.made for path in one.paths)
    return {path: done.bench.files.source(path) for path in paths}


def unified(was: Source, now: Source) -> str:
    """The difference of two versions of a file, as `git apply` takes it."""
    before, after = (_lines(source.data) for source in (was, now))
    made: list[str] = []
    for line in unified_diff(before, after, f"a/{was.path}", f"b/{was.path}"):
        made.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(made)


def _lines(data: bytes) -> list[str]:
    return [f"{line}\n" for line in data.decode("utf-8", "surrogateescape").split("\n")[:-1]] + [
        line for line in data.decode("utf-8", "surrogateescape").split("\n")[-1:] if line
    ]


def summary(done: Mended, asked: argparse.Namespace, verb: str) -> Iterator[str]:
    """What became of the edits, in a few lines: those that are made, those that are left, those there are none for."""
    files = {path for one in done.made for path in one.paths}
    yield f"{_count(done.made)} {verb}" + (f" in {_plural(len(files), 'file')}" if files else "")
    warned: dict[tuple[str, str], list[str]] = {}
    for one in done.made:
        if one.warning:
            warned.setdefault((one.finding.rule, one.warning), []).append(str(one.finding.place))
    for (rule, warning), places in warned.items():
        # Said once: the same sentence after every place is not read at all.
        *others, last = places
        yield from (f"  {place}" for place in others)
        yield f"  {last}: {rule}: {warning}"
    if done.offered:
        option = "--fix=all" if verb == "made" else "--diff=all"
        yield f"{_count(done.offered)} left, which {'has' if len(done.offered) == 1 else 'have'} to be wanted: {option}"
    if done.without:
        listed = "no-edit" in asked.show
        yield f"{_plural(len(done.without), 'finding')} without an edit" + (
            "" if listed else "; --show no-edit lists why"
        )
        for left in done.without if listed else ():
            yield f"  {left.finding.place}: {left.finding.rule}: {left.reason}"


def _count(edits: Iterable[Proved]) -> str:
    kinds = [one.safety for one in edits]
    parts = [f"{kinds.count(kind)} {kind}" for kind in ("safe", "unsafe") if kind in kinds]
    return f"{' and '.join(parts) or 'no'} edit{'' if len(kinds) == 1 else 's'}"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
