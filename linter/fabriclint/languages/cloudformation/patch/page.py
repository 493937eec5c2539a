"""A template as it is written, and the edits that make its properties read otherwise; how bytes are laid out is left open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping as Names
from typing import Final

from fabriclint.languages.base import NoEdit
from fabriclint.languages.cloudformation.patch.compare import literal, refers, said, would_say
from fabriclint.languages.cloudformation.patch.wanted import Branch, Gone, Grow, Put, fresh
from fabriclint.languages.cloudformation.spelling import Array, Node, Object
from fabriclint.languages.cloudformation.template import Template
from fabriclint.languages.cloudformation.tree import Entry, Mapping, Scalar, Sequence, scalar_text, walk
from fabriclint.languages.cloudformation.tree import Node as Tree
from fabriclint.model.element import Element
from fabriclint.patterns import late
from fabriclint.text import Edit

_LONG: Final = 60
_UNSEEN: Final = ("Fn::If", "Fn::Transform", "Fn::ForEach")
_LEFT_OPEN = late(r"\{\{|\$\{")


class Page(ABC):
    """One template; its edits gather in the order in which those at one place have to stand."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.source = template.source
        self.data = template.source.data
        self.newline = "\r\n" if b"\r\n" in self.data[: self.data.find(b"\n") + 1] else "\n"
        self.edits: list[Edit] = []
        entry = template.document.entries.get("Resources")
        if entry is None or not isinstance(entry.value, Mapping):
            raise NoEdit(f"{self.source.path} has no resources of its own")
        self.resources = entry.value
        self.owned(template.document, entry)
        self.opened(self.resources, "Resources")

    # what is there

    def entry(self, element: Element) -> Entry | None:
        """The resource as it is written; None where it is made by a loop or stands elsewhere."""
        name = element.address.rpartition("/")[2]
        found = self.resources.entries.get(name)
        place = element.place
        return found if found is not None and found.key.start == place.start else None

    def body(self, entry: Entry) -> Mapping:
        """What a resource holds, where that can be written to."""
        self.owned(self.resources, entry)
        if not isinstance(entry.value, Mapping):
            raise NoEdit(f"{entry.key.text} is not a mapping")
        return entry.value

    def condition(self, name: str) -> str | None:
        """The condition that a resource is made under."""
        entry = self.resources.entries.get(name)
        return (
            scalar_text(entry.value.get("Condition")) if entry and isinstance(entry.value, Mapping) else None
        )

    def refers(self, name: str) -> set[str]:
        """The resources that a resource refers to."""
        entry = self.resources.entries.get(name)
        return set() if entry is None else {to for to in refers(entry.value) if to in self.resources.entries}

    # what is wanted

    def change(self, entry: Entry, properties: Branch) -> None:
        """Make the properties of a resource read as wanted."""
        self.begin(entry)
        self.inside(self.body(entry), Branch({"Properties": properties}), entry.key.text)

    def inside(self, holder: Mapping, branch: Branch, name: str) -> bool:
        """Make a mapping read as wanted; yes says that nothing is left in it, and that its holder has to let it go."""
        self.opened(holder, name)
        added: dict[str, Node] = {}
        gone: list[Entry] = []
        for key, want in branch.entries.items():
            entry = holder.entries.get(key)
            if entry is None:
                node = fresh(want)
                if node is not None:
                    added[key] = node
                continue
            self.owned(holder, entry)
            if isinstance(want, Branch):
                if not isinstance(entry.value, Mapping) or entry.value.call() is not None:
                    raise NoEdit(_through(entry))
                if self.inside(entry.value, want, key):
                    gone.append(entry)
            elif isinstance(want, Gone):
                _seen(entry, entry.value)
                gone.append(entry)
            elif isinstance(want, Put):
                self.put(entry, want)
            else:
                self.grow(entry, want)
        if gone and not added and len(gone) == len(holder.entries):
            return True
        if added or gone:
            self.members(holder, added, gone)
        return False

    def put(self, entry: Entry, want: Put) -> None:
        """Make a property take a value."""
        value, node, name = entry.value, want.node, entry.key.text
        if said(value) == would_say(node):
            return
        if isinstance(value, Mapping):
            if value.call() is not None:
                raise NoEdit(_through(entry))
            if not want.over or not isinstance(node, Object):
                raise NoEdit(f"{name} is set already")
            self.opened(value, name)
        elif isinstance(value, Sequence):
            if not isinstance(node, Array):
                raise NoEdit(f"{name} holds a list")
            for item in value.items:
                self.replaceable(entry, item)
        elif isinstance(node, (Array, Object)):
            raise NoEdit(f"{name} holds a single value: {value.text[:_LONG]}")
        elif value.data() is None:
            raise NoEdit(f"{name} is left empty")
        elif _LEFT_OPEN.search(value.text):
            raise NoEdit(f"{name} is set through {value.text[:_LONG]}")
        _seen(entry, value)
        self.replace(entry, node)

    def grow(self, entry: Entry, want: Grow) -> None:
        """Make a list have more items, or others."""
        value = entry.value
        if isinstance(value, Mapping) and value.call() is not None:
            raise NoEdit(_through(entry))
        if not isinstance(value, Sequence):
            raise NoEdit(f"{entry.key.text} is not written as a list")
        if want.instead:
            if said(value) != would_say(Array(want.items)):
                self.kept(entry, value, want.items)
                _seen(entry, value)
                self.replace(entry, Array(want.items))
            return
        there = [said(item) for item in value.items]
        items = [item for item in want.items if would_say(item) not in there]
        if items:
            self.append(entry, value, items)

    def kept(self, entry: Entry, there: Sequence, items: list[Node]) -> None:
        """Raise NoEdit where the items that are there say more than those in their place, or are chosen elsewhere."""
        known = {key for item in items if isinstance(item, Object) for key in item.entries}
        for item in there.items:
            self.replaceable(entry, item)
            more = item.entries.keys() - known if isinstance(item, Mapping) and item.call() is None else ()
            if more:
                raise NoEdit(f"{', '.join(sorted(more))} of {entry.key.text} would be lost")

    def replaceable(self, entry: Entry, item: Tree) -> None:
        """A list that takes other items may lose literals and resources, and nothing that is decided elsewhere."""
        for found in walk(item):
            if not isinstance(found, Mapping) or found.call() is None:
                continue
            if not set(refers(found)) & self.resources.entries.keys():
                raise NoEdit(f"{entry.key.text} is set through {_shown(found)}")

    # how it is laid out

    @abstractmethod
    def begin(self, entry: Entry) -> None:
        """Take on the manner in which a resource is written."""

    @abstractmethod
    def opened(self, holder: Mapping, name: str) -> None:
        """Raise NoEdit where a mapping cannot take or lose entries."""

    @abstractmethod
    def owned(self, holder: Mapping, entry: Entry) -> None:
        """Raise NoEdit where an entry is not written in its mapping and nowhere else."""

    @abstractmethod
    def members(self, holder: Mapping, added: Names[str, Node], gone: list[Entry]) -> None:
        """Take entries out of a mapping and put others behind those that stay."""

    @abstractmethod
    def replace(self, entry: Entry, node: Node) -> None:
        """Put a value in place of a scalar, list or mapping."""

    @abstractmethod
    def append(self, entry: Entry, there: Sequence, items: list[Node]) -> None:
        """Put items behind those of a list."""

    @abstractmethod
    def resource(self, at: Entry, after: bool, added: Names[str, Node]) -> None:
        """Put new resources before or after one that is there."""

    # bytes

    def edit(self, start: int, end: int, text: str) -> None:
        """Put a text in place of some bytes, with the file's own line ends."""
        if self.newline != "\n":
            text = text.replace("\n", self.newline)
        self.edits.append(Edit(self.source.span(start, end), text))

    def line_end(self, offset: int) -> int:
        """Where the line of a byte ends, before its line end."""
        end = self.data.find(b"\n", offset)
        if end < 0:
            return len(self.data)
        return end - 1 if end > offset and self.data[end - 1 : end] == b"\r" else end

    def before(self, offset: int) -> bytes:
        """What stands before a byte on its line."""
        return self.data[self.data.rfind(b"\n", 0, offset) + 1 : offset]


def requoted(value: Scalar, node: Node) -> str | None:
    """A plain new value in the quotes of the old one; None where there are none to keep."""
    if value.style not in ("'", '"') or isinstance(node, (Object, Array)):
        return None
    if node is None or not isinstance(node, (bool, int, float, str)):
        return None
    return literal(node)


def _seen(entry: Entry, value: Tree) -> None:
    """Raise NoEdit where a part of a value is there only sometimes."""
    for found in walk(value):
        if isinstance(found, Mapping):
            for name in found.entries:
                if name.startswith(_UNSEEN):
                    raise NoEdit(f"{entry.key.text} is set through {_shown(found)}")


def _through(entry: Entry) -> str:
    if isinstance(entry.value, Mapping):
        return f"{entry.key.text} is set through {_shown(entry.value)}"
    return f"{entry.key.text} is not a mapping"


def _shown(node: Mapping) -> str:
    """A function in a few words: `!Ref Tables`, `!If`."""
    call = node.call()
    if call is None:
        return next((name for name in node.entries if name.startswith("Fn::")), "a function")
    name, entry = call
    short = f"!{name.removeprefix('Fn::')}"
    parts = entry.value.items if isinstance(entry.value, Sequence) and name == "Fn::GetAtt" else [entry.value]
    text = ".".join(part.text if isinstance(part, Scalar) else "\n" for part in parts)
    return f"{short} {text}" if len(text) <= _LONG and "\n" not in text else short
