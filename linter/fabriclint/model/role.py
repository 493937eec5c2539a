"""Whether the nodes of a fleet train together: the question that every rule about the fabric asks first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from fabriclint.scripts.words import serving_words, training_words
from fabriclint.values import NO, YES, Map, Reason, Seq, Text, Truth, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

ROLE_TAG = "fabriclint:role"
ROLE_LABEL = "fabriclint.dev/role"
Tie: TypeAlias = tuple[tuple[str, ...], str]


class Role(Struct, frozen=True, eq=False):
    """Whether a fleet's nodes train together, and the evidence in the order it was found."""

    trains: Truth
    evidence: tuple[str, ...]


def role_of(fleet: Fleet) -> Role:
    """The first line that matches decides; see the catalogue's words on `trains`."""
    facts = fleet.stack.facts
    given = facts.role((fleet.address, fleet.label, fleet.element.label)) if facts.roles else None
    if given is not None:
        return Role(Truth.of(given == "training"), (f"{facts.origin} says {given}",))
    said = _said(fleet)
    if said is not None:
        name, told = said
        what = "label" if name == ROLE_LABEL else "tag"
        return Role(Truth.of(told == "training"), (f"the {what} {name} says {told}",))
    size = together(fleet)
    several = size.above
    if several.excluded:
        return Role(several, ("at most one node",))
    asked, what = _asked(fleet)
    if asked.certain:
        return Role(asked, (what, *_how_many(size)))
    jobs = fleet.batch_jobs
    if jobs and all(
        job.get("type").decide(lambda data: str(data).lower() != "multinode").certain for job in jobs
    ):
        return Role(NO, ("the only Batch jobs of these sources are single-node",))
    later = _by_words(fleet, size)
    if asked.undecided and not later.trains.certain:
        return Role(Truth("unknown", asked.reasons + later.trains.reasons), (what, *later.evidence))
    return later


class Together(Struct, frozen=True, eq=False):
    """The size of the fleets that run one job together."""

    above: Truth
    maximum: int | None
    desired: int | None


def together(fleet: Fleet) -> Together:
    """The fleet's size, added up with the other single-node fleets of its cluster.

    One cluster is the same types in the same placement group, or in the same security group: a head and a worker.
    """
    size = fleet.size
    own = size.above(1)
    # Every pool of a cluster shares its nodes' groups, so that says nothing of pools.
    if not own.excluded or size.maximum is None or fleet.launch.adds_interfaces:
        return Together(own, size.maximum, size.desired)
    total = fleet.stack.clusters.nodes(_ties(fleet))
    if total > 1:
        return Together(Truth.of(True, size.inputs), total, total)
    return Together(own, size.maximum, size.desired)


def _ties(fleet: Fleet) -> frozenset[Tie]:
    """What joins a fleet to others of a cluster: its types together with a placement group or a security group."""
    types = tuple(one.name for one in fleet.known_types)
    if not types or fleet.size.maximum is None or fleet.launch.adds_interfaces:
        return frozenset()
    joined = [link.element for link in fleet.launch_groups.known()]
    return frozenset((types, one.address) for one in (fleet.placement.element, *joined) if one is not None)


class Clusters:
    """Which fleets of a stack are tied, looked up once: a root may have thousands of machines in one group."""

    def __init__(self, fleets: Iterable[Fleet]) -> None:
        self._tied: dict[Tie, list[Fleet]] = {}
        self._nodes: dict[frozenset[Tie], int] = {}
        for fleet in fleets:
            for tie in _ties(fleet):
                self._tied.setdefault(tie, []).append(fleet)

    def nodes(self, ties: frozenset[Tie]) -> int:
        """How many nodes the fleets have at most that share one of these ties."""
        if ties not in self._nodes:
            fleets = {id(fleet): fleet for tie in ties for fleet in self._tied.get(tie, ())}
            self._nodes[ties] = sum(fleet.size.maximum or 0 for fleet in fleets.values())
        return self._nodes[ties]


def _how_many(size: Together) -> tuple[str, ...]:
    return (f"up to {size.maximum} nodes",) if size.maximum is not None else ("its maximum is not known",)


def _said(fleet: Fleet) -> tuple[str, str] | None:
    for name, told in tags_of(fleet):
        if name in (ROLE_TAG, ROLE_LABEL) and told in ("training", "serving", "other"):
            return name, told
    return None


def _asked(fleet: Fleet) -> tuple[Truth, str]:
    """EFA asked for, a multi-node job definition, or several accelerated nodes of a training service."""
    if fleet.launch.adds_interfaces:
        # Pods that these sources do not hold ask for EFA or not: that is no sign by itself.
        pods = next((load for load in fleet.workloads if (load.asks_efa & load.several).certain), None)
        if pods is not None:
            return YES, f"{pods.label} asks for EFA"
        return fleet.efa_interfaces.any(lambda _: YES), "EFA interfaces are written out"
    if fleet.managed_fabric:
        return fleet.accelerated & fleet.size.above(1), f"a {fleet.kind} of several accelerated nodes"
    for job in fleet.batch_jobs:
        if job.get("type").is_("multinode").certain:
            return YES, f"{job.label} is a multi-node parallel job"
    efa = fleet.asks_efa
    return efa, "EFA is asked for" if efa.certain else "whether EFA is asked for is not known"


def _by_words(fleet: Fleet, size: Together) -> Role:
    tokens = list(texts_of(fleet))
    training, serving = training_words(tokens), serving_words(tokens)
    grouped = fleet.in_cluster_group
    evidence: list[str] = []
    if training:
        evidence.append(f"its names and scripts say {', '.join(training[:4])}")
    trainers = [load for load in fleet.workloads if load.training]
    servers = [load for load in fleet.workloads if load.serving and not load.training]
    evidence.extend(f"{load.label} trains on it ({', '.join(load.training[:4])})" for load in trainers[:2])
    if grouped.certain:
        evidence.append("it joins a cluster placement group")
    if serving or servers:
        said = f"its names and scripts say {', '.join(serving[:4])}"
        if not serving:
            said = f"{servers[0].label} serves on it ({', '.join(servers[0].serving[:4])})"
        if training or trainers or grouped.certain:
            return Role(_open(fleet, "serving words and signs of training speak at once"), (said, *evidence))
        return Role(NO, (said,))
    # A pool may launch whatever its pods ask for: that it could launch such a type says nothing of them.
    full = NO if fleet.launch.adds_interfaces else fleet.any_type(lambda t: t.fabric_class)
    able = fleet.any_type(lambda t: t.accelerated or t.hpc)
    if full.certain:
        evidence.append(
            f"{', '.join(t.name for t in fleet.known_types if t.fabric_class)} is bought for its fabric"
        )
    speaks = (grouped & able) | full | (able & Truth.of(bool(training or trainers)))
    if speaks.certain:
        if size.maximum is not None and size.desired is not None and size.desired <= 1 < size.maximum:
            return Role(
                _open(fleet, f"it starts with {size.desired} of at most {size.maximum} nodes"),
                tuple(evidence),
            )
        several = size.above | any_of(load.several & load.fills_nodes(fleet) for load in trainers)
        return Role(speaks & several, (*evidence, *_how_many(size)))
    cpu = fleet.every_type(lambda t: not t.accelerated and not t.hpc)
    if cpu.certain:
        return Role(Truth("no", (), cpu.inputs), ("its types have no accelerators",))
    if speaks.undecided:
        return Role(speaks, tuple(evidence))
    return Role(_open(fleet, "nothing says whether its nodes train together"), tuple(evidence))


def _open(fleet: Fleet, why: str) -> Truth:
    return Truth.unknown(Reason(f"{fleet.label}: {why}", fleet.place))


def texts_of(fleet: Fleet) -> Iterator[str]:
    """What is written in the fleet's own names, labels, tags, taints and scripts (job names for Batch)."""
    yield fleet.label
    yield fleet.launch.label
    for call in fleet.element.calls:
        yield call.name
    for value in fleet.launch.words:
        yield from _texts(value)
    for name, told in tags_of(fleet):
        yield name
        yield told
    if fleet.template is not None:
        yield fleet.template.label
        yield from _texts(fleet.template.get("name"))
    for script in fleet.scripts:
        yield " ".join(sorted(script.words()))
    for job in fleet.batch_jobs:
        yield job.label
        yield from _texts(job.get("name"))


def tags_of(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """Names and values of the fleet's tags, labels and taints, as far as they are known."""
    values = list(fleet.launch.tags)
    if fleet.template is not None:
        values.append(fleet.template.get("tags"))
        values.append(fleet.template.get("instance_tags"))
    for value in values:
        yield from _pairs(value)


def _pairs(value: Value) -> Iterator[tuple[str, str]]:
    """The pairs of a map, or of a list of {key, value} objects; blocks that hold such things are looked into."""
    todo = [value]
    seen = 0
    while todo and seen < 1000:
        item = todo.pop(0)
        seen += 1
        for option in item.options():
            data = option.data
            if isinstance(data, Seq):
                todo.extend(data.items)
            elif isinstance(data, Map):
                lowered = {key.lower(): entry for key, entry in data.entries.items()}
                key = lowered.get("key")
                if key is not None:
                    told = lowered.get("value")
                    yield key.text() or "", " ".join(_texts(told)) if told is not None else ""
                    continue
                for name, entry in data.entries.items():
                    if isinstance(entry.data, (Map, Seq)):
                        todo.append(entry)
                    else:
                        yield name, " ".join(_texts(entry))


def _texts(value: Value) -> Iterator[str]:
    for option in value.options():
        data = option.data
        if isinstance(data, Text):
            yield data.render(" ")
        elif isinstance(data, Seq):
            for item in data.items:
                yield from _texts(item)
        elif (text := option.text()) is not None:
            yield text
