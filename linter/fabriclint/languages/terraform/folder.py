"""One folder of Terraform files as a module definition: its blocks by kind, with override files merged in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic, Files, Unreadable
from fabriclint.languages.terraform.syntax import Attribute, Block, File, parse
from fabriclint.text import Source, Span
from fabriclint.values import Reason

_Key = TypeVar("_Key", str, tuple[str, str])
_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")


def is_configuration(name: str) -> bool:
    """Whether a file of this name holds configuration."""
    return name.endswith(_SUFFIXES) and not name.startswith((".", "#")) and not name.endswith("~")


def read_file(source: Source) -> File:
    """A configuration or variables file of either syntax."""
    if source.path.endswith(".json"):
        from fabriclint.languages.terraform.json_syntax import parse_json

        return parse_json(source)
    return parse(source)


def configuration_files(names: Iterable[str]) -> list[str]:
    """The configuration files among names, overrides last; `x.tofu` stands in for `x.tf`."""
    found = [name for name in names if is_configuration(name)]
    have = set(found)
    kept = [
        name
        for name in found
        if not (name.endswith(".tf") and f"{name[:-3]}.tofu" in have)
        and not (name.endswith(".tf.json") and f"{name[:-8]}.tofu.json" in have)
    ]
    return sorted(kept, key=lambda name: (_is_override(name), name))


def _is_override(name: str) -> bool:
    stem = name.split(".", 1)[0]
    return stem == "override" or stem.endswith("_override")


class MergedBlock(Struct):
    """A block with the arguments and nested blocks of override files laid over it."""

    under: Block
    over: Block
    type: str = ""
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.type = self.under.type
        self.labels = self.under.labels

    @property
    def header(self) -> Span:
        """The header of the block that is overridden."""
        return self.under.header

    @property
    def span(self) -> Span:
        """The block that is overridden."""
        return self.under.span

    @property
    def broken(self) -> Reason | None:
        """Why either of both does not parse."""
        return self.under.broken or self.over.broken

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The arguments; the override's win."""
        return self.under.attributes | self.over.attributes

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The nested blocks; the override's replace those of the same type."""
        replaced = {_nested_type(block) for block in self.over.blocks}
        return (
            *(block for block in self.under.blocks if _nested_type(block) not in replaced),
            *self.over.blocks,
        )

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong inside either."""
        return self.under.problems + self.over.problems


def _nested_type(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


class Folder(Struct):
    """A module definition. Blocks keep their source order; a name given twice keeps its first block."""

    path: str
    files: tuple[File, ...] = ()
    variables: dict[str, Block] = field(default_factory=dict[str, Block])
    outputs: dict[str, Block] = field(default_factory=dict[str, Block])
    locals: dict[str, Attribute] = field(default_factory=dict[str, Attribute])
    resources: dict[tuple[str, str], Block] = field(default_factory=dict[tuple[str, str], Block])
    data: dict[tuple[str, str], Block] = field(default_factory=dict[tuple[str, str], Block])
    calls: dict[str, Block] = field(default_factory=dict[str, Block])
    providers: dict[str, Block] = field(default_factory=dict[str, Block])
    backend: Block | None = None
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])
    open: list[Reason] = field(default_factory=list[Reason])


def load(path: str, files: Files) -> Folder:
    """Read every configuration file of a folder."""
    folder = Folder(path)
    read: list[File] = []
    for name in configuration_files(files.names(path)):
        full = posixpath.normpath(posixpath.join(path, name))
        try:
            source = files.source(full)
        except Unreadable as error:
            folder.problems.append(Diagnostic("error", error.message, path=error.path))
            folder.open.append(Reason(f"{full} could not be read: {error.message}"))
            continue
        file = read_file(source)
        read.append(file)
        folder.problems.extend(file.problems)
        folder.open.extend(file.open)
        override = _is_override(name)
        for block in file.blocks:
            _enter(folder, block, override)
    folder.files = tuple(read)
    return folder


def _enter(folder: Folder, block: Block, override: bool) -> None:
    kind, labels = block.type, block.labels
    if kind == "locals":
        for name, attribute in block.attributes.items():
            if name in folder.locals and not override:
                _twice(folder, f"local.{name}", attribute.whole.first_line())
            else:
                folder.locals[name] = attribute
        folder.problems.extend(block.problems)
        return
    if kind == "terraform":
        for inner in block.blocks:
            if inner.type in ("backend", "cloud"):
                folder.backend = inner
        return
    if kind in ("resource", "data"):
        table = folder.resources if kind == "resource" else folder.data
        if len(labels) == 2:
            prefix = "data." if kind == "data" else ""
            _put(folder, table, (labels[0], labels[1]), block, override, f"{prefix}{labels[0]}.{labels[1]}")
        else:
            folder.problems.append(Diagnostic("error", f"A {kind} block has a type and a name", block.header))
        return
    if not labels:
        return
    if kind == "variable":
        _put(folder, folder.variables, labels[0], block, override, f"var.{labels[0]}")
    elif kind == "output":
        _put(folder, folder.outputs, labels[0], block, override, f"output.{labels[0]}")
    elif kind == "module":
        _put(folder, folder.calls, labels[0], block, override, f"module.{labels[0]}")
    elif kind == "provider":
        alias = block.attributes.get("alias")
        key = labels[0] if alias is None else f"{labels[0]}.{alias.span.text.strip(chr(34))}"
        _put(folder, folder.providers, key, block, override, f"provider {key}")


def _put(
    folder: Folder, table: dict[_Key, Block], key: _Key, block: Block, override: bool, name: str
) -> None:
    there = table.get(key)
    if there is None:
        table[key] = block
    elif override:
        table[key] = MergedBlock(there, block)
    else:
        _twice(folder, name, block.header)


def _twice(folder: Folder, name: str, place: Span) -> None:
    folder.problems.append(Diagnostic("error", f"{name} is declared twice; the first one is read", place))
