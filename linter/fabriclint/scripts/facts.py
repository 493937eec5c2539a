"""What a script does, as far as the rules ask: mounts, copies, environment, installers, HDFS, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from fabriclint.scripts.words import tokens
from fabriclint.text import Span
from fabriclint.values import NO_INPUTS, YES, Inputs, Reason, Truth, Value

MountKind: TypeAlias = Literal["nfs", "cifs", "lustre", "efs", "mountpoint-s3", "goofys/s3fs", "other"]
MountHow: TypeAlias = Literal[
    "mount", "fstab", "cloud-config", "autofs", "systemd", "docker", "container", "persistent volume"
]


class Mount(Struct, frozen=True, eq=False):
    """A file system that a machine mounts from elsewhere; local devices, tmpfs and binds are not told.

    `host` is the server (an EFS id for `efs`, the first server for Lustre), None where there is none (S3); `export` is
    the path, share, file system or bucket there; `conditional` says that it stands in a branch that may not run.
    """

    kind: MountKind
    host: Value | None
    export: Value | None
    target: Value | None
    place: Span | None
    how: MountHow
    command: str
    conditional: bool = False


class Copy(Struct, frozen=True, eq=False):
    """A copy of files by a tool: `rsync`, `scp`, `sftp`, `aws s3`, `s5cmd`, `rclone`, `distcp`, `s3-dist-cp`, `hdfs`.

    `host` is the other machine, None where both ends are local or S3; `pulls` says that it is the source.
    """

    tool: str
    source: Value
    destination: Value | None
    host: Value | None
    place: Span | None
    command: str
    pulls: bool = False
    conditional: bool = False


class Environment(Struct, frozen=True, eq=False):
    """An environment variable of libfabric, NCCL, the OFI plugin or rdma-core that the script sets."""

    name: str
    value: Value
    place: Span | None
    command: str = ""
    conditional: bool = False


class Installer(Struct, frozen=True, eq=False):
    """Software of the fabric that the script installs: `efa` or `aws-ofi-nccl`."""

    what: Literal["efa", "aws-ofi-nccl"]
    place: Span | None
    command: str = ""


class Removal(Struct, frozen=True, eq=False):
    """Software of the fabric that the script removes and does not install again later."""

    what: Literal["efa", "aws-ofi-nccl"]
    place: Span | None
    command: str = ""
    conditional: bool = False


class HdfsUse(Struct, frozen=True, eq=False):
    """A NameNode that the script names; `how` is `fs.defaultFS` or the command that names it."""

    host: Value
    place: Span | None
    how: str
    command: str = ""


class Script(Struct, frozen=True, eq=False):
    """Everything that was seen in a script, and `unknown`: why some of it may not have been seen."""

    mounts: tuple[Mount, ...] = ()
    copies: tuple[Copy, ...] = ()
    environment: tuple[Environment, ...] = ()
    installers: tuple[Installer, ...] = ()
    removals: tuple[Removal, ...] = ()
    hdfs: tuple[HdfsUse, ...] = ()
    commands: tuple[str, ...] = ()
    unknown: tuple[Reason, ...] = ()
    inputs: Inputs = NO_INPUTS

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it and nothing hidden."""
        return not (
            self.mounts or self.copies or self.environment or self.installers or self.removals or self.hdfs
            or self.commands or self.unknown
        )  # fmt: skip

    @property
    def complete(self) -> Truth:
        """Whether everything it does was seen."""
        return (Truth("unknown", self.unknown) if self.unknown else YES).under(self.inputs)

    def words(self) -> frozenset[str]:
        """The whole tokens of its commands, lower-case; comments are no part of them."""
        return frozenset(token for command in self.commands for token in tokens(command))

    def sets(self, name: str) -> tuple[Environment, ...]:
        """Every setting of one environment variable, in order."""
        return tuple(setting for setting in self.environment if setting.name == name)

    def plus(self, other: Script) -> Script:
        """What both do, this one first."""
        return Script(
            self.mounts + other.mounts,
            self.copies + other.copies,
            self.environment + other.environment,
            self.installers + other.installers,
            self.removals + other.removals,
            self.hdfs + other.hdfs,
            self.commands + other.commands,
            tuple(dict.fromkeys(self.unknown + other.unknown)),
            self.inputs | other.inputs,
        )


NOTHING = Script()


def together(scripts: Iterable[Script]) -> Script:
    """What all of them do, in order."""
    result = NOTHING
    for script in scripts:
        result = result.plus(script)
    return result
