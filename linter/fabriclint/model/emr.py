"""Who reads HDFS: EMR clusters by their steps and configurations, and fleets by their start-up scripts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from fabriclint.manifests import documents
from fabriclint.model.compute import Fleet
from fabriclint.model.network import Subnet
from fabriclint.model.stack import Link, Stack, View
from fabriclint.patterns import late
from fabriclint.scripts import HdfsUse
from fabriclint.text import Span
from fabriclint.values import Map, Reference, Seq, Text, Unknown, Value

_NAME_NODE = late(r"hdfs://(\[[0-9A-Fa-f:]+\]|[^\s/:'\",]+)")
_DESTINATION = late(r"^--?dest")
# The settings that say which file system is read where a path names none.
_DEFAULTS = ("fs.defaultFS", "fs.default.name")
_DEEP = 12


class EmrCluster(View):
    """An EMR cluster these sources make."""

    @cached_property
    def vpc(self) -> Link:
        """The VPC its machines are in."""
        written = self.element.get("subnet")
        subnet = self.stack.link(written, "subnet")
        if subnet.state == "absent":
            subnets = self.stack.links(self.element.get("subnets"), "subnet")
            subnet = next(subnets.possible(), subnet)
        if subnet.element is not None:
            return self.stack.view(Subnet, subnet.element).vpc
        why = Unknown.because(f"the subnet of {self.label} is not in these sources", self.place)
        return Link("unknown", written, reason=why)

    @cached_property
    def hdfs(self) -> tuple[HdfsUse, ...]:
        """The NameNodes that its steps, bootstrap actions and configurations name."""
        return (*self._of_arguments(), *self._of_configurations())

    def _of_arguments(self) -> Iterator[HdfsUse]:
        for word, called in (("steps", "a step"), ("bootstrap", "a bootstrap action")):
            for block in self.element.get(word).members().possible():
                before = ""
                for argument in block.field("args").members().possible():
                    text = argument.text() or ""
                    if not _DESTINATION.match(text) and not _DESTINATION.match(before):
                        yield from _named(argument, called)
                    before = "" if "=" in text else text

    def _of_configurations(self) -> Iterator[HdfsUse]:
        written = self.element.get("configurations")
        if isinstance(written.data, (str, Text)):
            for document in documents(written).possible():
                yield from _settings(document)
        else:
            yield from _settings(written)


class HdfsReader:
    """A fleet or an EMR cluster as one that may read HDFS."""

    def __init__(self, owner: Fleet | EmrCluster) -> None:
        self.owner = owner
        self.stack = owner.stack
        self.element = owner.element
        self.address = owner.address
        self.label = owner.label
        self.place = owner.place
        self.exists = owner.exists

    @property
    def vpc(self) -> Link:
        """The VPC its machines are in."""
        return self.owner.vpc

    @property
    def around(self) -> tuple[tuple[Span, str], ...]:
        """The places that a reader of a finding wants to see beside it."""
        return self.owner.around if isinstance(self.owner, Fleet) else ()

    @property
    def recipe_place(self) -> Span:
        """Where what it does at start is written."""
        return self.owner.recipe_place if isinstance(self.owner, Fleet) else self.owner.place

    @property
    def uses(self) -> tuple[HdfsUse, ...]:
        """The NameNodes it names, in order."""
        if isinstance(self.owner, Fleet):
            return tuple(use for script in self.owner.scripts for use in script.hdfs)
        return self.owner.hdfs


def hdfs_readers(stack: Stack) -> tuple[HdfsReader, ...]:
    """The fleets of a stack, then its EMR clusters."""
    clusters = (stack.view(EmrCluster, element) for element in stack.of("emr_cluster"))
    owners: list[Fleet | EmrCluster] = [*stack.fleets, *clusters]
    return tuple(HdfsReader(owner) for owner in owners)


def _settings(value: Value, depth: int = 0) -> Iterator[HdfsUse]:
    data = value.data
    if depth > _DEEP:
        return
    if isinstance(data, Seq):
        for item in data.items:
            yield from _settings(item, depth + 1)
    elif isinstance(data, Map):
        for key, entry in data.entries.items():
            if key.endswith(_DEFAULTS):
                yield from _named(entry, "fs.defaultFS")
            else:
                yield from _settings(entry, depth + 1)


def _named(value: Value, how: str) -> Iterator[HdfsUse]:
    """The NameNodes in a text; one that is a hole of the text is that hole's value."""
    data = value.data
    if isinstance(data, Text):
        for before, part in zip(data.parts, data.parts[1:], strict=False):
            if (
                isinstance(before, str)
                and before.endswith("hdfs://")
                and isinstance(part, (Reference, Unknown))
            ):
                yield HdfsUse(Value(part, value.place, inputs=value.inputs), value.place, how)
        texts = [part for part in data.parts if isinstance(part, str)]
    else:
        texts = [value.text() or ""]
    for text in texts:
        for found in _NAME_NODE.finditer(text):
            complete = not isinstance(data, Text) or found.end() < len(text)
            host = (
                found[1]
                if complete
                else Unknown.because("the name of the NameNode is not known", value.place)
            )
            yield HdfsUse(Value(host, value.place, inputs=value.inputs), value.place, how)
