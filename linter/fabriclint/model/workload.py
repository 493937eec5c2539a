"""What runs on a Kubernetes cluster: training jobs, deployments and their kin, as far as these sources hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from fabriclint.facts.instances import InstanceType
from fabriclint.model.element import Element
from fabriclint.model.kubernetes import KubernetesObject, listed, pairs, quantity
from fabriclint.scripts.words import serving_words, training_words
from fabriclint.text import Span
from fabriclint.values import NO, NO_INPUTS, Map, Reason, Seq, Text, Truth, Unknown, Value, all_of, any_of

if TYPE_CHECKING:
    from fabriclint.model.machines import Machines
    from fabriclint.model.stack import Stack

EFA: Final = "vpc.amazonaws.com/efa"
_ACCELERATORS: Final = (
    "nvidia.com/gpu",
    "amd.com/gpu",
    "habana.ai/gaudi",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neurondevice",
    "aws.amazon.com/neuroncore",
)
# Those that the catalogue counts as whole accelerators of a node.
_WHOLE: Final = (
    "nvidia.com/gpu",
    "amd.com/gpu",
    "habana.ai/gaudi",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neurondevice",
)
# Kinds that train by what they are, and the token that says so.
_TRAINING_KINDS: Final = {
    "PyTorchJob": "pytorchjob",
    "MPIJob": "mpijob",
    "TFJob": "tfjob",
    "PaddleJob": "paddlejob",
    "XGBoostJob": "trainjob",
    "TrainJob": "trainjob",
    "ElasticJob": "elasticjob",
    "HyperPodPyTorchJob": "hyperpodpytorchjob",
}
_SERVING_KINDS: Final = {
    "RayService": "rayservice",
    "InferenceService": "inferenceservice",
    "NIMService": "nimservice",
}
# Selectors that every node of the fleet's own operating system meets.
_EVERYWHERE: Final = frozenset(
    {"kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/arch"}
)
_TYPE_KEYS: Final = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_ONE: Final = Value(1, None, "default")


class Pods:
    """Like pods of a workload: how many there are at most, and what one of them is."""

    def __init__(self, role: str, replicas: Value, spec: Value) -> None:
        self.role = role
        self.replicas = replicas
        self.spec = spec

    @cached_property
    def containers(self) -> tuple[Value, ...]:
        """Its containers."""
        return tuple(self.spec.field("containers").members().possible())

    @cached_property
    def _unseen(self) -> Unknown | None:
        if self.spec.unknown is not None:
            return self.spec.unknown
        return self.spec.field("containers").members().more

    def resource(self, container: Value, name: str) -> Value:
        """What a container asks for of a resource: its limit, else its request."""
        for kind in ("limits", "requests"):
            found = container.field("resources", kind).field(name)
            if not found.absent:
                return found
        return Value(None, container.place, "absent")

    def asks(self, *names: str) -> Truth:
        """Whether a container asks for one of these resources (more than zero of it)."""
        found = [_positive(self.resource(container, name)) for container in self.containers for name in names]
        result = any_of(found)
        return result if self._unseen is None else result | Truth.unknown(self._unseen)

    def amount(self, *names: str) -> float | None:
        """How much of these resources one pod asks for; None where that is not known."""
        total = 0.0
        for container in self.containers:
            for name in names:
                written = self.resource(container, name)
                if not written.absent:
                    number = quantity(written)
                    if number is None:
                        return None
                    total += number
        return None if self._unseen is not None else total

    @property
    def accelerators(self) -> float | None:
        """The accelerators one pod asks for; None where that is not known."""
        return self.amount(*_ACCELERATORS)

    @property
    def asks_accelerators(self) -> Truth:
        """Whether it asks for accelerators."""
        return self.asks(*_ACCELERATORS)

    @property
    def asks_efa(self) -> Truth:
        """Whether it asks for EFA interfaces."""
        return self.asks(EFA)

    @property
    def asks_hugepages(self) -> Truth:
        """Whether it asks for huge pages, which EFA needs."""
        return self.asks("hugepages-2Mi", "hugepages-1Gi")

    def environment(self, container: Value) -> dict[str, Value]:
        """The environment variables of one container that are written as values."""
        found: dict[str, Value] = {}
        for entry in container.field("env").members().possible():
            name = entry.field("name").text()
            if name is not None and not entry.field("value").absent:
                found[name] = entry.field("value")
        return found

    @cached_property
    def selector(self) -> tuple[dict[str, tuple[Value, ...]], Unknown | None]:
        """The labels its node must carry, each with the values it may have, and why there may be more."""
        entries, more = pairs(self.spec.field("nodeSelector"))
        found: dict[str, tuple[Value, ...]] = {key: (value,) for key, value in entries.items()}
        required = self.spec.field(
            "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"
        )
        terms = required.field("nodeSelectorTerms").members()
        more = more or terms.more
        alternatives = list(terms.possible())
        if len(alternatives) > 1:
            return found, more or Unknown.because("its node affinity leaves a choice", required.place)
        for term in alternatives:
            for one in term.field("matchExpressions").members().possible():
                key, values = one.field("key").text(), one.field("values").members()
                if key is None or one.field("operator").text() != "In" or values.more is not None:
                    more = more or Unknown.because("its node affinity is not a list of labels", one.place)
                else:
                    found[key] = tuple(values.possible())
        return found, more

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What is written in its containers' names, images, commands and arguments."""
        words = ("name", "image", "command", "args")
        return tuple(
            text for container in self.containers for word in words for text in _texts(container.field(word))
        )


class Workload:
    """A job, deployment or the like, with the groups of like pods it is made of."""

    def __init__(self, stack: Stack, one: KubernetesObject, pods: tuple[Pods, ...]) -> None:
        self.stack = stack
        self.object = one
        self.kind = one.manifest.kind
        self.pods = pods

    @property
    def element(self) -> Element:
        """The element that applies it."""
        return self.object.element

    @property
    def address(self) -> str:
        """The address of what applies it, with its own name where that holds several objects."""
        own = self.object.manifest.alone
        return self.element.address if own else f"{self.element.address}/{self.kind}/{self.name}"

    @property
    def name(self) -> str:
        """Its name as far as it is known."""
        return self.object.name

    @property
    def label(self) -> str:
        """How a person calls it."""
        return f"{self.kind} {self.name}".rstrip()

    @property
    def place(self) -> Span:
        """Where it stands."""
        return self.object.place

    @property
    def exists(self) -> Truth:
        """Whether it is there at all."""
        return self.object.exists

    @cached_property
    def workers(self) -> Value:
        """The most pods that work side by side: those that ask for accelerators, else all."""
        able = [pods for pods in self.pods if not pods.asks_accelerators.excluded]
        total, inputs = 0, NO_INPUTS
        for pods in able or self.pods:
            number = pods.replicas.number()
            if number is None:
                why = pods.replicas.unknown or Unknown.because(
                    "how many pods there are is not known", self.place
                )
                return Value(why, pods.replicas.place or self.place)
            total += int(number)
            inputs |= pods.replicas.inputs
        return Value(total, self.place, inputs=inputs)

    @cached_property
    def several(self) -> Truth:
        """Whether more than one pod works at a time."""
        return self.workers.decide(lambda data: data > 1 if isinstance(data, int) else None)

    @cached_property
    def asks_efa(self) -> Truth:
        """Whether a pod asks for EFA interfaces."""
        return any_of(pods.asks_efa for pods in self.pods)

    @cached_property
    def asks_accelerators(self) -> Truth:
        """Whether a pod asks for accelerators."""
        return any_of(pods.asks_accelerators for pods in self.pods)

    @cached_property
    def training(self) -> tuple[str, ...]:
        """The words that speak for training, where several pods work together: its kind, names, images and commands."""
        if self.kind in ("Deployment", *_SERVING_KINDS) or not self.several.certain:
            return ()
        own = _TRAINING_KINDS.get(self.kind)
        return ((own,) if own else ()) + training_words(self._texts)

    @cached_property
    def serving(self) -> tuple[str, ...]:
        """The words that speak for serving."""
        if self.kind in _TRAINING_KINDS:
            return ()
        own = _SERVING_KINDS.get(self.kind)
        return ((own,) if own else ()) + serving_words(self._texts)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return (self.name, *(text for pods in self.pods for text in pods.texts))

    def runs_on(self, fleet: Machines) -> Truth:
        """Whether its pods run on a fleet's nodes: a label that they select is one the nodes carry, and none is missing."""
        asked = [pods for pods in self.pods if not pods.asks_accelerators.excluded] or list(self.pods)
        return self.exists & any_of(_meets(pods, fleet) for pods in asked)

    def spans_nodes(self, fleet: Machines) -> Truth:
        """Whether it asks for more accelerators than one node of the fleet has, so that its pods are on several nodes."""
        total = 0.0
        for pods in self.pods:
            each, number = pods.amount(*_WHOLE), pods.replicas.number()
            if each is None or number is None:
                return Truth.unknown(
                    Reason(f"how many accelerators {self.label} takes is not known", self.place)
                )
            total += each * number
        if total <= 0:
            return Truth.unknown(Reason(f"how many accelerators {self.label} takes is not known", self.place))
        return fleet.every_type(lambda t: 0 < t.accelerators < total)

    def fills_nodes(self, fleet: Machines) -> Truth:
        """Whether two of its pods never share a node of the fleet, so that several pods are several nodes."""
        for pods in self.pods:
            wanted = pods.amount(*_WHOLE)
            if pods.asks_accelerators.certain and wanted is not None and (pods.replicas.number() or 0) > 1:
                return fleet.every_type(partial(_too_small_for_two, wanted))
        return Truth.unknown(Reason(f"whether {self.label} takes several nodes is not known", self.place))


def _too_small_for_two(wanted: float, type_: InstanceType) -> bool:
    return 0 < type_.accelerators < 2 * wanted


def _meets(pods: Pods, fleet: Machines) -> Truth:
    wanted, more = pods.selector
    carried, unseen = pairs(fleet.launch.labels)
    if more is not None:
        return Truth.unknown(more)
    results: list[Truth] = []
    for key, values in wanted.items():
        if key in _EVERYWHERE:
            continue
        if key in _TYPE_KEYS:
            names = {value.text() for value in values}
            results.append(_only_fleet_of(fleet, names))
        elif key in carried:
            results.append(any_of(carried[key].same(value) for value in values))
        else:
            results.append(NO if unseen is None else Truth.unknown(unseen))
    return all_of(results) if results else NO


def _only_fleet_of(fleet: Machines, names: set[str | None]) -> Truth:
    """Whether the fleet is the only one with labels that launches a type of these names."""
    others = [other for other in fleet.stack.fleets if not other.launch.labels.absent]
    able = [other for other in others if not other.any_type(lambda t: t.name in names).excluded]
    if able == [fleet]:
        return fleet.any_type(lambda t: t.name in names)
    return NO if fleet not in able else Truth.unknown(Reason("several fleets launch the type", fleet.place))


# ------------------------------------------------------------------ kinds


def workloads_of(stack: Stack) -> tuple[Workload, ...]:
    """The workloads of the stack's manifests, in source order."""
    found: list[Workload] = []
    for one in stack.kubernetes.objects:
        read = _KINDS.get(one.manifest.kind)
        if read is not None:
            pods = tuple(read(one.manifest.get("spec")))
            if pods:
                found.append(Workload(stack, one, pods))
    return tuple(found)


def _template(role: str, replicas: Value, holder: Value) -> Pods:
    return Pods(role, _ONE if replicas.absent else replicas, holder.field("template", "spec"))


def _replicated(spec: Value) -> Iterator[Pods]:
    yield _template("pod", spec.field("replicas"), spec)


def _job(spec: Value) -> Iterator[Pods]:
    yield _template("pod", spec.field("parallelism"), spec)


def _pod(spec: Value) -> Iterator[Pods]:
    yield Pods("pod", _ONE, spec)


def _specs(word: str) -> Callable[[Value], Iterator[Pods]]:
    """Kubeflow's jobs: a map of roles; HyperPod's: a list of them."""

    def read(spec: Value) -> Iterator[Pods]:
        written = spec.field(word)
        entries, _ = pairs(written)
        for role, holder in entries.items():
            yield _template(role, holder.field("replicas"), holder)
        if isinstance(written.data, Seq):
            for holder in written.members().possible():
                most = holder.field("maxReplicas")
                yield _template(
                    holder.field("name").text() or "",
                    holder.field("replicas") if most.absent else most,
                    holder,
                )

    return read


def _ray(*path: str) -> Callable[[Value], Iterator[Pods]]:
    def read(spec: Value) -> Iterator[Pods]:
        cluster = spec.field(*path) if path else spec
        head = cluster.field("headGroupSpec")
        if not head.absent:
            yield _template("head", _ONE, head)
        for group in listed(cluster.field("workerGroupSpecs")).possible():
            most = group.field("maxReplicas")
            replicas = group.field("replicas") if most.absent else most
            yield _template(group.field("groupName").text() or "worker", replicas, group)

    return read


def _job_set(spec: Value) -> Iterator[Pods]:
    for job in listed(spec.field("replicatedJobs")).possible():
        inner = job.field("template", "spec")
        replicas = _times(job.field("replicas"), inner.field("parallelism"))
        yield _template(job.field("name").text() or "job", replicas, inner)


def _leader_worker_set(spec: Value) -> Iterator[Pods]:
    template = spec.field("leaderWorkerTemplate")
    leader = template.field("leaderTemplate")
    size = template.field("size")
    worker = template.field("workerTemplate", "spec")
    if leader.absent:
        yield Pods("worker", _ONE if size.absent else size, worker)
        return
    yield Pods("leader", _ONE, leader.field("spec"))
    number = size.number()
    rest = size if number is None or size.absent else Value(int(number) - 1, size.place, inputs=size.inputs)
    yield Pods("worker", rest, worker)


def _train_job(spec: Value) -> Iterator[Pods]:
    trainer = spec.field("trainer")
    container = Value(
        Map(
            {
                word: entry
                for word, entry in {
                    "image": trainer.field("image"),
                    "command": trainer.field("command"),
                    "args": trainer.field("args"),
                    "env": trainer.field("env"),
                    "resources": trainer.field("resourcesPerNode"),
                }.items()
                if not entry.absent
            }
        ),
        trainer.place,
    )
    nodes = trainer.field("numNodes")
    yield Pods(
        "node",
        _ONE if nodes.absent else nodes,
        Value(Map({"containers": Value(Seq((container,)))}), trainer.place),
    )


def _times(one: Value, two: Value) -> Value:
    if one.absent or two.absent:
        return two if one.absent else one
    first, second = one.number(), two.number()
    if first is None or second is None:
        return one if first is None else two
    return Value(int(first * second), one.place, inputs=one.inputs | two.inputs)


_KINDS: Final[dict[str, Callable[[Value], Iterator[Pods]]]] = {
    "PyTorchJob": _specs("pytorchReplicaSpecs"),
    "MPIJob": _specs("mpiReplicaSpecs"),
    "TFJob": _specs("tfReplicaSpecs"),
    "PaddleJob": _specs("paddleReplicaSpecs"),
    "XGBoostJob": _specs("xgbReplicaSpecs"),
    "HyperPodPyTorchJob": _specs("replicaSpecs"),
    "ElasticJob": _specs("replicaSpecs"),
    "TrainJob": _train_job,
    "RayCluster": _ray(),
    "RayJob": _ray("rayClusterSpec"),
    "RayService": _ray("rayClusterConfig"),
    "JobSet": _job_set,
    "LeaderWorkerSet": _leader_worker_set,
    "StatefulSet": _replicated,
    "Deployment": _replicated,
    "Job": _job,
    "Pod": _pod,
}


# ------------------------------------------------------------------ values


def _positive(value: Value) -> Truth:
    if value.absent:
        return NO
    number = quantity(value)
    if number is not None:
        return Truth.of(number > 0, value.inputs)
    why = value.unknown or Unknown.because(f"{value.show()} is not known", value.place)
    return Truth.unknown(why)


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
