"""A condition as a tree: what CEL can say here, each part with the offset in the text where it begins."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Test: TypeAlias = Literal["all", "exists", "exists_one", "filter", "map"]
Order: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
Sign: TypeAlias = Literal["+", "-", "*", "/", "%"]


class BadCondition(Exception):
    """A condition that cannot be used: why, and the offset in its text."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why)
        self.why = why
        self.at = at


class Scalar(Struct, frozen=True):
    """A number, a text, true, false or null."""

    value: bool | int | float | str | None
    at: int


class Name(Struct, frozen=True):
    """The subject, or the variable of a macro."""

    name: str
    at: int


class Select(Struct, frozen=True):
    """A word of what stands before the point."""

    of: Node
    word: str
    at: int


class Index(Struct, frozen=True):
    """A member of a list by its number, or of an object by its key."""

    of: Node
    key: Node
    at: int


class Has(Struct, frozen=True):
    """Whether a word is given."""

    what: Select | Index
    at: int


class Not(Struct, frozen=True):
    """The contrary."""

    of: Node
    at: int


class Minus(Struct, frozen=True):
    """A number with the other sign."""

    of: Node
    at: int


class Join(Struct, frozen=True):
    """Several conditions that all hold, or one of which does."""

    every: bool
    parts: tuple[Node, ...]
    at: int


class Compare(Struct, frozen=True):
    """Two things compared."""

    order: Order
    one: Node
    other: Node
    at: int


class In(Struct, frozen=True):
    """Whether a list or object holds something."""

    what: Node
    inside: Node
    at: int


class Calculate(Struct, frozen=True):
    """Two numbers, texts or lists put together."""

    sign: Sign
    one: Node
    other: Node
    at: int


class Choose(Struct, frozen=True):
    """One of two things, by a condition."""

    when: Node
    then: Node
    other: Node
    at: int


class Listed(Struct, frozen=True):
    """A list that is written out."""

    items: tuple[Node, ...]
    at: int


class Macro(Struct, frozen=True):
    """A question asked of each member of a list."""

    test: Test
    of: Node
    name: str
    body: Node
    at: int


class Call(Struct, frozen=True):
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
            todo.extend(getattr(node, name) for name in node.__struct_fields__)
    return False
