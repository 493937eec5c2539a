"""JSON as a tree with byte spans, read with an explicit stack."""

from __future__ import annotations

import json
import re

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.cloudformation.tree import (
    MAX_DEPTH,
    Mapping,
    Node,
    Parsed,
    Scalar,
    Sequence,
    add,
    sound,
)
from fabriclint.patterns import late
from fabriclint.text import Source

_TOKEN = late(
    rb"""[ \t\r\n]*+(?:([{}\[\],:])|("[^"\\]*+(?:\\.[^"\\]*+)*+")|([^\s{}\[\],:"]++))""",
    re.DOTALL,
)
_PLAIN = late(rb"true|false|null|-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_BLANK = b" \t\r\n"


class _Wrong(Exception):
    """The text is not JSON at `at`."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def parse_json(source: Source) -> Parsed:
    """Read a file of JSON; text that is not JSON gives one error and no tree."""
    parsed = Parsed()
    try:
        parsed.document = _read(source, parsed)
    except _Wrong as wrong:
        parsed.broken = True
        place = source.span(wrong.at, min(len(source.data), wrong.at + 1))
        parsed.diagnostics.append(Diagnostic("error", f"this is not JSON: {wrong.message}", place))
    return parsed


def _read(source: Source, parsed: Parsed) -> Node:
    data = source.data
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    stack: list[Sequence | Mapping] = []
    keys: list[Scalar | None] = []
    want = "value"  # value, value or end, key, key or end, colon, comma or end, nothing
    document: Node | None = None
    while True:
        token = _TOKEN.match(data, at)
        if token is None:
            rest = len(data) - len(data[at:].lstrip(_BLANK))
            if rest < len(data):
                quote = data[rest : rest + 1] == b'"'
                raise _Wrong(
                    "a string is not closed" if quote else "this character does not belong here", rest
                )
            if document is None or stack:
                raise _Wrong("the file ends too early", max(0, len(data) - 1))
            return document
        at = token.end()
        mark, quoted, plain = token.groups()
        start = token.start(token.lastindex or 0)
        if want == "nothing":
            raise _Wrong("more follows the end", start)
        node: Node
        if quoted is not None or plain is not None:
            if want.startswith("key"):
                if quoted is None:
                    raise _Wrong("a key must be in double quotes", start)
                keys[-1] = Scalar(_text(quoted, start), '"', source, start, at)
                want = "colon"
                continue
            if not want.startswith("value"):
                raise _Wrong(f"a {'colon' if want == 'colon' else 'comma'} is missing", start)
            if quoted is not None:
                node = Scalar(_text(quoted, start), '"', source, start, at)
            elif _PLAIN.fullmatch(plain):
                node = Scalar(plain.decode(), "", source, start, at)
            else:
                raise _Wrong(f"{plain[:20].decode('utf-8', 'replace')} is no value", start)
        elif mark in b"{[":
            if not want.startswith("value"):
                raise _Wrong("a comma or key is missing", start)
            if len(stack) >= MAX_DEPTH:
                raise _Wrong(f"it is nested deeper than {MAX_DEPTH} levels", start)
            if mark == b"{":
                stack.append(Mapping({}, source, start, flow=True))
                want = "key or end"
            else:
                stack.append(Sequence([], source, start, flow=True))
                want = "value or end"
            keys.append(None)
            continue
        elif mark in b"}]":
            if not stack or not want.endswith("or end") or isinstance(stack[-1], Mapping) != (mark == b"}"):
                raise _Wrong(f"{mark.decode()} does not fit here", start)
            node = stack.pop()
            keys.pop()
            node.end = at
        elif mark == b":" and want == "colon":
            want = "value"
            continue
        elif mark == b"," and want == "comma or end":
            want = "key" if isinstance(stack[-1], Mapping) else "value"
            continue
        else:
            raise _Wrong(f"{mark.decode()} does not fit here", start)
        if not stack:
            document = node
            want = "nothing"
            continue
        holder = stack[-1]
        if isinstance(holder, Sequence):
            holder.items.append(node)
        else:
            key = keys[-1]
            if key is not None:
                add(holder, key, node, parsed)
        want = "comma or end"


def _text(raw: bytes, at: int) -> str:
    if b"\\" not in raw:
        return raw[1:-1].decode()
    try:
        return sound(json.loads(raw, strict=False))
    except ValueError:
        raise _Wrong("a string holds an escape that JSON does not know", at) from None
