"""Write `requirements/` from pyproject.toml, with what uv finds on the package index; with `--check`, fail if a lock is stale.

Versions that are locked stay while they are admitted; `--upgrade` takes the newest, `--upgrade-package NAME` of one only.
`--check` asks nobody: it compares each lock with what pyproject.toml asks for.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOME = Path(__file__).parent.parent
TARGET = HOME / "requirements"
# What each lock resolves. The first holds what the tests run with; the others take its versions where they share a package.
LOCKS = {
    "dev": ("pyproject.toml", "--extra=dev", "--group=build"),
    "runtime": ("pyproject.toml",),
    "build": ("--group=build",),
    "docs": ("pyproject.toml", "--extra=docs"),
    "facts": ("--group=facts", "--no-deps"),
    "release": ("--group=build", "--group=release"),
}
PLAIN = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--quiet")
COMPILE = (sys.executable, "-m", "uv", "pip", "compile", *PLAIN, "--custom-compile-command", "make lock")
DIRECT = re.compile(r"fabriclint \(pyproject\.toml(:\w+)?\)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


class Entry(NamedTuple):
    """One package of a lock: what pip is asked for, its hashes, and who asked for it."""

    wanted: Requirement
    hashes: list[str]
    via: list[str]

    @property
    def name(self) -> str:
        return canonicalize_name(self.wanted.name)

    @property
    def version(self) -> str:
        return next(iter(self.wanted.specifier)).version


def entries(text: str) -> Iterator[Entry]:
    """The packages of a lock."""
    for block in re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]:
        first, *rest = (line.strip().removesuffix("\\").strip() for line in block.splitlines())
        via = [line.lstrip("# ").removeprefix("via").strip() for line in rest if line.startswith("#")]
        hashes = [line for line in rest if not line.startswith("#")]
        yield Entry(Requirement(first), hashes, [one for one in via if one and not one.startswith("-c ")])


def asked(name: str) -> list[str]:
    """What pyproject.toml asks for directly in a lock."""
    project: dict[str, Any] = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[str] = []
    for source in LOCKS[name]:
        kind, _, which = source.partition("=")
        if kind == "pyproject.toml":
            found += project["project"]["dependencies"]
        elif kind == "--extra":
            found += project["project"]["optional-dependencies"][which]
        elif kind == "--group":
            found += project["dependency-groups"][which]
    return found


def faults(wanted: list[str], text: str) -> Iterator[str]:
    """What is wrong with the text of a lock that is asked for some requirements."""
    if "//" in text:
        yield "it names a place to fetch from"
        return
    locked = list(entries(text))
    names = {entry.name for entry in locked}
    direct = [Requirement(one) for one in wanted]
    directly = {canonicalize_name(one.name) for one in direct}
    for entry in locked:
        if [one.operator for one in entry.wanted.specifier] != ["=="] or entry.wanted.url:
            yield f"{entry.wanted} is no exact version"
        if not entry.hashes or not all(HASH.fullmatch(one) for one in entry.hashes):
            yield f"{entry.name} has no hash"
        if not all(DIRECT.fullmatch(one) or canonicalize_name(one) in names for one in entry.via or [""]):
            yield f"{entry.name} is there for nobody"
        if entry.name not in directly and any(DIRECT.fullmatch(one) for one in entry.via):
            yield f"{entry.name} is asked for no more"
    for one in direct:
        versions = [entry.version for entry in locked if entry.name == canonicalize_name(one.name)]
        if not versions:
            yield f"{one} is not locked"
        for version in versions:
            if not one.specifier.contains(version):
                yield f"{one} is locked at {version}"


def check() -> int:
    """Whether the locks are those of pyproject.toml; says what is not."""
    there = {path.stem for path in TARGET.iterdir()}
    wrong = [f"{name}.txt has no place in {Path(__file__).name}" for name in sorted(there - LOCKS.keys())]
    for name in LOCKS:
        if name not in there:
            wrong.append(f"{name}.txt is not there")
            continue
        text = (TARGET / f"{name}.txt").read_text(encoding="utf-8")
        wrong += [f"{name}.txt: {fault}" for fault in faults(asked(name), text)]
    for one in wrong:
        print(f"requirements/{one}; run `make lock`", file=sys.stderr)
    return bool(wrong)


def main(words: list[str]) -> int:
    if words == ["--check"]:
        return check()
    for name, sources in LOCKS.items():
        shared = () if name == "dev" else ("--constraint", "requirements/dev.txt")
        wanted = (*shared, *sources, "--output-file", f"requirements/{name}.txt", *words)
        subprocess.run((*COMPILE, *wanted), cwd=HOME, stdout=subprocess.DEVNULL, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
