"""A stack: every element of one root, found by address, by kind, or by a value that refers to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from msgspec import Struct

from fabriclint.model.element import Element
from fabriclint.model.given import NOTHING_GIVEN, Given
from fabriclint.text import Span
from fabriclint.values import (
    NO,
    YES,
    Many,
    Map,
    Member,
    OneOf,
    Reason,
    Reference,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet
    from fabriclint.model.datasets import Dataset
    from fabriclint.model.dms import DmsTask
    from fabriclint.model.emr import HdfsReader
    from fabriclint.model.groups import SecurityGroup
    from fabriclint.model.hybrid import HybridSide
    from fabriclint.model.jobs import BatchJob
    from fabriclint.model.kubernetes import Kubernetes
    from fabriclint.model.mounting import Mounters
    from fabriclint.model.network import Subnet, Vpc
    from fabriclint.model.regions import DatasetRead
    from fabriclint.model.role import Clusters
    from fabriclint.model.software import Software
    from fabriclint.model.storage import DirectoryBucket, Efs, Lustre
    from fabriclint.model.transfer import Agent, DataSyncTask
    from fabriclint.model.workload import Workload

T = TypeVar("T")
Numbered: TypeAlias = list[tuple[int, Element]]


class Link(Struct, frozen=True, eq=False):
    """What a value leads to: an element here, something that exists outside these sources, nothing, or not known."""

    state: Literal["here", "outside", "absent", "unknown"]
    value: Value
    element: Element | None = None
    reason: Unknown | None = None

    @property
    def given(self) -> Truth:
        """Whether it leads to anything."""
        if self.state == "unknown":
            return Truth.unknown(self.reason or Unknown(())).under(self.value.inputs)
        return Truth.of(self.state != "absent", self.value.inputs)

    @property
    def unseen(self) -> Unknown:
        """Why what it leads to cannot be looked at (for a link that is not here)."""
        if self.reason is not None:
            return self.reason
        return Unknown.because(f"{self.value.show()} is not in these sources", self.value.place)

    def same(self, other: Link) -> Truth:
        """Whether both lead to the same thing."""
        if self.element is not None and other.element is not None:
            if self.element is other.element:
                if self.element.many is not None:
                    return Truth.unknown(self.element.many)
                return YES
            return NO
        return self.value.same(other.value)


# Attributes of one kind of element that are handles on something else that comes with it.
_COMES_WITH = {
    ("vpc", "default_security_group_id"): "security_group",
    ("vpc", "DefaultSecurityGroup"): "security_group",
    ("vpc", "main_route_table_id"): "route_table",
    ("vpc", "default_route_table_id"): "route_table",
}

# What a rule may be about, and the property that holds it.
SUBJECTS = {
    "Fleet": "fleets",
    "Vpc": "vpcs",
    "Subnet": "subnets",
    "SecurityGroup": "groups",
    "DataSyncTask": "tasks",
    "Agent": "agents",
    "DmsTask": "dms_tasks",
    "Dataset": "datasets",
    "DatasetRead": "dataset_reads",
    "Lustre": "lustres",
    "Efs": "efs",
    "DirectoryBucket": "directory_buckets",
    "Workload": "workloads",
    "HdfsReader": "hdfs_readers",
    "Software": "software",
    "BatchJob": "jobs",
    "HybridSide": "hybrid_sides",
}


class Stack:
    """The elements of one root with the ways to find them; the entry to everything a rule sees."""

    def __init__(
        self,
        elements: Sequence[Element],
        region: str | None = None,
        open_: Sequence[Reason] = (),
        facts: Given = NOTHING_GIVEN,
    ) -> None:
        self.elements = tuple(element for element in elements if not element.exists.excluded)
        self.region = region
        self.facts = facts
        self.open = Unknown(tuple(open_)) if open_ else None
        self._by_address = {element.address: element for element in self.elements}
        self._by_kind: dict[str, list[Element]] = {}
        for element in self.elements:
            self._by_kind.setdefault(element.kind, []).append(element)
        self._by_name: dict[str, dict[str, Element]] = {}
        self._leading: dict[tuple[str, str, str], tuple[dict[str, Numbered], Numbered]] = {}
        self._views: dict[tuple[Callable[[Stack, Element], Any], str], Any] = {}

    def of(self, *kinds: str) -> tuple[Element, ...]:
        """The elements of these kinds, in source order kind by kind."""
        return tuple(element for kind in kinds for element in self._by_kind.get(kind, ()))

    def beside(self, element: Element, kind: str) -> tuple[Element, ...]:
        """The elements of a kind that go with an element: those of its module or template where there are any, else all.

        Templates that are read as one set because they import from each other keep to their own jobs.
        """
        found = self.of(kind)
        if element.language == "cloudformation":
            return tuple(other for other in found if other.place.source is element.place.source) or found
        return tuple(other for other in found if other.calls == element.calls) or found

    def leading_to(
        self, target: Element, kind: str, word: str, *, unsure: bool = False
    ) -> tuple[Element, ...]:
        """The elements of a kind whose attribute leads to another element, in source order.

        With `unsure` also those that lead out of these sources, or nobody knows where.
        """
        found, elsewhere = self._leads(kind, word, target.kind)
        numbered = found.get(target.address, [])
        if unsure and elsewhere:
            numbered = sorted([*numbered, *elsewhere], key=lambda one: one[0])
        return tuple(element for _, element in numbered)

    def _leads(self, kind: str, word: str, target_kind: str) -> tuple[dict[str, Numbered], Numbered]:
        key = (kind, word, target_kind)
        if key not in self._leading:
            found: dict[str, Numbered] = {}
            elsewhere: Numbered = []
            for number, element in enumerate(self.of(kind)):
                target = self.link(element.get(word), target_kind).element
                there = elsewhere if target is None else found.setdefault(target.address, [])
                there.append((number, element))
            self._leading[key] = found, elsewhere
        return self._leading[key]

    def at(self, address: str) -> Element | None:
        """The element of this address."""
        return self._by_address.get(address)

    def view(self, cls: Callable[[Stack, Element], T], element: Element) -> T:
        """The one view of an element as a model class; views are made once and keep what they have worked out."""
        key = (cls, element.address)
        if key not in self._views:
            self._views[key] = cls(self, element)
        made: T = self._views[key]
        return made

    def link(self, value: Value, *kinds: str) -> Link:
        """Where a value leads, among elements of these kinds."""
        data = value.data
        if data is None:
            return Link("absent", value)
        handle = value.handle
        if handle is not None:
            return self._follow(value, handle, kinds)
        if isinstance(data, OneOf):
            links = [self.link(option, *kinds) for option in value.options()]
            first = links[0]
            if all(link.state == first.state and link.element is first.element for link in links[1:]):
                return first
            return Link("unknown", value, reason=data.because)
        if isinstance(data, (Unknown, Text)):
            return Link("unknown", value, reason=value.unknown)
        if isinstance(data, Seq) and len(data.items) == 1 and data.more is None:
            return self.link(data.items[0], *kinds)
        if isinstance(data, (Seq, Map)):
            return Link("unknown", value, reason=Unknown.because("a list where one is read", value.place))
        text = value.text()
        if text == "":
            return Link("absent", value)
        for kind in kinds:
            element = self._names(kind).get(text) if text is not None else None
            if element is not None:
                return Link("here", value, element)
        return Link("outside", value)

    def _names(self, kind: str) -> dict[str, Element]:
        """The elements of a kind by the names that are written; of two of one name the first."""
        found = self._by_name.get(kind)
        if found is None:
            found = self._by_name[kind] = {}
            for element in self.of(kind):
                name = element.get("name").text()
                if name is not None:
                    found.setdefault(name, element)
        return found

    def links(self, value: Value, *kinds: str) -> Many[Link]:
        """Where the members of a list lead."""
        members = value.members()
        return Many(tuple(Member(self.link(m.item, *kinds), m.exists) for m in members.members), members.more)

    def _follow(self, value: Value, handle: Reference, kinds: tuple[str, ...]) -> Link:
        element = self._by_address.get(handle.target)
        if element is None:
            return Link("outside", value)
        if element.kind in kinds:
            return Link("here", value, element)
        brought = _COMES_WITH.get((element.kind, str(handle.path[0]) if handle.path else ""))
        if brought in kinds:
            for other in self.of(brought):
                owner = other.get("default_of").handle
                if owner is not None and owner.target == handle.target:
                    return Link("here", value, other)
        return Link("outside", value)

    @cached_property
    def file_systems(self) -> frozenset[str]:
        """The addresses of the file systems that scripts mount."""
        return frozenset(element.address for element in self.of("lustre", "efs"))

    @cached_property
    def mounters(self) -> Mounters:
        """Which fleets may mount which file system."""
        from fabriclint.model.mounting import Mounters

        return Mounters(self)

    @cached_property
    def _standalone_rules(self) -> tuple[dict[str, list[tuple[Element, Link]]], list[tuple[Element, Link]]]:
        known: dict[str, list[tuple[Element, Link]]] = {}
        open_: list[tuple[Element, Link]] = []
        for element in self.of("security_group_rule"):
            owner = self.link(element.get("group"), "security_group")
            if owner.element is not None:
                known.setdefault(owner.element.address, []).append((element, owner))
            elif owner.state == "unknown":
                open_.append((element, owner))
        return known, open_

    def standalone_rules(self, group: Element) -> Iterable[tuple[Element, Link]]:
        """The standalone rules that are a group's, or may be, each with the link to its owner."""
        known, open_ = self._standalone_rules
        return (*known.get(group.address, ()), *open_)

    @cached_property
    def unseen(self) -> tuple[Element, ...]:
        """Module calls and nested stacks whose sources are not here."""
        return self.of("unseen")

    def handed_to_unseen(self, element: Element) -> Unknown | None:
        """Why something unseen may add to an element: a module or stack that is not here takes a handle on it."""
        reasons: list[Reason] = []
        for call in self.unseen:
            if mentions(call.get("inputs"), element.address):
                source = call.get("source").show()
                reasons.append(
                    Reason(
                        f"{call.label} ({source}) is not in these sources and takes {element.label}",
                        call.place,
                    )
                )
        return Unknown(tuple(reasons)) if reasons else None

    # Kubernetes

    @cached_property
    def kubernetes(self) -> Kubernetes:
        """The Kubernetes objects and Helm releases that these sources hold."""
        from fabriclint.model.kubernetes import Kubernetes

        return Kubernetes(self)

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """What runs on the cluster as far as these sources hold it: jobs, deployments and their kin, in source order."""
        from fabriclint.model.workload import workloads_of

        return workloads_of(self)

    @property
    def efa_device_plugin(self) -> Truth:
        """Whether these sources install what offers EFA to pods."""
        return self.kubernetes.efa_device_plugin

    # the subjects of rules

    @cached_property
    def fleets(self) -> tuple[Fleet, ...]:
        """Everything that launches like machines."""
        from fabriclint.model.fleets import fleets_of

        return fleets_of(self)

    @cached_property
    def may_train(self) -> tuple[Fleet, ...]:
        """The fleets whose nodes train together, or may."""
        return tuple(fleet for fleet in self.fleets if not fleet.trains.excluded)

    @cached_property
    def clusters(self) -> Clusters:
        """Which fleets stand together: the same types in the same placement or security group."""
        from fabriclint.model.role import Clusters

        return Clusters(self.fleets)

    @cached_property
    def vpcs(self) -> tuple[Vpc, ...]:
        """The VPCs these sources make, and those of other sources that accelerated or training fleets run in."""
        from fabriclint.model.network import Vpc, foreign_vpcs

        return (*(self.view(Vpc, element) for element in self.of("vpc")), *foreign_vpcs(self))

    @cached_property
    def groups(self) -> tuple[SecurityGroup, ...]:
        """The security groups these sources make."""
        from fabriclint.model.groups import SecurityGroup

        return tuple(self.view(SecurityGroup, element) for element in self.of("security_group"))

    @cached_property
    def tasks(self) -> tuple[DataSyncTask, ...]:
        """The DataSync tasks these sources make."""
        from fabriclint.model.transfer import DataSyncTask

        return tuple(self.view(DataSyncTask, element) for element in self.of("datasync_task"))

    @cached_property
    def jobs(self) -> tuple[BatchJob, ...]:
        """The Batch job definitions these sources make."""
        from fabriclint.model.jobs import batch_jobs

        return batch_jobs(self)

    @cached_property
    def software(self) -> tuple[Software, ...]:
        """What the nodes of each fleet, and the pods of each workload, are set up with."""
        from fabriclint.model.software import software_of

        return software_of(self)

    @cached_property
    def hdfs_readers(self) -> tuple[HdfsReader, ...]:
        """Who may read HDFS: the fleets, and the EMR clusters these sources make."""
        from fabriclint.model.emr import hdfs_readers

        return hdfs_readers(self)

    @cached_property
    def lustres(self) -> tuple[Lustre, ...]:
        """The FSx for Lustre file systems these sources make."""
        from fabriclint.model.storage import lustres_of

        return lustres_of(self)

    @cached_property
    def efs(self) -> tuple[Efs, ...]:
        """The EFS file systems these sources make."""
        from fabriclint.model.storage import Efs

        return tuple(self.view(Efs, element) for element in self.of("efs"))

    @cached_property
    def directory_buckets(self) -> tuple[DirectoryBucket, ...]:
        """The S3 directory buckets these sources make."""
        from fabriclint.model.storage import DirectoryBucket

        return tuple(self.view(DirectoryBucket, element) for element in self.of("directory_bucket"))

    @cached_property
    def agents(self) -> tuple[Agent, ...]:
        """The DataSync agents these sources register."""
        from fabriclint.model.transfer import agents_of

        return agents_of(self)

    @cached_property
    def dms_tasks(self) -> tuple[DmsTask, ...]:
        """The DMS tasks these sources make."""
        from fabriclint.model.dms import dms_tasks

        return dms_tasks(self)

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """The datasets whose size is written down."""
        from fabriclint.model.datasets import datasets_of

        return datasets_of(self)

    @cached_property
    def dataset_reads(self) -> tuple[DatasetRead, ...]:
        """The buckets that file systems and training fleets read their data from."""
        from fabriclint.model.regions import dataset_reads

        return dataset_reads(self)

    @cached_property
    def bulk_reads(self) -> dict[str, tuple[DatasetRead, ...]]:
        """What training fleets copy or mount in bulk from S3, by their addresses."""
        from fabriclint.model.regions import bulk_reads

        return bulk_reads(self)

    @cached_property
    def hybrid(self) -> HybridSide:
        """The links to what is outside AWS."""
        from fabriclint.model.hybrid import HybridSide

        return HybridSide(self)

    @property
    def hybrid_sides(self) -> tuple[HybridSide, ...]:
        """The links to what is outside AWS, where these sources make any."""
        return (self.hybrid,) if self.hybrid.vpn_connections else ()

    @cached_property
    def subnets(self) -> tuple[Subnet, ...]:
        """The subnets these sources make."""
        from fabriclint.model.network import Subnet

        return tuple(self.view(Subnet, element) for element in self.of("subnet"))

    def subjects(self, cls: type[T]) -> tuple[T, ...]:
        """The subjects of a rule, in source order."""
        name = SUBJECTS.get(cls.__name__)
        if name is None:
            raise LookupError(f"{cls.__name__} is not a subject of rules")
        found: Sequence[object] = getattr(self, name)
        return tuple(subject for subject in found if isinstance(subject, cls))


class View:
    """A model object: an element seen as what it is, with its joins."""

    def __init__(self, stack: Stack, element: Element) -> None:
        self.stack = stack
        self.element = element

    @property
    def address(self) -> str:
        """The element's address, unique in the stack."""
        return self.element.address

    @property
    def label(self) -> str:
        """How a person calls it in its language."""
        return self.element.label

    @property
    def place(self) -> Span:
        """The header of its block."""
        return self.element.place

    @property
    def exists(self) -> Truth:
        """Whether it is there at all."""
        return self.element.exists


def mentions(value: Value, address: str) -> bool:
    """Whether a handle on this address stands anywhere in a value."""
    return address in mentioned(value)


def mentioned(value: Value) -> set[str]:
    """The addresses that handles anywhere in a value lead to; a value of more than 100,000 parts is not read to its end."""
    todo: list[object] = [value]
    found: set[str] = set()
    seen = 0
    while todo and seen < 100_000:
        item = todo.pop()
        seen += 1
        if isinstance(item, Value):
            if item.reference is not None:
                found.add(item.reference.target)
            todo.append(item.data)
        elif isinstance(item, Reference):
            found.add(item.target)
        elif isinstance(item, Seq):
            todo.extend(item.items)
        elif isinstance(item, Map):
            todo.extend(item.entries.values())
        elif isinstance(item, OneOf):
            todo.extend(item.options)
        elif isinstance(item, Text):
            todo.extend(item.parts)
    return found
