"""A condition as a tree: what CEL can say here, each part with the offset in the text where it begins."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

Test: TypeAlias = Literal["all", "exists", "exists_one", "filter", "map"]
Order: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
Sign: TypeAlias = Literal["+", "-", "*", "/", "%"]


class BadCondition(Exception):
    """A condition that cannot be used: why, and the offset in its text."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why)
        self.why = why
        self.at = at


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, a text, true, false or null."""

    value: bool | int | float | str | None
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """The subject, or the variable of a macro."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Select:
    """A word of what stands before the point."""

    of: Node
    word: str
    at: int


@dataclass(frozen=True, slots=True)
class Index:
    """A member of a list by its number, or of an object by its key."""

    of: Node
    key: Node
    at: int


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a word is given."""

    what: Select | Index
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    of: Node
    at: int


@dataclass(frozen=True, slots=True)
class Minus:
    """A number with the other sign."""

    of: Node
    at: int


@dataclass(frozen=True, slots=True)
class Join:
    """Several conditions that all hold, or one of which does."""

    every: bool
    parts: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Compare:
    """Two things compared."""

    order: Order
    one: Node
    other: Node
    at: int


@dataclass(frozen=True, slots=True)
class In:
    """Whether a list or object holds something."""

    what: Node
    inside: Node
    at: int


@dataclass(frozen=True, slots=True)
class Calculate:
    """Two numbers, texts or lists put together."""

    sign: Sign
    one: Node
    other: Node
    at: int


@dataclass(frozen=True, slots=True)
class Choose:
    """One of two things, by a condition."""

    when: Node
    then: Node
    other: Node
    at: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that is written out."""

    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Macro:
    """A question asked of each member of a list."""

    test: Test
    of: Node
    name: str
    body: Node
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of what stands before it and its arguments."""

    function: str
    arguments: tuple[Node, ...]
    at: int


Node: TypeAlias = (
    Scalar | Name | Select | Index | Has | Not | Minus | Join | Compare | In | Calculate | Choose | Listed
    | Macro | Call
)  # fmt: skip


def asks_for(tree: Node, word: str) -> bool:
    """Whether a word is asked for anywhere in a tree."""
    todo: list[object] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, Select) and node.word == word:
            return True
        if isinstance(node, tuple):
            todo = [*todo, *node]
        elif isinstance(node, Node):
            todo.extend(getattr(node, one.name) for one in fields(node))
    return False
