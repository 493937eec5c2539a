"""Elements made from plain Python, so that the model is tested without any language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fabriclint.model.element import Element, Shape
from fabriclint.model.stack import Stack
from fabriclint.model.vocabulary import KINDS
from fabriclint.text import Source
from fabriclint.values import YES, Map, Reference, Seq, Truth, Unknown, Value

SOURCE = Source("stack.tf", b"# the stack\n")
PLACE = SOURCE.span(0, 11)


def value(data: Any) -> Value:
    """Plain Python as a value; `Ref("x")` stands for the id of x."""
    if isinstance(data, Value):
        return data
    if isinstance(data, (list, tuple)):
        return Value(Seq(tuple(value(item) for item in data)), PLACE)
    if isinstance(data, dict):
        return Value(Map({key: value(item) for key, item in data.items()}), PLACE)
    return Value(data, PLACE, "absent" if data is None else "written")


def ref(address: str, attribute: str = "id") -> Reference:
    return Reference(address, (attribute,))


def unknown(what: str = "var.x has no value") -> Value:
    return Value(Unknown.because(what, PLACE), PLACE)


def element(
    kind: str, address: str, exists: Truth = YES, many: Unknown | None = None, **words: Any
) -> Element:
    """An element of a kind; its words must be the kind's."""
    top = {word for word in KINDS[kind] if "." not in word}
    assert set(words) <= top, f"{set(words) - top} are no words of {kind}"
    return Element(
        kind=kind,
        type=kind,
        address=address,
        label=address,
        place=PLACE,
        language="terraform",
        shape=Shape(kind, {word: word for word in top}),
        read=lambda name: value(words.get(name)),
        exists=exists,
        many=many,
        body=PLACE,
    )


@pytest.fixture
def stack() -> Callable[..., Stack]:
    """A stack of these elements."""
    return lambda *elements, **settings: Stack(elements, **settings)
