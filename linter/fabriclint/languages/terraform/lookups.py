"""VPCs, subnets and security groups that a root looks up by tags or names, and the one other root that creates them."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from fabriclint.languages.base import Files, Unreadable
from fabriclint.languages.terraform.expressions import Literal
from fabriclint.languages.terraform.failures import inputs_of
from fabriclint.languages.terraform.traversal import Attr, Index, Step
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import Inputs, Map, OneOf, Reference, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.instances import Instance
    from fabriclint.languages.terraform.module import Module
    from fabriclint.languages.terraform.run import Run

CREATED_BY: Final = {
    "aws_vpc": "aws_vpc",
    "aws_subnet": "aws_subnet",
    "aws_subnets": "aws_subnet",
    "aws_subnet_ids": "aws_subnet",
    "aws_security_group": "aws_security_group",
}
"""What a data source of a type finds, by its type."""

MOST_LOOKUPS: Final = 300
"""How many data sources are looked at for what they look up."""

MOST_CREATED: Final = 1_000
"""How many resources of a type are compared with what is asked for; where there are more, nothing is decided."""

_MOST_MODULES: Final = 2_000
_MOST_TEXT: Final = 512
_WORK: Final = 5
_GROUP: Final = "aws_security_group"
_SEVERAL: Final = frozenset({"aws_subnets", "aws_subnet_ids"})
_WRITTEN: Final = late(rb'data"?[ \t]*"?aws_(?:vpc|subnets?|subnet_ids|security_group)"?[ \t"]')
_IN_JSON: Final = late(rb'"aws_(?:vpc|subnets?|subnet_ids|security_group)"')
_WILD: Final = late(r"[*?]")
# What says how many data sources there are or where they look, and nothing of what is looked for.
_APART: Final = frozenset({"count", "for_each", "depends_on", "provider", "region", "lifecycle", "timeouts"})
_FIELDS: Final = {
    "group-name": "name",
    "availability-zone": "availability_zone",
    "availabilityZone": "availability_zone",
    "cidr": "cidr_block",
    "cidr-block": "cidr_block",
    "cidrBlock": "cidr_block",
}

Patterns: TypeAlias = "tuple[str, ...]"


class Asked(Struct, frozen=True, eq=False):
    """What is looked for: all tags and fields, each with the patterns that it may match, in one of the VPCs."""

    tags: tuple[tuple[str, Patterns], ...]
    fields: tuple[tuple[str, Patterns], ...]
    vpcs: tuple[Value, ...]
    inputs: Inputs


class Found(Struct, frozen=True, eq=False):
    """What a data source finds; `more` where it may find others of the same root."""

    items: tuple[Instance, ...]
    more: Unknown | None
    inputs: Inputs


def mentions_lookup(path: str, files: Files) -> bool:
    """Whether a file may hold a data source of these types."""
    try:
        data = files.source(path).data
    except Unreadable:
        return False
    if path.endswith(".json"):
        return b'"data"' in data and _IN_JSON.search(data) is not None
    return b"data" in data and _WRITTEN.search(data) is not None


class Lookups:
    """What the data sources of several roots find among the resources of all of them.

    `decided` holds the addresses that were decided where all given roots were in sight; None there.
    """

    def __init__(self, roots: Sequence[Module], decided: Collection[str] | None = None) -> None:
        self._roots = tuple(roots)
        self._decided = decided
        self._created: dict[str, tuple[Instance, ...] | None] = {}
        self._found: dict[str, Found | None] = {}
        self._pending: set[str] = set()
        self._counting = 0

    def find(self, instance: Instance) -> Found | None:
        """What a data source finds in exactly one other root; None where that is not certain."""
        address = instance.address
        if address in self._found:
            return self._found[address]
        if address in self._pending or len(self._found) >= MOST_LOOKUPS:
            return None
        if self._decided is not None and address not in self._decided:
            return None
        self._pending.add(address)
        try:
            found = self._find(instance)
        finally:
            self._pending.discard(address)
        if found is not None or not self._counting:
            self._found[address] = found
        return found

    def _find(self, instance: Instance) -> Found | None:
        asked = asked_of(instance)
        if asked is None:
            return None
        kind = instance.block.labels[0]
        created = self.created(CREATED_BY[kind])
        if not created or instance.module.run.spend(_WORK * len(created)) is not None:
            return None
        certain: list[Instance] = []
        possible: list[Instance] = []
        for one in created:
            verdict = self._matches(asked, one, instance)
            alone = one.copy.many is None and one.module.many is None
            if verdict is True and alone and (one.module.exists & one.copy.exists).certain:
                certain.append(one)
            elif verdict is not False:
                possible.append(one)
        creators = {one.module.run.root for one in (*certain, *possible)}
        if not certain or len(creators) != 1 or instance.module.run.root in creators:
            return None
        inputs = asked.inputs | inputs_of(_rested(one) for one in certain)
        if kind not in _SEVERAL:
            return Found(tuple(certain), None, inputs) if len(certain) == 1 and not possible else None
        more = None
        if possible:
            what = f"whether {instance.address} finds {possible[0].address} is not known"
            more = Unknown.because(what, instance.block.header)
        return Found(tuple(certain), more, inputs)

    def created(self, kind: str) -> tuple[Instance, ...] | None:
        """The resources of a type that the roots create; None where there are too many to compare."""
        if kind not in self._created:
            self._created[kind] = None  # what is looked up while resources are counted is not found
            found: list[Instance] = []
            self._counting += 1
            enough = all(_create(root, kind, found) for root in self._roots)
            self._counting -= 1
            self._created[kind] = tuple(found) if enough else None
        return self._created[kind]

    def _matches(self, asked: Asked, one: Instance, by: Instance) -> bool | None:
        here, there = _region(by), _region(one)
        if here is not None and there is not None and here != there:
            return False
        tags = _tags(one)
        verdicts = [_any(tags.field(key), patterns) for key, patterns in asked.tags]
        for name, patterns in asked.fields:
            value = one.read(name)
            # What is not written is chosen by AWS or by the provider.
            verdicts.append(None if value.absent else _any(value, patterns))
        if asked.vpcs:
            verdicts.append(self._in_one_of(one.read("vpc_id"), asked.vpcs))
        return _all(verdicts)

    def _in_one_of(self, own: Value, vpcs: Sequence[Value]) -> bool | None:
        known = {vpc.address for vpc in self.created("aws_vpc") or ()}
        verdicts: list[bool | None] = []
        for vpc in vpcs:
            mine, its = own.data, vpc.data
            decided = (
                isinstance(mine, Reference)
                and isinstance(its, Reference)
                and (mine.path, its.path) == (("id",), ("id",))
                and {mine.target, its.target} <= known
            )
            verdicts.append(str(mine) == str(its) if decided else None)
        return _some(verdicts)


def read_found(instance: Instance, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
    """What a data source has at the steps, where what it finds is created by a root that is judged together with its own."""
    lookups = instance.module.run.lookups
    kind = instance.block.labels[0]
    if lookups is None or kind not in CREATED_BY:
        return None
    first = steps[0]
    if not isinstance(first, Attr) or first.name in instance.block.attributes:
        return None
    found = lookups.find(instance)
    if found is None:
        return None
    if kind not in _SEVERAL:
        told = found.items[0].read_steps(steps, place)
        return None if told is None else (told[0].moved(place).under(found.inputs), told[1])
    if first.name != "ids":
        return None
    items = tuple(Value(Reference(one.address, ("id",), place), place) for one in found.items)
    if len(steps) > 1 and isinstance(steps[1], Index) and (len(items) > 1 or found.more is not None):
        # AWS lists what it finds in no order, so a number says nothing of which one is meant.
        why = found.more or Unknown.because(f"{instance.address}.ids has no certain order", place)
        return Value(why if found.more is not None else OneOf(items, why), place, inputs=found.inputs), 2
    return Value(Seq(items, found.more, "list"), place, inputs=found.inputs), 1


def asked_of(instance: Instance) -> Asked | None:
    """What a data source asks for; None where a part of it is not understood or not known."""
    block = instance.block
    if block.broken is not None or any(inner.type == "dynamic" for inner in block.blocks):
        return None
    tags: list[tuple[str, Patterns]] = []
    fields: list[tuple[str, Patterns]] = []
    vpcs: list[Value] = []
    read: list[Value] = []
    for name in (*block.attributes, *dict.fromkeys(inner.type for inner in block.blocks)):
        if name in _APART:
            continue
        value = instance.read(name)
        read.append(value)
        if value.absent:
            continue
        if name == "tags":
            if not isinstance(value.data, Map) or value.data.more is not None:
                return None
            for key, member in value.data.entries.items():
                text = member.text()
                if text is None:
                    return None
                read.append(member)
                tags.append((key, (text,)))
        elif name == "filter":
            filters = value.data
            if not isinstance(filters, Seq) or filters.more is not None:
                return None
            for one in filters.items:
                if not _filtered(one, tags, fields, vpcs, read):
                    return None
        elif name == "vpc_id":
            if vpcs:
                return None
            vpcs.append(value)
        elif name == "name" or name in ("availability_zone", "cidr_block"):
            text = value.text()
            # Outside filters these are compared as they are.
            if text is None or _WILD.search(text):
                return None
            fields.append((name, (text,)))
        elif name != "state" or value.text() != "available":
            return None
    if not tags and not vpcs and not any(name == "name" for name, _ in fields):
        return None
    return Asked(tuple(tags), tuple(fields), tuple(vpcs), inputs_of(read))


def _filtered(
    one: Value,
    tags: list[tuple[str, Patterns]],
    fields: list[tuple[str, Patterns]],
    vpcs: list[Value],
    read: list[Value],
) -> bool:
    """Take one `filter` block in; False where it is not understood."""
    name, values = one.field("name"), one.field("values")
    read += [name, values]
    asked, listed = name.text(), values.data
    if asked is None or not isinstance(listed, Seq) or listed.more is not None or not listed.items:
        return False
    read.extend(listed.items)
    if asked == "vpc-id":
        if vpcs:
            return False
        vpcs.extend(listed.items)
        return True
    texts = [item.text() for item in listed.items]
    patterns = tuple(text for text in texts if text is not None)
    if len(patterns) != len(texts):
        return False
    if asked.startswith("tag:"):
        tags.append((asked.removeprefix("tag:"), patterns))
    elif asked in _FIELDS:
        fields.append((_FIELDS[asked], patterns))
    elif asked != "state" or patterns != ("available",):
        return False
    return True


def _create(root: Module, kind: str, found: list[Instance]) -> bool:
    """Add the resources of a type that a root and the modules it calls create; whether those are all."""
    from fabriclint.languages.terraform.module import Module

    todo = [root]
    looked = 0
    while todo:
        module = todo.pop()
        looked += 1
        if looked > _MOST_MODULES or module.run.spend(_WORK) is not None:
            return False
        for key, block in module.folder.resources.items():
            if key[0] == kind:
                found.extend(module.instances("resource", key, block))
        if len(found) > MOST_CREATED:
            return False
        for name, block in module.folder.calls.items():
            # How many copies of a call there are may rest on what is looked up: only calls that matter are followed.
            source = module.source_of(name, block)
            if isinstance(source, str) and _holds(module.run, source, kind):
                todo.extend(child for child in module.children(name, block) if isinstance(child, Module))
    return True


def _holds(run: Run, folder: str, kind: str) -> bool:
    """Whether a module, or one that it calls, may create resources of a type."""
    todo = [folder]
    seen: set[str] = set()
    while todo and len(seen) < _MOST_MODULES:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.startswith("stub:") and kind == _GROUP and "security-group" not in path:
            continue  # a group that a module makes for its own machines is not what others look up
        found = run.folder(path)
        if any(key[0] == kind for key in found.resources):
            return True
        for block in found.calls.values():
            written = block.attributes.get("source")
            expression = None if written is None else written.expression
            source = expression.value.data if isinstance(expression, Literal) else None
            if not isinstance(source, str) or not source.startswith("."):
                return True
            todo.append(posixpath.normpath(posixpath.join(path, source)))
    return False


def _tags(one: Instance) -> Value:
    """The tags of a resource, its provider's `default_tags` among them."""
    own = one.read("tags")
    top = one.module
    while top.caller is not None:
        top = top.caller.module
    standing = [
        inner
        for name, block in top.folder.providers.items()
        if name.split(".")[0] == "aws"
        for inner in block.blocks
        if inner.type == "default_tags"
    ]
    if not standing:
        return own
    sole = [name for name in top.folder.providers if name.split(".")[0] == "aws"] == ["aws"]
    written = standing[0].attributes.get("tags") if len(standing) == 1 and sole else None
    given = top.run.pull(written.expression, top.scope) if written is not None else Value()
    if isinstance(given.data, Map) and isinstance(own.data, (Map, type(None))):
        mine = own.data or Map()
        both = Map({**given.data.entries, **mine.entries}, mine.more or given.data.more)
        return Value(both, own.place, inputs=own.inputs | given.inputs)
    if isinstance(own.data, (Map, type(None))):
        mine = own.data or Map()
        why = Unknown.because("which default tags it has is not known", own.place)
        return Value(Map(mine.entries, mine.more or why), own.place, inputs=own.inputs)
    return own


def _rested(one: Instance) -> Value:
    """The tags of a resource, which rest on the inputs of each of them."""
    tags = _tags(one)
    return tags.under(inputs_of(tags.data.entries.values())) if isinstance(tags.data, Map) else tags


def _region(one: Instance) -> str | None:
    from fabriclint.languages.terraform.elements import provider_of

    written = one.read("region") if "region" in one.block.attributes else None
    value = written if written is not None and not written.absent else None
    if value is None:
        value = one.module.region(provider_of(one.block))
    return value.data if value is not None and isinstance(value.data, str) else None


def _any(value: Value, patterns: Patterns) -> bool | None:
    """Whether a tag or field matches one of the patterns."""
    options = value.options()
    verdicts = {_some([_like(option, pattern) for pattern in patterns]) for option in options}
    return verdicts.pop() if len(verdicts) == 1 else None


def _like(value: Value, pattern: str) -> bool | None:
    """Whether a text matches a filter's value, in which `*` stands for any text and `?` for one character."""
    if value.absent:
        return False
    if "\\" in pattern or len(pattern) > _MOST_TEXT:
        return None
    wild = _WILD.search(pattern)
    start = pattern if wild is None else pattern[: wild.start()]
    text = value.text()
    if text is None:
        if not isinstance(value.data, Text):
            return None
        known = value.data.parts[0]
        known = known if isinstance(known, str) else ""
        if wild is not None and pattern == f"{start}*" and known.startswith(start):
            return True
        if wild is None:
            last = value.data.parts[-1]
            ends = not isinstance(last, str) or pattern.endswith(last)
            return None if pattern.startswith(known) and ends else False
        return None if known.startswith(start) or start.startswith(known) else False
    if wild is None:
        return text == pattern
    if not text.startswith(start):
        return False
    return _fits(text, pattern) if len(text) <= _MOST_TEXT else None


def _fits(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern of `*` and `?`, in time of at most their lengths multiplied."""
    at = sign = 0
    star, again = -1, 0
    while at < len(text):
        if sign < len(pattern) and pattern[sign] == "*":
            star, again = sign, at
            sign += 1
        elif sign < len(pattern) and pattern[sign] in ("?", text[at]):
            at += 1
            sign += 1
        elif star >= 0:
            again += 1
            at, sign = again, star + 1
        else:
            return False
    return not pattern[sign:].strip("*")


def _some(verdicts: Sequence[bool | None]) -> bool | None:
    return True if True in verdicts else None if None in verdicts else False


def _all(verdicts: Sequence[bool | None]) -> bool | None:
    return False if False in verdicts else None if None in verdicts else True
