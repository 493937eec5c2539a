"""What one command means: a mount, a copy, an installer, another script."""

from __future__ import annotations

import re
from collections.abc import Callable

from fabriclint.patterns import late
from fabriclint.scripts.command import FABRIC_VARIABLE, Command, split_options
from fabriclint.scripts.copies import COPIERS
from fabriclint.scripts.expand import Word
from fabriclint.scripts.facts import Installer, Removal
from fabriclint.scripts.places import HOLE, Body
from fabriclint.scripts.remote import Field, add_hdfs, add_mount
from fabriclint.scripts.wrappers import shell_text
from fabriclint.values import Reference, Unknown

_SILENT = frozenset(
    [
        "echo",
        "printf",
        "logger",
        "true",
        "false",
        ":",
        "sleep",
        "cd",
        "set",
        "exit",
        "return",
        "shift",
        "break",
    ]
)
_SHELLS = frozenset(["bash", "sh", "zsh", "dash", "ksh"])
# `docker -e`, `mpirun -x`, `srun --export` and `systemctl set-environment` give a variable to what they start.
_LAUNCHERS = late(
    r"mpirun|mpiexec(?:\.hydra)?|srun|prun|horovodrun|docker(?:-compose)?|podman|nerdctl|finch|ctr|singularity|apptainer"
    r"|enroot|systemctl"
)
_CONFIGURERS = frozenset(
    ["ansible-pull", "ansible-playbook", "chef-client", "chef-solo", "puppet", "salt-call"]
)
_PACKAGE = late(
    r"(?:.*/)?(?:efa(?:-(?:profile|config|driver|nv-peermem)\S*)?|(?:openmpi\d*|libfabric\d*)-aws\S*)(?:[=_.]\S*)?"
)
_PLUGIN = late(r"aws-ofi-nccl|libnccl-ofi|libnccl-net")
# Scripts that come with the system, the AMI or a public installer: they bring software and move no data.
_OF_THE_SYSTEM = late(
    r"/etc/(?!rc\.local)|/usr/|/lib|/bin/|/sbin/|/opt/(?:aws|amazon|conda|intel|nvidia|slurm|parallelcluster|ibm)\b|(?:~|/root|/home/[^/]+|\$HOME)/\."
    r"|.*(?:activate|conda\.sh|setvars\.sh|spack/setup-env\.sh|mpivars\.sh|modules?\.sh|nvm\.sh|config\.guess|autogen\.sh|configure)$"
    r"|.*(?:/|^)(?:Miniconda|Anaconda|Miniforge|Mambaforge|NVIDIA|cuda_|cmake-|get-docker|get_helm|rustup)[^/]*$"
    r"|.*/\.(?:bashrc|profile|bash_profile|cargo/env)$"
)
_PUBLIC_INSTALLERS = late(
    r"https?://(?:get\.docker\.com|download\.docker\.com|sh\.rustup\.rs|astral\.sh|(?:deb|rpm)\.nodesource\.com|repo\.anaconda\.com"
    r"|raw\.githubusercontent\.com/(?:helm/helm|nvm-sh/nvm|Homebrew)|get\.helm\.sh|packagecloud\.io|nvidia\.github\.io"
    r"|bootstrap\.pypa\.io|efa-installer\.amazonaws\.com|get\.k3s\.io|baltocdn\.com|ollama\.com/install\.sh|awscli\.amazonaws\.com)"
)


def understand(command: Command, stream: Body | None) -> None:
    """Tell the collector what a command does; `stream` is what it prints, where that is decided."""
    first = command.words[0]
    name = first.name
    if re.fullmatch(f"{HOLE}+", command.raw(first)) and first.text == command.raw(first):
        _hidden(command, first, "a command of the script is not known")
        return
    script = shell_text(command)
    if script is not None:
        _nested(command, *script)
        return
    first = command.words[0]
    name = first.name
    _files(command, stream)
    if name not in _SILENT and not (stream is not None and command.sinks):
        command.collector.command(command.text)
    if name in (".", "source") or name in _SHELLS:
        _run(command)
    elif name in ("su", "sudo", "runuser"):
        if command.stdin is not None:
            command.reads(command.stdin)
    elif "/" in first.text and (name.endswith((".sh", ".bash")) or command.collector.brought(first.text)):
        _run_file(command, first)
    handler = _HANDLERS.get(name) or _HANDLERS.get(
        name.partition(".")[0] if name.startswith("mount.") else ""
    )
    if handler is not None:
        handler(command)
    copier = COPIERS.get(name)
    if copier is not None:
        copier(command)
    if _LAUNCHERS.fullmatch(name):
        _launch(command)
    elif name in _CONFIGURERS:
        command.collector.not_seen(f"{name} configures the machine at start", command.place)
    _installer(command)
    if name not in ("echo", "printf", "logger"):
        for word in command.words[1:]:
            if "hdfs://" in word.text:
                how = "distcp" if any(w.text == "distcp" for w in command.words) else name
                add_hdfs(command.collector, command.body, word.text, (word.start, word.end), how)


# ---------------------------------------------------------------- other scripts


def _nested(command: Command, word: Word, arguments: tuple[str, ...]) -> None:
    """A script inside a word."""
    holes = command.collector.holes
    raw = command.raw(word)
    if not re.fullmatch(f"(?:{HOLE}|\\s)+", word.text):
        command.runs_word(word, arguments)
        return
    fetched = re.search(r"\b(?:curl|wget|aws\s+s3|gsutil)\b", raw)
    if command.words[0].name == "eval" and raw.lstrip("\"'").startswith(("$(", "`")) and not fetched:
        return
    if fetched and _PUBLIC_INSTALLERS.search(raw):
        return
    part = holes.part(word.text.strip()[0])
    reason = "a script is fetched and run at start" if fetched else _what(part)
    command.collector.not_seen(reason, command.place)


def _what(part: Reference | Unknown | None) -> str:
    if isinstance(part, Unknown) and part.reasons:
        return part.reasons[0].what
    return (
        f"{part} is not known before it is created"
        if part is not None
        else "a part of the script is not known"
    )


def _hidden(command: Command, word: Word, otherwise: str) -> None:
    """A command that is a hole of the template."""
    part = command.collector.holes.part(word.text[0])
    if isinstance(part, Unknown):
        command.collector.not_known(part, command.place)
    else:
        command.collector.not_seen(_what(part) if part is not None else otherwise, command.place)


def _run(command: Command) -> None:
    """`bash file`, `source file`, or a shell that reads its script from a pipe."""
    name = command.words[0].name
    rest = split_options(command.words[1:], "oO", "rcfile init-file", only_first=True)[1]
    if (
        rest
        and name not in (".", "source")
        and any(w.text.startswith("-") and "s" in w.text for w in command.words[1:2])
    ):
        rest = []
    if rest:
        _run_file(command, rest[0])
    elif command.stdin is not None:
        command.reads(command.stdin)
    elif command.piped or "<(" in command.text:
        _fetched_by_pipe(command)


def _run_file(command: Command, word: Word) -> None:
    raw = command.raw(word)
    if raw.startswith("<("):
        if not _PUBLIC_INSTALLERS.search(raw):
            command.collector.not_seen("a script is fetched and run at start", command.place)
        return
    if re.search(r"efa_installer\.sh$", word.text) or _OF_THE_SYSTEM.match(word.text):
        return
    if re.fullmatch(f"{HOLE}+", word.text):
        command.collector.not_seen(_what(command.collector.holes.part(word.text[0])), command.place)
        return
    sourced = command.words[0].text in (".", "source")
    if sourced and not word.text.endswith((".sh", ".bash")) and not command.collector.brought(word.text):
        return
    command.collector.run(word.text, raw.strip("\"'") if "\n" not in raw else word.text, command.place)


def _fetched_by_pipe(command: Command) -> None:
    text = command.body.text
    start = command.start
    while True:
        start = text.rfind("\n", 0, max(start, 0))
        if start <= 0 or text[start - 1] not in "\\|":
            break
    if not _PUBLIC_INSTALLERS.search(text[start + 1 : command.end]):
        command.collector.not_seen("a script is fetched and run at start", command.place)


def _files(command: Command, stream: Body | None) -> None:
    """The files that its output goes to."""
    name = command.words[0].name
    paths = list(command.sinks)
    if name == "tee":
        paths.extend(word.text for word in split_options(command.words[1:])[1])
    for path in paths:
        if path.startswith("/dev/"):
            continue
        if stream is not None:
            command.reads(stream, "file", path)
        elif name in ("curl", "wget", "aws", "gsutil"):
            command.collector.fetched(path)
        elif path.endswith("/fstab"):
            command.collector.not_seen("a line of /etc/fstab is not known", command.place)


# ---------------------------------------------------------------- mounts


def _mount(command: Command) -> None:
    options, rest = split_options(
        command.words[1:], "toOLUNTp", "types options test-opts label uuid namespace fstab source target"
    )
    name = command.words[0].name
    types = [*options.get("t", []), *options.get("types", [])]
    suffix = re.fullmatch(r"mount[._](\w+)", name)
    kind = suffix[1] if suffix else types[0].text if types else ""
    ends = [*options.get("source", []), *rest, *options.get("target", [])]
    if not ends or (len(ends) == 1 and ":" not in ends[0].text):
        return
    _add_mount(command, kind, ends[0], ends[1] if len(ends) > 1 else None)


def _add_mount(command: Command, kind: str, source: Word, target: Word | None) -> None:
    if kind and not command.collector.holes.literal(kind):
        kind = ""
    add_mount(
        command.collector,
        command.body,
        kind,
        Field(source.text, source.start, source.end),
        None if target is None else Field(target.text, target.start, target.end),
        (command.start, command.end),
        "mount",
        command.conditional,
    )


def _fuse(command: Command) -> None:
    """`mount-s3 bucket dir`, `goofys bucket dir`, `s3fs bucket dir`, `sshfs host:path dir`."""
    rest = split_options(
        command.words[1:],
        "opf",
        "region profile prefix cache endpoint-url file-mode dir-mode endpoint uid gid",
    )[1]
    if len(rest) >= 2:
        _add_mount(command, command.words[0].name, rest[0], rest[1])


def _docker(command: Command) -> None:
    """`docker volume create --opt type=nfs --opt o=addr=… --opt device=:/path name`."""
    words = command.words[1:]
    if [word.text for word in words[:2]] != ["volume", "create"]:
        return
    options = split_options(words[2:], "od", "opt driver name label")[0]
    given: dict[str, Word] = {}
    for option in [*options.get("opt", []), *options.get("o", [])]:
        name, _, text = option.text.partition("=")
        given[name] = Word(text, option.start, option.end)
    address = re.search(r"addr=([^,]+)", given["o"].text) if "o" in given else None
    if "type" not in given or "device" not in given:
        return
    device = given["device"]
    source = (
        f"{address[1]}:{device.text.lstrip(':')}" if address and device.text.startswith(":") else device.text
    )
    at = given["o"] if address else device
    field = Field(source, at.start, at.end)
    whole = (command.start, command.end)
    add_mount(
        command.collector, command.body, given["type"].text, field, None, whole, "docker", command.conditional
    )


# ---------------------------------------------------------------- environment, software


def _launch(command: Command) -> None:
    """`-x NAME=value`, `-e NAME=value`, `-genv NAME value`, `--export=NAME=value,…`."""
    words = command.words
    for at, word in enumerate(words[1:], 1):
        if word.text in ("-genv", "-env") and at + 2 < len(words):
            command.sets(words[at + 1].text, words[at + 2].text, (words[at + 1].start, words[at + 2].end))
            continue
        text = re.sub(r"^(?:--env[= ]|--export=|-e|-x)", "", word.text)
        pieces = text.split(",") if word.text.startswith("--export=") else [text]
        for piece in pieces:
            name, equals, value = piece.partition("=")
            if equals and FABRIC_VARIABLE.fullmatch(name):
                command.sets(name, value, (word.start, word.end))


def _installer(command: Command) -> None:
    name, words = command.words[0].name, command.words
    place, text, software = command.place, command.text, command.collector.software
    runs = name in _SHELLS or name == "efa_installer.sh"
    if runs and any(word.name == "efa_installer.sh" for word in words[:4]):
        if any(word.text in ("-u", "--uninstall") for word in words):
            software(Removal("efa", place, text, command.conditional))
        else:
            software(Installer("efa", place, text))
    elif name in ("curl", "wget", "aws") and any("aws-efa-installer" in word.text for word in words):
        software(Installer("efa", place, text))
    elif name in ("curl", "wget", "git") and any(_PLUGIN.search(word.text) for word in words):
        software(Installer("aws-ofi-nccl", place, text))
    elif name in ("yum", "dnf", "apt", "apt-get", "zypper", "rpm", "dpkg", "microdnf", "tdnf"):
        _packages(command)
    elif name in ("rm", "unlink"):
        _remove(command)


def _packages(command: Command) -> None:
    words = [word.text for word in command.words[1:]]
    removes = any(
        word in ("remove", "erase", "purge", "autoremove", "-e", "-r", "-P", "--purge", "--remove")
        for word in words
    )
    installs = any(
        word in ("install", "reinstall", "localinstall", "-i", "-U", "-ivh", "-Uvh") for word in words
    )
    if not removes and not installs:
        return
    for word in words:
        plugin = _PLUGIN.search(word)
        if plugin is None and not _PACKAGE.fullmatch(word):
            continue
        if removes:
            what = Removal(
                "aws-ofi-nccl" if plugin else "efa", command.place, command.text, command.conditional
            )
            command.collector.software(what)
        else:
            command.collector.software(
                Installer("aws-ofi-nccl" if plugin else "efa", command.place, command.text)
            )
        return


def _remove(command: Command) -> None:
    """Removing the installed plugin; removing a download or a build tree that the script itself made is tidying up."""
    for word in command.words[1:]:
        path = word.text
        if path.endswith((".gz", ".tgz", ".zip", ".deb", ".rpm")) or "aws-efa-installer" in path:
            continue
        installed = path.startswith(("/opt/", "/usr/", "/lib"))
        plugin = _PLUGIN.search(path)
        if plugin and (installed or not command.collector.cloned("aws-ofi-nccl")):
            command.collector.software(
                Removal("aws-ofi-nccl", command.place, command.text, command.conditional)
            )
            return
        if re.fullmatch(r"/opt/amazon/efa/?\*?", path):
            command.collector.software(Removal("efa", command.place, command.text, command.conditional))
            return


def _sed(command: Command) -> None:
    """`sed -i '$ a line' /etc/fstab`."""
    rest = split_options(command.words[1:], "e", "expression")
    if not rest[1] or not rest[1][-1].text.endswith("/fstab"):
        return
    for word in [*rest[0].get("e", []), *rest[1][:-1]]:
        match = re.fullmatch(r"\$?\s*a\\?\s*(\S.*)", word.text, re.DOTALL)
        if match:
            command.reads(command.body.inner(word.start, word.end, match[1]), "fstab")


def _get(command: Command) -> None:
    """A file that is fetched: what is run later under its name is not seen."""
    name, words = command.words[0].name, command.words[1:]
    if name == "git":
        return
    options, rest = split_options(
        words,
        "oOHdXuAebTmP" if name == "curl" else "OPUeoai",
        "output output-document header user data retry max-time",
    )
    if name == "curl":
        options = {**options, "O": []} if "O" in options else options
    for key in ("o", "output", "O", "output-document"):
        for word in options.get(key, []):
            command.collector.fetched(word.text)
    for word in [*rest, *words]:
        if "://" in word.text:
            command.collector.fetched(word.text.partition("?")[0])


_HANDLERS: dict[str, Callable[[Command], None]] = {
    "mount": _mount,
    "mount_nfs": _mount,
    "mount_smbfs": _mount,
    "mount-s3": _fuse,
    "goofys": _fuse,
    "s3fs": _fuse,
    "sshfs": _fuse,
    "docker": _docker,
    "podman": _docker,
    "sed": _sed,
    "curl": _get,
    "wget": _get,
}
