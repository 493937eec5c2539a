"""Where training data lies: FSx for Lustre file systems, EFS, and directory buckets, and who reads them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from fabriclint.facts.instances import InstanceType
from fabriclint.model.element import Element
from fabriclint.model.mounting import volumes
from fabriclint.model.network import Subnet, Zone
from fabriclint.model.stack import Link, Stack, View, mentions
from fabriclint.values import YES, Many, Member, Reason, Truth, Unknown, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

LINKS_AT_MOST: Final = 8
"""Data repository associations one file system takes (FSx API, CreateDataRepositoryAssociation)."""
CLIENT_GBPS: Final = 100
"""What one client reaches without EFA (FSx for Lustre user guide, "Performance")."""
EFA_WORTH_GBYTES: Final = 10
"""From this throughput (GB/s) on AWS recommends EFA for a file system (FSx for Lustre user guide)."""
LUSTRE_PORTS: Final = (988, 1018, 1023)
"""The ports between clients and file system: 988, and the first and last of 1018 to 1023 (FSx for Lustre user guide)."""
NFS_PORTS: Final = (2049,)
# MB/s a TiB that go with the type (FSx for Lustre user guide, "Performance").
_SCRATCH_MBYTES: Final = 200
_FAMILIES_WITHOUT_STORAGE_EFA: Final = frozenset({"trn2", "trn2u"})


def reaches_lustre_over_efa(kind: InstanceType) -> bool:
    """Whether a type reaches an EFA-enabled file system over EFA: Nitro v4 or later, and not of the trn2 family (T17)."""
    generation = kind.nitro_efa_generation
    return generation is not None and generation >= 2 and kind.family not in _FAMILIES_WITHOUT_STORAGE_EFA


class FileSystem(View):
    """A file system these sources make; `mount_kind` is what scripts call a mount of it."""

    mount_kind = ""

    @property
    def entries(self) -> Many[Link]:
        """The subnets its network interfaces are in."""
        return self.stack.links(self.element.get("subnets"), "subnet")

    @property
    def groups(self) -> Many[Link]:
        """The security groups of those interfaces."""
        return self.stack.links(self.element.get("security_groups"), "security_group")

    def mounted_by(self, fleet: Fleet) -> Truth:
        """Whether a fleet's scripts, or a volume of its cluster, mount it."""
        known = self._mounted.get(fleet.address)
        if known is None:
            known = self._mounted[fleet.address] = self._mounted_by(fleet)
        return known

    @cached_property
    def _mounted(self) -> dict[str, Truth]:
        return {}

    def _mounted_by(self, fleet: Fleet) -> Truth:
        found: list[Truth] = []
        for mount, targets in fleet.mounted:
            named = (value for value in (mount.host, mount.export) if value is not None)
            if self.address in targets:
                branch = Truth.unknown("the mount stands in a branch of the script", mount.place)
                found.append(branch if mount.conditional else YES)
            elif mount.kind == self.mount_kind:
                unsure = next((value.unknown for value in named if value.unknown is not None), None)
                if unsure is not None and targets.isdisjoint(self.stack.file_systems - {self.address}):
                    found.append(Truth.unknown(unsure))
        if any(mentions(source, self.address) for source in fleet.launch.volumes):
            found.append(YES)
        if fleet.in_kubernetes:
            found.extend(exists for exists, source in volumes(self.stack) if mentions(source, self.address))
        result = any_of(found)
        if result.certain or fleet.unseen_scripts is None:
            return result
        return result | Truth.unknown(fleet.unseen_scripts)

    @cached_property
    def clients(self) -> tuple[Fleet, ...]:
        """The fleets that certainly mount it."""
        return tuple(fleet for fleet in self.stack.mounters.fleets_of(self) if self.mounted_by(fleet).certain)

    @cached_property
    def vpc(self) -> Link:
        """The VPC it is in."""
        for link in self.entries.possible():
            if link.element is not None:
                return self.stack.view(Subnet, link.element).vpc
        unseen = next((link.unseen for link in self.entries.possible()), self.entries.more)
        reason = unseen or Unknown.because(f"{self.label} names no subnet", self.place)
        return Link("unknown", Value(reason, self.place), reason=reason)


class Lustre(FileSystem):
    """An FSx for Lustre file system."""

    mount_kind = "lustre"

    # words of the file system itself

    def type_is(self, *kinds: str) -> Truth:
        """Whether its deployment type is one of these (SCRATCH_1 where none is written)."""
        return self.element.get("deployment_type").among(*kinds)

    @property
    def on_disks(self) -> Truth:
        """Whether it stores on hard disks."""
        return self.element.get("storage_type").is_("HDD")

    @property
    def tier(self) -> float | None:
        """Its throughput in MB/s a TiB, where it is known."""
        written = self.element.get("throughput")
        if not written.absent:
            return written.number()
        return _SCRATCH_MBYTES if self.type_is("SCRATCH_1", "SCRATCH_2").certain else None

    @property
    def gbytes(self) -> float | None:
        """The throughput of the whole file system in GB/s, where capacity and tier are known."""
        provisioned = self.element.get("throughput_capacity").number()
        if provisioned is not None:
            return provisioned / 1000
        capacity, tier = self.element.get("capacity").number(), self.tier
        # A TiB for each 1,024 GiB; AWS counts 1,200 GiB as 1.2 TiB.
        return None if capacity is None or tier is None else capacity / 1000 * tier / 1000

    @property
    def efa(self) -> Truth:
        """Whether it takes clients over EFA."""
        return self.element.get("efa").on()

    @property
    def has_metadata_configuration(self) -> Truth:
        """Whether its metadata performance is configured, which EFA needs."""
        return self.element.get("metadata_mode").given()

    @property
    def version_too_old(self) -> Truth:
        """Whether its Lustre version takes no data repository association: 2.10, the default but on PERSISTENT_2 (T16)."""
        version = self.element.get("version")
        return version.is_("2.10") | (~version.given() & ~self.type_is("PERSISTENT_2"))

    # what it is linked to

    @property
    def imports(self) -> Truth:
        """Whether it names an S3 path to import from or export to itself."""
        return self.element.get("import_path").given() | self.element.get("export_path").given()

    @cached_property
    def associations(self) -> Many[Element]:
        """Its data repository associations; there may be more where something unseen takes the file system."""
        found: list[Member[Element]] = []
        more = self.stack.handed_to_unseen(self.element) or self.stack.open
        for element in self.stack.leading_to(self.element, "lustre_association", "file_system", unsure=True):
            link = self.stack.link(element.get("file_system"), "lustre")
            if link.element is self.element:
                found.append(Member(element, element.exists))
                more = more or element.many
            elif link.state == "unknown" and link.reason is not None:
                more = link.reason if more is None else more.also(link.reason)
        return Many(tuple(found), more)

    @property
    def linked(self) -> Truth:
        """Whether it is linked to S3, in either way."""
        return self.imports | self.associations.any(lambda _: YES)

    @cached_property
    def filled_by_datasync(self) -> Truth:
        """Whether a DataSync location of these sources is this file system."""
        return any_of(
            element.exists
            for element in self.stack.of("datasync_location")
            if mentions(element.get("file_system"), self.address)
        )

    @property
    def component(self) -> Unknown | None:
        """Why a sibling may link it: alone in its sources, in a network that is given to them."""
        if self.vpc.element is not None or self.clients:
            return None
        return Unknown(
            (Reason(f"{self.label} is made for a network of other sources, which may link it", self.place),)
        )

    # where it is

    def shares_zone(self, fleet: Fleet) -> Truth:
        """Whether some of a fleet's nodes are in its zone; one subnet is one zone."""
        subnet = any_of(fleet.subnets.any(link.same) for link in self.entries.possible())
        if subnet.certain:
            return subnet
        zones = [
            self.stack.view(Subnet, link.element).zone
            if link.element is not None
            else Zone(Value(link.unseen, link.value.place), False)
            for link in self.entries.possible()
        ]
        if not zones:
            return Truth.unknown(self.vpc.unseen)
        return any_of(fleet.zones.any(zone.same) for zone in zones)


class Efs(FileSystem):
    """An EFS file system."""

    mount_kind = "efs"

    @cached_property
    def _targets(self) -> tuple[Element, ...]:
        return tuple(
            element
            for element in self.stack.of("efs_mount_target")
            if self.stack.link(element.get("file_system"), "efs").element is self.element
        )

    @property
    def entries(self) -> Many[Link]:
        """The subnets of its mount targets."""
        links = (Member(self.stack.link(e.get("subnet"), "subnet"), e.exists) for e in self._targets)
        return Many(tuple(links), self.stack.handed_to_unseen(self.element) or self.stack.open)

    @property
    def groups(self) -> Many[Link]:
        """The groups of its mount targets."""
        result: Many[Link] = Many((), self.stack.handed_to_unseen(self.element) or self.stack.open)
        for target in self._targets:
            result = result.plus(self.stack.links(target.get("security_groups"), "security_group"))
        return result


class DirectoryBucket(View):
    """An S3 directory bucket (Express One Zone)."""

    @cached_property
    def zone(self) -> Zone:
        """The zone it lies in, by its zone id: its location, else the middle of its name."""
        written = self.element.get("zone")
        if not written.absent:
            return Zone(written, True)
        parts = (self.element.get("name").text() or "").split("--")
        if len(parts) >= 3 and parts[-1] == "x-s3":
            return Zone(Value(parts[-2], self.element.get("name").place), True)
        return Zone(Value(Unknown.because(f"{self.label} names no zone", self.place), self.place), True)

    @cached_property
    def readers(self) -> tuple[Fleet, ...]:
        """The fleets whose scripts name it; where none does, the training fleets of these sources."""
        named = tuple(fleet for fleet in self.stack.fleets if self._named_by(fleet))
        return named or tuple(fleet for fleet in self.stack.fleets if not fleet.trains.excluded)

    def _named_by(self, fleet: Fleet) -> bool:
        values = [copy.source for script in fleet.scripts for copy in script.copies]
        values += [mount.export for mount in fleet.mounts if mount.export is not None]
        name = self.element.get("name").text()
        return any(
            mentions(value, self.address) or (name is not None and name in (value.text() or ""))
            for value in values
        )


def lustres_of(stack: Stack) -> tuple[Lustre, ...]:
    """The FSx for Lustre file systems (one CloudFormation type serves four products)."""
    return tuple(
        stack.view(Lustre, element)
        for element in stack.of("lustre")
        if not element.get("type").is_("LUSTRE").excluded
    )


def uses_dynamodb(stack: Stack) -> Truth:
    """Whether the sources make a DynamoDB table that is no lock table of Terraform."""
    return any_of(
        element.exists & ~element.get("hash_key").is_("LockID") for element in stack.of("dynamodb_table")
    )
