"""The cheap first look at a script: whether it is worth a parser at all."""

from __future__ import annotations

import re

from fabriclint.patterns import late
from fabriclint.scripts.places import HOLE
from fabriclint.scripts.words import INTEREST

INTERESTING = late(
    r"mount|fstab|nfs|cifs|smb|lustre|\befs\b|autofs|/auto\.|goofys|s3fs|rsync|\bscp\b|sftp|sshfs"
    r"|\bs3\b|\bs3api\b|s5cmd|rclone|distcp|hdfs|webhdfs|hadoop|fs\.default"
    r"|\b(?:FI|NCCL|OFI|RDMAV)_|\befa|libfabric|ofi-nccl|nccl-ofi|libnccl"
    r"|base64|b64|\beval\b|\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:ba|z|da|k)?sh\b|<\(|(?<![\w/.-])(?:source|\.)\s+\S"
    r"|(?<!/etc/eks/bootstrap)\.sh\b|ansible|chef-client|puppet|salt-call"
    rf"|^[ \t-]*{HOLE}|(?<![\w./-])(?:ba|z|da|k)?sh[ \t]+\S|(?<![A-Za-z0-9])(?:{INTEREST})(?![A-Za-z])",
    re.IGNORECASE | re.MULTILINE,
)
"""Matches every script that this package could say anything about."""


def plain_commands(text: str) -> tuple[str, ...]:
    """The lines of a script that holds nothing of interest, without its comments."""
    lines = (re.sub(r"(?:^|\s)#.*", "", line) for line in text.replace("\\\n", " ").split("\n"))
    return tuple(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
