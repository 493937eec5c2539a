"""Roots that read each other's state, or look up what exactly one other creates: such roots are one, judged together."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from fabriclint.languages.base import Files, Root, Settings, Unreadable
from fabriclint.languages.terraform.lookups import CREATED_BY, Lookups, mentions_lookup
from fabriclint.values import Map, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.instances import Instance
    from fabriclint.languages.terraform.module import Module
    from fabriclint.languages.terraform.syntax import Block

KIND: Final = "terraform_remote_state"
MOST_ROOTS: Final = 400
"""How many roots are looked at for the state they keep and for what they create."""

MOST_TOGETHER: Final = 20
"""How many roots are judged together."""

_STATE: Final = "terraform.tfstate"
_READS: Final = KIND.encode()

Key: TypeAlias = "tuple[str, ...]"


def root_module(folder: str, files: Files, settings: Settings, prefix: str = "") -> Module:
    """A folder as the module of a root, with what the user gives its variables."""
    from fabriclint.languages.terraform.module import Module
    from fabriclint.languages.terraform.run import Run
    from fabriclint.languages.terraform.variables import Given

    run = Run(folder, files, settings)
    run.prefix = prefix
    module = Module(run, run.folder(folder), prefix)
    module.given = Given(run, folder, files, settings)
    return module


def prefix_of(folder: str) -> str:
    """What the addresses of a root begin with where several are judged together."""
    return f'root["{folder}"].'


def state_kept(module: Module) -> Key | None:
    """Where a root keeps its state, as the sources say it; None where they do not."""
    block = module.folder.backend
    if block is None:
        return _key("local", {}, module.run.root)
    kind = block.labels[0] if block.type == "backend" and block.labels else "remote"
    given = {name: module.run.pull(one.expression, module.scope) for name, one in block.attributes.items()}
    inner: dict[str, Value] = {}
    for nested in block.blocks:
        if nested.type == "workspaces":
            inner = _arguments(nested, module)
    if inner:
        given["workspaces"] = Value(Map(inner))
    return _key(kind, given, module.run.root)


def _arguments(block: Block, module: Module) -> dict[str, Value]:
    return {name: module.run.pull(one.expression, module.scope) for name, one in block.attributes.items()}


def state_read(instance: Instance) -> Key | None:
    """Which state a `terraform_remote_state` reads, as far as it is known; None where it is not, or of another workspace."""
    run = instance.module.run
    workspace = instance.read("workspace").data
    if workspace is not None and workspace != (run.settings.workspace or "default"):
        return None
    backend, config = instance.read("backend").data, instance.read("config").data
    if not isinstance(backend, str) or not isinstance(config, Map) or config.more is not None:
        return None
    return _key(backend, config.entries, run.root)


def _key(backend: str, given: Mapping[str, Value], root: str) -> Key | None:
    def text(name: str) -> str | None:
        found = given.get(name)
        return found.data if found is not None and isinstance(found.data, str) and found.data else None

    if backend == "local":
        if "path" in given and text("path") is None:
            return None
        return ("local", posixpath.normpath(posixpath.join(root, text("path") or _STATE)))
    if backend == "s3":
        bucket, name = text("bucket"), text("key")
        return None if bucket is None or name is None else ("s3", bucket, name)
    if backend == "remote":
        owner = text("organization")
        workspaces = given.get("workspaces")
        name_ = workspaces.field("name").data if workspaces is not None else None
        return ("remote", owner, name_) if owner is not None and isinstance(name_, str) else None
    return None


def _mentions_state(path: str, files: Files) -> bool:
    try:
        return _READS in files.source(path).data
    except Unreadable:
        return False


class Together(Root, frozen=True):
    """Several roots as one; `looked_up` are the addresses of the data sources whose answer another of them creates."""

    looked_up: frozenset[str] = frozenset()


class Joined(Struct, frozen=True):
    """The folders of roots that are one, and their data sources whose answer another of them creates."""

    folders: tuple[str, ...]
    looked_up: frozenset[str]


def sets_of(folders: Mapping[str, Sequence[str]], files: Files) -> list[Joined]:
    """The roots that are one, set by set; `folders` are all roots with their files."""
    if not 1 < len(folders) <= MOST_ROOTS:
        return []
    reading = [
        folder for folder, paths in folders.items() if any(_mentions_state(path, files) for path in paths)
    ]
    looking = [
        folder for folder, paths in folders.items() if any(mentions_lookup(path, files) for path in paths)
    ]
    if not reading and not looking:
        return []
    modules = {folder: root_module(folder, files, Settings(), prefix_of(folder)) for folder in folders}
    together = {folder: folder for folder in folders}

    def top(folder: str) -> str:
        while together[folder] != folder:
            folder = together[folder]
        return folder

    def join(one: str, other: str) -> None:
        first, second = sorted((top(one), top(other)))
        together[second] = first

    if reading:
        kept: dict[Key, list[str]] = {}
        for folder, module in modules.items():
            key = state_kept(module)
            if key is not None:
                kept.setdefault(key, []).append(folder)
        for folder in reading:
            for instance in _data(modules[folder], (KIND,)):
                key = state_read(instance)
                owners = kept.get(key, []) if key is not None else []
                if len(owners) == 1:
                    join(folder, owners[0])
    looked_up: dict[str, str] = {}
    if looking:
        lookups = Lookups(tuple(modules.values()))
        share(tuple(modules.values()), lookups)
        for folder in looking:
            for instance in _data(modules[folder], CREATED_BY):
                found = lookups.find(instance)
                if found is not None:
                    looked_up[instance.address] = folder
                    join(folder, found.items[0].module.run.root)
    sets: dict[str, list[str]] = {}
    for folder in folders:
        sets.setdefault(top(folder), []).append(folder)
    return [
        Joined(
            tuple(sorted(members)),
            frozenset(address for address, folder in looked_up.items() if folder in members),
        )
        for members in sets.values()
        if 1 < len(members) <= MOST_TOGETHER
    ]


def _data(module: Module, kinds: Collection[str]) -> Iterator[Instance]:
    """The data sources of some types that stand in a root itself."""
    for key, block in module.folder.data.items():
        if key[0] in kinds:
            yield from module.instances("data", key, block)


def share(modules: Sequence[Module], lookups: Lookups | None) -> None:
    """Let roots see what has an address in any of them, and what is looked up."""
    for module in modules:
        module.run.things = modules[0].run.things
        module.run.siblings = modules[0].run.siblings
        module.run.lookups = lookups


def read_output(instance: Instance) -> Module | None:
    """The root whose outputs a `terraform_remote_state` reads, where it is judged together with this one."""
    siblings = instance.module.run.siblings
    if not siblings:
        return None
    key = state_read(instance)
    return None if key is None else siblings.get(key)
