"""A configuration file as what it says; what is wrong with it is said with key, place and the nearest valid key."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator
from typing import Any, Final

from fabriclint.config.configuration import NOTHING_CONFIGURED, Configuration, Entry, NamedRun, Scope
from fabriclint.documents.places import Path, Places, Unparsable, nearest, toml, yaml
from fabriclint.documents.schema import named, problems
from fabriclint.facts.transfer_time import ALLOWED_DAYS, UTILISATION, BadQuantity, parse_link, parse_size
from fabriclint.model.given import NOTHING_GIVEN, Given, GivenDataset, GivenSubnet, Said
from fabriclint.text import Source, Span

TABLE: Final = ("tool", "fabriclint")
_ROLES: Final[tuple[Said, ...]] = ("training", "serving", "other")
_LARGEST: Final = 1_000_000


class BadConfiguration(Exception):
    """Everything that is wrong with a configuration, one line each: `path:line: what`."""


def read(source: Source) -> Configuration:
    """What a configuration file says; raises BadConfiguration."""
    data, places, above = _parsed(source)
    wrong = _problems(data, places, above, source)
    if wrong:
        raise BadConfiguration("\n".join(wrong))
    if not data:
        return NOTHING_CONFIGURED
    return _configuration(data, places, above, source)


def holds_table(source: Source, table: Path) -> bool:
    """Whether a TOML file has a table; a file that does not parse, and names it, counts as if it had."""
    try:
        data: Any = toml(source)[0]
    except Unparsable:
        return f"[{'.'.join(map(str, table))}".encode() in source.data
    return _inside(data, table) is not None


def _inside(data: Any, path: Path) -> Any:
    """What stands at a path of tables; None where there is none."""
    for name in path:
        try:
            data = data[name]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def schema() -> dict[str, Any]:
    """The JSON Schema of a configuration."""
    from importlib.resources import files as resources

    text = resources("fabriclint.config").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _parsed(source: Source) -> tuple[Any, Places, Path]:
    if len(source.data) > _LARGEST:
        raise BadConfiguration(f"{source.path}:1: it is larger than {_LARGEST // 1_000_000} MB")
    try:
        if source.path.endswith((".yaml", ".yml")):
            data, places = yaml(source)
            return ({} if data is None else data), places, ()
        data, places = toml(source)
    except Unparsable as error:
        raise BadConfiguration(f"{source.path}:{error.line}: {error.message}") from error
    if source.path.rpartition("/")[2] == "pyproject.toml":
        inside = _inside(data, TABLE)
        return ({} if inside is None else inside), places, TABLE
    return data, places, ()


def _problems(data: Any, places: Places, above: Path, source: Source) -> list[str]:
    made = schema()
    forms = {made["$defs"]["region"]["pattern"]: "Region (write us-east-1)"}
    return problems(data, places, source, made, whole="the configuration", above=above, forms=forms)


def _configuration(data: dict[str, Any], places: Places, above: Path, source: Source) -> Configuration:
    base = posixpath.dirname(source.path)

    def beside(paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(posixpath.normpath(posixpath.join(base, path)) for path in paths)

    baseline = data.get("baseline")
    extends = data.get("extends")
    speaks = any(key in data for key in ("roles", "datasets", "utilisation", "given"))
    return Configuration(
        select=tuple(data.get("select", ())),
        ignore=tuple(data.get("ignore", ())),
        severity=dict(data.get("severity", {})),
        scopes=tuple(
            Scope(base, pattern, tuple(said.get("ignore", ())), dict(said.get("severity", {})))
            for pattern, said in data.get("paths", {}).items()
        ),
        fail_on=data.get("fail-on"),
        level=data.get("level"),
        baseline=beside([baseline])[0] if baseline else None,
        stubs=beside(data.get("stubs", ())),
        runs=tuple(
            NamedRun(
                name,
                base,
                _texts(said.get("vars", {})),
                beside(said.get("var-files", ())),
                said.get("workspace"),
                _texts(said.get("parameters", {})),
                beside(said.get("parameter-files", ())),
                tuple(said.get("roots", ())),
            )
            for name, said in data.get("runs", {}).items()
        ),
        rules=beside(data.get("rules", ())),
        packs=tuple(data.get("packs", ())),
        extends=beside([extends])[0] if extends else None,
        given=_given(data, places, above, source) if speaks else NOTHING_GIVEN,
        entries=tuple(_entries(data, places, above, source)),
    )


def _texts(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Values as they are typed on a command line."""
    return tuple(
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in values.items()
    )


def _entries(data: Any, places: Places, above: Path, source: Source, path: Path = ()) -> Iterator[Entry]:
    for key, value in data.items():
        here = (*path, key)
        if isinstance(value, dict) and value:
            yield from _entries(value, places, above, source, here)
        else:
            yield Entry(tuple(map(str, here)), value, nearest(places, (*above, *here), source))


def _given(data: dict[str, Any], places: Places, above: Path, source: Source) -> Given:
    roles = data.get("roles", {})
    given = data.get("given", {})
    wrong: list[str] = []
    datasets: list[GivenDataset] = []
    for name, said in data.get("datasets", {}).items():
        at = nearest(places, (*above, "datasets", name), source)
        try:
            datasets.append(_dataset(name, said, at))
        except BadQuantity as error:
            key = "link" if "link" in said and str(error).startswith(repr(said["link"])) else "size"
            line = nearest(places, (*above, "datasets", name, key), source).line
            wrong.append(f"{source.path}:{line}: {named(('datasets', name, key))}: {error}")
    if wrong:
        raise BadConfiguration("\n".join(wrong))
    return Given(
        roles=tuple((role, pattern) for role in _ROLES for pattern in roles.get(role, [])),
        datasets=tuple(datasets),
        utilisation=float(data.get("utilisation", UTILISATION)),
        region=given.get("region"),
        subnets={
            name: GivenSubnet(said.get("zone"), said.get("zone_id"), said.get("vpc"))
            for name, said in given.get("subnets", {}).items()
        },
        endpoints={name: tuple(said.get("endpoints", ())) for name, said in given.get("vpcs", {}).items()},
        buckets=dict(given.get("buckets", {})),
        origin=source.path,
    )


def _dataset(name: str, said: dict[str, Any], at: Span) -> GivenDataset:
    link = parse_link(said["link"]).gbps if "link" in said else None
    return GivenDataset(name, parse_size(said["size"]), link, float(said.get("days", ALLOWED_DAYS)), at)
