"""A plan file as it is written: what exists after apply, its values, the configuration, and places in the file.

A plan holds secrets in clear text next to everything else. So the source that spans of a plan point into is a copy in which
only the addresses of resources are left; no report can show what was never in it.
"""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn, TypeAlias, TypeGuard, cast

from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.terraform.plan.addresses import Key, Path, path_of
from fabriclint.patterns import late
from fabriclint.text import Source, Span
from fabriclint.values import Reason

Json: TypeAlias = object
Object: TypeAlias = dict[str, Json]

_MARKS: Final = (b'"planned_values"', b'"terraform_version"')
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_BOM: Final = b"\xef\xbb\xbf"
_ADDRESS: Final = late(rb'"address"\s*+:\s*+("(?:[^"\\]++|\\.)*+")', re.DOTALL)
_BLANKED: Final = bytes(byte if byte in b"\r\n" else 0x20 for byte in range(256))
_STAYS: Final = frozenset({"no-op", "create", "read", "update"})
_GOES: Final = frozenset({"delete", "forget"})
_MOST_MODULES: Final = 20_000
_MOST_INSTANCES: Final = 50_000


class Instance(Struct, frozen=True, eq=False):
    """One resource or data source as it will be: values, which of them are not known yet, and which are sensitive."""

    address: str
    module: Path
    mode: str
    type: str
    name: str
    index: Key | None
    values: Object
    unknown: Json
    sensitive: Json


class Plan(Struct, eq=False):
    """A plan that could be read."""

    source: Source
    root: Object
    instances: dict[str, Instance]
    prior: dict[str, Instance]
    open: list[Reason]
    places: dict[str, Span]

    def place(self, address: str) -> Span:
        """Where the file first names an address; its beginning where it does not."""
        return self.places.get(address) or self.source.span(0, 0)


class Loaded(Struct):
    """What came of reading a file; without a plan the diagnostics say why, or it is no plan at all."""

    plan: Plan | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])


def may_be_plan(data: bytes) -> bool:
    """Whether the bytes look like a plan; cheap, nothing is parsed."""
    if data[:2] in _UTF16:
        data = data.replace(b"\0", b"")
    return b'"format_version"' in data and any(mark in data for mark in _MARKS)


def load(source: Source) -> Loaded:
    """Read a file as a plan. JSON of another kind gives neither a plan nor a diagnostic; nothing raises."""
    data = source.data
    if data[:2] in _UTF16:  # what a redirection writes in Windows PowerShell
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    data = data.removeprefix(_BOM)
    blank = Source(source.path, data.translate(_BLANKED))
    try:
        document = cast(Json, json.loads(data.decode(), parse_constant=_no_constant))
    except UnicodeDecodeError as error:
        return _refused(blank, error.start, "this plan is not UTF-8 here, so nothing of it is read")
    except json.JSONDecodeError as error:
        at = len(error.doc[: error.pos].encode("utf-8", "replace"))
        return _refused(blank, at, f"this plan is not JSON: {error.msg}")
    except (RecursionError, ValueError):
        return _refused(blank, 0, "this plan nests too deeply or holds a number that cannot be read")
    root = record(document)
    if "format_version" not in root or not ("planned_values" in root or "terraform_version" in root):
        return Loaded()
    version = text(root.get("format_version")) or ""
    if version.partition(".")[0] not in ("0", "1"):
        return _refused(blank, 0, "plans of this format version are not read (0 and 1 are)", "warning")
    if not any(part in root for part in ("planned_values", "resource_changes", "values")):
        return Loaded()
    return Loaded(_plan(root, Source(source.path, data), blank))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refused(blank: Source, at: int, message: str, level: str = "error") -> Loaded:
    place = blank.span(min(at, len(blank.data)), min(at + 1, len(blank.data)))
    diagnostic = (
        Diagnostic("warning", message, place) if level == "warning" else Diagnostic("error", message, place)
    )
    return Loaded(None, [diagnostic])


def _plan(root: Object, written: Source, blank: Source) -> Plan:
    open_: list[Reason] = []
    planned = _states(record(root.get("planned_values")) or record(root.get("values")), open_)
    prior = _states(record(record(root.get("prior_state")).get("values")), open_)
    instances: dict[str, Instance] = {}
    gone: set[str] = set()
    for number, written_change in enumerate(listed(root.get("resource_changes"))):
        if number >= _MOST_INSTANCES:
            open_.append(Reason("the plan has too many resources to read them all"))
            break
        change = record(written_change)
        if "deposed" in change:
            continue
        address = text(change.get("address"))
        if address is None:
            continue
        what = record(change.get("change"))
        actions = {action for action in listed(what.get("actions")) if isinstance(action, str)}
        if not actions & _STAYS:
            if actions & _GOES:
                gone.add(address)
            continue
        instance = _instance(
            change, record(what.get("after")), what.get("after_unknown"), what.get("after_sensitive")
        )
        if instance is not None:
            instances[address] = instance
    for address, instance in planned.items():
        if address not in gone:
            instances.setdefault(address, instance)
    if root.get("complete") is False or listed(root.get("deferred_changes")):
        open_.append(Reason("the plan is not complete: some changes are deferred", blank.span(0, 0)))
    if root.get("errored") is True:
        open_.append(Reason("the plan is not complete: planning failed", blank.span(0, 0)))
    source, places = _places(written, blank)
    return Plan(source, root, instances, prior, open_, places)


def _states(values: Object, open_: list[Reason]) -> dict[str, Instance]:
    """The resources of a values representation, module by module."""
    found: dict[str, Instance] = {}
    todo: list[Json] = [values.get("root_module")]
    modules = 0
    while todo:
        module = record(todo.pop())
        modules += 1
        if modules > _MOST_MODULES or len(found) > _MOST_INSTANCES:
            open_.append(Reason("the plan has too many resources to read them all"))
            break
        for resource in listed(module.get("resources")):
            state = record(resource)
            instance = _instance(state, record(state.get("values")), None, state.get("sensitive_values"))
            if instance is not None:
                found.setdefault(instance.address, instance)
        todo.extend(reversed(listed(module.get("child_modules"))))
    return found


def _instance(written: Object, values: Object, unknown: Json, sensitive: Json) -> Instance | None:
    address, kind, name = text(written.get("address")), text(written.get("type")), text(written.get("name"))
    if address is None or kind is None or name is None:
        return None
    path = path_of(address)
    if path is None:
        return None
    index = written.get("index")
    key = text(index) if isinstance(index, str) else index
    if isinstance(key, bool) or not isinstance(key, (int, str)):
        key = None
    mode = "data" if written.get("mode") == "data" else "resource"
    return Instance(address, path, mode, kind, name, key, values, unknown, sensitive)


def _places(written: Source, blank: Source) -> tuple[Source, dict[str, Span]]:
    """The source that is shown, and where each address first stands in it."""
    shown = bytearray(blank.data)
    spans: dict[str, tuple[int, int]] = {}
    for match in _ADDRESS.finditer(written.data):
        try:
            address = text(cast(Json, json.loads(match[1])))
        except ValueError:
            continue
        if address is not None and address not in spans and path_of(address) is not None:
            spans[address] = match.span()
            shown[match.start() : match.end()] = match[0]
    source = Source(written.path, bytes(shown))
    return source, {address: Span(source, *edges) for address, edges in spans.items()}


def text(value: Json) -> str | None:
    """A string that can be written out again (lone surrogates replaced); None for anything else."""
    if not isinstance(value, str):
        return None
    if value.isascii():
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_object(value: Json) -> TypeGuard[Object]:
    """Whether it is a JSON object."""
    return isinstance(value, dict)


def is_list(value: Json) -> TypeGuard[list[Json]]:
    """Whether it is a JSON list."""
    return isinstance(value, list)


def record(value: Json) -> Object:
    """An object; an empty one for anything else."""
    return value if is_object(value) else {}


def listed(value: Json) -> list[Json]:
    """A list; an empty one for anything else."""
    return value if is_list(value) else []


def inside(value: Json, key: str | int) -> Json:
    """What a parallel structure (`after_unknown`, `after_sensitive`) says of a member: true holds for all of them."""
    if value is True:
        return True
    if is_object(value):
        return value.get(str(key))
    if is_list(value) and isinstance(key, int):
        return value[key] if 0 <= key < len(value) else None
    return None
