"""How values of a template are spelled: as lines of YAML or as JSON, in the manner of the file they go into."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, TypeAlias, TypeGuard

from msgspec import Struct, field

from fabriclint.patterns import late

_PLAIN = late(r"[A-Za-z/$][A-Za-z0-9 _./:@${}*+-]*\Z")
_NOT_TEXT = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}


class Function(Struct, frozen=True):
    """An intrinsic function over a text: Ref, GetAtt (`Group.GroupId`) or Sub."""

    name: str
    argument: str


class Raw(Struct, frozen=True):
    """A piece of the template's own text, on one line."""

    text: str


class Object(Struct, eq=False):
    """A mapping; `comments` stand before its entries."""

    entries: dict[str, Node] = field(default_factory=dict[str, "Node"])
    comments: list[str] = field(default_factory=list[str])


class Array(Struct, eq=False):
    """A list; `comments` stand before its items, `after` behind them."""

    items: list[Node] = field(default_factory=list["Node"])
    comments: list[str] = field(default_factory=list[str])
    after: list[str] = field(default_factory=list[str])


Node: TypeAlias = "bool | int | float | str | Function | Raw | Object | Array | None"
NO_VALUE: Final = Function("Ref", "AWS::NoValue")


def inside(node: Node) -> Iterable[Node]:
    """The node and everything in it."""
    todo = [node]
    while todo:
        found = todo.pop()
        yield found
        if isinstance(found, Object):
            todo.extend(found.entries.values())
        elif isinstance(found, Array):
            todo.extend(found.items)


def long_form(function: Function) -> tuple[str, str | list[str]]:
    """The key and the argument that a function's long form is written with."""
    if function.name == "Ref":
        return "Ref", function.argument
    if function.name == "GetAtt":
        return "Fn::GetAtt", function.argument.split(".", 1)
    return f"Fn::{function.name}", function.argument


# YAML


class YamlStyle(Struct, frozen=True):
    """A file's manner: the step of its indentation, how far a list stands in from its key, how wide a dash is.

    `long` says that functions are written in their long form.
    """

    step: int = 2
    dash: int = 2
    wide: int = 2
    long: bool = False


PLAIN_YAML: Final = YamlStyle()


def yaml_lines(node: Object | Array, style: YamlStyle = PLAIN_YAML) -> list[str]:
    """The lines of a block mapping or sequence."""
    lines = list(node.comments)
    if isinstance(node, Array):
        lead, rest = f"-{' ' * (style.wide - 1)}", " " * style.wide
        for item in node.items:
            first, *others = _lines_of(item, style)
            lines.extend([f"{lead}{first}", *(f"{rest}{line}" for line in others)])
        return [*lines, *node.after]
    for name, value in node.entries.items():
        lines.extend(yaml_entry(name, value, style))
    return lines


def yaml_entry(name: str, value: Node, style: YamlStyle = PLAIN_YAML) -> list[str]:
    """The lines of a key and what it holds."""
    key = yaml_scalar(name)
    if not is_block(value, style):
        return [f"{key}: {yaml_scalar(value)}"]
    step = " " * (style.dash if isinstance(value, Array) else style.step)
    return [f"{key}:", *(f"{step}{line}" for line in _lines_of(value, style))]


def is_block(node: Node, style: YamlStyle = PLAIN_YAML) -> TypeGuard[Object | Array | Function]:
    """Whether a value needs lines of its own."""
    if isinstance(node, Array):
        return bool(node.items or node.comments)
    if isinstance(node, Function):
        return style.long
    return isinstance(node, Object) and bool(node.entries or node.comments)


def _lines_of(node: Node, style: YamlStyle) -> list[str]:
    if not is_block(node, style):
        return [yaml_scalar(node)]
    if not isinstance(node, Function):
        return yaml_lines(node, style)
    key, argument = long_form(node)
    if isinstance(argument, list):
        return [f"{key}: [{', '.join(yaml_scalar(part, flow=True) for part in argument)}]"]
    return [f"{key}: {yaml_scalar(argument)}"]


def yaml_scalar(node: Node, *, flow: bool = False) -> str:
    """A value on one line; inside brackets (`flow`) more texts need quotes."""
    if isinstance(node, Function):
        return f"!{node.name} {yaml_scalar(node.argument, flow=flow)}"
    if isinstance(node, Raw):
        return node.text
    if isinstance(node, str):
        plain = _PLAIN.match(node) and node.lower() not in _NOT_TEXT
        safe = ": " not in node and " #" not in node and not node.endswith((" ", ":"))
        if plain and safe and not (flow and ("{" in node or "}" in node)):
            return node
        return json.dumps(node, ensure_ascii=False)
    if isinstance(node, Array):
        return "[]"
    if isinstance(node, Object):
        return "{}"
    return json.dumps(node)


# JSON


class JsonStyle(Struct, frozen=True):
    """A file's manner: one level of indentation (None for all on one line), and what stands after a key and a comma.

    `open` says that functions have their lines to themselves like any other object.
    """

    unit: str | None = "  "
    colon: str = ": "
    comma: str = ", "
    open: bool = False


PLAIN_JSON: Final = JsonStyle()


def json_text(node: Node, style: JsonStyle = PLAIN_JSON, indent: str = "") -> str:
    """A value whose first line stands where it is put; `indent` is that of the line it begins on."""
    if isinstance(node, Function):
        key, argument = long_form(node)
        held: Node = Array(list(argument)) if isinstance(argument, list) else argument
        if not style.open:
            style = JsonStyle(None, style.colon, style.comma)
        return json_text(Object({key: held}), style, indent)
    if isinstance(node, Object):
        inner = indent + (style.unit or "")
        return _between(
            "{}", [json_entry(name, node.entries[name], style, inner) for name in node.entries], style, indent
        )
    if isinstance(node, Array):
        inner = indent + (style.unit or "")
        return _between("[]", [json_text(item, style, inner) for item in node.items], style, indent)
    return node.text if isinstance(node, Raw) else json.dumps(node, ensure_ascii=False)


def json_entry(name: str, value: Node, style: JsonStyle, indent: str) -> str:
    """A key and what it holds; `indent` is that of the key's line."""
    return f"{json.dumps(name, ensure_ascii=False)}{style.colon}{json_text(value, style, indent)}"


def _between(brackets: str, parts: list[str], style: JsonStyle, indent: str) -> str:
    opening, closing = brackets[0], brackets[1]
    if not parts:
        return brackets
    if style.unit is None:
        return f"{opening}{style.comma.join(parts)}{closing}"
    line = f"\n{indent}{style.unit}"
    return f"{opening}{line}{f',{line}'.join(parts)}\n{indent}{closing}"
