"""Values of a template as plain data: what they say, however they are spelled, and which names they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fabriclint.languages.cloudformation.spelling import Array, Function, Node, Object, Raw, inside, long_form
from fabriclint.languages.cloudformation.template import read_tree
from fabriclint.languages.cloudformation.tree import Mapping, Scalar, Sequence, scalar_text, walk
from fabriclint.languages.cloudformation.tree import Node as Tree
from fabriclint.patterns import late
from fabriclint.text import Source

_DEEP: Final = 60
_BOOLS: Final = frozenset(("true", "false"))
_HOLE = late(r"\$\{([^!}][^}]*)\}")
_WORD = late(r"[A-Za-z0-9]+")


def said(node: Tree | None, depth: int = 0) -> object:
    """What a tree says; two that are written differently and mean the same are equal."""
    if depth > _DEEP:
        return object()  # like nothing else
    if isinstance(node, Scalar):
        small = node.text.lower()
        return small if small in _BOOLS else node.text
    if isinstance(node, Sequence):
        return [said(item, depth + 1) for item in node.items]
    if node is None:
        return {}
    call = node.call()
    if call is not None and call[0] == "Fn::GetAtt":
        argument = call[1].value
        if isinstance(argument, Sequence):
            parts = [scalar_text(item) for item in argument.items]
            if None not in parts:
                return {"Fn::GetAtt": ".".join(part for part in parts if part is not None)}
    return {name: said(entry.value, depth + 1) for name, entry in node.entries.items()}


def would_say(node: Node) -> object:
    """What a value says once it is written, as `said` has it."""
    if isinstance(node, Function):
        return {long_form(node)[0]: node.argument}
    if isinstance(node, Raw):
        return said(read_tree(Source("", node.text.encode())).document)
    if isinstance(node, Object):
        return {name: would_say(value) for name, value in node.entries.items()}
    if isinstance(node, Array):
        return [would_say(item) for item in node.items]
    return literal(node)


def literal(node: bool | int | float | str | None) -> str:
    """A scalar as a text."""
    if isinstance(node, bool):
        return "true" if node else "false"
    return "null" if node is None else str(node)


def refers(node: Tree) -> Iterator[str]:
    """The names that a tree refers to by Ref, GetAtt, Sub and DependsOn; some that it does not may be among them."""
    for found in walk(node):
        if not isinstance(found, Mapping):
            continue
        depends = found.get("DependsOn")
        if depends is not None:
            yield from (part.text for part in walk(depends) if isinstance(part, Scalar))
        call = found.call()
        if call is None:
            continue
        name, entry = call
        texts = [part.text for part in walk(entry.value) if isinstance(part, Scalar)]
        if name == "Fn::Sub":
            yield from (_first(hole) for text in texts for hole in _HOLE.findall(text))
        elif name in ("Ref", "Fn::GetAtt"):
            yield from (_first(text) for text in texts[:1])


def would_refer(node: Node) -> Iterator[str]:
    """The names that a value refers to; every word of repeated source text counts as one."""
    for found in inside(node):
        if isinstance(found, Raw):
            yield from _WORD.findall(found.text)
        elif isinstance(found, Function) and found.name == "Sub":
            yield from (_first(hole) for hole in _HOLE.findall(found.argument))
        elif isinstance(found, Function):
            yield _first(found.argument)


def _first(text: str) -> str:
    return text.strip().partition(".")[0]
