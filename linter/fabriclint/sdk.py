"""What a rule is written with. A rule imports this module and nothing else of fabriclint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias, TypeVar

from msgspec import Struct

from fabriclint.facts import links, services, transfer_time
from fabriclint.facts.capacity import sold_ahead
from fabriclint.facts.instances import InstanceType, instance, nearest_efa_type
from fabriclint.model.capacity import bought_as_spot, capacity_held, in_group, reservations_of
from fabriclint.model.change import (
    Add,
    Change,
    Inside,
    Join,
    Link,
    New,
    Region,
    Remove,
    Reword,
    Same,
    Set,
    Shell,
    Written,
)
from fabriclint.model.compute import Fleet
from fabriclint.model.copying import Pull, pulls
from fabriclint.model.datasets import SIZE_TAG, Dataset
from fabriclint.model.direct_connect import PathCeiling, offers, path_ceiling
from fabriclint.model.dms import DmsTask
from fabriclint.model.emr import HdfsReader
from fabriclint.model.endpoints import Endpoint, ranges_in_policy
from fabriclint.model.groups import DIRECTIONS, Direction, SecurityGroup
from fabriclint.model.hybrid import HybridSide, VpnConnection
from fabriclint.model.images import image_of, installs_efa, runs_containers
from fabriclint.model.jobs import BatchEnvironment, BatchJob, picks_one_type
from fabriclint.model.launch import Interface
from fabriclint.model.misplaced import held_not_in, misplaced_types
from fabriclint.model.network import RouteTable, Subnet, Vpc
from fabriclint.model.peering import attachment_between, peered
from fabriclint.model.placement import PlacementGroup
from fabriclint.model.ports import (
    groups_behind,
    groups_of_fleet,
    https_out,
    on_open_default,
    opens,
    ranges_of,
)
from fabriclint.model.regions import DatasetRead, bucket_copied_by
from fabriclint.model.remedies import (
    CUTS_S3,
    RELAUNCHES,
    cluster_group,
    copy_in,
    efa_interfaces,
    gateway_endpoint,
    missing_efa_interfaces,
    open_group,
)
from fabriclint.model.software import Setting, Software
from fabriclint.model.storage import (
    CLIENT_GBPS,
    EFA_WORTH_GBYTES,
    LINKS_AT_MOST,
    LUSTRE_PORTS,
    NFS_PORTS,
    DirectoryBucket,
    Efs,
    FileSystem,
    Lustre,
    reaches_lustre_over_efa,
    uses_dynamodb,
)
from fabriclint.model.transfer import Agent, DataSyncTask, Location
from fabriclint.model.workload import Pods, Workload
from fabriclint.patterns import late
from fabriclint.scripts import Copy, Mount
from fabriclint.text import Span
from fabriclint.values import NO, YES, Many, Reason, Truth, Unknown, Value, all_of, any_of

__all__ = [
    "CLIENT_GBPS",
    "CUTS_S3",
    "DIRECTIONS",
    "EFA_WORTH_GBYTES",
    "LINKS_AT_MOST",
    "LUSTRE_PORTS",
    "NFS_PORTS",
    "NO",
    "RELAUNCHES",
    "SIZE_TAG",
    "YES",
    "Add",
    "Agent",
    "BatchEnvironment",
    "BatchJob",
    "Change",
    "Claim",
    "Claims",
    "Copy",
    "DataSyncTask",
    "Dataset",
    "DatasetRead",
    "Direction",
    "DirectoryBucket",
    "DmsTask",
    "Efs",
    "Endpoint",
    "FileSystem",
    "Fix",
    "Fleet",
    "HdfsReader",
    "HybridSide",
    "Inside",
    "InstanceType",
    "Interface",
    "Join",
    "Link",
    "Location",
    "Lustre",
    "Many",
    "Mount",
    "New",
    "PathCeiling",
    "PlacementGroup",
    "Pods",
    "Precision",
    "Pull",
    "Reason",
    "Region",
    "Remove",
    "Reword",
    "RouteTable",
    "Rule",
    "Same",
    "SecurityGroup",
    "Set",
    "Setting",
    "Severity",
    "Shell",
    "Software",
    "Span",
    "Subnet",
    "Truth",
    "Unknown",
    "Value",
    "Vpc",
    "VpnConnection",
    "Workload",
    "Written",
    "all_of",
    "any_of",
    "attachment_between",
    "bought_as_spot",
    "bucket_copied_by",
    "capacity_held",
    "cluster_group",
    "copy_in",
    "efa_interfaces",
    "gateway_endpoint",
    "gbps",
    "groups_behind",
    "groups_of_fleet",
    "held_not_in",
    "https_out",
    "image_of",
    "in_group",
    "installs_efa",
    "instance",
    "late",
    "links",
    "misplaced_types",
    "missing_efa_interfaces",
    "nearest_efa_type",
    "offers",
    "on_open_default",
    "open_group",
    "opens",
    "path_ceiling",
    "peered",
    "picks_one_type",
    "pulls",
    "ranges_in_policy",
    "ranges_of",
    "reaches_lustre_over_efa",
    "reservations_of",
    "rule",
    "runs_containers",
    "services",
    "sold_ahead",
    "transfer_time",
    "uses_dynamodb",
]

Severity = Literal["error", "warning", "advice"]
Precision = Literal["very-high", "high", "medium"]
S = TypeVar("S")


class Fix(Struct, frozen=True, eq=False):
    """What to do: in words always; as changes of the model where code can say it.

    `edit` says whether the changes may be made in the sources: "safe" without a person's leave (nothing is replaced, no
    traffic is cut, no downtime), "unsafe" with it; None where a person has to decide more than that. `warning` is what that
    person has to know first.
    """

    words: str
    changes: tuple[Change, ...] = ()
    edit: Literal["safe", "unsafe"] | None = None
    warning: str = ""


class Claim(Struct, frozen=True, eq=False):
    """One statement of a rule about its subject. The engine settles it: yes, a finding; no, clean; unknown, not checked.

    `message` says what is wrong with the user's names and the numbers that matter; `why` is one sentence of reason;
    `related` are places with a few words each; `severity` may lower the rule's own, never raise it; `evidence` is what
    decided that the rule applies (why the fleet trains).
    """

    when: Truth
    at: Span
    message: str
    why: str
    fix: Fix
    related: tuple[tuple[Span, str], ...] = ()
    severity: Severity | None = None
    evidence: tuple[str, ...] = ()


Claims: TypeAlias = Iterable[Claim]


class Rule(Struct, frozen=True, eq=False):
    """A rule as the engine runs it. `page` is the module's docstring: the rule's documentation.

    `aliases` are names that it had before; suppressions and configurations that use them still mean it. `origin` is the
    file that a rule of one's own is in.
    """

    name: str
    subject: type
    severity: Severity
    precision: Precision
    sources: tuple[str, ...]
    since: str
    area: str
    page: str
    check: Callable[[Any], Claims]
    aliases: tuple[str, ...] = ()
    origin: str = ""

    @property
    def summary(self) -> str:
        """The page's first line."""
        return self.page.strip().splitlines()[0]

    def section(self, heading: str) -> str:
        """The text under a heading of the page, in one paragraph."""
        _, _, rest = self.page.partition(f"## {heading}\n")
        return " ".join(rest.partition("\n## ")[0].split())


def rule(
    *,
    name: str,
    subject: type[S],
    severity: Severity,
    sources: tuple[str, ...],
    precision: Precision = "high",
    since: str = "0.1",
    aliases: tuple[str, ...] = (),
) -> Callable[[Callable[[S], Claims]], Callable[[S], Claims]]:
    """Make a function of one subject a rule; the engine finds it by the attribute `__rule__` this sets."""

    def made(check: Callable[[S], Claims]) -> Callable[[S], Claims]:
        check.__rule__ = (name, subject, severity, precision, sources, since, aliases)  # type: ignore[attr-defined]
        return check

    return made


def gbps(figure: float) -> str:
    """A bandwidth for a message: `3,200 Gbps`, `1.25 Gbps`."""
    return f"{figure:,.2f}".rstrip("0").rstrip(".") + " Gbps"
