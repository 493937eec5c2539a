"""YAML as nodes that know their range; built from parser events with an explicit stack, so that depth cannot hurt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

_DEEPEST = 60
_MOST_NODES = 200_000
_OPENING = frozenset(["SequenceStartEvent", "MappingStartEvent"])
_NODES = _OPENING | {"ScalarEvent"}


class Node(Struct, eq=False):
    """A scalar (`text`), a sequence (`items`) or a mapping (`entries`), and its range in characters."""

    start: int
    end: int
    text: str | None = None
    plain: bool = False
    tag: str = ""
    items: list[Node] | None = None
    entries: dict[str, Node] | None = None
    _key: str | None = None

    @property
    def null(self) -> bool:
        """Whether it is YAML's null."""
        return self.text is not None and self.plain and self.text in ("", "~", "null", "Null", "NULL")

    def get(self, key: str) -> Node | None:
        """An entry of a mapping."""
        return self.entries.get(key) if self.entries is not None else None


class NotRead(Exception):
    """The text is no YAML that is read, in a few words."""


def parse(text: str) -> Node | None:
    """The first document; None where it is empty. Raises NotRead."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    stack: list[Node] = []
    anchors: dict[str, Node] = {}
    root: Node | None = None
    count = 0
    try:
        events: Iterator[Any] = yaml.parse(text, Loader=loader)
        for event in events:
            kind = type(event).__name__
            node: Node | None = None
            if kind == "DocumentEndEvent":
                break
            if kind in ("SequenceEndEvent", "MappingEndEvent"):
                stack.pop().end = event.end_mark.index
                continue
            if kind == "AliasEvent":
                node = anchors.get(event.anchor)
                if node is None or node in stack:
                    raise NotRead("an alias without its anchor")
            elif kind in _NODES:
                node = Node(event.start_mark.index, event.end_mark.index, tag=event.tag or "")
                if kind == "ScalarEvent":
                    node.text = event.value
                    node.plain = not event.style  # the C parser says "" where the other says None
                elif kind == "SequenceStartEvent":
                    node.items = []
                else:
                    node.entries = {}
                if event.anchor:
                    anchors[event.anchor] = node
            if node is None:
                continue
            count += 1
            if count > _MOST_NODES:
                raise NotRead("too many nodes")
            if stack:
                _attach(stack[-1], node)
            elif root is None:
                root = node
            if kind in _OPENING:
                stack.append(node)
                if len(stack) > _DEEPEST:
                    raise NotRead("too deeply nested")
    except yaml.YAMLError as error:
        raise NotRead(str(getattr(error, "problem", None) or "not valid YAML")) from error
    return root


def _attach(parent: Node, node: Node) -> None:
    if parent.items is not None:
        parent.items.append(node)
    elif parent.entries is not None:
        if parent._key is None:
            parent._key = node.text if node.text is not None else ""
        else:
            parent.entries[parent._key] = node
            parent._key = None
