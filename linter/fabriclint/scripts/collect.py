"""What one reading has found so far, and the texts that it still has to read."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from fabriclint.scripts.facts import Copy, Environment, HdfsUse, Installer, Mount, Removal, Script
from fabriclint.scripts.places import HOLE, Body, Holes
from fabriclint.text import Span
from fabriclint.values import Inputs, Reason, Text, Unknown, Value

MOST_TEXT = 1_000_000
DEEPEST = 5
_MOST_WORK = 40_000
_MOST_FACTS = 5_000

JobKind = Literal["user-data", "shell", "file", "fstab", "cloud-config", "mime"]


class Job(Struct, frozen=True, eq=False):
    """A text that is to be read as `kind`; `path` is the file it is written to, `variables` what its shell knows."""

    kind: JobKind
    body: Body
    depth: int = 0
    path: str = ""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    arguments: tuple[str, ...] = ()
    conditional: bool = False


class Collector:
    """Gathers facts in order of reading; each fact once."""

    def __init__(self) -> None:
        self.holes = Holes()
        self.jobs: deque[Job] = deque()
        self._work = 0
        self._facts: dict[tuple[str, ...], Mount | Copy | Environment | HdfsUse] = {}
        self._software: list[Installer | Removal] = []
        self._commands: dict[str, None] = {}
        self._unknown: dict[Reason, None] = {}
        self._written: set[str] = set()
        self._fetched: set[str] = set()
        self._run: list[tuple[str, Reason]] = []

    # ------------------------------------------------------------ work

    def later(self, job: Job) -> None:
        """Read a text after the one that is being read; too deep a nesting is not known."""
        if job.depth > DEEPEST:
            self.not_seen("scripts are nested too deeply to be read", job.body.where(0, len(job.body.text)))
        elif job.body.text and self.spend(1 + len(job.body.text) // 100):
            self.jobs.append(job)

    def spend(self, amount: int = 1) -> bool:
        """Count work; False once the whole reading has done too much of it."""
        self._work += amount
        if self._work > _MOST_WORK:
            self.not_seen("the script is too large to be read to its end", None)
            return False
        return True

    # ------------------------------------------------------------ facts

    def command(self, text: str) -> None:
        """A command as it is written, without its comments."""
        if text and len(self._commands) < _MOST_FACTS:
            self._commands[text] = None

    def fact(self, fact: Mount | Copy | Environment | HdfsUse) -> None:
        """A fact that was not told before; a certain one takes the place of the same under a condition."""
        key: tuple[str, ...]
        if isinstance(fact, Mount):
            key = ("mount", fact.kind, fact.how, _key(fact.host), _key(fact.export), _key(fact.target))
        elif isinstance(fact, Copy):
            key = ("copy", fact.tool, _key(fact.source), _key(fact.destination))
        elif isinstance(fact, Environment):
            key = ("environment", fact.name, _key(fact.value), str(fact.place))
        else:
            key = ("hdfs", _key(fact.host), fact.how)
        known = self._facts.get(key)
        if known is not None and not (
            getattr(known, "conditional", False) and not getattr(fact, "conditional", False)
        ):
            return
        if known is not None or len(self._facts) < _MOST_FACTS:
            self._facts[key] = fact

    def software(self, fact: Installer | Removal) -> None:
        """Software that is installed or removed, in order."""
        if len(self._software) < _MOST_FACTS:
            self._software.append(fact)

    def cloned(self, what: str) -> bool:
        """Whether the script has already fetched this software, so that removing it tidies up."""
        return any(isinstance(fact, Installer) and fact.what == what for fact in self._software)

    def not_seen(self, what: str, place: Span | None) -> None:
        """Why a part may not have been seen."""
        if len(self._unknown) < 100:
            self._unknown[Reason(what, place)] = None

    def not_known(self, unknown: Unknown, place: Span | None) -> None:
        """The reasons of something that is not decided."""
        for reason in unknown.reasons or (Reason("a part of the script is not known", place),):
            self.not_seen(reason.what, reason.place or place)

    # ------------------------------------------------------------ files

    def written(self, path: str) -> None:
        """A file whose content these sources show."""
        self._written.add(_base(path))

    def fetched(self, path: str) -> None:
        """A file that the script brings from elsewhere."""
        self._fetched.add(_base(path))

    def brought(self, path: str) -> bool:
        """Whether the script brought this file from elsewhere."""
        return _base(path) in self._fetched

    def run(self, path: str, written: str, place: Span | None) -> None:
        """A script file that is run (`written` is how the script says it); it is not seen unless these sources write it."""
        name = _base(path)
        if name:
            said = self.holes.show(written)
            how = (
                "is fetched and run at start" if self.brought(path) else "is run and is not in these sources"
            )
            self._run.append((name, Reason(f"{said} {how}", place)))

    # ------------------------------------------------------------ result

    def script(self, inputs: Inputs) -> Script:
        """Everything found."""
        facts = list(self._facts.values())
        for name, reason in self._run:
            if name not in self._written:
                self.not_seen(reason.what, reason.place)
        removals: list[Removal] = []
        for at, fact in enumerate(self._software):
            again = any(
                isinstance(later, Installer) and later.what in (fact.what, "efa")
                for later in self._software[at + 1 :]
            )
            if isinstance(fact, Removal) and not again:
                removals.append(fact)
        return Script(
            mounts=tuple(fact for fact in facts if isinstance(fact, Mount)),
            copies=tuple(fact for fact in facts if isinstance(fact, Copy)),
            environment=tuple(fact for fact in facts if isinstance(fact, Environment)),
            installers=tuple(fact for fact in self._software if isinstance(fact, Installer)),
            removals=tuple(removals),
            hdfs=tuple(fact for fact in facts if isinstance(fact, HdfsUse)),
            commands=tuple(self._commands),
            unknown=tuple(self._unknown),
            inputs=inputs,
        )


def _base(path: str) -> str:
    """A file's name; a name that is wholly unknown has none."""
    name = path.rstrip("/").rsplit("/", 1)[-1]
    return "" if re.fullmatch(f"{HOLE}*", name) else name


def _key(value: Value | None) -> str:
    """What tells two values apart; a place does not."""
    if value is None:
        return ""
    parts = value.data.parts if isinstance(value.data, Text) else (value.data,)
    shown = (
        part.reasons[0].what if isinstance(part, Unknown) and part.reasons else str(part) for part in parts
    )
    return f"{type(value.data).__name__}:{'|'.join(shown)}"
