"""`Fn::ForEach` of the language extensions: what one key makes of a fragment, collection by collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabriclint.languages.cloudformation.tree import (
    Entry,
    Mapping,
    Node,
    Sequence,
    replaced,
    scalar_text,
    walk,
)
from fabriclint.values import Seq, Unknown

if TYPE_CHECKING:
    from fabriclint.languages.cloudformation.stack import Stack

MAX_MADE: Final = 1000
MAX_COPIED: Final = 200_000
MAX_LOOPS: Final = 5


def expanded(stack: Stack, entry: Entry) -> tuple[dict[str, Entry], Unknown | None]:
    """The entries that a loop makes, and why there may be more."""
    made: dict[str, Entry] = {}
    missing: Unknown | None = None
    todo: list[tuple[Entry, int]] = [(entry, 1)]
    while todo:
        loop, level = todo.pop()
        fragments, why = _fragments(stack, loop, level)
        missing = why if missing is None else missing if why is None else missing.also(why)
        inner: list[tuple[Entry, int]] = []
        for fragment in fragments:
            for key, found in fragment.entries.items():
                if key.startswith("Fn::ForEach::"):
                    inner.append((found, level + 1))
                else:
                    made[key] = found
        todo.extend(reversed(inner))
        if len(made) > MAX_MADE or len(todo) > MAX_MADE:
            return {}, Unknown.because(f"Fn::ForEach makes more than {MAX_MADE} entries", entry.key.span)
    return made, missing


def _fragments(stack: Stack, loop: Entry, level: int) -> tuple[list[Mapping], Unknown | None]:
    place = loop.key.span
    if not stack.template.extended:
        return [], Unknown.because("Fn::ForEach needs the transform AWS::LanguageExtensions", place)
    if level > MAX_LOOPS:
        return [], Unknown.because("Fn::ForEach is nested deeper than CloudFormation allows", place)
    node = loop.value
    if not isinstance(node, Sequence) or len(node.items) != 3:
        return [], Unknown.because("Fn::ForEach is not written as CloudFormation takes it", place)
    name, collection, fragment = scalar_text(node.items[0]), node.items[1], node.items[2]
    if name is None or not isinstance(fragment, Mapping):
        return [], Unknown.because("Fn::ForEach is not written as CloudFormation takes it", place)
    texts, why = _members(stack, collection)
    stack.session.copied += len(texts) * sum(1 for _ in walk(fragment))
    if stack.session.copied > MAX_COPIED:
        return [], Unknown.because("Fn::ForEach makes more than is read", place)
    made: list[Mapping] = []
    for text in texts[:MAX_MADE]:
        copy: Node = replaced(fragment, name, text)
        if isinstance(copy, Mapping):
            made.append(copy)
    return made, why


def _members(stack: Stack, collection: Node) -> tuple[list[str], Unknown | None]:
    value = stack.evaluate(collection)
    if not isinstance(value.data, Seq):
        return [], value.unknown or Unknown.because(
            "what Fn::ForEach goes over is not known", collection.span
        )
    texts = [item.text() for item in value.data.items]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return known, Unknown.because("what Fn::ForEach goes over is not all known", collection.span)
    return known, value.data.more
