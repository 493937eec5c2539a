"""What a file that a script writes means: a table of mounts, an environment, another script."""

from __future__ import annotations

import re

from fabriclint.patterns import late
from fabriclint.scripts.collect import Collector, Job
from fabriclint.scripts.command import Command
from fabriclint.scripts.interest import INTERESTING
from fabriclint.scripts.remote import (
    Field,
    lines,
    read_autofs,
    read_fstab,
    read_hdfs_configuration,
    read_mount_unit,
)

_SHELL_FILE = late(
    r".*\.(?:sh|bash|ksh|sbatch|slurm|zsh)$|.*/(?:\.bashrc|\.bash_profile|\.profile|\.zshrc|bashrc|bash\.bashrc|rc\.local|profile)$"
    r"|.*/etc/(?:profile\.d|rc\.d|cron\.(?:hourly|daily|weekly|monthly))/.*|.*/cloud/scripts/per-\w+/.*"
)
_ENVIRONMENT_FILE = late(
    r".*/(?:environment|nccl\.conf|\.?env)$|.*\.env$|.*/environment\.d/.*\.conf$|.*/etc/(?:sysconfig|default)/.*"
)
_CRON_FILE = late(r".*/(?:crontab|cron\.d/[^/]+|spool/cron/.*)$")
_CRON_LINE = late(r"(?:@\w+|(?:[\d*/,\-\w]+\s+){5})\s*(?P<rest>.*)", re.DOTALL)
_SHEBANG = late(r"\s*#!\s*(?:/\S*/)?(?:env\s+(?:-S\s+)?)?(?P<name>[\w.+-]+)")
_SHELL_NAMES = frozenset(["sh", "bash", "zsh", "dash", "ksh", "ash"])


def interpreter(text: str) -> str | None:
    """The program that a script's first line names; None without such a line."""
    match = _SHEBANG.match(text)
    return match["name"] if match else None


def is_shell(name: str) -> bool:
    """Whether an interpreter is a shell."""
    return name in _SHELL_NAMES


def read_file(collector: Collector, job: Job) -> None:
    """A file with its path and content."""
    path, body = job.path, job.body
    name = path.rsplit("/", 1)[-1]
    collector.written(path)
    program = interpreter(body.text)
    if program is not None and not is_shell(program):
        if INTERESTING.search(body.text) and re.search(r"mount|rsync|scp|hdfs|\b(?:FI|NCCL)_", body.text):
            collector.not_seen(
                f"{collector.holes.show(path)} is written in {program} and is not read", body.where(0, 1)
            )
    elif name == "fstab":
        read_fstab(collector, body, job.conditional)
    elif name.startswith("auto.") or name.endswith(".autofs"):
        read_autofs(collector, body, job.conditional)
    elif name.endswith(".mount"):
        read_mount_unit(collector, body, job.conditional)
    elif name.endswith(".service"):
        _service(collector, job)
    elif name.startswith("Dockerfile") or name.endswith(".dockerfile"):
        _assignments(collector, job, r"ENV\s+([A-Z]\w*)[=\s](.*)")
    elif program is not None or _SHELL_FILE.fullmatch(path):
        collector.later(Job("shell", body, job.depth + 1, path, conditional=job.conditional))
    elif _CRON_FILE.fullmatch(path):
        _cron(collector, job)
    elif _ENVIRONMENT_FILE.fullmatch(path):
        _assignments(collector, job, r"(?:export\s+)?([A-Za-z_]\w*)=(.*)")
    elif not name.endswith((".py", ".pl", ".rb", ".md", ".html")) and "hdfs://" in body.text:
        read_hdfs_configuration(collector, body)


def _assignments(collector: Collector, job: Job, form: str) -> None:
    for line in lines(job.body.text):
        match = re.fullmatch(form, line.text)
        if match and collector.spend():
            command = Command(collector, job.body, [], line.start, line.end, job.conditional)
            command.sets(match[1], match[2].strip().strip("\"'"), (line.start, line.end))


def _service(collector: Collector, job: Job) -> None:
    """A systemd service: what it executes is a script, what it sets an environment."""
    for line in lines(job.body.text):
        name, equals, text = line.text.partition("=")
        if not equals or not collector.spend():
            continue
        at = line.end - len(text)
        if name.strip().startswith("Exec"):
            start = at + len(text) - len(text.lstrip("-@+!: "))
            body = job.body.inner(start, line.end)
            collector.later(Job("shell", body, job.depth + 1, conditional=job.conditional))
        elif name.strip() == "Environment":
            command = Command(collector, job.body, [], line.start, line.end, job.conditional)
            for match in re.finditer(r"\"([A-Za-z_]\w*)=([^\"]*)\"|([A-Za-z_]\w*)=(\S*)", text):
                key, value = match[1] or match[3], match[2] if match[1] else match[4]
                command.sets(key, value.strip("\"'"), (line.start, line.end))


def _cron(collector: Collector, job: Job) -> None:
    for line in lines(job.body.text):
        match = _CRON_LINE.fullmatch(line.text)
        if line.text.startswith("#") or match is None or not collector.spend():
            continue
        rest = Field(match["rest"], line.end - len(match["rest"]), line.end)
        user = (
            re.match(r"[a-z][\w-]*\s+(?=\S)", rest.text)
            if "/cron.d/" in job.path or job.path.endswith("/etc/crontab")
            else None
        )
        start = rest.start + (user.end() if user else 0)
        collector.later(
            Job("shell", job.body.inner(start, rest.end), job.depth + 1, conditional=job.conditional)
        )
