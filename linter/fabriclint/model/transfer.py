"""Data transfers: DataSync tasks, their locations and agents."""

from __future__ import annotations

from functools import cached_property

from fabriclint.model.element import Element
from fabriclint.model.stack import Link, Stack, View
from fabriclint.values import NO, YES, Truth, Value, any_of

ON_PREMISES_PROTOCOLS = ("nfs", "smb", "hdfs")


class Agent(View):
    """A DataSync agent these sources register."""

    @property
    def private(self) -> Truth:
        """Whether it was activated on a VPC endpoint, so that its traffic takes a private path."""
        return self.element.get("endpoint").given() | self.element.get("private_endpoint").given()


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


class DataSyncTask(View):
    """A DataSync task these sources make."""

    @property
    def verify_mode(self) -> Value:
        """Its verify mode; absent is a mode that verifies (T19)."""
        return self.element.get("verify_mode")

    @cached_property
    def source(self) -> Location | None:
        """Where it reads, where these sources make that location."""
        return self._location("source")

    @cached_property
    def destination(self) -> Location | None:
        """Where it writes, where these sources make that location."""
        return self._location("destination")

    def _location(self, word: str) -> Location | None:
        element: Element | None = self.stack.link(self.element.get(word), "datasync_location").element
        return self.stack.view(Location, element) if element is not None else None


def bulk_transfers(stack: Stack) -> tuple[DataSyncTask, ...]:
    """The tasks that read storage outside AWS, or may."""
    return tuple(
        task for task in stack.tasks if task.source is not None and not task.source.on_premises.excluded
    )
