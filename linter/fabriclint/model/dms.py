"""Database Migration Service: the tasks that copy tables into a bucket."""

from __future__ import annotations

from functools import cached_property

from fabriclint.model.stack import Stack, View
from fabriclint.values import NO, Truth, Value, any_of

FULL_LOAD = "full-load"


class DmsTask(View):
    """A DMS replication task, or serverless replication, these sources make."""

    @property
    def migration_type(self) -> Value:
        """full-load, cdc or full-load-and-cdc."""
        return self.element.get("migration_type")

    @cached_property
    def into_s3(self) -> Truth:
        """Whether its target is an S3 endpoint."""
        link = self.stack.link(self.element.get("target"), "dms_endpoint")
        if link.element is not None:
            return link.element.get("engine").is_("s3")
        return NO if link.state == "absent" else Truth.unknown(link.unseen)

    @property
    def names_cdc_start(self) -> Truth:
        """Whether it says from where changes are to be captured."""
        return self.element.get("cdc_start").given()

    @cached_property
    def followed(self) -> Truth:
        """Whether another task of these sources captures the changes of the same source."""
        mine = self.stack.link(self.element.get("source"), "dms_endpoint")
        return any_of(
            other.exists
            & other.element.get("migration_type").among("cdc", "full-load-and-cdc")
            & mine.same(self.stack.link(other.element.get("source"), "dms_endpoint"))
            for other in dms_tasks(self.stack)
            if other is not self
        )


def dms_tasks(stack: Stack) -> tuple[DmsTask, ...]:
    """The DMS tasks these sources make."""
    return tuple(stack.view(DmsTask, element) for element in stack.of("dms_task"))
