"""Addresses of resources and references as a plan writes them: `module.net[0].aws_subnet.a["x"].id`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, TypeAlias, cast

from msgspec import Struct

from fabriclint.patterns import late

Key: TypeAlias = int | str
Path: TypeAlias = tuple[tuple[str, Key | None], ...]
"""The module calls that lead to something, each with the key of its copy."""

_MOST_CHARACTERS: Final = 4_000
_STEP: Final = late(
    r"""(?P<dot>\.)?(?P<name>[^\W\d][\w-]*+) | \.(?P<number>\d{1,9}+)(?=\.|\[|$)
      | \[(?P<index>\d{1,9}+)\] | \[(?P<text>"(?:[^"\\]++|\\.)*+")\]""",
    re.VERBOSE,
)


class Named(Struct, frozen=True):
    """A name as a step."""

    name: str


Step: TypeAlias = Named | int | str
"""A name, or the key between brackets."""


def steps_of(address: str) -> tuple[Step, ...] | None:
    """The steps of an address or reference; None for what is none."""
    if not address or len(address) > _MOST_CHARACTERS:
        return None
    found: list[Step] = []
    at = 0
    while at < len(address):
        match = _STEP.match(address, at)
        if match is None or (match["name"] is not None and bool(match["dot"]) != bool(at)):
            return None
        if match["name"] is not None:
            found.append(Named(match["name"]))
        elif not at:
            return None
        elif match["text"] is not None:
            try:
                found.append(str(cast(object, json.loads(match["text"]))))
            except ValueError:
                return None
        else:
            found.append(int(match["index"] or match["number"]))
        at = match.end()
    return tuple(found)


def path_of(address: str) -> Path | None:
    """The module calls of a resource's address; None for what is no address of a resource."""
    steps = steps_of(address)
    if steps is None:
        return None
    path, rest = modules(steps)
    names = [step for step in rest if isinstance(step, Named)]
    return path if len(names) >= 2 and isinstance(rest[0], Named) else None


def modules(steps: Sequence[Step]) -> tuple[Path, tuple[Step, ...]]:
    """The module calls at the beginning of steps, and the steps after them."""
    path: list[tuple[str, Key | None]] = []
    at = 0
    while at + 1 < len(steps) and steps[at] == Named("module"):
        name = steps[at + 1]
        if not isinstance(name, Named):
            break
        at += 2
        key: Key | None = None
        if at < len(steps):
            step = steps[at]
            if not isinstance(step, Named):
                key = step
                at += 1
        path.append((name.name, key))
    return tuple(path), tuple(steps[at:])


def prefix(path: Path) -> str:
    """A path as the beginning of an address (`module.net[0].`); empty for the root."""
    return "".join(f"module.{name}{bracket(key)}." for name, key in path)


def bracket(key: Key | None) -> str:
    """A key as it is written in an address."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{json.dumps(key, ensure_ascii=False)}]"
