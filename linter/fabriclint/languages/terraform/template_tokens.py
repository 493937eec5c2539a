"""The tokens of a template before they nest: literal text, `${}` and `%{}`, with what strip markers and `<<-` take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tree_sitter import Node


class Token:
    """One stretch of a template before nesting: literal text or one `${}` / `%{}`."""

    __slots__ = ("end", "kind", "left", "node", "right", "start", "text")

    def __init__(self, kind: str, start: int, end: int, text: str = "", node: Node | None = None) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.node = node
        self.left = self.right = False
        if node is not None:
            for child in node.children:
                if child.type == "strip_marker":
                    if child.start_byte - node.start_byte <= 2:
                        self.left = True
                    else:
                        self.right = True


KINDS: Final = {
    "template_interpolation": "hole",
    "template_if_intro": "if",
    "template_else_intro": "else",
    "template_if_end": "endif",
    "template_for_start": "for",
    "template_for_end": "endfor",
}


def strip(tokens: list[Token]) -> None:
    for n, token in enumerate(tokens):
        if token.kind == "text":
            continue
        if token.left and n and tokens[n - 1].kind == "text":
            tokens[n - 1].text = tokens[n - 1].text.rstrip()
        if token.right and n + 1 < len(tokens) and tokens[n + 1].kind == "text":
            tokens[n + 1].text = tokens[n + 1].text.lstrip()


def strip_indentation(tokens: list[Token]) -> None:
    """Take the smallest indentation from the start of each line, as Terraform does for `<<-`."""
    least: int | None = None
    starts: list[Token] = []
    newline = True
    for token in tokens:
        if newline:
            newline = False
            spaces: int | None = 0
            if token.kind == "text":
                trimmed = token.text.lstrip()
                if not trimmed and token.text.endswith("\n"):
                    spaces = None  # a blank line does not count
                else:
                    spaces = len(token.text) - len(trimmed)
                    starts.append(token)
            if spaces is not None:
                least = spaces if least is None else min(least, spaces)
        if token.kind == "text" and token.text.endswith("\n"):
            newline = True
    for token in starts:
        token.text = token.text[least or 0 :]
