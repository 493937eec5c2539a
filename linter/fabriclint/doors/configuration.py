"""The configuration for a run: the user's own, what it extends, and the one that is named or the nearest one of the tree."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from fabriclint.config.configuration import NOTHING_CONFIGURED, Configuration
from fabriclint.doors.cli import Usage
from fabriclint.doors.files import DiskFiles
from fabriclint.engine.policy import Place, Policy, UnknownRule, named
from fabriclint.languages.base import Unreadable
from fabriclint.sdk import Rule, Severity

_LONGEST = 8
OWN = "fabriclint/config.toml"


def configured(asked: argparse.Namespace, files: DiskFiles) -> Configuration:
    """What holds for a run; raises Usage where a file is wrong. The paths have to be allowed before.

    The user's own file comes first, then what is named or found in the tree: what comes later holds over what came before.
    """
    made = of_the_user(files)
    if asked.config is not None:
        if not files.exists(asked.config):
            raise Usage(f"--config {asked.config}: there is no such file")
        return _layer(files.allow_file(asked.config), files, trusted=True).over(made)
    if asked.isolated:
        return made
    from fabriclint.config.find import find

    present = [path for path in asked.paths or ["."] if files.exists(path)]
    try:
        path = find([files.name(path) for path in present], files) if present else None
    except Unreadable as error:
        raise Usage(f"{error.path}: {error}") from error
    return made if path is None else _layer(path, files, trusted=False).over(made)


def of_the_user(files: DiskFiles) -> Configuration:
    """What the user's own file says; raises Usage where it is wrong."""
    own = own_file()
    return NOTHING_CONFIGURED if own is None else _layer(files.allow_file(own), files, trusted=True)


def own_file() -> str | None:
    """The user's own configuration, where there is one."""
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    path = os.path.join(folder, *OWN.split("/"))
    return path if os.path.isabs(path) and os.path.isfile(path) else None


def _layer(path: str, files: DiskFiles, *, trusted: bool) -> Configuration:
    """A file and what it extends. One that the user did not name reads nothing outside the tree and loads no code."""
    from fabriclint.config.read import BadConfiguration, read

    chain: list[Configuration] = []
    seen: list[str] = []
    here: str | None = path
    while here is not None:
        if here in seen or len(seen) >= _LONGEST:
            raise Usage(
                f"{seen[-1]}: extends comes back to {here}, or goes on for more than {_LONGEST} files"
            )
        seen.append(here)
        try:
            made = read(files.source(files.allow_file(here) if trusted else here))
        except BadConfiguration as error:
            raise Usage(f"the configuration is wrong\n{error}") from error
        except Unreadable as error:
            raise Usage(f"{error.path}: {error}") from error
        if not trusted:
            _nothing_foreign(made, files)
        chain.append(made)
        here = made.extends
    whole = NOTHING_CONFIGURED
    for made in reversed(chain):
        whole = made.over(whole)
    return whole


def _nothing_foreign(made: Configuration, files: DiskFiles) -> None:
    """Raise Usage where a configuration of the tree asks for what only the user may ask for."""
    for entry in made.entries:
        if entry.path[0] in ("rules", "packs"):
            raise Usage(
                f"{entry.place}: {entry.path[0]}: a scanned tree loads no code; say it on the command line, in the file "
                "that --config names, or in your own configuration"
            )
    for folder in made.stubs:
        if not files.is_folder(folder):
            place = next(entry.place for entry in made.entries if entry.path[0] == "stubs")
            raise Usage(f"{place}: stubs: {folder} is no folder inside the tree")


def own_of(asked: argparse.Namespace, made: Configuration, ours: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of the folders and packs that the user names, here or in a configuration of theirs; raises PackError."""
    folders = (*made.rules, *getattr(asked, "rules", ()))
    packs = (*made.packs, *getattr(asked, "pack", ()))
    if not folders and not packs:
        return ()
    from fabriclint.engine.own import own_rules

    return own_rules(folders, packs, ours)


def policy(made: Configuration, rules: Sequence[Rule]) -> Policy:
    """What the configuration decides about rules; raises Usage for a name that no rule and no area has."""
    severity: dict[str, Severity] = {
        name: said for key, said in made.severity.items() for name in _named(made, rules, key)
    }
    places: list[Place] = []
    for scope in made.scopes:
        applies: Callable[[str], bool] = partial(_applies, scope.pattern, scope.base)
        ignored = frozenset(name for key in scope.ignore for name in _named(made, rules, key))
        grave: dict[str, Severity] = {
            name: said for key, said in scope.severity.items() for name in _named(made, rules, key)
        }
        places.append(Place(applies, ignored, grave))
    return Policy(severity, tuple(places))


def _applies(pattern: str, base: str, path: str) -> bool:
    from fabriclint.config.glob import matches

    return matches(pattern, path, base)


def chosen(made: Configuration, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that the configuration lets run; raises Usage for a name that no rule and no area has."""
    wanted = {name for key in made.select for name in _named(made, rules, key)}
    unwanted = {name for key in made.ignore for name in _named(made, rules, key)}
    return tuple(rule for rule in rules if (not wanted or rule.name in wanted) and rule.name not in unwanted)


def _named(made: Configuration, rules: Iterable[Rule], name: str) -> frozenset[str]:
    try:
        return named(rules, name)
    except UnknownRule as error:
        place = next(
            (entry.place for entry in made.entries if _speaks_of(entry.path, entry.value, name)), None
        )
        where = f"{place}: " if place is not None else ""
        raise Usage(f"the configuration is wrong\n{where}{name}: {error}") from error


def _speaks_of(path: tuple[str, ...], value: object, name: str) -> bool:
    return name in path or (isinstance(value, list) and name in value)
