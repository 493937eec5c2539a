"""What start-up scripts copy from elsewhere in bulk, and the file systems and NameNodes they read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from fabriclint.patterns import late
from fabriclint.scripts import Copy, Mount
from fabriclint.text import Span
from fabriclint.values import Truth, Value

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

# What a script fetches to set a machine up: no training data.
_SET_UP: Final = late(
    r"\.(?:sh|py|pl|rb|conf|cfg|cnf|ini|json|ya?ml|toml|env|service|repo|list|pem|key|pub|crt|cer|lic|dat|rpm|deb|whl|run|jar|"
    r"so|bin|txt|md|xml|properties|j2|tf|tpl)$|(?:^|/)(?:bin|scripts?|etc|conf|config|configs|\.ssh|keys?|licen[cs]es?|"
    r"software|packages|modules|tools|home)(?:/|$)|authorized_keys|known_hosts|id_(?:rsa|ed25519)",
    re.IGNORECASE,
)
_REMOTE_TOOLS: Final = ("rsync", "scp", "sftp")
_HADOOP_TOOLS: Final = ("distcp", "s3-dist-cp", "hdfs")


class Pull(Struct, frozen=True, eq=False):
    """A copy of bulk data that a fleet's script makes from a machine elsewhere, or from a share that it mounts."""

    copy: Copy
    host: Value
    outside: Truth
    how: str
    places: tuple[tuple[Span, str], ...]
    protocol: str

    @property
    def tool(self) -> str:
        """The command that copies."""
        return self.copy.tool

    @property
    def path(self) -> str:
        """The folder that is copied, as a DataSync location names it."""
        text = self.copy.source.show()
        _, colon, path = text.rpartition(":")
        path = path if colon else text
        return re.sub(r"^//[^/]*", "", path) or "/"


def pulls(fleet: Fleet) -> Iterator[Pull]:
    """The bulk copies of a fleet's scripts, in order: from other machines, and from mounted shares to S3."""
    side, vpc = fleet.stack.hybrid, fleet.vpc
    for copy in (copy for script in fleet.scripts for copy in script.copies):
        if copy.host is not None and copy.pulls and (copy.tool in _HADOOP_TOOLS or _is_bulk(copy)):
            protocol = "hdfs" if copy.tool in _HADOOP_TOOLS else "nfs"
            yield Pull(copy, copy.host, *side.outside(copy.host, vpc), protocol)
        elif copy.host is None and _to_s3(copy):
            mount = _mount_under(fleet, copy.source)
            if mount is not None and mount.host is not None:
                outside, how, places = side.outside(mount.host, vpc)
                seen = ((mount.place, "mounted here"),) if mount.place is not None else ()
                protocol = "smb" if mount.kind == "cifs" else "nfs"
                yield Pull(copy, mount.host, outside, how, (*places, *seen), protocol)


def _is_bulk(copy: Copy) -> bool:
    """Whether it copies data and not what sets a machine up: no script, key, package or configuration."""
    if copy.tool not in _REMOTE_TOOLS or _SET_UP.search(copy.source.words().rstrip("/")):
        return False
    if copy.tool == "scp":
        return re.search(r"\s-\w*r", copy.command) is not None
    return True


def _to_s3(copy: Copy) -> bool:
    return copy.destination is not None and copy.destination.words().startswith("s3://")


def _mount_under(fleet: Fleet, source: Value) -> Mount | None:
    """The NFS or SMB mount of the same scripts that a local path lies under."""
    path = source.text()
    for mount in (mount for script in fleet.scripts for mount in script.mounts):
        target = mount.target.text() if mount.target is not None else None
        if (
            path
            and target
            and mount.kind in ("nfs", "cifs")
            and f"{path}/".startswith(f"{target.rstrip('/')}/")
        ):
            return mount
    return None
