"""The words of policies: what each class of the model may be asked for, and of which kind the answer is.

A word is a public property of the class or a field of its record, and a few attributes as they are written. Their annotations say
the kind; what has none of these kinds (elements, functions) is no word.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from fabriclint import sdk
from fabriclint.facts import instances
from fabriclint.model import (
    compute,
    datasets,
    direct_connect,
    endpoints,
    groups,
    hybrid,
    jobs,
    launch,
    network,
    placement,
    role,
    software,
    storage,
    transfer,
    workload,
)
from fabriclint.model.stack import SUBJECTS, Link
from fabriclint.policies.tags import joined, tags_as_map
from fabriclint.scripts import facts as scripts
from fabriclint.text import Span
from fabriclint.values import Many, Truth, Unknown, Value

Sort = Literal["condition", "number", "text", "data", "null", "list", "thing", "link", "place"]


class Kind(Struct, frozen=True):
    """What a part of a condition is: its sort, the class of a thing or of what a link leads to, and what a list holds.

    `options` are all that a text can be, where the model has a fixed set.
    """

    sort: Sort
    cls: type | None = None
    item: Kind | None = None
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.sort == "list":
            return f"list of {self.item}"
        if self.sort == "thing" and self.cls is not None:
            return self.cls.__name__
        if self.sort == "link":
            return f"link to {self.cls.__name__}" if self.cls is not None else "link"
        return self.sort


CONDITION: Final = Kind("condition")
NUMBER: Final = Kind("number")
TEXT: Final = Kind("text")
DATA: Final = Kind("data")
NULL: Final = Kind("null")
PLACE: Final = Kind("place")

# What a link leads to, by the word that names it.
_LINKS: Final[Mapping[str, type]] = {
    "vpc": network.Vpc,
    "subnets": network.Subnet,
    "entries": network.Subnet,
    "table": network.RouteTable,
    "tables": network.RouteTable,
    "main_table": network.RouteTable,
    "groups": groups.SecurityGroup,
    "launch_groups": groups.SecurityGroup,
    "peers": groups.SecurityGroup,
    "placement": placement.PlacementGroup,
    "agents": transfer.Agent,
}
# Attributes as the sources write them, in the words of model/vocabulary.py.
WRITTEN: Final[Mapping[type, tuple[str, str]]] = {
    network.Vpc: ("vpc", "cidr_block dns_support dns_hostnames name tags"),
    network.Subnet: ("subnet", "cidr_block zone_id public_ip tags"),
    network.Route: ("route", "cidr_block ipv6_cidr_block prefix_list"),
    groups.SecurityGroup: ("security_group", "name"),
    groups.GroupRule: (
        "security_group_rule",
        "protocol from_port to_port cidr_blocks ipv6_cidr_blocks prefix_lists",
    ),
    endpoints.Endpoint: ("vpc_endpoint", "service_name type"),
    placement.PlacementGroup: ("placement_group", "name partitions"),
    transfer.DataSyncTask: ("datasync_task", "mode schedule tags"),
    transfer.Location: ("datasync_location", "subdirectory"),
    storage.Lustre: (
        "lustre",
        "deployment_type storage_type capacity throughput throughput_capacity metadata_mode metadata_iops version "
        "import_path export_path name tags",
    ),
    storage.Efs: ("efs", "name"),
    storage.DirectoryBucket: ("directory_bucket", "name"),
    jobs.BatchJob: ("batch_job", "name type tags"),
    hybrid.VpnConnection: ("vpn_connection", "tunnel_bandwidth static_routes_only"),
}
# Words that would mislead: views that are shorter ways to a link, and what only counts what is certain.
_HIDDEN: Final = frozenset(
    {"link", "own", "vpc_view", "placement_group", "known_subnets", "words", "standalone_type"}
)
_HIDDEN_OF: Final = frozenset({(network.Route, "value")})
# Every subject has these, also where the class keeps them as plain attributes.
_EVERY: Final = {"label": TEXT, "address": TEXT, "place": PLACE}
_MODULES: Final = (
    compute, datasets, direct_connect, endpoints, groups, hybrid, instances, jobs, launch, network, placement, role,
    scripts, software, storage, transfer, workload,
)  # fmt: skip


class Word(Struct, frozen=True):
    """A word of a class: the kind of its answer, what it means, and how it is asked."""

    name: str
    kind: Kind
    meaning: str
    read: Callable[[Any], Any]


def subject(name: str) -> type:
    """The class of a subject by its name."""
    found: type = getattr(sdk, name)
    return found


def variable(cls: type) -> str:
    """What a policy calls its subject: fleet, security_group, data_sync_task."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


@cache
def words(cls: type) -> Mapping[str, Word]:
    """The words of a class, by name."""
    found: dict[str, Word] = {}
    for name, annotation, meaning in (*_properties(cls), *_fields(cls)):
        kind = None if name in _HIDDEN or (cls, name) in _HIDDEN_OF else _kind(annotation, name)
        if kind is not None and not name.startswith("_"):
            found[name] = Word(name, kind, meaning, _attribute(name))
    if cls.__name__ in SUBJECTS:
        for name, kind in _EVERY.items():
            found.setdefault(name, Word(name, kind, "", _attribute(name)))
    if cls is compute.Fleet:
        found["tags"] = Word("tags", DATA, "Its tags.", _fleet_tags)
    for name in _written(cls):
        if name not in found:
            found[name] = Word(name, DATA, "As it is written.", _as_written(name))
    return dict(sorted(found.items()))


def _properties(cls: type) -> list[tuple[str, Any, str]]:
    found: list[tuple[str, Any, str]] = []
    for name in dir(cls):
        held = inspect.getattr_static(cls, name)
        function = held.fget if isinstance(held, property) else None
        if isinstance(held, cached_property):
            function = held.func
        if function is not None:
            found.append((name, _hints(function).get("return"), _first(function.__doc__)))
    return found


def _fields(cls: type) -> list[tuple[str, Any, str]]:
    if not issubclass(cls, Struct):
        return []
    hints = _hints(cls)
    return [(name, hints[name], "") for name in cls.__struct_fields__]


def _hints(of: Any) -> dict[str, Any]:
    return get_type_hints(of, localns=_names())


@cache
def _names() -> dict[str, Any]:
    """The classes that annotations speak of; some are imported for type checking only."""
    return {
        name: value for module in _MODULES for name, value in vars(module).items() if isinstance(value, type)
    }


def _first(text: str | None) -> str:
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _kind(annotation: Any, name: str) -> Kind | None:
    """The kind of an annotation; None where policies have nothing for it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        given = [one for one in inner if one is not NoneType]
        return _kind(given[0], name) if len(given) == 1 else None
    if origin is Literal:
        return Kind("text", options=tuple(map(str, inner)))
    if origin in (Many, tuple, frozenset):
        if origin is tuple and (len(inner) != 2 or inner[1] is not Ellipsis):
            return None
        item = _kind(inner[0], name)
        return None if item is None or item.sort == "place" else Kind("list", item=item)
    if not isinstance(annotation, type):
        return None
    plain = {
        bool: CONDITION,
        Truth: CONDITION,
        int: NUMBER,
        float: NUMBER,
        str: TEXT,
        Value: DATA,
        Span: PLACE,
    }
    if annotation in plain:
        return plain[annotation]
    if annotation is Link:
        return Kind("link", _LINKS.get(name))
    known = annotation.__module__ in {module.__name__ for module in _MODULES}
    return Kind("thing", annotation) if known else None


def _attribute(name: str) -> Callable[[Any], Any]:
    return lambda owner: getattr(owner, name)


def _written(cls: type) -> list[str]:
    return [name for base in cls.__mro__ if base in WRITTEN for name in WRITTEN[base][1].split()]


def _as_written(name: str) -> Callable[[Any], Value]:
    def read(owner: Any) -> Value:
        if isinstance(owner, groups.GroupRule):
            found = owner.words.field(name)
        elif isinstance(owner, network.Route):
            found = owner.value.field(name)
        else:
            found = owner.element.get(name)
        return tags_as_map(found) if name == "tags" else found

    return read


def _fleet_tags(fleet: compute.Fleet) -> Value:
    made = [tags_as_map(value) for value in fleet.launch.tags if not value.absent]
    return joined(made, fleet.place)


def open_end(owner: Any, name: str) -> Unknown | None:
    """Why a tuple of the model may lack members: what is certain is not all, and unseen modules and scripts may add more."""
    if isinstance(owner, compute.Fleet) and name == "known_types":
        return None if owner.types_known.certain else Unknown(owner.types_known.reasons)
    if isinstance(owner, compute.Fleet) and name in ("mounts", "scripts"):
        return owner.unseen_scripts
    if isinstance(owner, software.Software):
        return owner.unseen
    if isinstance(owner, scripts.Script):
        return Unknown(owner.unknown) if owner.unknown else None
    if name in ("workloads", "fleets", "clients", "readers"):
        return Unknown.because(f"the {name} of {owner.label} are those that are certain", owner.place)
    stack = getattr(owner, "stack", None)
    if stack is None:
        return None
    unseen: Unknown | None = stack.handed_to_unseen(owner.element) or stack.open
    return unseen
