"""What a workspace folder is judged under: the nearest configuration file, and what the client's settings say."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.config.configuration import NOTHING_CONFIGURED, Configuration
from fabriclint.config.find import NAMES
from fabriclint.doors.cli import Usage
from fabriclint.doors.configuration import chosen as configured_rules
from fabriclint.doors.configuration import configured, policy
from fabriclint.doors.files import DiskFiles
from fabriclint.doors.inputs import configured_runs
from fabriclint.doors.options import LEVELS
from fabriclint.doors.session import chosen
from fabriclint.engine.policy import ANYWHERE, Policy
from fabriclint.languages.base import Diagnostic, Files, Run, Unreadable
from fabriclint.patterns import late
from fabriclint.sdk import Rule, Severity
from fabriclint.text import Source, Span

_PLACE = late(r"(?P<path>\S+?\.(?:toml|ya?ml))(?::(?P<line>\d+))?: (?P<what>.+)")


class Wishes(Struct, frozen=True):
    """The client's settings."""

    var_files: tuple[str, ...] = ()
    level: Severity | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def rules(self, rules: Sequence[Rule], known: Sequence[Rule]) -> tuple[Rule, ...]:
        """The rules to run: what is selected among all known ones, else what is not ignored of those in force."""
        wished = chosen(known, self.select, self.ignore)
        return wished if self.select else tuple(rule for rule in rules if rule in wished)


def wishes(said: object, rules: Sequence[Rule]) -> tuple[Wishes, tuple[str, ...]]:
    """The settings as a client sends them, and what is wrong with them; what is wrong does not count."""
    told = fields(said)
    made = Wishes()
    problems: list[str] = []
    for key, name in (("varFiles", "var_files"), ("select", "select"), ("ignore", "ignore")):
        value = told.get(key)
        if value is None:
            continue
        texts = _texts(value)
        if texts is None:
            problems.append(f"fabriclint.{key} has to be a list of texts")
            continue
        change: dict[str, Any] = {name: texts}
        tried = replace(made, **change)
        try:
            tried.rules((), rules)
        except Usage as error:
            problems.append(f"fabriclint.{key}: {str(error).partition(' ')[2]}")
            continue
        made = tried
    level = told.get("level")
    if level in LEVELS:
        made = replace(made, level=level)
    elif level is not None:
        problems.append(f"fabriclint.level has to be one of {', '.join(LEVELS)}")
    return made, tuple(problems)


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    texts = [one for one in cast("Sequence[object]", value) if isinstance(one, str)]
    return tuple(texts) if len(texts) == len(cast("Sequence[object]", value)) else None


def fields(said: object) -> Mapping[str, Any]:
    """An object of the protocol whose fields nobody vouches for; empty where it is none."""
    return cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else {}


class InForce:
    """What the configuration files of a folder say. Where they are wrong that is told, and the last good ones stay in force."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.said: Configuration = NOTHING_CONFIGURED
        self.rules: tuple[Rule, ...] = tuple(rules)
        self.policy: Policy = ANYWHERE
        self.runs: tuple[Run, ...] = ()
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self._all = tuple(rules)
        self._read: frozenset[str] = frozenset()

    def concerned(self, path: str) -> bool:
        """Whether a file is a configuration, or may be one."""
        return path in self._read or path.rpartition("/")[2] in NAMES

    def reload(self, disk: DiskFiles, files: Files) -> None:
        """Find and read them as they are now."""
        laid = _Laid(disk, files)
        asked = argparse.Namespace(config=None, isolated=False, paths=["."])
        try:
            said = configured(asked, laid)
            rules, held = configured_rules(said, self._all), policy(said, self._all)
            runs = configured_runs(said.runs, (), laid)
        except Usage as error:
            lines = [line for line in str(error).splitlines() if _PLACE.fullmatch(line)]
            self.diagnostics = tuple(_told(files, line) for line in lines or [str(error)])
        else:
            self.diagnostics = ()
            if said != self.said:
                self.said, self.rules, self.policy = said, rules, held
            self.runs = runs
        self._read = frozenset(laid.read)


class _Laid(DiskFiles):
    """The disk as a configuration is read from it, with the open buffers over it."""

    def __init__(self, disk: DiskFiles, over: Files) -> None:
        self.__dict__.update(disk.__dict__)  # what is allowed there is allowed here, and the other way round
        self._over = over
        self.read: set[str] = set()

    def source(self, path: str) -> Source:
        """The file's bytes; raises Unreadable."""
        self.read.add(path)
        return self._over.source(path)

    def is_file(self, path: str) -> bool:
        """Whether `source` could read it."""
        return self._over.is_file(path)


def _told(files: Files, line: str) -> Diagnostic:
    """What is wrong, at its place where one is named."""
    found = _PLACE.fullmatch(line)
    if found is None:
        return Diagnostic("error", line)
    path, number, what = found["path"], int(found["line"] or 1), found["what"]
    try:
        source = files.source(path)
    except Unreadable:
        return Diagnostic("error", what, path=path)
    number = min(max(number, 1), source.data.count(b"\n") + 1)
    text = source.line_text(number)
    start = source.line_start(number)
    begin = start + len(text.encode()) - len(text.lstrip().encode())
    return Diagnostic("error", what, Span(source, begin, start + len(text.rstrip().encode())))
