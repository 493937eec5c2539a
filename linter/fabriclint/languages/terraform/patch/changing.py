"""Changes inside the blocks that are there: arguments set, members and blocks added, both taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from fabriclint.languages.base import NoEdit
from fabriclint.languages.terraform.patch.draft import Draft, native
from fabriclint.languages.terraform.patch.lines import (
    alone,
    ending,
    indent_of,
    inner_indent,
    laid_out,
    line_end,
    line_start,
    next_line,
    realigned,
    step_of,
    whole_lines,
)
from fabriclint.languages.terraform.syntax import Attribute, Block, HclAttribute, HclBlock
from fabriclint.languages.terraform.write import LISTS, MAPS, Code, Writer
from fabriclint.languages.writing import Blocks, Listed, Native, Nested, Piece, change_element, with_ports
from fabriclint.model.change import Inside, Remove, Set
from fabriclint.model.element import Element
from fabriclint.patterns import late
from fabriclint.text import Edit, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_CHOSEN: Final = late(r"\b(var|local|each|count|self)\.[A-Za-z_]")
_FIRST: Final = frozenset({"count", "for_each", "provider", "source", "version"})
_LAST: Final = frozenset({"tags", "tags_all", "depends_on", "user_data", "user_data_base64"})
_LAST_BLOCKS: Final = frozenset({"lifecycle", "timeouts", "tag_specifications", "connection", "provisioner"})


class Changing:
    """Changes one element's block, step by step in a draft."""

    def __init__(self, draft: Draft, writer: Writer, element: Element) -> None:
        self.draft = draft
        self.writer = writer
        self.element = element
        self.objects = element.type.startswith("awscc_")

    def make(self, change: Inside | Set | Remove) -> None:
        """Make one change; raises NoEdit where the block does not take it."""
        self.draft.block(self.element)
        piece = Piece("", self.element.type, Nested(), self.element)
        if isinstance(change, Inside) and self.element.kind == "security_group":
            items = tuple(with_ports(item) if isinstance(item, dict) else item for item in change.items)
            change = replace(change, items=items)
        change_element(piece, replace(change, comment=""), LISTS)
        if piece.comments:
            raise NoEdit(piece.comments[0])
        if isinstance(change, Inside) and change.instead:
            self.instead(piece.body, self.element.spelling(change.attribute))
            return
        for path in piece.deleted:
            self.take_away(path, moved=isinstance(change, Remove) and change.moved)
        self.merge((), piece.body)

    # walking

    def at(self, way: Sequence[str]) -> HclBlock:
        """The block at a way of nested names, as it reads by now; raises NoEdit where there is not exactly one."""
        block = self.draft.block(self.element)
        for name in way:
            found = named(block, name)
            if len(found) != 1 or found[0].type == "dynamic" or name in block.attributes:
                raise NoEdit(f"{name} of {self.element.label} is not one block")
            block = native(found[0])
        return block

    def merge(self, way: tuple[str, ...], wanted: Nested) -> None:
        """Bring what is wanted into the block at `way`."""
        for name, value in wanted.entries.items():
            block = self.at(way)
            argument = self.objects or name in MAPS or not isinstance(value, (Nested, Blocks))
            if argument:
                self.argument(block, name, value)
            elif name in block.attributes:
                raise NoEdit(f"{name} of {self.element.label} is written as an argument, not as blocks")
            elif isinstance(value, Nested) and named(block, name):
                self.merge((*way, name), value)
            else:
                self.blocks(
                    block, name, value if isinstance(value, Blocks) else Blocks([cast("Nested", value)])
                )

    # arguments

    def argument(self, block: HclBlock, name: str, value: Native) -> None:
        """Set an argument, or append to the list that it holds."""
        there = block.attributes.get(name)
        if named(block, name):
            raise NoEdit(f"{name} of {self.element.label} is written as blocks, not as an argument")
        if there is None:
            self.insert(block, name, self.expression(value))
        elif isinstance(value, Listed) and value.there:
            self.draft.apply(appended(there, self.expression(Listed(value.items))))
        elif isinstance(value, (Nested, Blocks)):
            raise NoEdit(f"{name} of {self.element.label} is an object that is written already")
        else:
            self.draft.apply(self.set(there, self.expression(value)))

    def expression(self, value: Native) -> list[str]:
        """A value as lines; raises NoEdit where the code would need what a person has to give."""
        self.writer.notes = []
        lines = self.writer.expression(value)
        if self.writer.notes:
            raise NoEdit(self.writer.notes[0])
        return lines

    def set(self, there: Attribute, lines: list[str]) -> tuple[Edit, ...]:
        """The expression of an argument, replaced."""
        chosen(there, self.element)
        source = there.span.source
        text = ending(source).join(
            [lines[0], *laid_out(lines[1:], indent_of(source, there.whole.start), "  ")]
        )
        return () if text == there.span.text else (Edit(there.span, text),)

    def insert(self, block: HclBlock, name: str, lines: list[str]) -> None:
        """A new argument, where a person would write it: after the others, before blocks and what stands last."""
        opened(block)
        source = block.span.source
        first_block = min((inner.span.start for inner in block.blocks), default=block.span.end)
        before = [
            one
            for one in block.attributes.values()
            if one.whole.start < first_block and one.name not in _LAST and one.name not in _FIRST
        ]
        text = [f"{name} = {lines[0]}", *lines[1:]]
        written = laid_out(text, inner_indent(block), step_of(block))
        if before:
            at = next_line(source, max(one.whole.end for one in before))
        else:
            head = [one.whole.end for one in block.attributes.values() if one.name in _FIRST]
            at = next_line(source, max([*head, _opening(block)]))
            if head:
                written = ["", *written]
            following = source.data[at : line_end(source, at)].strip()
            if following and following != b"}":
                written = [*written, ""]
        end = ending(source)
        self.draft.apply([Edit(source.span(at, at), "".join(f"{line}{end}" for line in written))])
        now = self.draft.now(source)
        self.draft.apply(realigned(now, now.data.index(f"{name} = ".encode(), at), added=True))

    # blocks

    def blocks(self, block: HclBlock, name: str, wanted: Blocks) -> None:
        """New nested blocks: after the last of their name, else after the other blocks."""
        opened(block)
        for inner in named(block, name):
            for_each = inner.attributes.get("for_each") if inner.type == "dynamic" else None
            if for_each is not None:
                chosen(for_each, self.element)
        self.writer.notes = []
        written = self.writer.blocks(name, wanted)
        if self.writer.notes:
            raise NoEdit(self.writer.notes[0])
        source = block.span.source
        same = named(block, name)
        others = [inner for inner in block.blocks if inner.type not in _LAST_BLOCKS]
        last = max((inner.span.end for inner in same or others), default=None)
        if last is None:
            last = max((one.whole.end for one in block.attributes.values()), default=None)
        at = next_line(source, _opening(block) if last is None else last)
        lines: list[str] = []
        for one in written:
            lines.extend(["", *one] if lines or last is not None else one)
        following = source.data[at : line_end(source, at)].strip()
        if following and following != b"}":
            lines.append("")
        text = "".join(
            f"{line}{ending(source)}" for line in laid_out(lines, inner_indent(block), step_of(block))
        )
        self.draft.apply([Edit(source.span(at, at), text)])

    def instead(self, wanted: Nested, path: str) -> None:
        """New nested blocks where those of their name stand; what those say besides is kept, if all say it."""
        *way, name = path.split(".")
        block, value = self.at(way), wanted
        for step in way:
            inner = value.entries[step]
            assert isinstance(inner, Nested)
            value = inner
        new = value.entries[name]
        there = named(block, name)
        if not there or not isinstance(new, Blocks):
            raise NoEdit(f"{name} of {self.element.label} is not written as blocks")
        kept = besides(there, new, self.element)
        new = Blocks([Nested({**item.entries, **kept}) for item in new.items])
        self.writer.notes = []
        written = self.writer.blocks(name, new)
        if self.writer.notes:
            raise NoEdit(self.writer.notes[0])
        lines = [line for one in written for line in ("", *one)][1:]
        first, *rest = sorted(there, key=lambda inner: inner.span.start)
        source = block.span.source
        text = ending(source).join(laid_out(lines, indent_of(source, first.span.start), step_of(block)))
        self.draft.apply([Edit(first.span, text.lstrip())])
        for _ in rest:  # those that are left stand behind the new ones
            self.draft.apply(removed(named(self.at(way), name)[len(written)].span))

    # taking away

    def take_away(self, path: str, *, moved: bool = False) -> None:
        """Remove what stands at a path, and the blocks round it that are empty then."""
        *way, last = path.split(".")
        block = self.at(way)
        there = block.attributes.get(last)
        if there is not None:
            if not moved:
                chosen(there, self.element)
            (gone,) = removed(there.whole)
            self.draft.apply([gone])
            now = self.draft.now(gone.span.source)
            for beside in (gone.span.start - 1, gone.span.start):  # the run may have lost its longest name
                self.draft.apply(realigned(now, beside, added=False))
                now = self.draft.now(now)
        else:
            for _ in named(block, last):
                inner = named(self.at(way), last)[0]
                self.draft.apply(removed(inner.span))
        while way:
            block = self.at(way)
            if block.attributes or block.blocks:
                break
            self.draft.apply(removed(block.span))
            way.pop()


def named(block: Block, name: str) -> list[Block]:
    """The nested blocks of a name, dynamic ones too."""
    return [
        inner
        for inner in block.blocks
        if inner.type == name or (inner.type == "dynamic" and inner.labels[:1] == (name,))
    ]


def besides(there: list[Block], new: Blocks, element: Element) -> dict[str, Native]:
    """What blocks say besides what new ones say; raises NoEdit where they differ in it or choose it elsewhere."""
    written = {name for item in new.items for name in item.entries}
    said: list[dict[str, str]] = []
    for block in there:
        content = block
        if block.type == "dynamic":
            for_each = block.attributes.get("for_each")
            if for_each is not None:
                chosen(for_each, element)
            content = next((inner for inner in block.blocks if inner.type == "content"), block)
        if content.blocks:
            raise NoEdit(f"{content.blocks[0].type} of {element.label} would be lost")
        for name, attribute in content.attributes.items():
            if name in written and name != "security_groups":
                chosen(attribute, element)
        said.append({k: one.span.text for k, one in content.attributes.items() if k not in written})
    if any(one != said[0] for one in said):
        raise NoEdit(
            f"the blocks of {element.label} differ in {', '.join(sorted({k for one in said for k in one}))}"
        )
    return {name: Code(text) for name, text in said[0].items()}


def chosen(there: Attribute, element: Element) -> None:
    """Raise NoEdit where an argument's value is chosen elsewhere, by a variable or an instance."""
    found = _CHOSEN.search(there.span.text)
    if found is not None:
        what = " ".join(there.span.text.split())
        raise NoEdit(f"{there.name} of {element.label} is set through {what[:60]}")


def opened(block: HclBlock) -> None:
    """Raise NoEdit for a block on one line: it takes no second argument there."""
    if b"\n" not in block.span.source.data[block.span.start : block.span.end]:
        raise NoEdit(f"the {block.type} block at {block.header} is written on one line")


def _opening(block: HclBlock) -> int:
    return block.span.source.data.index(b"{", block.header.end)


def appended(there: Attribute, lines: list[str]) -> tuple[Edit, ...]:
    """A list with more members: in its brackets where it has them, else joined to them."""
    source, place = there.span.source, there.span
    brackets = _tuple(there)
    new = " ".join(line.strip() for line in lines)
    if brackets is None:
        if b"\n" in source.data[place.start : place.end]:
            raise NoEdit(f"{there.name} at {place} is an expression of several lines")
        return (Edit(place, f"concat({place.text}, {new})"),)
    if not (new.startswith("[") and new.endswith("]")):
        if b"\n" in source.data[place.start : place.end]:
            raise NoEdit(f"{there.name} at {place} is a list of several lines")
        return (Edit(place, f"concat({place.text}, {new})"),)
    members = [part for part in new[1:-1].strip().removesuffix(",").split(", ") if part]
    items = [child for child in brackets.children if child.type == "expression"]
    if not items:
        return (Edit(place, new),)
    last, closing = items[-1].end_byte, brackets.end_byte - 1
    comma = b"," in source.data[last:closing].split(b"#")[0].split(b"//")[0]
    if source.data.find(b"\n", last, closing) < 0:
        at = last
        return (Edit(source.span(at, at), "".join(f", {member}" for member in members)),)
    indent = indent_of(source, items[-1].start_byte)
    at = line_end(source, last)
    text = "".join(f"{ending(source)}{indent}{member}," for member in members)
    if comma or at == last:
        return (Edit(source.span(at, at), text if comma else f",{text}"),)
    return (Edit(source.span(last, last), ","), Edit(source.span(at, at), text))


def _tuple(there: Attribute) -> Node | None:
    """The bracketed list that an argument is, if it is one and not a `for` expression."""
    node = there.node if isinstance(there, HclAttribute) else None
    while node is not None and node.type in ("expression", "collection_value") and node.child_count == 1:
        node = node.children[0]
    return node if node is not None and node.type == "tuple" else None


def removed(place: Span) -> tuple[Edit, ...]:
    """A thing with its lines, and the empty line that it would leave doubled."""
    source = place.source
    gone = whole_lines(source, place)
    start, end = gone.start, gone.end
    if gone.start == place.start and not alone(source, place.start):
        return (Edit(place, ""),)
    above = source.data[line_start(source, max(0, start - 1)) : start].strip() if start else b"{"
    below = source.data[end : line_end(source, end)].strip()
    if not above and below in (b"", b"}"):
        start = line_start(source, start - 1)
    elif above.endswith(b"{") and not below:
        end = next_line(source, end)
    return (Edit(source.span(start, end), ""),)
