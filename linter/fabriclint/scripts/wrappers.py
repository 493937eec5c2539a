"""Commands that run another command: `sudo`, `nohup`, `timeout 30`, `env NAME=value` and their like."""

from __future__ import annotations

import re

from fabriclint.patterns import late
from fabriclint.scripts.command import Command, split_options
from fabriclint.scripts.expand import Word

# The letters and names of the options that take a value, and how many words follow before the command.
_WRAPPERS: dict[str, tuple[str, str, int]] = {
    "sudo": (
        "ugpChrtTUDR",
        "user group prompt host chdir role type chroot close-from other-user command-timeout",
        0,
    ),
    "doas": ("uC", "", 0),
    "env": ("uC", "unset chdir", 0),
    "nohup": ("", "", 0),
    "setsid": ("", "", 0),
    "exec": ("a", "", 0),
    "command": ("", "", 0),
    "builtin": ("", "", 0),
    "time": ("fo", "format output", 0),
    "nice": ("n", "adjustment", 0),
    "ionice": ("cnpPu", "class classdata pid", 0),
    "timeout": ("ks", "kill-after signal", 1),
    "stdbuf": ("ioe", "input output error", 0),
    "chrt": ("TPD", "", 1),
    "taskset": ("", "", 1),
    "numactl": ("CNmipP", "cpunodebind membind interleave physcpubind preferred localalloc", 0),
    "flock": ("wE", "timeout wait conflict-exit-code", 1),
    "systemd-run": (
        "pHMu",
        "property unit description slice uid gid setenv on-active on-boot working-directory",
        0,
    ),
    "chroot": ("", "userspec groups", 1),
    "unshare": ("", "", 0),
    "nsenter": ("t", "target", 0),
    "cloud-init-per": ("", "", 2),
    "eatmydata": ("", "", 0),
    "unbuffer": ("", "", 0),
    "catchsegv": ("", "", 0),
    "retry": ("td", "times delay tries max-time", 0),
}
_RETRY = late(
    r"(?:.*[_-])?(?:retry|retries|attempt|try|run_?cmd|run_?as_?\w+|until)(?:[_-].*)?", re.IGNORECASE
)
_COUNT = late(r"-.*|[0-9]+[smh]?")
_SEEN_INSIDE = frozenset(
    ["sudo", "mount", "rsync", "scp", "sftp", "aws", "hadoop", "hdfs", "mount.nfs", "mount.nfs4", "mount-s3"]
)
_ASSIGNED = late(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


def unwrap(command: Command) -> None:
    """Leave the words of the command that is run in the end; what wrappers set is told."""
    for _ in range(10):
        if not command.words:
            return
        first = command.words[0]
        known = _WRAPPERS.get(first.name)
        if first.name == "retry" or (known is None and _RETRY.fullmatch(first.name)):
            inner = next(
                (n for n, word in enumerate(command.words) if n and not _COUNT.fullmatch(word.text)), None
            )
            if inner is not None and command.words[inner].name not in _SEEN_INSIDE:
                inner = None
            if inner is None:
                return
            command.words = command.words[inner:]
            continue
        if known is None:
            return
        short, long, skipped = known
        rest = split_options(command.words[1:], short, long, only_first=True)[1][skipped:]
        while rest and (match := _ASSIGNED.fullmatch(rest[0].text)):
            word = rest.pop(0)
            command.sets(match[1], match[2], (word.start, word.end))
        if not rest and first.name in ("exec", "sudo", "command"):
            return
        command.words = rest


def shell_text(command: Command) -> tuple[Word, tuple[str, ...]] | None:
    """The script that a command is given as a word: `bash -c '…'`, `su - user -c '…'`, `eval …`, and its arguments."""
    name, words = command.words[0].name, command.words[1:]
    if name in ("bash", "sh", "zsh", "dash", "ksh"):
        options, rest = split_options(words, "coO", "rcfile init-file", only_first=True)
        if "c" in options:
            return options["c"][0], tuple(word.text for word in rest[1:])
        return None
    if name in ("su", "runuser"):
        options, rest = split_options(words, "csgG", "command session-command shell group user")
        for key in ("c", "command", "session-command"):
            if key in options:
                return options[key][0], ()
        if name == "runuser" and len(rest) > 1:
            command.words = rest[1:]
        return None
    if name == "eval" and words:
        text = " ".join(word.text for word in words)
        return Word(text, words[0].start, words[-1].end), ()
    return None
