"""Tests that a script decides by itself: a template fills them with literals to switch a part on or off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fabriclint.scripts.expand import Expander, Frame

if TYPE_CHECKING:
    from tree_sitter import Node


def decide(words: Expander, condition: list[Node], frame: Frame) -> bool | None:
    """Whether a condition holds, where it compares literals; None where that is known at run time only."""
    tests = [node for node in condition if node.is_named and node.type != "comment"]
    if len(tests) != 1:
        return None
    test = tests[0]
    negated = False
    while test.type == "negated_command" and test.named_child_count == 1:
        negated = not negated
        test = test.named_children[0]
    verdict = _test(words, test, frame)
    return verdict if verdict is None else verdict != negated


def _test(words: Expander, test: Node, frame: Frame) -> bool | None:
    if test.type == "command":
        return {"true": True, ":": True, "false": False}.get(words.raw(test))
    if test.type != "test_command" or test.named_child_count != 1:
        return None
    expression = test.named_children[0]
    parts = [child for child in expression.children if child.type != "comment"]
    if expression.type == "unary_expression" and len(parts) == 2:
        text = _literal(words, parts[1], frame)
        sign = words.raw(parts[0])
        return None if text is None or sign not in ("-n", "-z") else (text != "") == (sign == "-n")
    if expression.type != "binary_expression" or len(parts) != 3:
        return None
    left, right = _literal(words, parts[0], frame), _literal(words, parts[2], frame)
    sign = words.raw(parts[1])
    if left is None or right is None or any(c in right for c in "*?[|"):
        return None
    if sign in ("=", "==", "!="):
        return (left == right) == (sign != "!=")
    if sign in ("-eq", "-ne", "-gt", "-ge", "-lt", "-le") and is_number(left) and is_number(right):
        one, two = int(left), int(right)
        return {
            "-eq": one == two,
            "-ne": one != two,
            "-gt": one > two,
            "-ge": one >= two,
            "-lt": one < two,
        }.get(sign, one <= two)
    return None


def _literal(words: Expander, node: Node, frame: Frame) -> str | None:
    text = words.text(node, frame)
    return text if words.body.holes.literal(text) else None


def is_number(text: str) -> bool:
    """Whether a text is a whole number of a size that shells compare."""
    return re.fullmatch(r"-?[0-9]{1,9}", text) is not None
