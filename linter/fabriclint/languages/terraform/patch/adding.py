"""New resources: where a person would put them, and names that fit the folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import dirname
from typing import Final

from msgspec.structs import replace

from fabriclint.languages.base import Files, NoEdit, Unreadable
from fabriclint.languages.terraform.patch.draft import Draft, key_of
from fabriclint.languages.terraform.patch.lines import ending, line_end, with_comments
from fabriclint.languages.terraform.syntax import Block, parse
from fabriclint.languages.terraform.write import Writer, bare, split
from fabriclint.model.change import Add, Join, Link, Written
from fabriclint.model.element import Element
from fabriclint.patterns import late
from fabriclint.text import Edit, Source

_RULES: Final = frozenset(
    {"aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"}
)
_GATED: Final = late(r"\b(?:var|local|data|module|each)\.")
_ITERATED: Final = late(r"\b(?:each|count)\.[a-z]")
_REGION_USED: Final = late(rb"\bdata\.aws_region\.[A-Za-z0-9_-]+\.(name|region|id)\b")
_SINCE_6: Final = late(
    rb'source\s*=\s*"(?:registry\.[a-z.]+/)?hashicorp/aws"[^}]*?version\s*=\s*"[~>= ]*([0-9]+)'
)


class Folder:
    """The `.tf` files of the module that a fix is written in, as they read by now."""

    def __init__(self, draft: Draft, path: str, files: Files) -> None:
        self.draft = draft
        self._sources: list[Source] = []
        for name in files.names(path):
            if name.endswith((".tf", ".tofu")):
                try:
                    self._sources.append(files.source(f"{path}/{name}" if path not in ("", ".") else name))
                except Unreadable:
                    continue

    def blocks(self) -> Iterator[Block]:
        """Every block at the top of a file."""
        for source in self._sources:
            yield from parse(self.draft.now(source)).blocks

    def texts(self) -> Iterator[bytes]:
        """The bytes of each file."""
        return (self.draft.now(source).data for source in self._sources)

    def taken(self, type_: str) -> set[str]:
        """The names that resources of a type have."""
        return {
            block.labels[1]
            for block in self.blocks()
            if block.labels[:1] == (type_,) and len(block.labels) > 1
        }

    def hyphens(self) -> bool:
        """Whether names of several words are written with hyphens here."""
        names = [block.labels[1] for block in self.blocks() if len(block.labels) > 1]
        return sum("-" in name for name in names) > sum("_" in name for name in names)

    def free(self, wanted: str, type_: str, pieces: int) -> str:
        """A name that no resource of the type has, also where the pieces of one change are numbered."""
        name = wanted.replace("_", "-") if self.hyphens() else wanted
        taken, number, found = self.taken(type_), 1, name
        while any(one in taken for one in (found, *(f"{found}_{n}" for n in range(2, pieces + 1)))):
            number += 1
            found = f"{name}{'-' if '-' in name else '_'}{number}"
        return found


class Adding:
    """Adds the new resources of a fix to a draft."""

    def __init__(self, draft: Draft, writer: Writer, near: Element, folder: Folder) -> None:
        self.draft = draft
        self.writer = writer
        self.near = near
        self.folder = folder
        self.home = dirname(near.place.path)
        self.behind: dict[tuple[str, ...], tuple[str, ...]] = {}

    def make(self, add: Add) -> None:
        """Add one resource; raises NoEdit where a person has to give something first."""
        if add.needs:
            raise NoEdit(f"it needs a decision: {add.needs}")
        for piece in self.writer.added_pieces(add):
            text = self.writer.resource(piece)
            problems = [*(one for one in piece.comments if one != add.comment), *self.writer.notes]
            if problems or not piece.type:
                raise NoEdit(problems[0] if problems else f"Terraform has no resource for {add.kind}")
            if _ITERATED.search(text):
                raise NoEdit("it would repeat a value of one instance")
            self.put(add, piece.type, ("resource", piece.type, piece.name), text)

    def put(self, add: Add, type_: str, key: tuple[str, ...], text: str) -> None:
        """Write a resource's text behind what it belongs to, else before what uses it."""
        anchor = self.anchor(add, type_)
        if anchor is None:
            user = self.draft.block(self.near)
            source = user.span.source
            at, end = with_comments(source, user.span.start), ending(source)
            self.draft.apply([Edit(source.span(at, at), f"{text}\n\n".replace("\n", end))])
            return
        first = key_of(anchor)
        last = self.behind.get(first, first)
        block: Block = next((one for one in self.folder.blocks() if key_of(one) == last), anchor)
        source = block.span.source
        at, end = line_end(source, block.span.end), ending(source)
        self.draft.apply([Edit(source.span(at, at), f"\n\n{text}".replace("\n", end))])
        self.behind[first] = key

    def anchor(self, add: Add, type_: str) -> Block | None:
        """The block that the new resource goes behind; None where it refers to nothing that is written here."""
        bodies = [
            link.element.body
            for link in links(add.attributes)
            if link.element.body is not None and dirname(link.element.body.path) == self.home
        ]
        if not bodies:
            return None
        path = bodies[0].path
        starts = {body.start for body in bodies if body.path == path}
        alike = _RULES if type_ in _RULES else {type_}
        mentioned = [f"{bare(split(link.element.address)[1])}." for link in links(add.attributes)][:1]
        # Spans of elements are of the files as they were; blocks keep their order, so the keys are looked up first.
        keys = {key_of(block) for block in parse(bodies[0].source).blocks if block.span.start in starts}
        found = [
            block
            for block in self.folder.blocks()
            if block.span.path == path
            and (
                key_of(block) in keys
                or (
                    block.labels[:1]
                    and block.labels[0] in alike
                    and any(m in block.span.text for m in mentioned)
                )
            )
        ]
        return max(found, key=lambda block: block.span.start, default=None)


def links(attributes: Mapping[str, Written]) -> Iterator[Link]:
    """The references to what is there, in what a new resource is given."""
    todo: list[Written] = list(reversed(list(attributes.values())))
    while todo:
        value = todo.pop()
        if isinstance(value, Link):
            yield value
        elif isinstance(value, list):
            todo.extend(reversed(value))
        elif isinstance(value, Join):
            todo.extend(part for part in reversed(value.parts) if isinstance(part, Link))
        elif isinstance(value, Mapping):
            todo.extend(reversed(list(value.values())))


def steady(value: Written, elements: Sequence[Element]) -> Written:
    """A value whose references stand for every input: all instances of a resource as one, none that a gate makes."""
    if isinstance(value, list):
        return _all_instances(
            [steady(item, elements) if not isinstance(item, Link) else item for item in value], elements
        )
    if isinstance(value, Mapping):
        return {key: steady(item, elements) for key, item in value.items()}
    if isinstance(value, Join):
        for part in value.parts:
            steady(part, elements)
        return value
    if isinstance(value, Link):
        _one_instance(value.element)
    return value


def _all_instances(items: list[Written], elements: Sequence[Element]) -> list[Written]:
    """Links to all the instances of one resource become one link to them all; any other has to be there for certain."""
    made: list[Written] = []
    seen: set[int] = set()
    linked = {id(item.element) for item in items if isinstance(item, Link)}
    for item in items:
        if not isinstance(item, Link) or not item.element.address.endswith("]"):
            made.append(item)
            continue
        element = item.element
        if id(element) in seen:
            continue
        like = [
            one for one in elements if one.type == element.type and _unindexed(one) == _unindexed(element)
        ]
        if all(id(one) in linked for one in like):
            seen.update(id(one) for one in like)
            outside = _whole(element.outside) if element.outside is not None else None
            every = replace(element, address=f"{_unindexed(element)}[*]", outside=outside)
            made.append(replace(item, element=every))
        else:
            _one_instance(element)
            made.append(item)
    return made


def _indexed(element: Element) -> bool:
    return element.address.endswith("]") and element.outside is None


def _unindexed(element: Element) -> str:
    return (
        element.address[: element.address.rindex("[")] if element.address.endswith("]") else element.address
    )


def _whole(outside: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """How the caller of a module names an attribute of all instances: the list that its output is."""

    def spoken(attribute: str) -> str | None:
        one = outside(attribute)
        return one[: one.rindex("[")] if one is not None and one.endswith("]") else None

    return spoken


def _one_instance(element: Element) -> None:
    """Raise NoEdit for an instance that may not be there under other inputs."""
    if not _indexed(element) or element.body is None or element.address.endswith("[*]"):
        return
    for block in parse(element.body.source).blocks:
        if block.span.start == element.body.start:
            for name in ("count", "for_each"):
                gate = block.attributes.get(name)
                if gate is not None and _GATED.search(gate.span.text):
                    raise NoEdit(
                        f"{element.label} is there only for some inputs ({name} = {gate.span.text.strip()[:60]})"
                    )


def region_code(folder: Folder) -> tuple[str, bool]:
    """How this folder asks for its Region, and whether the data source is there already."""
    name = next(
        (b.labels[1] for b in folder.blocks() if b.labels[:1] == ("aws_region",) and b.type == "data"), None
    )
    attribute = "name"
    for text in folder.texts():
        used = _REGION_USED.search(text)
        since = _SINCE_6.search(text)
        if used is not None:
            attribute = used[1].decode()
            break
        if since is not None and int(since[1]) >= 6:
            attribute = "region"
    return f"data.aws_region.{name or 'current'}.{attribute}", name is not None
