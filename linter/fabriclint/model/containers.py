"""What containers bring to the machines they run on: volumes that are mounted for them, and their environment.

A Batch job definition or an ECS task definition belongs to a fleet where these sources leave only one that it can run on;
otherwise what it mounts is told of no fleet. A Kubernetes volume of NFS belongs to the one group of nodes that can mount it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from fabriclint.manifests import documents
from fabriclint.model.jobs import BatchJob, batch_jobs, field
from fabriclint.model.stack import Stack, View
from fabriclint.patterns import late
from fabriclint.scripts.facts import Mount, MountHow, MountKind
from fabriclint.values import Many, Reference, Text, Truth, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

_ADDRESS = late(r"(?:^|,)\s*addr=([^,\s]+)")
# Stands for a hole of a text while the text is taken apart; a hole's number is the distance to it.
_HOLE = 0xE000
_KINDS: dict[str, MountKind] = {"nfs": "nfs", "nfs4": "nfs", "cifs": "cifs"}


class EcsTask(View):
    """An ECS task definition."""

    @cached_property
    def containers(self) -> Many[Value]:
        """Its containers."""
        written = self.element.get("containers")
        if written.text() is None and not isinstance(written.data, Text):
            return written.members()
        first = next(documents(written).possible(), None)
        if first is None:
            return Many(
                (), written.unknown or Unknown.because("its containers cannot be read", written.place)
            )
        return first.members()

    @property
    def only_fargate(self) -> Truth:
        """Whether it is made for Fargate alone."""
        asked = self.element.get("compatibilities").members()
        return asked.any(lambda one: one.is_("FARGATE")) & ~asked.any(lambda one: one.is_("EC2"))

    @property
    def asks_accelerator(self) -> Truth:
        """Whether a container of it asks for a GPU."""
        return self.containers.any(
            lambda one: (
                field(one, "resourceRequirements").members().any(lambda r: field(r, "type").is_("GPU"))
            )
        )

    @cached_property
    def environment(self) -> tuple[tuple[str, Value], ...]:
        """The environment variables of its containers."""
        return tuple(
            (name, field(entry, "value"))
            for container in self.containers.possible()
            for entry in field(container, "environment").members().possible()
            if (name := field(entry, "name").text()) is not None
        )

    def runs_on(self, fleet: Fleet) -> bool:
        """Whether these sources leave only this fleet for it: the one group with accelerators behind a capacity provider."""
        if not self.exists.certain or not self.only_fargate.excluded:
            return False
        behind = _behind_providers(self.stack)
        if behind is None:
            return False
        fleets = [one for one in self.stack.fleets if one.element.address in behind]
        accelerated = [one for one in fleets if not one.accelerated.excluded]
        if len(accelerated) != 1 or accelerated[0] is not fleet or not fleet.accelerated.certain:
            return False
        return len(behind) == 1 or self.asks_accelerator.certain


def _behind_providers(stack: Stack) -> frozenset[str] | None:
    """The addresses of the Auto Scaling groups behind ECS capacity providers; None where one is not known."""
    found: set[str] = set()
    for element in stack.of("ecs_capacity_provider"):
        link = stack.link(element.get("group"), "autoscaling_group")
        if link.state == "absent":
            continue
        if link.element is None:
            return None
        found.add(link.element.address)
    return frozenset(found)


def ecs_tasks(fleet: Fleet) -> tuple[EcsTask, ...]:
    """The ECS task definitions that run on a fleet."""
    if fleet.kind != "Auto Scaling group" or not fleet.stack.of("ecs_capacity_provider"):
        return ()
    tasks = (fleet.stack.view(EcsTask, element) for element in fleet.stack.of("ecs_task"))
    return tuple(task for task in tasks if task.runs_on(fleet))


def container_mounts(fleet: Fleet) -> tuple[Mount, ...]:
    """The file systems that are mounted for the containers of a fleet."""
    return (*_of_batch(fleet), *_of_ecs(fleet), *_of_cluster(fleet))


def _of_batch(fleet: Fleet) -> Iterator[Mount]:
    if fleet.kind != "Batch compute environment":
        return
    for job in batch_jobs(fleet.stack):
        if not job.exists.certain or not _only_here(job, fleet):
            continue
        for container in job.containers.possible():
            for volume in field(container, "volumes").members().possible():
                efs = field(volume, "efsVolumeConfiguration")
                target = _target([container], field(volume, "name"))
                yield from _efs(field(efs, "fileSystemId"), field(efs, "rootDirectory"), target)


def _only_here(job: BatchJob, fleet: Fleet) -> bool:
    places = [one.address for one in job.environments.possible()]
    return places == [fleet.address]


def _of_ecs(fleet: Fleet) -> Iterator[Mount]:
    for task in ecs_tasks(fleet):
        containers = list(task.containers.possible())
        for volume in task.element.get("volumes").members().possible():
            target = _target(containers, volume.field("name"))
            yield from _efs(volume.field("efs"), volume.field("efs_path"), target)
            if volume.field("driver").is_("local").certain:
                yield from _docker(volume.field("options"), target)


def _of_cluster(fleet: Fleet) -> Iterator[Mount]:
    if not fleet.in_kubernetes:
        return
    volumes = [one for one in fleet.stack.kubernetes.of("PersistentVolume") if one.exists.certain]
    if not volumes or _node_group(fleet.stack) is not fleet:
        return
    for one in volumes:
        server, path = one.manifest.get("spec", "nfs", "server"), one.manifest.get("spec", "nfs", "path")
        if not server.absent:
            yield _mount("nfs", server, path, None, "persistent volume", server)


def _node_group(stack: Stack) -> Fleet | None:
    """The one group of nodes with accelerators, else the only one."""
    nodes = [fleet for fleet in stack.fleets if fleet.in_kubernetes]
    accelerated = [fleet for fleet in nodes if not fleet.accelerated.excluded]
    chosen = accelerated or nodes
    return chosen[0] if len(chosen) == 1 else None


def _efs(system: Value, path: Value, target: Value | None) -> Iterator[Mount]:
    if not system.absent:
        yield _mount("efs", system, path, target, "container", system)


def _docker(options: Value, target: Value | None) -> Iterator[Mount]:
    kind = _KINDS.get((options.field("type").text() or "").lower())
    if kind is None:
        return
    device, said = options.field("device"), options.field("o")
    texts, holes = _apart(device)
    host, _, path = texts.partition(":") if kind == "nfs" else texts.lstrip("/").partition("/")
    given, said_holes = _apart(said)
    found = _ADDRESS.search(given)
    if found is not None:
        server = _piece(found[1], said_holes, said)
    elif host:
        server = _piece(host, holes, device)
    elif said.unknown is not None:
        server = Value(said.unknown, said.place)
    else:
        return
    yield _mount(kind, server, _piece(path, holes, device), target, "container", device)


def _mount(
    kind: MountKind, host: Value, path: Value, target: Value | None, how: MountHow, at: Value
) -> Mount:
    export = Value("/", at.place, "default") if path.absent else path
    return Mount(kind, host, export, target, at.place, how, "")


def _target(containers: list[Value], name: Value) -> Value | None:
    """Where the containers mount a volume."""
    for container in containers:
        for point in field(container, "mountPoints").members().possible():
            if field(point, "sourceVolume").same(name).certain:
                return field(point, "containerPath")
    return None


def _apart(value: Value) -> tuple[str, tuple[Reference | Unknown, ...]]:
    """A text with a mark for each hole, and the holes."""
    data = value.data
    if isinstance(data, (Reference, Unknown)):
        return chr(_HOLE), (data,)
    if not isinstance(data, Text):
        return value.text() or "", ()
    holes = tuple(part for part in data.parts if not isinstance(part, str))
    marks = iter(range(_HOLE, _HOLE + len(holes)))
    return "".join(part if isinstance(part, str) else chr(next(marks)) for part in data.parts), holes


def _piece(text: str, holes: tuple[Reference | Unknown, ...], of: Value) -> Value:
    """A piece of a text that was taken apart, with its holes in it again."""
    if not any(_HOLE <= ord(letter) < _HOLE + len(holes) for letter in text):
        return Value(text, of.place, inputs=of.inputs)
    parts = tuple(
        holes[ord(part) - _HOLE] if len(part) == 1 and _HOLE <= ord(part) < _HOLE + len(holes) else part
        for part in re.split(r"([\ue000-\uf8ff])", text)
        if part
    )
    only = parts[0]
    if len(parts) == 1 and not isinstance(only, str):
        return Value(only, of.place, inputs=of.inputs)
    return Value(Text(parts), of.place, inputs=of.inputs)
