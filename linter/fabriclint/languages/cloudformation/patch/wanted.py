"""What the changes of one resource want of its properties, put together so that each place is written once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from fabriclint.languages.base import NoEdit
from fabriclint.languages.cloudformation.spelling import Array, Node, Object
from fabriclint.languages.cloudformation.write import LISTS, SINGLE, Writer
from fabriclint.languages.writing import Blocks, Listed, Native, blocks_of, fitted, place_of
from fabriclint.model.change import Inside, Remove, Set, Written
from fabriclint.model.element import Each


class Put(Struct, eq=False):
    """It takes this value; `over` says that the mapping or list that is there may go for it."""

    node: Node
    over: bool = True


class Grow(Struct, eq=False):
    """The list gets these items, or with `instead` has these only."""

    items: list[Node]
    instead: bool = False


class Gone(Struct, eq=False):
    """It goes."""


class Branch(Struct, eq=False):
    """More is wanted inside."""

    entries: dict[str, Want] = field(default_factory=dict[str, "Want"])


Want: TypeAlias = Put | Grow | Gone | Branch


def wanted(writer: Writer, changes: Sequence[Inside | Set | Remove]) -> Branch:
    """The changes of one resource by the properties that they want to be otherwise."""
    whole = Branch()
    for change in changes:
        element = change.element
        path = place_of(element, change.attribute)
        if path is None:
            raise NoEdit(f"{element.type} has no place for {change.attribute.replace('_', ' ')}")
        if path.startswith("/"):
            raise NoEdit(f"{path[1:].partition('.')[0]} stands beside the properties")
        _store(whole, path.split("."), _want(writer, change, path))
    return whole


def fresh(want: Want) -> Node:
    """The value of a property that was not there; None where nothing is wanted of it."""
    if isinstance(want, Put):
        return want.node
    if isinstance(want, Grow):
        return Array(want.items)
    if isinstance(want, Gone):
        return None
    inner = Object()
    for name, one in want.entries.items():
        value = fresh(one)
        if value is not None:
            inner.entries[name] = value
    return inner if inner.entries else None


def nodes(want: Want) -> Iterator[Node]:
    """Every value that is wanted."""
    if isinstance(want, Put):
        yield want.node
    elif isinstance(want, Grow):
        yield from want.items
    elif isinstance(want, Branch):
        for inner in want.entries.values():
            yield from nodes(inner)


def _want(writer: Writer, change: Inside | Set | Remove, path: str) -> Want:
    if isinstance(change, Remove):
        return Gone()
    attribute = change.element.shape.attributes[change.attribute]
    value: Written = list(change.items) if isinstance(change, Inside) else change.value
    name = path.rpartition(".")[2]
    native: Native
    strange: list[str] = []
    if isinstance(attribute, Each):
        native, strange = blocks_of(attribute, value, LISTS)
    else:
        native = fitted(path, value, LISTS)
    if strange:
        raise NoEdit(f"{change.element.type} has no place for {strange[0].replace('_', ' ')}")
    node = writer.node(native, name)
    if writer.notes:
        raise NoEdit(writer.notes[0])
    if isinstance(native, (Blocks, Listed)) and isinstance(node, Array):
        if name in SINGLE:
            raise NoEdit(f"{name} holds one object")
        return Grow(node.items, change.instead) if isinstance(change, Inside) else Put(node)
    if isinstance(change, Set):
        return Gone() if node is None else Put(node)
    if name in SINGLE and isinstance(node, Object):
        return Put(node, change.instead)
    raise NoEdit(f"{name} holds a single value")


def _store(branch: Branch, path: Sequence[str], want: Want) -> None:
    *way, last = path
    for step in way:
        inner = branch.entries.setdefault(step, Branch())
        if not isinstance(inner, Branch):
            raise NoEdit(f"the changes contradict each other in {step}")
        branch = inner
    known = branch.entries.get(last)
    if isinstance(known, Branch):
        raise NoEdit(f"the changes contradict each other in {last}")
    if isinstance(want, Grow):
        if isinstance(known, Grow):
            want = Grow([*known.items, *want.items], known.instead or want.instead)
        elif isinstance(known, Put) and isinstance(known.node, Array):
            want = Put(Array([*known.node.items, *want.items]))
        elif isinstance(known, Gone):
            want = Grow(want.items, instead=True)
    branch.entries[last] = want
