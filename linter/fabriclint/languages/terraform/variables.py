"""The values of variables: tfvars files, `--var-file`, `--var`, what a caller passes, defaults; converted to their types."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from fabriclint.languages.base import Diagnostic, Files, Settings, Unreadable
from fabriclint.languages.terraform import types
from fabriclint.languages.terraform.build import broken
from fabriclint.languages.terraform.expressions import Expression, Literal, has_lines
from fabriclint.languages.terraform.failures import unknown
from fabriclint.languages.terraform.folder import read_file
from fabriclint.languages.terraform.kinds import Kind
from fabriclint.languages.terraform.syntax import Attribute, Block, parse
from fabriclint.text import Source, Span
from fabriclint.values import SENSITIVE, Input, Map, OneOf, Seq, Text, Value, plain

if TYPE_CHECKING:
    from fabriclint.languages.terraform.module import Module
    from fabriclint.languages.terraform.run import Run

_MOST_SHOWN: Final = 40


def is_variables_file(name: str) -> bool:
    """Whether Terraform loads a file of this name by itself."""
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith(
        (".auto.tfvars", ".auto.tfvars.json")
    )


class Given:
    """What the user gives a root's variables. Later files and options win."""

    def __init__(self, run: Run, folder: str, files: Files, settings: Settings) -> None:
        self.expressions: dict[str, tuple[Attribute | str, Span | None]] = {}
        self.sources: list[Source] = []
        names = [name for name in files.names(folder) if is_variables_file(name)]
        first = ("terraform.tfvars", "terraform.tfvars.json")
        ordered = [name for name in first if name in names] + sorted(
            name for name in names if name not in first
        )
        for path in [
            *(posixpath.normpath(posixpath.join(folder, name)) for name in ordered),
            *settings.variable_files,
        ]:
            try:
                source = files.source(path)
            except Unreadable as error:
                run.tell(Diagnostic("error", error.message, path=error.path))
                continue
            file = read_file(source)
            self.sources.append(source)
            for problem in file.problems:
                run.tell(problem)
            for name, attribute in file.attributes.items():
                self.expressions[name] = (attribute, attribute.whole)
        for name, text in settings.variables:
            self.expressions[name] = (text, None)


def value_of(module: Module, name: str, block: Block) -> Value:
    """The value of one variable of a module."""
    kind = types.constraint(block.attributes.get("type"))
    value = _given(module, name, block, kind)
    default = block.attributes.get("default")
    if value is not None and value.data is None and _not_nullable(block):
        value = None if default is None else module.run.pull(default.expression, module.scope)
    if value is None:
        if default is None:
            return unknown(f"var.{name} has no value", block.header)
        value = module.run.pull(default.expression, module.scope)
        if module.outer is not None and value.data is not None:
            value = Value(value.data, value.place, "default", inputs=value.inputs)
    sensitive = is_sensitive(block)
    if sensitive:
        module.run.secrets.update(_texts(value))
    return _as_input(module, name, types.convert(value, kind), block, sensitive=sensitive)


def is_sensitive(block: Block) -> bool:
    """Whether a variable is declared sensitive; what is not plainly `false` is taken for it."""
    written = block.attributes.get("sensitive")
    return written is not None and written.span.text.strip() != "false"


def _texts(value: Value) -> Iterator[str]:
    """The texts and numbers in a value, and the parts of texts with holes."""
    todo = [value]
    while todo:
        data = todo.pop().data
        if isinstance(data, Seq):
            todo.extend(data.items)
        elif isinstance(data, Map):
            todo.extend(data.entries.values())
        elif isinstance(data, OneOf):
            todo.extend(data.options)
        elif isinstance(data, Text):
            yield from (part for part in data.parts if isinstance(part, str))
        elif isinstance(data, (str, int, float)) and not isinstance(data, bool):
            yield plain(data)


def _not_nullable(block: Block) -> bool:
    written = block.attributes.get("nullable")
    return written is not None and written.span.text.strip() == "false"


def _given(module: Module, name: str, block: Block, kind: Kind) -> Value | None:
    """What the user or the caller gives; None for nothing."""
    if module.caller is not None and module.block is not None:
        argument = module.block.attributes.get(name)
        if argument is not None:
            value = module.run.pull(argument.expression, module.caller)
            if module.outer is module.block and not has_lines(value):
                return value.moved(argument.span)  # the argument of a stub's call is what decides
            return value
        if module.block.broken is not None and "default" not in block.attributes:
            return unknown(module.block.broken.what, module.block.broken.place)
        return None
    found = module.given.expressions.get(name) if module.given is not None else None
    if found is None:
        return None
    written, _ = found
    if isinstance(written, str):
        return module.run.pull(typed(name, written, kind, block.header), module.scope)
    return module.run.pull(written.expression, module.scope)


def typed(name: str, text: str, kind: Kind, place: Span) -> Expression:
    """A value as typed on the command line: raw text for a string, an expression for every other type."""
    if kind.name in ("string", "number", "bool") or (
        kind.name == "any" and not text.lstrip().startswith(("[", "{", '"'))
    ):
        return Literal(place, text)
    source = Source(f"--var {name}", f"value = {text}\n".encode())
    found = parse(source)
    attribute = found.attributes.get("value")
    if attribute is None or found.problems:
        return broken(place, f"the value given for var.{name} does not parse")
    return attribute.expression


def _as_input(module: Module, name: str, value: Value, block: Block, *, sensitive: bool) -> Value:
    """A root's variable is an input: what is computed from it says so."""
    if module.caller is not None:
        return value
    given = module.given.expressions.get(name) if module.given is not None else None
    place = given[1] if given is not None else None
    if place is None and given is None:
        default = block.attributes.get("default")
        place = None if default is None else default.whole
    return value.under(
        frozenset({Input(f"var.{name}", SENSITIVE if sensitive else _shown(value), place or block.header)})
    )


def _shown(value: Value) -> str:
    """A few characters that tell a value: a text in quotes, a short list in full."""
    data = value.data
    if isinstance(data, str):
        text = '"' + data.replace("\n", "\\n") + '"'
    elif isinstance(data, Seq) and data.more is None and len(data.items) <= 6:
        text = (
            "["
            + ", ".join(_shown(item) if not isinstance(item.data, Seq) else "…" for item in data.items)
            + "]"
        )
    else:
        text = value.show()
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"
