"""What the user says that the sources do not: roles, datasets, and facts about things that are named by id only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Literal, TypeVar

from msgspec import Struct, field

from fabriclint.facts.transfer_time import ALLOWED_DAYS, UTILISATION
from fabriclint.text import Span
from fabriclint.values import Value

T = TypeVar("T")
Said = Literal["training", "serving", "other"]


class GivenDataset(Struct, frozen=True):
    """A dataset by name: its size in bytes, the link it goes over in Gbps (None: the one of the sources), and its days."""

    name: str
    size: float
    gbps: float | None = None
    days: float = ALLOWED_DAYS
    place: Span | None = None


class GivenSubnet(Struct, frozen=True):
    """A subnet that these sources name by id: its zone (name or id) and its VPC's id, as far as they are given."""

    zone: str | None = None
    zone_id: str | None = None
    vpc: str | None = None


class Given(Struct, frozen=True):
    """All of it. `origin` is the file it was read from, for the evidence of a finding."""

    roles: tuple[tuple[Said, str], ...] = ()
    datasets: tuple[GivenDataset, ...] = ()
    utilisation: float = UTILISATION
    region: str | None = None
    subnets: Mapping[str, GivenSubnet] = field(default_factory=dict[str, GivenSubnet])
    endpoints: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    buckets: Mapping[str, str] = field(default_factory=dict[str, str])
    origin: str = ""

    def role(self, names: Iterable[str]) -> Said | None:
        """The role whose first pattern matches one of the names (an address, a label)."""
        called = tuple(names)
        for said, pattern in self.roles:
            if any(name == pattern or fnmatchcase(name, pattern) for name in called):
                return said
        return None

    def subnet(self, named: Value) -> GivenSubnet | None:
        """What is given about a subnet that is named by id, or by the data source that looks it up."""
        return _of(self.subnets, named)

    def endpoints_of(self, vpc: Value) -> tuple[str, ...] | None:
        """The endpoints of a VPC that is named so; None where nothing is given about it."""
        return _of(self.endpoints, vpc)


def _of(table: Mapping[str, T], named: Value) -> T | None:
    handle = named.handle
    for name in (named.text(), handle.target if handle is not None else None):
        if name is not None and name in table:
            return table[name]
    return None


NOTHING_GIVEN = Given()
