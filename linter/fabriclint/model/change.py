"""Changes: what a fix wants of the model; a language's writer says how that is written there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from fabriclint.model.element import Element
from fabriclint.text import Span
from fabriclint.values import Value


class Link(Struct, frozen=True):
    """A reference to an element that is there, written the way the language refers to it."""

    element: Element
    attribute: str = "id"


class New(Struct, frozen=True):
    """A reference to what an Add of the same fix makes, by the name it was given."""

    name: str
    attribute: str = "id"


class Region(Struct, frozen=True):
    """The Region the stack runs in, inside a text: `Join(("com.amazonaws.", Region(), ".s3"))`."""


class Join(Struct, frozen=True):
    """A text made of literal parts and references."""

    parts: tuple[str | Link | New | Region, ...]


class Same(Struct, frozen=True):
    """A value as the user already wrote it somewhere (its source text is repeated)."""

    value: Value


Written: TypeAlias = "bool | int | float | str | Link | New | Region | Join | Same | list[Written] | Mapping[str, Written] | None"


class Add(Struct, frozen=True):
    """A new resource of `kind`; attribute names are the kind's.

    `needs` says what a person has to give or decide before it is of use (then it is no edit); `comment` only explains it.
    """

    kind: str
    name: str
    attributes: Mapping[str, Written] = field(default_factory=dict[str, "Written"])
    needs: str = ""
    comment: str = ""

    @property
    def said(self) -> str:
        """What is written above it, for a person to read."""
        return self.needs or self.comment


class Inside(Struct, frozen=True):
    """More blocks or list members in an attribute of an element that is there; with `instead` they take the place of its own."""

    element: Element
    attribute: str
    items: tuple[Written, ...]
    comment: str = ""
    instead: bool = False


class Set(Struct, frozen=True):
    """An attribute of an element that is there takes this value."""

    element: Element
    attribute: str
    value: Written
    comment: str = ""


class Remove(Struct, frozen=True):
    """An attribute, or one block of it, goes; `moved` says that what it said stands elsewhere in the same fix."""

    element: Element
    attribute: str
    comment: str = ""
    moved: bool = False


class Shell(Struct, frozen=True):
    """Lines of a script, as they should read."""

    lines: tuple[str, ...]


class Reword(Struct, frozen=True):
    """A text that stands at a place of the sources (a word of a script) reads otherwise; `old` is all that stands there."""

    place: Span
    old: str
    new: str


Change: TypeAlias = Add | Inside | Set | Remove | Shell | Reword
