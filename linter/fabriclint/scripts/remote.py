"""What the source of a mount says: its kind, server and export; and the tables that hold such sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from fabriclint.patterns import late
from fabriclint.scripts.collect import Collector
from fabriclint.scripts.facts import HdfsUse, Mount, MountHow, MountKind
from fabriclint.scripts.places import HOLE, Body
from fabriclint.values import Value

_KINDS: dict[str, MountKind] = {
    "nfs": "nfs",
    "nfs3": "nfs",
    "nfs4": "nfs",
    "cifs": "cifs",
    "smb": "cifs",
    "smb3": "cifs",
    "smbfs": "cifs",
    "lustre": "lustre",
    "efs": "efs",
    "mount-s3": "mountpoint-s3",
    "mountpoint-s3": "mountpoint-s3",
    "fuse.mount-s3": "mountpoint-s3",
    "s3fs": "goofys/s3fs",
    "fuse.s3fs": "goofys/s3fs",
    "goofys": "goofys/s3fs",
    "fuse.goofys": "goofys/s3fs",
    "fuse.sshfs": "other",
    "sshfs": "other",
    "glusterfs": "other",
    "ceph": "other",
    "beegfs": "other",
    "gpfs": "other",
    "davfs": "other",
    "9p": "other",
    "wekafs": "other",
    "hdfs": "other",
}
_LOCAL = late(r"(?:/|tmpfs$|proc$|sysfs$|none$|overlay$|devpts$|UUID=|LABEL=|PARTUUID=|PARTLABEL=|\.\.?/)")
_NFS = late(r"(\[[0-9A-Fa-f:.%]+\]|[^:/\s]+):(/.*|)$", re.DOTALL)
_HDFS = late(rf"\b(?:web|s?web)?hdfs://(?P<host>(?:[\w.%-]|\[[0-9a-fA-F:]+\]|{HOLE})+)(?::\d+|:{HOLE})?")
_DEFAULT_FS = late(r"fs\.default(?:FS|\.name)")


class Field(Struct, frozen=True):
    """A word with its range in the body it was read from."""

    text: str
    start: int
    end: int


def kind_of(type_name: str, source: str) -> MountKind | None:
    """The kind of a mount from its type, or from the form of its source where no type is given; None for local ones."""
    if source.startswith(("//", "\\\\")):
        return "cifs"
    for name in type_name.lower().split(","):
        if name in _KINDS:
            return _KINDS[name]
    if type_name and re.search(HOLE, type_name) is None and type_name != "auto":
        return None
    if _LOCAL.match(source):
        return None
    if "@tcp" in source or "@o2ib" in source or "@efa" in source:
        return "lustre"
    return "nfs" if _NFS.match(source) else None


def split_source(kind: MountKind, source: str) -> tuple[str | None, str | None]:
    """The server and what is mounted from it."""
    if kind == "cifs":
        host, _, share = source.replace("\\", "/").lstrip("/").partition("/")
        return host or None, f"/{share}" if share else None
    if kind in ("mountpoint-s3", "goofys/s3fs"):
        return None, re.sub(r"^(?:s3fs#|goofys#|s3://)", "", source) or None
    if kind == "lustre":
        servers, _, name = source.rpartition(":/")
        first = re.split(r"[:,]", servers)[0] if servers else source
        return first.split("@")[0] or None, f"/{name}" if servers else None
    if kind == "efs":
        host, _, path = source.partition(":")
        return host or None, path or "/"
    if kind == "other" and "@" in source.partition(":")[0]:
        source = source.partition("@")[2]
    match = _NFS.match(source)
    if match is None:
        return source or None, None
    host = match[1]
    return host[1:-1] if host.startswith("[") else host, match[2] or None


def add_mount(
    collector: Collector,
    body: Body,
    type_name: str,
    source: Field,
    target: Field | None,
    whole: tuple[int, int],
    how: MountHow,
    conditional: bool = False,
) -> bool:
    """Tell a mount of something remote; whether it was one."""
    kind = kind_of(type_name, source.text)
    if kind is None:
        return False
    if kind == "other" and "/" not in source.text and ":" not in source.text:
        return False
    host, export = split_source(kind, source.text)

    def value(text: str | None) -> Value | None:
        return None if text is None else body.value(text, source.start, source.end)

    collector.fact(
        Mount(
            kind=kind,
            host=value(host),
            export=value(export),
            target=None if target is None else body.value(target.text, target.start, target.end),
            place=body.where(*whole),
            how=how,
            command=collector.holes.show(body.text[whole[0] : whole[1]]),
            conditional=conditional,
        )
    )
    return True


def lines(text: str) -> Iterator[Field]:
    """The lines of a text that hold something, without their indentation and end."""
    start = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            at = start + len(line) - len(line.lstrip())
            yield Field(stripped, at, at + len(stripped))
        start += len(line) + 1


def fields(line: Field) -> list[Field]:
    """The words of a table's line; fstab writes a blank inside a word as `\\040`."""
    return [
        Field(match[0].replace("\\040", " "), line.start + match.start(), line.start + match.end())
        for match in re.finditer(r"\S+", line.text)
    ]


def read_fstab(collector: Collector, body: Body, conditional: bool = False) -> None:
    """The remote file systems of `/etc/fstab` lines."""
    for line in lines(body.text):
        if line.text.startswith("#") or not collector.spend():
            continue
        words = fields(line)
        if len(words) >= 3:
            add_mount(
                collector,
                body,
                words[2].text,
                words[0],
                words[1],
                (line.start, line.end),
                "fstab",
                conditional,
            )
        elif not collector.holes.literal(line.text):
            collector.not_seen("a line of /etc/fstab is not known", body.where(line.start, line.end))


def read_autofs(collector: Collector, body: Body, conditional: bool = False) -> None:
    """The remote file systems of a simple autofs map: `key [-options] host:/path`."""
    for line in lines(body.text):
        words = fields(line)
        if line.text.startswith(("#", "+")) or len(words) < 2 or not collector.spend():
            continue
        options = words[1].text if words[1].text.startswith("-") else ""
        source = words[2] if options and len(words) > 2 else words[1]
        named = re.search(r"fstype=([\w.-]+)", options)
        text = source.text[1:] if source.text.startswith("://") else source.text
        source = Field(text, source.start, source.end)
        whole = (line.start, line.end)
        add_mount(collector, body, named[1] if named else "", source, words[0], whole, "autofs", conditional)


def read_mount_unit(collector: Collector, body: Body, conditional: bool = False) -> None:
    """The remote file system of a systemd mount unit."""
    found: dict[str, Field] = {}
    whole: Field | None = None
    for line in lines(body.text):
        name, equals, text = line.text.partition("=")
        if equals and name.strip() in ("What", "Where", "Type"):
            value = text.strip()
            found[name.strip()] = Field(value, line.end - len(value), line.end)
            if name.strip() == "What":
                whole = line
    if whole is not None:
        kind = found["Type"].text if "Type" in found else ""
        place = (whole.start, whole.end)
        add_mount(collector, body, kind, found["What"], found.get("Where"), place, "systemd", conditional)


def add_hdfs(collector: Collector, body: Body, text: str, at: tuple[int, int], how: str) -> None:
    """Every NameNode that a text names."""
    for match in _HDFS.finditer(text):
        host = match["host"]
        collector.fact(
            HdfsUse(
                host=body.value(host[1:-1] if host.startswith("[") else host, *at),
                place=body.where(*at),
                how="fs.defaultFS" if _DEFAULT_FS.search(text) else how,
                command=collector.holes.show(body.text[at[0] : at[1]]),
            )
        )


def read_hdfs_configuration(collector: Collector, body: Body) -> None:
    """The NameNodes that a configuration file names, line by line."""
    default = False
    for line in lines(body.text):
        default = default or _DEFAULT_FS.search(line.text) is not None
        if "hdfs://" in line.text and not line.text.startswith(("#", "<!--", "//")):
            how = "fs.defaultFS" if default else "configuration"
            add_hdfs(collector, body, line.text, (line.start, line.end), how)
            default = False


def read_broken_line(collector: Collector, body: Body, conditional: bool = False) -> None:
    """A mount on a line that is no valid shell, where its words are plain."""
    for line in lines(body.text):
        match = re.match(r"(?:.*[;&|({]\s*)?(?:sudo\s+)?mount(?:\.\w+)?\s", line.text)
        if line.text.startswith("#") or match is None:
            continue
        words = fields(Field(line.text[match.end() :], line.start + match.end(), line.end))
        kind = ""
        ends: list[Field] = []
        skip = False
        for number, word in enumerate(words):
            if skip:
                skip = False
            elif word.text in ("-t", "-o"):
                skip = True
                if word.text == "-t" and number + 1 < len(words):
                    kind = words[number + 1].text
            elif not word.text.startswith("-"):
                ends.append(Field(word.text.strip("\"'"), word.start, word.end))
        if len(ends) >= 2:
            add_mount(collector, body, kind, ends[0], ends[1], (line.start, line.end), "mount", conditional)
        else:
            collector.not_seen("a mount could not be read", body.where(line.start, line.end))
