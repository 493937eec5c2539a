"""What a fleet launches: machines of some types, with their interfaces and the groups of those."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from fabriclint.facts.instances import InstanceType, instance
from fabriclint.model.element import Element
from fabriclint.model.groups import SecurityGroup, efa_passes
from fabriclint.model.launch import FleetKind, Interface, Launch, Size, interfaces_of
from fabriclint.model.stack import Link, Stack
from fabriclint.model.types import decide_type, expand
from fabriclint.text import Span
from fabriclint.values import YES, Many, Member, Reason, Truth, Unknown, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.workload import Workload


EKS_GROUP_OPEN_SINCE = (1, 33)


class Machines:
    """The machines of a launcher with the launch template it uses; `compute.Fleet` says where they run and what for."""

    def __init__(self, stack: Stack, launch: Launch) -> None:
        self.stack = stack
        self.launch = launch
        self.element = launch.elements[0]
        self.template = launch.template.element

    @property
    def kind(self) -> FleetKind:
        """What launches it: an instance, an Auto Scaling group, …"""
        return self.launch.kind

    @property
    def size(self) -> Size:
        """How many nodes it may have."""
        return self.launch.size

    # what it is called and where it stands

    @property
    def address(self) -> str:
        """The launcher's address (with the group's name inside a HyperPod cluster)."""
        return f"{self.element.address}/{self.launch.label}" if self.launch.label else self.element.address

    @property
    def label(self) -> str:
        """How a person calls it."""
        name = self.element.label
        if len(self.launch.elements) > 1 and self.kind == "instance":
            name = f"{name.rpartition('[')[0]} ({len(self.launch.elements)} instances)"
        return f"{name} ({self.launch.label})" if self.launch.label else name

    @property
    def place(self) -> Span:
        """The header of the launcher's block."""
        return self.launch.place or self.element.place

    @property
    def exists(self) -> Truth:
        """Whether it is there at all."""
        return self.element.exists

    @property
    def recipe(self) -> Element:
        """The element its interfaces are written in: the launch template where there is one here, else the launcher."""
        return self.template if self.template is not None else self.element

    @property
    def recipe_place(self) -> Span:
        """The header of the block its interfaces are written in."""
        return self.template.place if self.template is not None else self.place

    @property
    def around(self) -> tuple[tuple[Span, str], ...]:
        """Where it is launched, for a finding that blames its launch template."""
        if self.template is None or self.template is self.element:
            return ()
        return ((self.place, f"{self.label} launches it"),)

    @cached_property
    def _unseen_template(self) -> Unknown | None:
        link = self.launch.template
        return None if link.state in ("absent", "here") else link.unseen

    def _template(self, word: str) -> Value:
        """An attribute of the launch template: unknown where the template is not in these sources."""
        if self.template is not None:
            return self.template.get(word)
        if self._unseen_template is not None:
            return Value(self._unseen_template, self.launch.template.value.place)
        return Value(None, self.place, "absent")

    def of_template(self, word: str) -> Value:
        """An attribute of its launch template; unknown where the template is not in these sources."""
        return self._template(word)

    # types

    @cached_property
    def types(self) -> Many[Value]:
        """The instance types it may launch."""
        own = self.launch.types
        if own.members or own.more is not None:
            return own
        requirements, written = self._template("requirements"), self._template("type")
        if not written.absent:
            if isinstance(written.data, Unknown):
                return Many((), written.data)
            return Many((Member(written),))
        why = (
            "the types are chosen by instance requirements"
            if not requirements.absent
            else "no instance type is written"
        )
        return Many((), Unknown.because(why, self.recipe_place))

    def type_is(self, test: Callable[[InstanceType], bool]) -> Many[Truth]:
        """The test asked of each type."""
        return self.types.map(lambda value: decide_type(value, test))

    def any_type(self, test: Callable[[InstanceType], bool]) -> Truth:
        """Whether some type it may launch passes."""
        return self.types.any(lambda value: decide_type(value, test))

    def every_type(self, test: Callable[[InstanceType], bool]) -> Truth:
        """Whether every type it may launch passes, and there is one."""
        return self.types.all(lambda value: decide_type(value, test)) & ~self.types.empty

    def launches(self, kind: InstanceType) -> Truth:
        """Whether it may launch this type; one of several types that a parameter allows is not decided."""
        return self.any_type(lambda t: t.name == kind.name)

    @cached_property
    def types_known(self) -> Truth:
        """Whether every type it may launch is decided and in the catalogue."""
        return self.every_type(lambda _: True)

    @cached_property
    def known_types(self) -> tuple[InstanceType, ...]:
        """The types it may launch that are written and in the catalogue, in the order written."""
        found: dict[str, InstanceType] = {}
        for value in self.types.possible():
            for option in value.options():
                for name in expand(option.text() or ""):
                    known = instance(name)
                    if known is not None:
                        found[known.name] = known
        return tuple(found.values())

    @cached_property
    def type_place(self) -> Span | None:
        """Where its (first) type is written."""
        found = next((value.place for value in self.types.possible() if value.place), None)
        written = self._template("type")
        return found or (None if written.absent else written.place)

    @cached_property
    def accelerated(self) -> Truth:
        """Whether it may launch a type with accelerators."""
        return self.any_type(lambda t: t.accelerated)

    # interfaces

    @cached_property
    def interfaces(self) -> Many[Interface]:
        """The interfaces its launches get, as far as they are written; none is a plain Ethernet interface."""
        found = self.launch.own_interfaces
        if self.template is not None:
            found = found.plus(interfaces_of(self.template))
        elif self._unseen_template is not None:
            found = found.plus(Many((), self._unseen_template))
        return found

    @cached_property
    def efa_interfaces(self) -> Many[Interface]:
        """The interfaces that are EFAs."""
        return self.interfaces.where(lambda nic: nic.efa)

    @cached_property
    def writes_efa(self) -> Truth:
        """Whether EFA interfaces are written out for its launches (at a HyperPod group: an interface type)."""
        return self.efa_interfaces.any(lambda _: YES) | self.launch.interface_type.among("efa", "efa-only")

    @cached_property
    def asks_efa(self) -> Truth:
        """Whether its launches ask for EFA; where interfaces are added on request, whether its pods do."""
        written = self.interfaces.any(lambda nic: nic.efa)
        if not self.launch.adds_interfaces:
            return written
        pods = any_of(load.exists & load.asks_efa for load in self.workloads)
        unseen = Truth.unknown(
            Reason("EFA interfaces are added when pods ask for vpc.amazonaws.com/efa", self.place)
        )
        return written | pods | (self.any_type(lambda t: t.efa_capable) & unseen)

    @property
    def managed_fabric(self) -> bool:
        """Whether the service brings interfaces and placement by itself (HyperPod)."""
        return self.launch.managed_fabric

    @cached_property
    def adds_interfaces(self) -> bool:
        """Whether interfaces are added when pods ask for them (Karpenter, EKS Auto Mode): none is written out."""
        return self.launch.adds_interfaces and not self.interfaces.members and self.interfaces.more is None

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """The workloads of these sources that certainly run on its nodes: what they select is what its nodes carry."""
        if self.launch.labels.absent:
            return ()
        return tuple(load for load in self.stack.workloads if load.runs_on(self).certain)

    @property
    def in_kubernetes(self) -> bool:
        """Whether its nodes join an EKS cluster, so that volumes are mounted for its pods."""
        return (
            self.kind in ("EKS node group", "Karpenter pool", "EKS Auto Mode pool")
            or self.orchestrated_by_eks
        )

    @property
    def orchestrated_by_eks(self) -> bool:
        """Whether it is an instance group of a HyperPod cluster that EKS orchestrates, and not Slurm."""
        if self.kind != "HyperPod instance group":
            return False
        orchestrator = self.element.get("orchestrator")
        return not (orchestrator.field("Eks").absent and orchestrator.field("eks").absent)

    @property
    def by_parallelcluster(self) -> bool:
        """Whether ParallelCluster launches it, which makes the interfaces itself and whose images bring the EFA software."""
        return self.kind == "ParallelCluster queue"

    @cached_property
    def uses_efa(self) -> Truth:
        """Whether its nodes talk over EFA: they ask for it, or the service brings it to a type that has it."""
        if self.managed_fabric:
            return self.any_type(lambda t: t.efa_capable)
        return self.asks_efa

    @cached_property
    def batch_jobs(self) -> tuple[Element, ...]:
        """The Batch job definitions that may run on it (none for anything but a Batch compute environment)."""
        if self.kind != "Batch compute environment":
            return ()
        return self.stack.beside(self.element, "batch_job")

    # groups

    def groups_of(self, nic: Interface) -> Many[Link]:
        """The security groups of an interface: its own, else the launch's.

        Multi-node parallel Batch jobs take the compute environment's groups whatever the template says
        (Batch user guide, "Compute environments for multi-node parallel jobs").
        """
        multinode = any(job.get("type").is_("multinode").certain for job in self.batch_jobs)
        if nic.groups.absent or (multinode and not self.launch.groups.absent):
            return self.launch_groups
        return self.stack.links(nic.groups, "security_group")

    @cached_property
    def launch_groups(self) -> Many[Link]:
        """The groups written at the launcher or at the top of the template."""
        own = self.launch.groups
        if own.absent:
            own = self._template("security_groups")
        if own.absent:
            if self.kind == "EKS node group":
                return Many((), self._cluster_group)
            why = "no security group is written: the VPC's default group is used"
            return Many((), Unknown.because(why, self.recipe_place))
        return self.stack.links(own, "security_group")

    @cached_property
    def _cluster_group(self) -> Unknown:
        why = "no security group is written: EKS attaches the cluster's group"
        return Unknown.because(why, self.recipe_place)

    @cached_property
    def cluster_group_open(self) -> Truth:
        """Whether the group that EKS attaches lets EFA traffic through: it does since Kubernetes 1.33.

        Source: EKS user guide, "View Amazon EKS security group requirements for clusters".
        """
        cluster = self.stack.link(self.element.get("cluster"), "eks_cluster").element
        if cluster is None:
            return Truth.unknown(self._cluster_group)
        version = cluster.get("version")
        numbers = (version.text() or "").split(".")
        if len(numbers) >= 2 and numbers[0].isdigit() and numbers[1].isdigit():
            since = (int(numbers[0]), int(numbers[1])) >= EKS_GROUP_OPEN_SINCE
            return YES.under(version.inputs) if since else Truth.unknown(self._cluster_group)
        return Truth.unknown(self._cluster_group)

    @cached_property
    def efa_group_sets(self) -> tuple[tuple[Interface | None, Many[Link]], ...]:
        """The group sets of its EFA interfaces, each once (None: the sets of a managed fabric)."""
        if self.managed_fabric or self.adds_interfaces:
            return ((None, self.launch_groups),)
        seen: dict[tuple[object, ...], tuple[Interface | None, Many[Link]]] = {}
        for nic in self.efa_interfaces.possible():
            links = self.groups_of(nic)
            key = tuple(
                link.element.address if link.element else link.value.words() for link in links.possible()
            )
            seen.setdefault((*key, links.more is None), (nic, links))
        return tuple(seen.values())

    def efa_set_open(self, links: Many[Link]) -> Truth:
        """Whether a set of groups lets EFA traffic pass between its members."""
        if self.launch.own_group_is_open:
            return YES
        if links.more is self._cluster_group and not links.members:
            return self.cluster_group_open
        groups: list[SecurityGroup] = []
        unseen = links.more
        for member in links.members:
            link = member.item
            if link.element is not None and link.element.kind == "security_group":
                groups.append(self.stack.view(SecurityGroup, link.element))
            elif link.state != "absent":
                unseen = link.unseen if unseen is None else unseen.also(link.unseen)
        passes = efa_passes(tuple(groups))
        return passes if unseen is None else passes | Truth.unknown(unseen)
