"""Rules of one's own: a folder of them, or an installed pack by its entry point; one that does not load stops the run.

A folder holds one rule a file (`.py`, or `.yaml` for a policy), in itself or in the folders below it, which are areas. What
begins with `_` is a helper of its neighbours. A pack is an importable package that is laid out in the same way.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.metadata import EntryPoint, distributions
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.engine.packs import PackError, rule_in
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.model.stack import SUBJECTS
from fabriclint.patterns import late
from fabriclint.sdk import Rule
from fabriclint.text import Source

GROUP: Final = "fabriclint.rules"
AREA: Final = "custom"
HEADINGS: Final = ("Why", "How to fix", "Limits")
# Folders beside the rules that hold none.
OTHERS: Final = frozenset({"fixtures", "tests"})
POLICIES: Final = (".yaml", ".yml")
NAME: Final = late(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_AREA: Final = late(r"[a-z][a-z0-9_-]*")
_LARGEST: Final = 100_000
_SEVERITIES: Final = ("error", "warning", "advice")
_PRECISIONS: Final = ("very-high", "high", "medium")


class _File(Struct, frozen=True):
    """A file that has to hold one rule, and the area that it is in ("" where no folder says one)."""

    path: Path
    area: str


def own_rules(folders: Iterable[str], packs: Iterable[str], known: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of folders and packs, sorted by name; raises PackError where one does not load or takes a known name."""
    taken = {name: rule for rule in (*known, *SUPPRESSION_RULES) for name in (rule.name, *rule.aliases)}
    found: dict[str, Rule] = {}
    for rule in (
        *(rule for folder in dict.fromkeys(folders) for rule in rules_in(folder)),
        *(rule for pack in dict.fromkeys(packs) for rule in pack_rules(pack)),
    ):
        for name in (rule.name, *rule.aliases):
            other = found.get(name) or taken.get(name)
            if other is not None:
                whose = other.origin or "fabriclint's own"
                raise PackError(f"{rule.origin}:1: the name {name} is taken: another rule has it ({whose})")
            found[name] = rule
    return tuple(sorted(dict.fromkeys(found.values()), key=lambda rule: rule.name))


def rules_in(folder: str | Path) -> tuple[Rule, ...]:
    """The rules of a folder, sorted by name; raises PackError where there is none, or one does not load."""
    top = Path(folder)
    if not top.is_dir():
        raise PackError(f"{folder}: there is no such folder")
    # The modules of a folder live in a package that only this process knows, so that no folder gets on the path of imports.
    real = os.path.realpath(top)
    # They are loaded anew each time, helpers too: a run that stays open sees what was changed.
    package = f"fabriclint_own_{hashlib.sha256(real.encode()).hexdigest()[:16]}"
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]

    def load(file: _File) -> ModuleType:
        parent = _package(package, top)
        if file.area:
            parent = _package(f"{package}.{file.area.replace('-', '_')}", top / file.area)
        return _module(f"{parent}.{file.path.stem}", file.path)

    return _rules(top, load)


def pack_rules(name: str) -> tuple[Rule, ...]:
    """The rules of an installed pack; raises PackError where no distribution offers it, or a rule of it does not load."""
    with _without_working_directory():
        offered = list(_offered())
        values = sorted({one.value for one in offered if one.name == name})
        if not values:
            names = sorted({one.name for one in offered})
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"installed are {', '.join(names) or 'none'}"
            raise PackError(f"no installed pack is called {name}; {hint}")
        if len(values) > 1:
            raise PackError(f"several installed packs are called {name}: {', '.join(values)}")
        package = values[0]
        try:
            top = importlib.import_module(package)
        except Exception as error:
            raise PackError(
                f"the pack {name} does not load: {package}: {type(error).__name__}: {error}"
            ) from error
        folders = [Path(path) for path in getattr(top, "__path__", ())]
        if len(folders) != 1 or not folders[0].is_dir():
            raise PackError(f"the pack {name} does not load: {package} is no package of files")

        def load(file: _File) -> ModuleType:
            parts = [package, *([file.area] if file.area else []), file.path.stem]
            return importlib.import_module(".".join(parts))

        return _rules(folders[0], load)


def _offered() -> Iterator[EntryPoint]:
    """The entry points of every installed pack."""
    for distribution in distributions():
        yield from distribution.entry_points.select(group=GROUP)


@contextmanager
def _without_working_directory() -> Generator[None]:
    """Imports that never look into the working directory, which may be the tree that is read (`python -m` puts it there)."""
    here = os.path.realpath(os.getcwd())
    before = list(sys.path)
    sys.path[:] = [path for path in before if path and os.path.realpath(path) != here]
    try:
        yield
    finally:
        sys.path[:] = before


def _rules(top: Path, load: Callable[[_File], ModuleType]) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for file in _files(top):
        rule = _policy(file) if file.path.suffix in POLICIES else _python(file, load)
        if rule.name in found:
            raise PackError(f"{file.path}:1: the rule {rule.name} is also in {found[rule.name].origin}")
        found[rule.name] = rule
    if not found:
        raise PackError(f"{top}: holds no rules")
    return tuple(found[name] for name in sorted(found))


def _files(top: Path) -> Iterator[_File]:
    """The files of a folder and of the areas in it, in the order of their names."""
    for path in sorted(top.iterdir()):
        if _hidden(path):
            continue
        if path.is_dir() and path.name not in OTHERS:
            inside = [one for one in sorted(path.iterdir()) if not _hidden(one) and _may_hold_rule(one)]
            if inside and not _AREA.fullmatch(path.name):
                raise PackError(f"{path}: an area is named in lower-case letters, digits, - and _")
            yield from (_File(one, path.name) for one in inside)
        elif _may_hold_rule(path):
            yield _File(path, "")


def _hidden(path: Path) -> bool:
    return path.name.startswith(("_", "."))


def _may_hold_rule(path: Path) -> bool:
    return path.suffix in (".py", *POLICIES) and path.is_file()


def _python(file: _File, load: Callable[[_File], ModuleType]) -> Rule:
    path = file.path
    try:
        with _without_working_directory():
            module = load(file)
    except SyntaxError as error:
        raise PackError(f"{error.filename or path}:{error.lineno or 1}: {error.msg}") from error
    except Exception as error:
        raise PackError(
            f"{_where(error, path)}: the rule does not load: {type(error).__name__}: {error}"
        ) from error
    rule = rule_in(module, file.area or AREA, f"{path}:1: this file")
    for wrong in _faults(rule):
        raise PackError(f"{path}:1: {wrong}")
    return replace(rule, origin=path.as_posix())


def _where(error: Exception, path: Path) -> str:
    """The line of the file, or of a helper beside it, that an error came through last."""
    folder = os.path.realpath(path.parent.parent)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if os.path.realpath(frame.filename).startswith(folder + os.sep):
            return f"{os.path.relpath(frame.filename) if not path.is_absolute() else frame.filename}:{frame.lineno}"
    return f"{path}:1"


def _faults(rule: Rule) -> Iterator[str]:
    """What a rule of one's own lacks of what the built-in rules are held to."""
    if not NAME.fullmatch(rule.name):
        yield f"{rule.name} is no name of a rule: write lower-case words with - between them"
    if rule.severity not in _SEVERITIES:
        yield f"the severity {rule.severity} is none of {', '.join(_SEVERITIES)}"
    if rule.precision not in _PRECISIONS:
        yield f"the precision {rule.precision} is none of {', '.join(_PRECISIONS)}"
    subject = getattr(rule.subject, "__name__", str(rule.subject))
    if subject not in SUBJECTS:
        near = get_close_matches(subject, SUBJECTS, n=1, cutoff=0.5)
        yield f"{subject} is no subject of rules; " + (
            f"did you mean {near[0]}?" if near else f"subjects are {', '.join(SUBJECTS)}"
        )
    if not rule.summary.endswith("."):
        yield "the page begins with a sentence"
    for heading in HEADINGS:
        if not rule.section(heading):
            yield f"the page has nothing under `## {heading}`"


def _policy(file: _File) -> Rule:
    from fabriclint.policies.read import BadPolicy, read

    shown = file.path.as_posix()
    try:
        with file.path.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise PackError(f"{shown}:1: {error.strerror or error}") from error
    if len(data) > _LARGEST:
        raise PackError(f"{shown}:1: a policy is {_LARGEST // 1000} kB at most")
    try:
        return read(Source(shown, data), file.area or AREA)
    except BadPolicy as error:
        raise PackError(f"the policy is wrong\n{error}") from error


def _package(name: str, folder: Path) -> str:
    """A package of this process over a folder, so that its files import their helpers as `from ._helper import …`."""
    if name not in sys.modules:
        made = ModuleType(name)
        made.__path__ = [os.path.realpath(folder)]
        made.__package__ = name
        sys.modules[name] = made
    return name


def _module(name: str, path: Path) -> ModuleType:
    """A file as a module of that name, read anew."""
    spec = spec_from_file_location(name, os.path.realpath(path))
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
