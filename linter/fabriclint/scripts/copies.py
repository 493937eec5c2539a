"""Commands that copy files between machines, S3 and HDFS."""

from __future__ import annotations

import re
from collections.abc import Callable

from fabriclint.patterns import late
from fabriclint.scripts.command import Command, split_options
from fabriclint.scripts.expand import Word
from fabriclint.scripts.facts import Copy
from fabriclint.scripts.places import HOLE

_REMOTE = late(
    r"(?:rsync://|scp://|sftp://|ssh://)?(?:[^@/\s]+@)?(?P<host>\[[0-9A-Fa-f:.%]+\]|[^:/\s@]+)", re.DOTALL
)
_HDFS_HOST = late(rf"(?:web|s?web)?hdfs://((?:[\w.%-]|{HOLE})+)")
_RSYNC_VALUED = (
    "rsh exclude include exclude-from include-from files-from filter bwlimit timeout contimeout log-file chown chmod "
    "partial-dir temp-dir compare-dest copy-dest link-dest port password-file max-size min-size max-delete block-size "
    "out-format rsync-path info debug usermap groupmap backup-dir suffix address sockopts modify-window skip-compress"
)
_AWS_VALUED = (
    "region profile exclude include endpoint-url output query cli-read-timeout cli-connect-timeout ca-bundle acl sse "
    "sse-kms-key-id sse-c sse-c-key storage-class grants content-type metadata source-region page-size expires "
    "cache-control content-encoding request-payer copy-props checksum-mode checksum-algorithm"
)


def _told(
    command: Command, tool: str, source: Word, destination: Word | None, host: str | None, pulls: bool
) -> None:
    at = source if pulls or destination is None else destination
    command.collector.fact(
        Copy(
            tool=tool,
            source=command.value(source),
            destination=None if destination is None else command.value(destination),
            host=None if host is None else command.value(at, host),
            place=command.place,
            command=command.text,
            pulls=pulls,
            conditional=command.conditional,
        )
    )


def remote_host(text: str) -> str | None:
    """The machine of `user@host:path`, `host::module` or `rsync://host/path`; None for a local path."""
    if re.match(r"(?:rsync|scp|sftp|ssh)://", text):
        match = _REMOTE.match(text)
        return match["host"].strip("[]") if match else None
    match = _REMOTE.match(text)
    if match is None or text[match.end() : match.end() + 1] != ":" or text.startswith(("/", "./", "../")):
        return None
    return match["host"].strip("[]")


def _between(command: Command, tool: str, ends: list[Word]) -> None:
    """Copies from every source to the last word."""
    if len(ends) < 2:
        return
    destination = ends[-1]
    target = remote_host(destination.text)
    for source in ends[:-1]:
        host = remote_host(source.text)
        _told(command, tool, source, destination, host or target, host is not None)


def _rsync(command: Command) -> None:
    _between(command, "rsync", split_options(command.words[1:], "efBTM@", _RSYNC_VALUED)[1])


def _scp(command: Command) -> None:
    ends = split_options(command.words[1:], "ciFJloPSXD", "")[1]
    _between(command, "scp", ends)
    if len(ends) > 1 and remote_host(ends[0].text):
        for end in ends:
            command.collector.fetched(end.text.rpartition(":")[2])


def _sftp(command: Command) -> None:
    ends = split_options(command.words[1:], "bBcDFiJloPRSsX", "")[1]
    if ends:
        host = remote_host(ends[0].text) or re.sub(r"^[^@]*@", "", ends[0].text)
        _told(command, "sftp", ends[0], ends[1] if len(ends) > 1 else None, host, True)


def _aws(command: Command) -> None:
    rest = split_options(command.words[1:], "", _AWS_VALUED)[1]
    if len(rest) < 4 or rest[0].text != "s3" or rest[1].text not in ("cp", "sync", "mv"):
        if [word.text for word in rest[:2]] == ["s3api", "get-object"] and len(rest) > 2:
            command.collector.fetched(rest[-1].text)
        return
    source, destination = rest[2], rest[3]
    _told(command, "aws s3", source, destination, None, False)
    if not destination.text.startswith("s3://"):
        command.collector.fetched(source.text)
        command.collector.fetched(destination.text)


def _s5cmd(command: Command) -> None:
    rest = split_options(
        command.words[1:], "", "endpoint-url numworkers log retry-count exclude include concurrency profile"
    )[1]
    if len(rest) >= 3 and rest[0].text in ("cp", "mv", "sync"):
        _told(command, "s5cmd", rest[1], rest[2], None, False)


def _rclone(command: Command) -> None:
    rest = split_options(command.words[1:], "", "config transfers checkers bwlimit include exclude filter")[1]
    if len(rest) >= 3 and rest[0].text in ("copy", "sync", "move", "copyto", "moveto"):
        _told(command, "rclone", rest[1], rest[2], None, False)


def _hadoop(command: Command) -> None:
    words = command.words[1:]
    if not words:
        return
    rest = split_options(
        words[1:], "Dm", "conf D strategy bandwidth log filters numListstatusThreads jt files libjars"
    )[1]
    if words[0].text == "distcp":
        _from_hdfs(command, "distcp", rest)
    elif words[0].text in ("fs", "dfs"):
        verb = next((word.text for word in words[1:] if word.text.startswith("-") and word.text != "-D"), "")
        if verb in ("-get", "-copyToLocal", "-cp", "-put", "-copyFromLocal", "-mv", "-getmerge"):
            _from_hdfs(command, "hdfs", rest)


def _from_hdfs(command: Command, tool: str, ends: list[Word]) -> None:
    if not ends:
        return
    destination = ends[-1] if len(ends) > 1 else None
    target = _HDFS_HOST.match(destination.text) if destination else None
    for source in ends[:-1] or ends:
        match = _HDFS_HOST.match(source.text)
        host = match[1] if match else target[1] if target else None
        _told(command, tool, source, destination, host, match is not None)


def _s3_dist_cp(command: Command) -> None:
    options = split_options(command.words[1:], "", "src dest srcPattern groupBy targetSize")[0]
    if "src" in options:
        source = options["src"][0]
        match = _HDFS_HOST.match(source.text)
        destination = options["dest"][0] if "dest" in options else None
        _told(command, "s3-dist-cp", source, destination, match[1] if match else None, match is not None)


COPIERS: dict[str, Callable[[Command], None]] = {
    "rsync": _rsync,
    "scp": _scp,
    "sftp": _sftp,
    "aws": _aws,
    "s5cmd": _s5cmd,
    "rclone": _rclone,
    "hadoop": _hadoop,
    "hdfs": _hadoop,
    "s3-dist-cp": _s3_dist_cp,
}
"""By the name of the command."""
