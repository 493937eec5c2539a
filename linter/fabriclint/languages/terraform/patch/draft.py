"""Files in the course of being changed: one step after the other, and in the end the few bytes that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from fabriclint.languages.base import NoEdit
from fabriclint.languages.terraform.syntax import Block, HclBlock, parse
from fabriclint.model.element import Element
from fabriclint.text import Edit, Source, edited


class Draft:
    """The sources that a patch has touched, as they were and as they are now."""

    def __init__(self) -> None:
        self._was: dict[str, Source] = {}
        self._now: dict[str, Source] = {}

    def now(self, source: Source) -> Source:
        """A source as it reads by now."""
        self._was.setdefault(source.path, source)
        return self._now.get(source.path, source)

    def apply(self, edits: Sequence[Edit]) -> None:
        """Make one step: edits of sources as they read by now."""
        self._now.update(edited(edits))

    def edits(self) -> tuple[Edit, ...]:
        """What all steps come to, as the smallest whole-line changes of the sources as they were."""
        found: list[Edit] = []
        for path, now in sorted(self._now.items()):
            found.extend(_differences(self._was[path], now))
        return tuple(found)

    def block(self, element: Element) -> HclBlock:
        """The block that an element is written in, as it reads by now; raises NoEdit where there is none to edit."""
        if element.outside is not None or element.body is None:
            raise NoEdit(f"{element.label} is made by a module whose sources are not here")
        source = element.body.source
        if not source.path.endswith((".tf", ".tofu")):
            raise NoEdit(f"{source.path} is not written in Terraform's own syntax")
        was = _at(source, element.body.start)
        same = (block for block in parse(self.now(source)).blocks if key_of(block) == key_of(was))
        return native(next(same, was))


def key_of(block: Block) -> tuple[str, ...]:
    """What tells a block of a file from its others."""
    return (block.type, *block.labels)


def native(block: Block) -> HclBlock:
    """The block as one that can be edited; raises NoEdit where it does not parse."""
    if not isinstance(block, HclBlock) or block.broken is not None:
        raise NoEdit(f"the {block.type} block at {block.header} does not parse")
    return block


def _at(source: Source, start: int) -> Block:
    for block in parse(source).blocks:
        if block.span.start == start:
            return block
    raise NoEdit(f"no block begins at {source.span(start, start)}")


def _differences(was: Source, now: Source) -> Iterator[Edit]:
    before, after = was.data.splitlines(keepends=True), now.data.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    for what, one, two, three, four in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            new = b"".join(after[three:four]).decode("utf-8")
            yield Edit(was.span(starts[one], starts[two]), new)
