"""Regions: where buckets and resources are, and what the machines of a Region read from another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fabriclint.model.element import Element
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import NO, YES, Reference, Text, Truth, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet
    from fabriclint.model.stack import Stack

_REGION: Final = late(
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso|us-isob)"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d"
)
_IN_NAME: Final = late(rf"(?:^|[-._])({_REGION.pattern})(?=$|[-._])")
_ZONE: Final = late(rf"({_REGION.pattern})[a-z]")
_NAME: Final = late(r"(?:arn:[\w-]+:s3:::|s3://)?(?P<bucket>[^/:\s]+)")
_COMMAND_REGION: Final = late(r"--(?:source-)?region[ =]['\"]?([a-z0-9-]+)")
# Buckets that AWS hands software out of.
_SOFTWARE: Final = frozenset({"ec2-linux-nvidia-drivers", "ec2-windows-nvidia-drivers", "nvidia-gaming"})


def region_of(stack: Stack, element: Element) -> Value:
    """The Region a resource is made in; unknown where these sources do not write it."""
    if element.region is not None and not element.region.absent:
        return element.region
    known = stack.facts.region or stack.region
    if known is not None:
        return Value(known, None, "default")
    return Value(Unknown.because("the Region of this stack is not written in these sources", element.place))


def other_regions(one: Value, two: Value) -> Truth:
    """Whether two Regions differ."""
    if isinstance(one.data, Unknown) and one.data == two.data and one.place == two.place:
        return NO  # one expression, whatever its value
    return ~one.same(two)


def made_in_other_regions(stack: Stack, one: Element, two: Element) -> Truth:
    """Whether two resources of a stack are made in different Regions: one provider, or one template, is one Region."""
    if one.region is None and two.region is None:
        return NO
    return other_regions(region_of(stack, one), region_of(stack, two))


def bucket_of(stack: Stack, written: Value) -> Element | None:
    """The bucket (or lookup of one) of these sources that a name, ARN or `s3://` address leads to."""
    for handle in _handles(written):
        element = stack.at(handle.target)
        if element is not None and element.kind in ("bucket", "bucket_lookup"):
            return element
    mine = _name_parts(written)
    if not mine:
        return None
    return next(
        (
            element
            for element in stack.of("bucket", "bucket_lookup")
            if _name_parts(element.get("name")) == mine
        ),
        None,
    )


def _name_parts(written: Value) -> tuple[str | Reference | Unknown, ...]:
    """The pieces of the bucket's name in a name, ARN or `s3://` address, holes among them; none where nothing is written."""
    data = written.data
    parts = data.parts if isinstance(data, Text) else (written.text() or "",)
    kept: list[str | Reference | Unknown] = []
    for number, part in enumerate(parts):
        text = part
        if isinstance(text, str):
            text = re.sub(r"^(?:arn:[\w-]+:s3:::|s3://)", "", text) if number == 0 else text
            text, slash, _ = text.partition("/")
            if text:
                kept.append(text)
            if slash:
                break
        else:
            kept.append(part)
    return tuple(kept)


def bucket_name(written: Value) -> str | None:
    """The bucket's name in a name, ARN or `s3://` address, where it is known."""
    text = written.text()
    match = _NAME.match(text.strip()) if text else None
    return match["bucket"] if match else None


def bucket_region(stack: Stack, written: Value) -> Value:
    """The Region of the bucket that is written: as given, as these sources make or look it up, or as its name says."""
    element = bucket_of(stack, written)
    name = bucket_name(written) or (element.get("name").text() if element is not None else None)
    given = stack.facts.buckets.get(name or "")
    if given is not None:
        return Value(given, written.place)
    if element is not None and not (element.kind == "bucket_lookup" and element.region is None):
        return region_of(stack, element)
    named = set(_IN_NAME.findall(name or ""))
    if len(named) == 1:
        return Value(named.pop(), written.place, inputs=written.inputs)
    what = f"the Region of {name or written.show()} is not in these sources"
    return Value(Unknown.because(what, written.place))


def _handles(written: Value) -> Iterator[Reference]:
    for option in written.options():
        if option.handle is not None:
            yield option.handle
        if isinstance(option.data, Text):
            yield from (part for part in option.data.parts if isinstance(part, Reference))


class DatasetRead:
    """A bucket that machines or a file system of these sources read their data from."""

    def __init__(
        self,
        stack: Stack,
        reader: Fleet | Element,
        bucket: Value,
        how: str,
        place: Span | None,
        told: Value | None = None,
    ) -> None:
        self.stack = stack
        self.reader = reader
        self.bucket = bucket
        self.how = how
        self.place: Span = place or reader.place
        self._told = told

    @property
    def element(self) -> Element:
        """The element that reads."""
        from fabriclint.model.compute import Fleet

        return self.reader.element if isinstance(self.reader, Fleet) else self.reader

    @property
    def address(self) -> str:
        """The reader's address."""
        return self.reader.address

    @property
    def label(self) -> str:
        """The reader's name."""
        return self.reader.label

    @property
    def wanted(self) -> Truth:
        """Whether the data path of the reader matters: a file system's does, of fleets that of those that train."""
        from fabriclint.model.compute import Fleet

        return self.reader.trains if isinstance(self.reader, Fleet) else YES

    @cached_property
    def region(self) -> Value:
        """The Region the reader is in."""
        return _reader_region(self.stack, self.element)

    @property
    def name(self) -> str:
        """The bucket, for a message."""
        return bucket_name(self.bucket) or self.bucket.show()

    @cached_property
    def bucket_region(self) -> Value:
        """The Region the bucket is in; for a bucket of other sources also what the command says."""
        known = bucket_region(self.stack, self.bucket)
        return self._told if known.unknown is not None and self._told is not None else known

    @cached_property
    def crosses(self) -> Truth:
        """Whether bucket and reader are in different Regions."""
        made = bucket_of(self.stack, self.bucket)
        if made is not None and made.kind == "bucket":
            return made_in_other_regions(self.stack, made, self.element)
        return other_regions(self.bucket_region, self.region)


def dataset_reads(stack: Stack) -> tuple[DatasetRead, ...]:
    """What file systems import, and what training fleets copy or mount in bulk, in source order."""
    # A script names many buckets: only those are looked at of which something says where they are.
    every = (read for reads in stack.bulk_reads.values() for read in reads)
    placed = (read for read in every if read.bucket_region.unknown is None)
    found = [*_imports(stack), *placed]
    return tuple(sorted(found, key=lambda read: (*read.place.order, read.address)))


def bucket_copied_by(stack: Stack, fleets: Iterable[Fleet]) -> Element | None:
    """The one bucket of these sources that these fleets copy or mount their data from; None where there are several, or none."""
    found = {
        made.address: made
        for fleet in fleets
        for read in stack.bulk_reads.get(fleet.address, ())
        if (made := bucket_of(stack, read.bucket)) is not None and made.kind == "bucket"
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _imports(stack: Stack) -> Iterator[DatasetRead]:
    for kind, word, how in (
        ("lustre_association", "repository", "is linked to"),
        ("lustre", "import_path", "imports"),
    ):
        for element in stack.of(kind):
            bucket = element.get(word)
            if not bucket.absent and bucket.text() != "":
                yield DatasetRead(stack, element, bucket, how, bucket.place)


def bulk_reads(stack: Stack) -> dict[str, tuple[DatasetRead, ...]]:
    """What training fleets copy or mount in bulk from S3, by their addresses."""
    return {fleet.address: tuple(_copies(stack, fleet)) for fleet in stack.may_train}


def _copies(stack: Stack, fleet: Fleet) -> Iterator[DatasetRead]:
    for script in fleet.scripts:
        for copy in script.copies:
            if copy.tool == "aws s3" and _from_s3(copy.source) and bulk(copy.command):
                said = _COMMAND_REGION.search(copy.command)
                told = Value(said[1], copy.place) if said else None
                yield DatasetRead(stack, fleet, copy.source, "copies", copy.place, told)
        for mount in script.mounts:
            if mount.kind == "mountpoint-s3" and mount.export is not None:
                yield DatasetRead(stack, fleet, mount.export, "mounts", mount.place)


def _from_s3(source: Value) -> bool:
    """Whether a source is a bucket, and not one that AWS hands software out of."""
    text = source.data.render() if isinstance(source.data, Text) else source.text() or ""
    return text.startswith("s3://") and bucket_name(source) not in _SOFTWARE


def bulk(command: str) -> bool:
    """Whether an `aws s3` command copies more than a file: sync, or recursive."""
    return " sync " in f" {command} " or "--recursive" in command


def _reader_region(stack: Stack, element: Element) -> Value:
    """The Region of what reads: its own, or that of the zones which the subnets of one template write out."""
    own = region_of(stack, element)
    if own.unknown is None or element.region is not None:
        return own
    for subnet in stack.of("subnet"):
        written = subnet.get("zone")
        zone = _ZONE.fullmatch(written.text() or "")
        if zone is not None and subnet.region is None:
            return Value(zone[1], written.place, inputs=written.inputs)
    return own
