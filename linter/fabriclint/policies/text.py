"""The words of a policy, with `${…}` where something of the subject is to stand; `$${` is a plain `${`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from fabriclint.policies.answers import Answer, Between, Exact, Led, is_list, label
from fabriclint.policies.cel import parse
from fabriclint.policies.check import Names, kind_of
from fabriclint.policies.evaluate import Evaluation, TooMuch
from fabriclint.policies.tree import BadCondition, Node
from fabriclint.values import OneOf, Truth, Unknown, Value

SHOWN: Final = 5
_LONGEST: Final = 300

Parts: TypeAlias = tuple["str | Node", ...]


class Words(Struct, frozen=True):
    """A text in parts: as it is written, or a tree to be asked."""

    parts: Parts

    def said(self, asked: Evaluation, names: Mapping[str, Answer]) -> str:
        """The text for one subject."""
        return "".join(part if isinstance(part, str) else _hole(part, asked, names) for part in self.parts)


def words_of(text: str, names: Names) -> Words:
    """A text in parts; raises BadCondition with the offset in it."""
    parts: list[str | Node] = []
    at = 0
    while True:
        hole = text.find("${", at)
        if hole < 0:
            parts.append(text[at:])
            return Words(tuple(parts))
        if text[hole - 1 : hole] == "$" and hole > at:
            parts.append(text[at : hole - 1] + "${")
            at = hole + 2
            continue
        end = _closed(text, hole + 2)
        parts.append(text[at:hole])
        try:
            tree = parse(text[hole + 2 : end])
            if kind_of(tree, names).sort == "place":
                raise BadCondition("a place is no text", tree.at)
        except BadCondition as error:
            raise BadCondition(error.why, hole + 2 + error.at) from error
        parts.append(tree)
        at = end + 1


def _closed(text: str, start: int) -> int:
    """Where a hole ends: at the first } that stands in no text."""
    quote = ""
    for at in range(start, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "}":
            return at
    raise BadCondition("this ${ is not closed", start - 2)


def _hole(node: Node, asked: Evaluation, names: Mapping[str, Answer]) -> str:
    try:
        return shown(asked.answer(node, names))[:_LONGEST]
    except TooMuch:
        return "…"


def shown(of: Answer) -> str:
    """An answer for a person."""
    if isinstance(of, Truth):
        return {"yes": "yes", "no": "no", "unknown": "(not known)"}[of.state]
    if isinstance(of, Exact) and isinstance(of.data, (int, float)):
        return f"{of.data:,.2f}".rstrip("0").rstrip(".")
    if isinstance(of, Value) and isinstance(of.data, (Unknown, OneOf)):
        return "(not known)"
    if isinstance(of, Value):
        return "nothing" if of.absent else of.show()
    if isinstance(of, Between):
        return f"{of.least} or more" if of.most is None else f"{of.least} to {of.most}"
    if is_list(of):
        found = [shown(one) for one in of.possible()]
        more = ["more"] if of.more is not None or len(found) > SHOWN else []
        return ", ".join([*found[:SHOWN], *more]) or "none"
    if isinstance(of, Led):
        return of.link.element.label if of.link.element is not None else shown(of.link.value)
    show = getattr(of, "show", None)
    return str(show()) if callable(show) else label(of)
