"""The harness for rules, also for a pack of your own.

    @pytest.mark.parametrize("case", cases("rules/fixtures", "rules"), ids=str)
    def test_case(case):
        check_case(case)

A case is a folder `fixtures/<rule>/{bad,good,unknown}/<name>` with one small stack, written in every language it can be
written in (`main.tf`, `template.yaml`). A line that a finding must point at ends with `# expect: <rule>`; a line that must be
left open ends with `# unsure: <rule>`. A twin that cannot exist is excused by `no-twin.toml` (`language`, `reason`).

A `fabriclint.toml` in the case is its configuration.

Where the rule's edits prove themselves in a bad case, the folder `after/` holds the files that they change, as they then read
(without marks); `edited` makes them.

A `plan.json` beside `main.tf` is the plan of the same stack (`terraform show -json`): it must give the same findings at the
same lines, and may decide what the sources alone leave open.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from fabriclint.config.read import read
from fabriclint.engine.discover import plan
from fabriclint.engine.merge import NO_REASON
from fabriclint.engine.own import rules_in
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Language, Settings, Unreadable
from fabriclint.model.given import NOTHING_GIVEN
from fabriclint.patterns import late
from fabriclint.reporters import json as json_reporter
from fabriclint.reporters import text as text_reporter
from fabriclint.sdk import Rule
from fabriclint.text import Source

KINDS = ("bad", "good", "unknown")
# The file that a stack is written in, and the one that may say the same in JSON, by language.
TWINS = {"terraform": ("main.tf", "main.tf.json"), "cloudformation": ("template.yaml", "template.json")}
# The folder of a case with the files that edits change, as they then read.
AFTER = "after"
# The configuration of a case.
CONFIGURATION = "fabriclint.toml"
# The plan of a Terraform stack, beside its sources.
PLAN = "plan.json"
# Folders of the fixtures that are no rule's.
OTHERS = frozenset({"demo"})
_MARK = late(r"#\s*(expect|unsure):\s*([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*$")
_MARKED = late(
    rb"[ \t]*#[ \t]*(?:expect|unsure):[ \t]*[a-z0-9-]+(?:[ \t]*,[ \t]*[a-z0-9-]+)*[ \t]*$", re.MULTILINE
)
_LAST_LINE = late(r"\d+ checks: \d+ findings, \d+ clean, \d+ not checked\n\Z")

Place = tuple[str, int]


class MemoryFiles:
    """Files that are not on any disk: a mapping of paths to texts or bytes. `seen` holds what was read."""

    def __init__(self, contents: Mapping[str, str | bytes]) -> None:
        self._data = {
            posixpath.normpath(path): data.encode() if isinstance(data, str) else data
            for path, data in contents.items()
        }
        self._sources: dict[str, Source] = {}
        self.seen: set[str] = set()

    def source(self, path: str) -> Source:
        """The file's bytes; raises Unreadable."""
        path = posixpath.normpath(path)
        if path not in self._data:
            raise Unreadable(path, "there is no such file")
        self.seen.add(path)
        if path not in self._sources:
            self._sources[path] = Source(path, self._data[path])
        return self._sources[path]

    def glance(self, path: str) -> bytes:
        """The file's bytes; raises Unreadable."""
        return self.source(path).data

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the files in a folder."""
        return tuple(sorted(rest for rest in self._below(folder) if "/" not in rest))

    def folders(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the folders in a folder."""
        return tuple(sorted({rest.partition("/")[0] for rest in self._below(folder) if "/" in rest}))

    def is_file(self, path: str) -> bool:
        """Whether there is such a file."""
        return posixpath.normpath(path) in self._data

    def is_folder(self, path: str) -> bool:
        """Whether any file lies in it."""
        return posixpath.normpath(path) == "." or any(True for _ in self._below(path))

    def _below(self, folder: str) -> Iterator[str]:
        start = "" if posixpath.normpath(folder) == "." else posixpath.normpath(folder) + "/"
        return (
            path[len(start) :] for path in self._data if path.startswith(start) and not path.startswith("../")
        )


class Case(Struct, frozen=True):
    """One case of one rule."""

    rule: Rule
    kind: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.rule.name}/{self.kind}/{self.folder.name}"


def cases(root: str | Path, rules: Sequence[Rule] | str | Path | None = None) -> list[Case]:
    """Every case below a folder; raises ValueError where there is none, or something that is no case of any rule.

    `rules` are the rules that the cases are of, or a folder of them; without it the built-in ones.
    """
    if isinstance(rules, (str, Path)):
        rules = rules_in(rules)
    known = {rule.name: rule for rule in (builtin_rules() if rules is None else rules)}
    found: list[Case] = []
    for folder in _folders(Path(root)):
        if folder.name in OTHERS or folder.name.startswith("_"):
            continue
        if folder.name not in known:
            raise ValueError(f"{folder}: there is no rule of this name")
        for kind in _folders(folder):
            if kind.name not in KINDS:
                raise ValueError(f"{kind}: a rule's cases are in {', '.join(KINDS)}")
            for case in _folders(kind):
                if not any((case / name).is_file() for twins in TWINS.values() for name in twins):
                    raise ValueError(
                        f"{case}: holds no stack ({', '.join(names[0] for names in TWINS.values())})"
                    )
                found.append(Case(known[folder.name], kind.name, case))
    if not found:
        raise ValueError(f"{root}: holds no cases")
    return found


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


class Looked(Struct, frozen=True):
    """A case as one language saw it."""

    twin: str
    report: Report
    seen: frozenset[str]

    @property
    def settled(self) -> Counter[tuple[str, str, str]]:
        """What its checks came to, without names and places."""
        return Counter((one.rule, one.subject, one.state) for one in self.report.verdicts)

    @property
    def claims(self) -> Counter[tuple[str, str, str]]:
        """What its checks came to, by address, and what its findings say."""
        settled = Counter((one.rule, one.address, one.state) for one in self.report.verdicts)
        return settled + Counter((one.rule, one.address, one.message) for one in self.report.findings)


def check_case(case: Case) -> None:
    """Hold a case to its marks, in every language; raises AssertionError that says what differs."""
    contents = contents_of(case.folder)
    planned = contents.pop(PLAN, None)
    by_language: dict[str, Looked] = {}
    for language in languages():
        written, as_json = TWINS[language.name]
        main = None
        if written in contents:
            main = look(case, language, written, _without(contents, as_json))
            _check_marks(case, main, _marks(case.rule.name, contents, main, language))
            by_language[language.name] = main
        if as_json in contents:
            other = look(case, language, as_json, _without(contents, written))
            if main is not None and main.claims != other.claims:
                _differ(case, f"{as_json} settles otherwise than {written}", main.claims, other.claims)
            by_language.setdefault(language.name, other)
    _check_twins(case, by_language)
    if case.kind == "bad":
        _check_after(case)
    if planned is not None:
        _check_plan(case, contents, planned, by_language)


def edited(case: Case) -> dict[str, bytes]:
    """The files that the edits of a case's rule change in any of its twins, without marks, as they then read."""
    from fabriclint.engine.bench import Bench
    from fabriclint.engine.edits import mend

    contents = {
        path: _MARKED.sub(b"", data) for path, data in contents_of(case.folder).items() if path != PLAN
    }
    changed: dict[str, bytes] = {}
    for language in languages():
        for twin in TWINS[language.name]:
            others = [name for name in TWINS[language.name] if name != twin]
            files = MemoryFiles({path: data for path, data in contents.items() if path not in others})
            if twin not in contents:
                continue
            settings = settings_of(contents, files)
            bench = Bench.of(plan(["."], files, [language]), files, settings, [case.rule])
            made = mend(bench, ("safe", "unsafe"), lambda _: None)
            for path in {path for one in made.made for path in one.paths}:
                changed[path] = made.bench.files.source(path).data
    return changed


def _check_after(case: Case) -> None:
    """Hold the edits of a case to the files of its folder `after`."""
    made = edited(case)
    folder = case.folder / AFTER
    wanted = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    for path in sorted(made.keys() | wanted.keys()):
        if path not in wanted:
            _fail(f"{case}: {AFTER}/{path} is missing; the edits make it:\n{made[path].decode()}")
        if path not in made:
            _fail(f"{case}: {AFTER}/{path} is there, and no edit changes {path}")
        if made[path] != wanted[path]:
            _fail(f"{case}: the edits make {path} read otherwise than {AFTER}/{path}:\n{made[path].decode()}")


def settings_of(contents: Mapping[str, bytes], files: MemoryFiles) -> Settings:
    """What the configuration of a case says about its inputs."""
    return Settings(
        given=read(files.source(CONFIGURATION)).given if CONFIGURATION in contents else NOTHING_GIVEN
    )


def look(case: Case, language: Language, twin: str, contents: Mapping[str, bytes], path: str = ".") -> Looked:
    """Run the case's rule alone over one twin, and check what holds for every report."""
    files = MemoryFiles(contents)
    settings = settings_of(contents, files)
    report = run(plan([path], files, [language]), files, settings, [case.rule])
    again_files = MemoryFiles(dict(reversed(list(contents.items()))))
    again = run(plan([path], again_files, [language]), again_files, settings, [case.rule])
    where = f"{case} ({twin})"
    for diagnostic in report.diagnostics:
        if diagnostic.level == "error" or diagnostic.message.startswith("the fix of"):
            _fail(f"{where}: {diagnostic.place or diagnostic.path}: {diagnostic.message}")
    if json_reporter.render(report) != json_reporter.render(again):
        _fail(f"{where}: two runs give two reports")
    if not _LAST_LINE.search(text_reporter.render(report, show_not_checked=True)):
        _fail(f"{where}: the text report does not end with the numbers")
    for one in report.findings:
        for name in ("message", "why", "fix"):
            if not str(getattr(one, name)).strip():
                _fail(f"{where}: a finding without {name}")
    for left in report.not_checked:
        if any(reason.what == NO_REASON for reason in left.reasons):
            _fail(f"{where}: {left.place}: not checked, and no reason is given")
    return Looked(twin, report, frozenset(files.seen))


def _check_marks(case: Case, looked: Looked, marks: dict[str, set[Place]]) -> None:
    where = f"{case} ({looked.twin})"
    report = looked.report
    found = {(one.place.path, one.place.line) for one in report.findings}
    left = {(one.place.path, one.place.line) for one in report.not_checked}
    if found != marks["expect"]:
        _fail(f"{where}: {_both('found', found, 'expected', marks['expect'])}{_told(report)}")
    if left != marks["unsure"]:
        _fail(f"{where}: {_both('not checked', left, 'marked unsure', marks['unsure'])}{_told(report)}")
    if case.kind == "bad" and not found:
        _fail(f"{where}: a bad case marks what is expected")
    if case.kind != "bad" and found:
        _fail(f"{where}: only a bad case has findings")
    if case.kind == "unknown" and not left:
        _fail(f"{where}: an unknown case marks what is left open")
    if case.kind == "good" and not any(one.state == "no" for one in report.verdicts):
        _fail(f"{where}: the rule looked at nothing, so the case tests nothing")


def _check_twins(case: Case, looked: Mapping[str, Looked]) -> None:
    excuse = case.folder / "no-twin.toml"
    missing = sorted(TWINS.keys() - looked.keys())
    if excuse.is_file():
        said = tomllib.loads(excuse.read_text(encoding="utf-8"))
        if [said.get("language")] != missing or not str(said.get("reason", "")).strip():
            _fail(
                f"{case}: no-twin.toml has to name the missing language ({', '.join(missing) or 'none is'}) and a reason"
            )
    elif missing:
        _fail(f"{case}: has no {missing[0]} twin, and no no-twin.toml says why")
    seen = list(looked.values())
    for other in seen[1:]:
        if other.settled != seen[0].settled:
            _differ(
                case, f"{other.twin} settles otherwise than {seen[0].twin}", seen[0].settled, other.settled
            )


def _check_plan(
    case: Case, contents: Mapping[str, bytes], planned: bytes, looked: Mapping[str, Looked]
) -> None:
    """Hold a plan to the sources beside it, and alone to the findings of both."""
    language = next(language for language in languages() if language.name == "terraform")
    written = looked.get(language.name)
    if written is None:
        _fail(f"{case}: {PLAN} stands beside no Terraform sources")
    beside = look(case, language, PLAN, {**contents, PLAN: planned}, PLAN)
    if not beside.report.roots:
        _fail(f"{case}: {PLAN} is not read as a plan")
    here, there = written, beside
    for less, more in (
        (
            _checks(here, "yes") - _checks(there, "yes"),
            _checks(there, "yes") - _checks(here, "yes", "unknown"),
        ),
        (_checks(here, "no") - _checks(there, "no"), _checks(there, "unknown") - _checks(here, "unknown")),
    ):
        if less or more:
            _differ(case, f"{PLAN} settles otherwise than {written.twin}", less, more)
    missed = _places(written) - _places(beside)
    if missed:
        _fail(f"{case} ({PLAN}): {_both('found', _places(beside), 'expected', _places(written))}")
    alone = look(case, language, PLAN, {PLAN: planned}, PLAN)
    if _checks(alone, "yes") - _checks(beside, "yes"):
        _differ(case, f"{PLAN} alone finds more", _checks(beside, "yes"), _checks(alone, "yes"))


def _checks(looked: Looked, *states: str) -> Counter[tuple[str, str, str]]:
    verdicts = (one for one in looked.report.verdicts if one.state in states)
    return Counter((one.rule, one.subject, one.address) for one in verdicts)


def _places(looked: Looked) -> set[Place]:
    return {(one.place.path, one.place.line) for one in looked.report.findings}


def contents_of(folder: Path) -> dict[str, bytes]:
    """The files of a case by their paths in it, but for what its edits make of them."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {
        name: data
        for name, data in found.items()
        if not name.startswith(f"{AFTER}/") and name != "no-twin.toml"
    }


def _without(contents: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    return {path: data for path, data in contents.items() if path != name}


def _marks(
    rule: str, contents: Mapping[str, bytes], looked: Looked, language: Language
) -> dict[str, set[Place]]:
    """The marked lines of the files that this language read or could have read."""
    marks: dict[str, set[Place]] = {"expect": set(), "unsure": set()}
    for path, data in contents.items():
        if path not in looked.seen and not language.may_own(path):
            continue
        for line, text in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
            mark = _MARK.search(text.rstrip())
            if mark and rule in re.split(r"\s*,\s*", mark[2]):
                marks[mark[1]].add((path, line))
    return marks


def _both(one: str, ones: set[Place], other: str, others: set[Place]) -> str:
    def told(places: set[Place]) -> str:
        return ", ".join(f"{path}:{line}" for path, line in sorted(places)) or "nothing"

    return f"{one} {told(ones)}; {other} {told(others)}"


def _told(report: Report) -> str:
    return "\n" + text_reporter.render(report, show_not_checked=True)


def _differ(
    case: Case, what: str, one: Counter[tuple[str, str, str]], other: Counter[tuple[str, str, str]]
) -> NoReturn:
    less = sorted((one - other).elements())
    more = sorted((other - one).elements())
    _fail(f"{case}: {what}: without {less or 'nothing'}, with {more or 'nothing'} more")


def _fail(message: str) -> NoReturn:
    raise AssertionError(message)
