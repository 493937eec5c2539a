"""Batch job definitions: whether their nodes talk, what their containers set, and where they can run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING

from fabriclint.manifests import documents
from fabriclint.model.endpoints import Endpoint
from fabriclint.model.network import RouteTable, Subnet, Vpc
from fabriclint.model.stack import Link, Stack, View
from fabriclint.values import NO, Many, Map, Member, Truth, Unknown, Value, all_of

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

# What a container of a job needs before anything else: its image, and a place for its logs.
_NEEDED = ("ecr.dkr", "logs")


class BatchJob(View):
    """A Batch job definition."""

    @property
    def multinode(self) -> Truth:
        """Whether it is a multi-node parallel job."""
        return self.element.get("type").is_("multinode")

    @cached_property
    def containers(self) -> Many[Value]:
        """Its containers, of every range of nodes."""
        nodes = _document(self.element.get("node_properties"))
        single = _document(self.element.get("container_properties"))
        found: Many[Value] = Many() if single.absent else Many((Member(single),))
        ranges = field(nodes, "nodeRangeProperties").members()
        for one in ranges.possible():
            container = field(one, "container")
            if not container.absent:
                found = found.plus(Many((Member(container),)))
        return found.plus(Many((), ranges.more or nodes.unknown))

    @cached_property
    def environment(self) -> tuple[tuple[str, Value], ...]:
        """The environment variables of its containers."""
        found: list[tuple[str, Value]] = []
        for container in self.containers.possible():
            for entry in field(container, "environment").members().possible():
                name = field(entry, "name").text()
                if name is not None:
                    found.append((name, field(entry, "value")))
        return tuple(found)

    @cached_property
    def pins_type(self) -> Truth:
        """Whether it names its instance type, which all its nodes then share."""
        return self.containers.any(lambda container: field(container, "instanceType").given())

    @cached_property
    def environments(self) -> Many[BatchEnvironment]:
        """The compute environments that go with it: it may run in any of them, since a queue is chosen on submission."""
        found = (
            Member(self.stack.view(BatchEnvironment, element), element.exists)
            for element in self.stack.beside(self.element, "batch_environment")
        )
        return Many(tuple(found), self._elsewhere)

    @cached_property
    def _elsewhere(self) -> Unknown | None:
        if not self.stack.of("batch_environment"):
            return Unknown.because("its compute environments are not in these sources", self.place)
        for queue in self.stack.of("batch_queue"):
            for block in queue.get("environments").members().possible():
                link = self.stack.link(block.field("environment"), "batch_environment")
                if link.element is None:
                    return link.unseen
        return self.stack.open


def batch_jobs(stack: Stack) -> tuple[BatchJob, ...]:
    """The Batch job definitions of a stack."""
    return tuple(stack.view(BatchJob, element) for element in stack.of("batch_job"))


class BatchEnvironment(View):
    """A Batch compute environment, as a multi-node parallel job sees it."""

    @property
    def on_spot(self) -> Truth:
        """Whether it buys Spot Instances."""
        return self.element.get("capacity").is_("SPOT")

    @property
    def fargate(self) -> Truth:
        """Whether it runs on Fargate, which has no multi-node jobs."""
        return self.element.get("capacity").among("FARGATE", "FARGATE_SPOT")

    @property
    def unmanaged(self) -> Truth:
        """Whether Batch leaves its machines to the user."""
        return self.element.get("managed").decide(
            lambda data: (
                data.upper() == "UNMANAGED" if isinstance(data, str) else False if data is None else None
            )
        )

    @cached_property
    def groups_only_in_template(self) -> Truth:
        """Whether only its launch template names security groups."""
        from fabriclint.model.fleets import template_of

        template = template_of(self.stack, self.element.get("launch_template")).element
        if template is None:
            return NO
        inner = template.get("interfaces").members().any(lambda nic: nic.field("security_groups").given())
        return self.element.get("security_groups").is_(None) & (
            template.get("security_groups").given() | inner
        )

    @cached_property
    def no_way_out(self) -> Truth:
        """Whether the containers of a multi-node job get nowhere: public subnets, no endpoints for what they need.

        They have no public address, so an internet gateway is no way out for them.
        """
        subnets = self.stack.links(self.element.get("subnets"), "subnet")
        return ~subnets.empty & subnets.all(lambda link: _stranded(self.stack, link))


def _stranded(stack: Stack, link: Link) -> Truth:
    if link.element is None:
        return Truth.unknown(link.unseen)
    subnet = stack.view(Subnet, link.element)
    table, vpc = subnet.table, subnet.vpc
    if table.element is None or vpc.element is None:
        return (
            NO
            if table.state == "absent"
            else Truth.unknown(table.unseen if table.element is None else vpc.unseen)
        )
    public = stack.view(RouteTable, table.element).leads("internet")
    endpoints = stack.view(Vpc, vpc.element).endpoints
    served = all_of(endpoints.any(partial(_serves, service)) for service in _NEEDED)
    return public & ~served


def _serves(service: str, endpoint: Endpoint) -> Truth:
    return endpoint.serves(service)


def _document(value: Value) -> Value:
    """A document that is an object, or JSON text of one."""
    if isinstance(value.data, Map) or value.absent:
        return value
    found = documents(value)
    first = next(found.possible(), None)
    if first is not None:
        return first
    return Value(found.more or Unknown.because(f"{value.show()} cannot be read", value.place), value.place)


def field(value: Value, name: str) -> Value:
    """A member by its name in camel case (the API's own JSON) or Pascal case (a template's)."""
    camel = value.field(name)
    return camel if not camel.absent else value.field(name[0].upper() + name[1:])


def picks_one_type(fleet: Fleet) -> Truth:
    """Whether one launch takes one type of several: a fleet that is told so, multi-node jobs that all name theirs."""
    one = fleet.element.get("single_type").on()
    if fleet.kind != "Batch compute environment":
        return one
    jobs = [job for job in batch_jobs(fleet.stack) if not job.multinode.excluded]
    return all_of(job.pins_type for job in jobs) if jobs else one


def settings_of(job: BatchJob) -> Iterator[tuple[str, Value]]:
    """The environment variables of a job whose nodes talk."""
    if job.multinode.certain:
        yield from job.environment
