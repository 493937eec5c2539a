"""Type constraints as variables write them, and the conversion of values to them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fabriclint.languages.terraform import kinds
from fabriclint.languages.terraform.expressions import Call, Expression, Literal, Object, Traversal, Tuple
from fabriclint.languages.terraform.kinds import ANY, Kind
from fabriclint.languages.terraform.syntax import Attribute
from fabriclint.values import Value

_MOST_DEPTH: Final = 30


def constraint(attribute: Attribute | None) -> Kind:
    """The type that a variable's `type` names; anything where it is not understood."""
    return ANY if attribute is None else _constraint(attribute.expression)


@lru_cache(maxsize=4096)
def _constraint(written: Expression) -> Kind:
    """The type that an expression writes, once for each place where it is written."""
    return _kind(written, 0)


def _kind(written: Expression, depth: int) -> Kind:
    if depth > _MOST_DEPTH:
        return ANY
    if isinstance(written, Traversal) and not written.steps:
        if written.root in ("list", "set", "map"):
            return Kind(written.root, ANY)
        return Kind(written.root) if written.root in ("string", "number", "bool") else ANY
    if isinstance(written, Literal) and isinstance(written.value.data, str):
        return _quoted(written, depth)
    if not isinstance(written, Call) or not written.arguments:
        return ANY
    inner = written.arguments[0]
    if written.name in ("list", "set", "map"):
        return Kind(written.name, _kind(inner, depth + 1))
    if written.name == "tuple" and isinstance(inner, Tuple):
        return Kind("tuple", members=tuple(_kind(item, depth + 1) for item in inner.items))
    if written.name == "object" and isinstance(inner, Object):
        attributes: dict[str, Kind] = {}
        optional: dict[str, Expression | None] = {}
        for key, value in inner.members:
            name = key.value.data if isinstance(key, Literal) else None
            if not isinstance(name, str):
                continue
            if isinstance(value, Call) and value.name == "optional" and value.arguments:
                value, *others = value.arguments
                optional[name] = others[0] if others else None
            attributes[name] = _kind(value, depth + 1)
        return Kind("object", None, attributes, optional)
    return ANY


def _quoted(written: Literal, depth: int) -> Kind:
    """`"list(string)"`, as JSON files and Terraform 0.11 write types."""
    from fabriclint.languages.terraform.syntax import parse
    from fabriclint.text import Source

    text = str(written.value.data)
    if text in ("string", "number", "bool"):
        return Kind(text)
    if text in ("list", "set", "map"):
        return Kind(text, ANY)
    if len(text) > 2_000 or text.startswith('"'):
        return ANY
    attribute = parse(Source("type", f"t = {text}\n".encode())).attributes.get("t")
    return ANY if attribute is None else _kind(attribute.expression, depth + 1)


def convert(value: Value, kind: Kind) -> Value:
    """The value as Terraform converts it to the type of a variable, with the defaults of what is left out."""
    return kinds.convert(value, kind, _default)


def _default(written: Expression) -> Value:
    from fabriclint.languages.terraform.template_scope import NOWHERE

    return written.evaluate(NOWHERE)
