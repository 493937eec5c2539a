"""Datasets whose size somebody wrote down, and how long they take over the path that these sources declare."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fabriclint.facts.transfer_time import ALLOWED_DAYS, BadQuantity, Transfer, parse_size
from fabriclint.model.direct_connect import PathCeiling, path_ceiling
from fabriclint.model.element import Element
from fabriclint.model.given import GivenDataset
from fabriclint.text import Span
from fabriclint.values import NO, NO_INPUTS, Map, Reason, Seq, Truth, Value

if TYPE_CHECKING:
    from fabriclint.model.stack import Stack

SIZE_TAG: Final = "fabriclint:dataset-size"


class Dataset:
    """A dataset of known size at the resource that moves or holds it."""

    def __init__(
        self, stack: Stack, name: str, element: Element, given: GivenDataset | None, tag: Value | None = None
    ) -> None:
        self.stack = stack
        self.name = name
        self.element = element
        self.given = given
        self.tag = tag

    @property
    def address(self) -> str:
        """The resource's address."""
        return self.element.address

    @property
    def label(self) -> str:
        """The resource's name."""
        return self.element.label

    @property
    def place(self) -> Span:
        """The tag that says the size, else the header of the resource."""
        return (self.tag.place if self.tag is not None else None) or self.element.place

    @cached_property
    def size(self) -> float | None:
        """Its bytes; None where what is written is no size or not known."""
        if self.given is not None:
            return self.given.size
        try:
            return parse_size(self.tag.text() or "") if self.tag is not None else None
        except BadQuantity:
            return None

    @cached_property
    def path(self) -> PathCeiling:
        """The path it takes: the link that is given for it, else the one these sources declare."""
        if self.given is not None and self.given.gbps is not None:
            return PathCeiling(self.given.gbps, "the link that is given")
        return path_ceiling(self.stack)

    @cached_property
    def transfer(self) -> Transfer | None:
        """The transfer over that path, where both size and path are known."""
        if self.size is None or self.path.gbps is None:
            return None
        facts = self.stack.facts
        days = self.given.days if self.given is not None else ALLOWED_DAYS
        return Transfer(self.size, self.path.gbps, facts.utilisation, days)

    @cached_property
    def too_slow(self) -> Truth:
        """Whether the transfer takes longer than it may."""
        if self.transfer is not None:
            inputs = self.path.inputs | (self.tag.inputs if self.tag is not None else NO_INPUTS)
            return Truth.of(not self.transfer.fits, inputs)
        if self.size is None:
            shown = self.tag.show() if self.tag is not None else "nothing"
            return Truth.unknown(Reason(f"{shown} is no size: write it as 500TB", self.place))
        return Truth.unknown(self.path.open) if self.path.open is not None else NO

    @property
    def exists(self) -> Truth:
        """Whether the resource is there at all."""
        return self.element.exists


def datasets_of(stack: Stack) -> tuple[Dataset, ...]:
    """The datasets that tags or the configuration size, each at one resource of these sources, in source order."""
    found = [*_tagged(stack), *_given(stack)]
    return tuple(sorted(found, key=lambda dataset: (*dataset.place.order, dataset.name)))


def _tagged(stack: Stack) -> Iterator[Dataset]:
    for element in stack.of("datasync_task", "bucket", "lustre"):
        tag = _tag(element.get("tags"))
        if tag is not None:
            yield Dataset(stack, element.get("name").text() or element.label, element, None, tag)


def _given(stack: Stack) -> Iterator[Dataset]:
    for given in stack.facts.datasets:
        element = _named(stack, given.name) or (_carrier(stack) if given.gbps is None else _mover(stack))
        if element is not None:
            yield Dataset(stack, given.name, element, given)


def _named(stack: Stack, name: str) -> Element | None:
    """The task, bucket or file system of this name or address."""
    for element in stack.of("datasync_task", "bucket", "lustre"):
        short = element.address.rpartition(".")[2]
        if name in (element.address, short, element.get("name").text()):
            return element
    return None


def _carrier(stack: Stack) -> Element | None:
    """The first link to a site, over which a dataset that is named nowhere else has to come."""
    return next(iter(stack.of("dx_connection", "vpn_connection")), None)


def _mover(stack: Stack) -> Element | None:
    """The only DataSync task, or the first link to a site."""
    tasks = stack.of("datasync_task")
    return tasks[0] if len(tasks) == 1 else _carrier(stack)


def _tag(tags: Value) -> Value | None:
    """The value of the size tag, in a map or a list of keys and values."""
    for option in tags.options():
        data = option.data
        if isinstance(data, Map) and SIZE_TAG in data.entries:
            return data.entries[SIZE_TAG]
        if isinstance(data, Seq):
            for item in data.items:
                lowered = (
                    {key.lower(): entry for key, entry in item.data.entries.items()}
                    if isinstance(item.data, Map)
                    else {}
                )
                key = lowered.get("key")
                if key is not None and key.text() == SIZE_TAG:
                    return lowered.get("value")
    return None
