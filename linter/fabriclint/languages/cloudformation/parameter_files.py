"""Files of parameters, in the forms that the tools which deploy stacks take.

A list of `ParameterKey` and `ParameterValue`, an object (alone, or under `Parameters` as CodePipeline's template configuration
has it), `Key=Value` lines or items, and SAM's configuration with its environments; as JSON, YAML, TOML or plain lines.
"""

from __future__ import annotations

import re
import tomllib
from typing import Final, TypeAlias, cast

from fabriclint.languages.cloudformation.template import read_tree
from fabriclint.languages.cloudformation.tree import Node, Scalar, Sequence
from fabriclint.patterns import late
from fabriclint.text import Source
from fabriclint.values import plain

Pairs: TypeAlias = tuple[tuple[str, str], ...]

_COMMANDS: Final = ("deploy", "global")
_DEFAULT: Final = "default"
_KEY: Final = "ParameterKey"
_VALUE: Final = "ParameterValue"
_REGION: Final = "AWS::Region"
_TOKEN = late(r"""(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+""")
_PAIR = late(r"[A-Za-z][A-Za-z0-9:]*=")
_QUOTED = late(r""""((?:\\.|[^"\\])*)"|'([^']*)'""")


class BadParameters(ValueError):
    """A file is none that parameters can be read from; the message says why."""


def is_pair(said: str) -> bool:
    """Whether this is `NAME=VALUE` and not the path of a file."""
    return _PAIR.match(said) is not None


def read_parameters(source: Source, environment: str | None = None) -> Pairs:
    """The parameters that a file gives, in order.

    `environment` is the one to take where a SAM configuration has several; without it, `default` or the only one counts.
    Raises BadParameters.
    """
    data = source.data
    if source.path.endswith(".toml"):
        return _read(_toml(data), environment)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start not in (b"{", b"[") and not source.path.endswith((".yaml", ".yml", ".json")):
        return _lines(_text(data))
    parsed = read_tree(source)
    if parsed.document is None:
        raise BadParameters(parsed.diagnostics[0].message if parsed.diagnostics else "it is empty")
    return _read(_data(parsed.document), environment)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadParameters("it is not UTF-8") from None


def _toml(data: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(_text(data))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadParameters(f"this is not TOML: {error}") from None


def _data(node: Node, depth: int = 0) -> object:
    if depth > 8:
        raise BadParameters("it is nested deeper than parameters are")
    if isinstance(node, Scalar):
        return None if node.data() is None else node.text
    if isinstance(node, Sequence):
        return [_data(item, depth + 1) for item in node.items]
    return {key: _data(entry.value, depth + 1) for key, entry in node.entries.items()}


def _lines(text: str) -> Pairs:
    """`Key=Value`, one or several a line; a line that begins with # is a comment."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            found.extend(_overrides(line))
    if not found:
        raise BadParameters(
            "no parameters are found in it: it is neither JSON, YAML, TOML nor Key=Value lines"
        )
    return tuple(found)


def _overrides(text: str) -> Pairs:
    """`A=b C="d e"`, as command lines take it; also `ParameterKey=A,ParameterValue=b`."""
    found: list[tuple[str, str]] = []
    for token in _TOKEN.findall(text):
        if token.startswith(f"{_KEY}="):
            name, sign, value = token.removeprefix(f"{_KEY}=").partition(f",{_VALUE}=")
        else:
            name, sign, value = token.partition("=")
        if not sign or not name:
            raise BadParameters(f"{token[:40]} is not of the form Key=Value")
        found.append((_bare(name), _bare(value)))
    return tuple(found)


def _bare(text: str) -> str:
    return _QUOTED.sub(lambda m: re.sub(r"\\(.)", r"\1", m[1]) if m[1] is not None else m[2], text)


def _read(data: object, environment: str | None) -> Pairs:
    if isinstance(data, list):
        return _list(cast("list[object]", data))
    if not isinstance(data, dict):
        raise BadParameters("it holds no parameters: its top level is neither a list nor an object")
    table = cast("dict[str, object]", data)
    environments = _environments(table)
    if environments:
        return _sam(environments, environment)
    inner = table.get("Parameters", table.get("parameters"))
    if isinstance(inner, list):
        return _list(cast("list[object]", inner))
    return _object(cast("dict[str, object]", inner) if isinstance(inner, dict) else table)


def _list(items: list[object]) -> Pairs:
    found: list[tuple[str, str]] = []
    for item in items:
        if isinstance(item, str):
            found.extend(_overrides(item))
            continue
        entry = cast("dict[str, object]", item) if isinstance(item, dict) else {}
        name = entry.get(_KEY)
        if not isinstance(name, str):
            raise BadParameters(f"an entry of the list has no {_KEY}")
        if entry.get(_VALUE) is not None:  # without one the deployed stack keeps what it has
            found.append((name, _value(name, entry[_VALUE])))
    return tuple(found)


def _object(table: dict[str, object]) -> Pairs:
    return tuple((name, _value(name, value)) for name, value in table.items() if value is not None)


def _value(name: str, value: object) -> str:
    if isinstance(value, list):
        return ",".join(_value(name, item) for item in cast("list[object]", value))
    if isinstance(value, dict):
        raise BadParameters(f"{name} is an object; a parameter is text, a number or a list of them")
    return plain(value)


# ------------------------------------------------------------------------------- SAM


def _environments(table: dict[str, object]) -> dict[str, dict[str, object]]:
    """What each environment of a SAM configuration says for a deployment; none where it is no such file."""
    found: dict[str, dict[str, object]] = {}
    for name, commands in table.items():
        if not isinstance(commands, dict):
            continue
        said: dict[str, object] = {}
        sam = False
        for command in reversed(_COMMANDS):
            entry: object = cast("dict[str, object]", commands).get(command)
            given: object = (
                cast("dict[str, object]", entry).get("parameters") if isinstance(entry, dict) else None
            )
            if isinstance(given, dict):
                sam = True
                said.update(cast("dict[str, object]", given))
        if sam:
            found[name] = said
    return found


def _sam(environments: dict[str, dict[str, object]], environment: str | None) -> Pairs:
    name = environment if environment in environments else _DEFAULT
    if name not in environments and len(environments) == 1:
        name = next(iter(environments))
    if name not in environments:
        names = ", ".join(environments)
        raise BadParameters(f"it has several environments ({names}): name one with --run NAME=FILE")
    said = environments[name]
    found: list[tuple[str, str]] = []
    region = said.get("region")
    if isinstance(region, str):
        found.append((_REGION, region))
    overrides: object = said.get("parameter_overrides")
    if isinstance(overrides, str):
        found.extend(_overrides(overrides))
    elif isinstance(overrides, list):
        found.extend(_list(cast("list[object]", overrides)))
    elif isinstance(overrides, dict):
        found.extend(_object(cast("dict[str, object]", overrides)))
    return tuple(found)
