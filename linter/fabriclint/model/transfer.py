"""Data transfers: DataSync tasks, their locations and agents."""

from __future__ import annotations

from functools import cached_property

from fabriclint.model.element import Element
from fabriclint.model.network import Subnet
from fabriclint.model.regions import bucket_of, bucket_region, made_in_other_regions, other_regions
from fabriclint.model.stack import Link, Stack, View
from fabriclint.text import Span
from fabriclint.values import NO, YES, Reference, Text, Truth, Value, any_of

ON_PREMISES_PROTOCOLS = ("nfs", "smb", "hdfs")
# What an agent's address is read from when the agent is a machine in AWS.
_IN_AWS = ("aws_instance", "aws_eip", "aws_network_interface", "aws_spot_instance_request")


class Agent(View):
    """A DataSync agent these sources register."""

    @property
    def private(self) -> Truth:
        """Whether it was activated on a VPC endpoint, so that its traffic takes a private path."""
        return self.element.get("endpoint").given() | self.element.get("private_endpoint").given()

    @cached_property
    def locations(self) -> tuple[Location, ...]:
        """The locations of these sources that it serves."""
        views = (self.stack.view(Location, element) for element in self.stack.of("datasync_location"))
        return tuple(view for view in views if any(link.element is self.element for link in view.agents))

    @cached_property
    def in_aws(self) -> Truth:
        """Whether it certainly runs on a machine in AWS: its address is that of an instance of these sources."""
        return (
            YES if any(self._cloud_address(value) for value in self.element.get("address").options()) else NO
        )

    def _cloud_address(self, value: Value) -> bool:
        handle = value.handle
        if handle is None and isinstance(value.data, Text):
            handle = next((part for part in value.data.parts if isinstance(part, Reference)), None)
        if handle is None:
            return False
        return any(f".{kind}." in f".{handle.target}" for kind in _IN_AWS)

    @cached_property
    def machine(self) -> Element | None:
        """The instance it runs on, where these sources make it."""
        for value in self.element.get("address").options():
            found = self.stack.at(value.handle.target) if value.handle is not None else None
            if found is not None and found.kind == "instance":
                return found
        return None

    @cached_property
    def vpc(self) -> Link:
        """The VPC that its instance runs in."""
        if self.machine is not None:
            subnet = self.stack.link(self.machine.get("subnet"), "subnet")
            if subnet.element is not None:
                return self.stack.view(Subnet, subnet.element).vpc
        return Link("absent", Value(None, self.place, "absent"))


class Location(View):
    """One end of a DataSync task."""

    @property
    def protocol(self) -> str:
        """nfs, smb, hdfs, s3, efs, lustre, …"""
        return self.element.get("protocol").text() or ""

    @property
    def host(self) -> Value:
        """The server it reads from or writes to."""
        return self.element.get("host")

    @cached_property
    def agents(self) -> tuple[Link, ...]:
        """The agents that serve it."""
        return tuple(self.stack.links(self.element.get("agents"), "datasync_agent").possible())

    @cached_property
    def by_private_path(self) -> Truth:
        """Whether some agent of it was activated on a VPC endpoint."""
        found: list[Truth] = []
        for link in self.agents:
            if link.element is not None:
                found.append(self.stack.view(Agent, link.element).private)
            else:
                found.append(Truth.unknown(link.unseen))
        return any_of(found)

    @cached_property
    def on_premises(self) -> Truth:
        """Whether it is storage that an agent reads outside AWS: an NFS, SMB or HDFS server that is not one of AWS's."""
        if self.protocol not in ON_PREMISES_PROTOCOLS:
            return NO
        nowhere = Link("unknown", self.host, reason=self.host.unknown)
        outside, _, _ = self.stack.hybrid.outside(self.host, nowhere)
        if outside.undecided and self.host.unknown is None and self.stack.hybrid.present:
            # The sources build the link to a site, and an agent is what reads the site's storage.
            return YES
        return outside

    def beyond(self, vpc: Link) -> tuple[Truth, str, tuple[tuple[Span, str], ...]]:
        """Whether its server is certainly outside AWS, as a machine in `vpc` sees it; how, and the places that say so."""
        if self.protocol not in ON_PREMISES_PROTOCOLS:
            return NO, "", ()
        return self.stack.hybrid.outside(self.host, vpc)

    @property
    def bucket(self) -> Value:
        """The bucket it reads or writes."""
        return self.element.get("bucket")

    @cached_property
    def region(self) -> Value:
        """The Region of its bucket; where that is not known, the one the location is made in."""
        found = bucket_region(self.stack, self.bucket)
        own = self.element.region
        return own if found.unknown is not None and own is not None else found


class DataSyncTask(View):
    """A DataSync task these sources make."""

    @property
    def verify_mode(self) -> Value:
        """Its verify mode; absent is a mode that verifies (T19)."""
        return self.element.get("verify_mode")

    @property
    def name(self) -> str:
        """Its name as far as it is known."""
        return self.element.get("name").text() or ""

    @property
    def cap(self) -> Value:
        """The bytes a second it may use at most; absent or -1 is no cap."""
        return self.element.get("bytes_per_second")

    @cached_property
    def selects(self) -> Truth:
        """Whether it copies a part only: by a filter."""
        return self.element.get("includes").given() | self.element.get("excludes").given()

    @property
    def scheduled(self) -> Truth:
        """Whether it runs by itself again and again."""
        return self.element.get("schedule").given()

    @cached_property
    def source(self) -> Location | None:
        """Where it reads, where these sources make that location."""
        return self._location("source")

    @cached_property
    def destination(self) -> Location | None:
        """Where it writes, where these sources make that location."""
        return self._location("destination")

    @cached_property
    def by_agent(self) -> Truth:
        """Whether an agent reads or writes for it."""
        ends = [end for end in (self.source, self.destination) if end is not None]
        if any(end.agents for end in ends):
            return YES
        if len(ends) == 2:
            return NO
        return Truth.unknown(f"a location of {self.label} is not in these sources", self.place)

    @cached_property
    def between_regions(self) -> Truth:
        """Whether it copies from one bucket to another in a different Region."""
        one, two = self.source, self.destination
        if one is None or two is None:
            return NO if self._not_s3(one, two) else self._unseen
        if {one.protocol, two.protocol} != {"s3"} or one.agents or two.agents:
            return NO
        first, second = bucket_of(self.stack, one.bucket), bucket_of(self.stack, two.bucket)
        if first is not None and second is not None and {first.kind, second.kind} == {"bucket"}:
            return made_in_other_regions(self.stack, first, second)
        return other_regions(one.region, two.region)

    def _not_s3(self, *ends: Location | None) -> bool:
        return any(end is not None and end.protocol != "s3" for end in ends)

    @property
    def _unseen(self) -> Truth:
        return Truth.unknown(f"a location of {self.label} is not in these sources", self.place)

    def _location(self, word: str) -> Location | None:
        element: Element | None = self.stack.link(self.element.get(word), "datasync_location").element
        return self.stack.view(Location, element) if element is not None else None


def agents_of(stack: Stack) -> tuple[Agent, ...]:
    """The DataSync agents these sources register."""
    return tuple(stack.view(Agent, element) for element in stack.of("datasync_agent"))
