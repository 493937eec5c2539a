"""What software settings a fleet's nodes or a workload's pods run with, as far as they concern the fabric."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from fabriclint.model.compute import Fleet
from fabriclint.model.containers import ecs_tasks
from fabriclint.model.element import Element
from fabriclint.model.jobs import batch_jobs, settings_of
from fabriclint.model.workload import EFA, Workload
from fabriclint.scripts import read
from fabriclint.text import Span
from fabriclint.values import YES, Seq, Text, Truth, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.model.stack import Stack


class Setting(Struct, frozen=True, eq=False):
    """An environment variable that is set somewhere; `surely` is unknown where that stands in a branch."""

    name: str
    value: Value
    place: Span | None
    surely: Truth


class Removed(Struct, frozen=True, eq=False):
    """Software of the fabric that a script takes away."""

    what: str
    place: Span | None
    surely: Truth


class Software:
    """The settings of one fleet, with the Batch jobs that run on it, or of one Kubernetes workload."""

    def __init__(self, owner: Fleet | Workload) -> None:
        self.owner = owner
        self.stack = owner.stack
        self.element: Element = owner.element

    @property
    def address(self) -> str:
        """The fleet's address, or the workload's."""
        return self.owner.address

    @property
    def label(self) -> str:
        """How a person calls what is set up."""
        return self.owner.label

    @property
    def place(self) -> Span:
        """Where the fleet or the workload stands."""
        return self.owner.place

    @property
    def uses_efa(self) -> Truth:
        """Whether there is EFA to use: the nodes have it, or the pods ask for it."""
        return self.owner.uses_efa if isinstance(self.owner, Fleet) else self.owner.asks_efa

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """Every setting that is seen, in order."""
        if isinstance(self.owner, Workload):
            return tuple(_of_pods(self.owner))
        found = [
            Setting(one.name, one.value, one.place, _surely(one.conditional))
            for script in self.owner.scripts
            for one in script.environment
        ]
        if self.owner.kind == "Batch compute environment":
            for job in batch_jobs(self.stack):
                found.extend(
                    Setting(name, value, value.place or job.place, job.exists)
                    for name, value in settings_of(job)
                )
        for task in ecs_tasks(self.owner):
            found.extend(
                Setting(name, value, value.place or task.place, YES) for name, value in task.environment
            )
        return tuple(found)

    @property
    def unseen(self) -> Unknown | None:
        """Why there may be more settings than are seen: a script is fetched, or its text is not known."""
        return self.owner.unseen_scripts if isinstance(self.owner, Fleet) else None

    @cached_property
    def removed(self) -> tuple[Removed, ...]:
        """What its start-up scripts take away."""
        if isinstance(self.owner, Workload):
            return ()
        return tuple(
            Removed(
                "the EFA software" if one.what == "efa" else "the OFI plugin",
                one.place,
                _surely(one.conditional),
            )
            for script in self.owner.scripts
            for one in script.removals
        )


def software_of(stack: Stack) -> tuple[Software, ...]:
    """What is set up in a stack: its fleets, then its workloads."""
    owners: list[Fleet | Workload] = [*stack.fleets, *stack.workloads]
    return tuple(Software(owner) for owner in owners)


def _surely(conditional: bool) -> Truth:
    return Truth.unknown("it stands in a branch that may not run") if conditional else YES


def _of_pods(load: Workload) -> Iterator[Setting]:
    """What the containers that ask for EFA set, and what any command of the workload hands on (`mpirun -x`)."""
    for pods in load.pods:
        for container in pods.containers:
            if pods.resource(container, EFA).given().certain:
                for name, value in pods.environment(container).items():
                    yield Setting(name, value, value.place or load.place, YES)
            for word in ("command", "args"):
                for one in read(_line(container.field(word))).environment:
                    yield Setting(one.name, one.value, one.place or container.place, _surely(one.conditional))


def _line(words: Value) -> Value:
    """A command list as one line of a script; a script that is one of its words stays as it is."""
    data = words.data
    if not isinstance(data, Seq):
        return words
    texts = [
        item.data.render("_") if isinstance(item.data, Text) else item.text() or "" for item in data.items
    ]
    script = next((item for item, text in zip(data.items, texts, strict=True) if "\n" in text), None)
    return script if script is not None else Value(" ".join(texts), words.place, inputs=words.inputs)
