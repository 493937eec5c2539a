"""One fix being written: which templates it touches, what new resources are called, and where they go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from fabriclint.languages.base import Files, NoEdit
from fabriclint.languages.cloudformation.assembly import synthesised
from fabriclint.languages.cloudformation.json_spans import parse_json
from fabriclint.languages.cloudformation.patch.compare import said, would_refer, would_say
from fabriclint.languages.cloudformation.patch.json_page import JsonPage
from fabriclint.languages.cloudformation.patch.page import Page
from fabriclint.languages.cloudformation.patch.wanted import Branch, nodes, wanted
from fabriclint.languages.cloudformation.patch.yaml_page import YamlPage
from fabriclint.languages.cloudformation.rephrase import split
from fabriclint.languages.cloudformation.spelling import Function, Node, Object, Raw, inside
from fabriclint.languages.cloudformation.template import Template, load
from fabriclint.languages.cloudformation.tree import Entry, Mapping, scalar_text
from fabriclint.languages.cloudformation.write import Writer
from fabriclint.languages.writing import gathered
from fabriclint.model.change import Add, Change, Inside, Remove, Reword, Set
from fabriclint.model.element import Element
from fabriclint.text import Edit, Source

_SECTIONS: Final = ("Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs")
_CDK: Final = "the CDK writes this template: change the code that makes it"
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"


class _Made(Struct, eq=False):
    """What one Add becomes: resources by their logical ids."""

    resources: dict[str, Object]

    def refers(self) -> set[str]:
        """The names that the resources refer to."""
        return {name for node in self.resources.values() for name in would_refer(node)}


class _Changed(Struct, eq=False):
    """A resource that is there, and what is wanted of it."""

    page: Page
    entry: Entry
    branch: Branch

    def refers(self) -> set[str]:
        """The names that what is wanted refers to."""
        return {name for node in nodes(self.branch) for name in would_refer(node)}


class Draft:
    """Gathers the edits of one fix, by template."""

    def __init__(self, near: Element, elements: Sequence[Element], files: Files) -> None:
        self.near = near
        self.elements = elements
        self.files = files
        self.stack = split(near.address)[0]
        self.pages: dict[int, Page] = {}
        self.made: list[_Made] = []
        self.changed: list[_Changed] = []

    def edits(self) -> Iterator[Edit]:
        """The edits of all templates."""
        for page in self.pages.values():
            yield from page.edits

    def names(self) -> dict[str, set[str]]:
        """The logical ids that each template has in the end."""
        names = {page.source.path: set(page.resources.entries) for page in self.pages.values()}
        own = self.pages.get(id(self.near.place.source))
        if own is not None:
            names[own.source.path].update(name for made in self.made for name in made.resources)
        return names

    def reworded(self, change: Reword) -> Edit:
        """A text that reads otherwise, where it stands as it is expected."""
        place = change.place
        self._writable(place.source)
        if place.source.data[place.start : place.end] != change.old.encode():
            raise NoEdit(f"{place} does not read {change.old}")
        bare = change.new
        if change.old[:1] in ("'", '"') and change.old[:1] == change.old[-1:] == bare[:1] == bare[-1:]:
            bare = bare[1:-1]
        if json.dumps(bare, ensure_ascii=False)[1:-1] != bare or "'" in bare:
            raise NoEdit("the new text would need quotes of its own")
        return Edit(place, change.new)

    def write(self, changes: Sequence[Change]) -> None:
        """Turn changes of the model into edits of pages."""
        page = self.page(self.near.place.source)
        writer = Writer(changes, self.near, self._taken(page.template), brief=False)
        for change in gathered(writer.changes):
            if isinstance(change, Add):
                self.made.append(self._make(writer, change))
            elif isinstance(change, list):
                self.changed.append(self._alter(writer, change))
        self._known(page)
        self._conditions(page)
        self._acyclic(page)
        self._not_there(page)
        for changed in self.changed:
            changed.page.change(changed.entry, changed.branch)
        for (entry, after), resources in self._places(page):
            page.resource(entry, after, resources)

    # templates

    def page(self, source: Source) -> Page:
        """A template that may be written to."""
        known = self.pages.get(id(source))
        if known is None:
            self._writable(source)
            template = load(source).template
            if template is None:
                raise NoEdit(f"{source.path} is not read")
            if source.data.lstrip(_BLANK)[:1] != b"{":
                known = YamlPage(template)
            elif parse_json(source).broken:
                raise NoEdit(f"{source.path} is written in braces and is not JSON")
            else:
                known = JsonPage(template)
            self.pages[id(source)] = known
        return known

    def _writable(self, source: Source) -> None:
        if (
            b"aws:cdk:path" in source.data
            or "cdk.out" in source.path.split("/")
            or synthesised(source.path, self.files)
        ):
            raise NoEdit(_CDK)

    def _taken(self, template: Template) -> set[str]:
        """Every logical id of a template, those that loops and includes make among them."""
        names = {
            split(element.address)[1] for element in self.elements if split(element.address)[0] == self.stack
        }
        for section in _SECTIONS:
            node = template.document.get(section)
            names.update(node.entries if isinstance(node, Mapping) else ())
        return names

    def _composed(self) -> bool:
        """Whether the stack of the finding is put together from several files."""
        files = {
            id(element.place.source)
            for element in self.elements
            if element.type and split(element.address)[0] == self.stack
        }
        return len(files) > 1

    # changes

    def _make(self, writer: Writer, add: Add) -> _Made:
        if self._composed():
            raise NoEdit("the stack is put together from several files")
        found: dict[str, Object] = {}
        for piece in writer.added_pieces(add):
            problems = [said for said in piece.comments if said != add.comment]
            if problems:
                raise NoEdit(problems[0])
            node = writer.resource(piece).entries[piece.name]
            if isinstance(node, Object):
                found[piece.name] = node
        if writer.notes:
            raise NoEdit(writer.notes[0])
        return _Made(found)

    def _alter(self, writer: Writer, changes: Sequence[Inside | Set | Remove]) -> _Changed:
        element = changes[0].element
        page = self.page(element.place.source)
        stack, name = split(element.address)
        entry = page.entry(element)
        if entry is None:
            raise NoEdit(f"{name} is not written in {element.place.path} itself")
        branch = wanted(writer, changes)
        elsewhere = (
            stack != self.stack or element.place.source is not self.near.place.source or self._composed()
        )
        if elsewhere and not all(map(_literal, nodes(branch))):
            raise NoEdit(f"{name} stands in a template that cannot name these resources")
        return _Changed(page, entry, branch)

    def _new(self) -> dict[str, _Made]:
        return {name: made for made in self.made for name in made.resources}

    def _known(self, page: Page) -> None:
        """Raise NoEdit where a new value names what the template itself does not hold."""
        known = {*page.resources.entries, *page.template.parameters, *self._new()}
        for value in self._values():
            for found in inside(value):
                for name in would_refer(found) if isinstance(found, Function) else ():
                    if name not in known and not name.startswith("AWS::"):
                        raise NoEdit(f"{name} is not written in {page.source.path} itself")

    def _values(self) -> Iterator[Node]:
        for made in self.made:
            yield from made.resources.values()
        for changed in self.changed:
            yield from nodes(changed.branch)

    def _conditions(self, page: Page) -> None:
        """A new resource is made under the condition of what it refers to; one that is there has to be so already."""
        under: dict[str, str] = {}
        for made in [*self.made, *self.made]:  # one may refer to a later one
            held = {under.get(name) or page.condition(name) for name in made.refers()}
            found = {one for one in held if one is not None}
            if len(found) > 1:
                raise NoEdit(
                    f"what it refers to is made under several conditions: {', '.join(sorted(found))}"
                )
            for one in found:
                for name, node in made.resources.items():
                    under[name] = one
                    node.entries = {"Type": node.entries["Type"], "Condition": one, **node.entries}
        for changed in self.changed:
            own = changed.page.condition(changed.entry.key.text)
            for name in sorted(changed.refers()):
                condition = under.get(name) or page.condition(name)
                if condition is not None and condition != own:
                    raise NoEdit(f"{name} is made under the condition {condition} only")

    def _acyclic(self, page: Page) -> None:
        """Raise NoEdit where a resource that is there would come to depend on itself."""
        new = self._new()
        more = {changed.entry.key.text: changed.refers() for changed in self.changed if changed.page is page}
        for name, targets in more.items():
            seen: set[str] = set()
            todo = list(targets)
            while todo:
                step = todo.pop()
                if step == name:
                    raise NoEdit(f"{name} would depend on itself")
                if step not in seen:
                    seen.add(step)
                    todo.extend(page.refers(step) if step not in new else new[step].refers())
                    todo.extend(more.get(step, ()))

    def _not_there(self, page: Page) -> None:
        """Raise NoEdit where a resource that says the same is there already, and nothing else needs one of its own."""
        used = {name for value in self._values() for name in would_refer(value)}
        for made in self.made:
            if used & made.resources.keys():
                continue
            for node in made.resources.values():
                wanted_ = would_say(node.entries.get("Properties", Object()))
                for name, entry in page.resources.entries.items():
                    body = entry.value
                    if (
                        isinstance(body, Mapping)
                        and scalar_text(body.get("Type")) == node.entries.get("Type")
                        and said(body.get("Properties")) == wanted_
                    ):
                        raise NoEdit(f"{name} says so already")

    # places

    def _places(self, page: Page) -> Iterable[tuple[tuple[Entry, bool], dict[str, Node]]]:
        """The new resources by where they go: before or after which one."""
        places: dict[_Made, tuple[Entry, bool]] = {}
        entries = page.resources.entries
        for made in self.made:
            linked = [entries[name] for name in made.refers() if name in entries]
            if linked:
                places[made] = (max(linked, key=lambda entry: entry.key.start), True)
        new = self._new()
        for made in self.made:
            behind = [places[new[name]] for name in made.refers() if name in new and new[name] in places]
            if behind and made not in places:
                places[made] = max(behind, key=lambda place: place[0].key.start)
        for made in self.made:
            if made not in places:
                places[made] = self._beside(page, made, places)
        grouped: dict[tuple[Entry, bool], dict[str, Node]] = {}
        for made in self.made:
            grouped.setdefault(places[made], {}).update(made.resources)
        return grouped.items()

    def _beside(self, page: Page, made: _Made, places: dict[_Made, tuple[Entry, bool]]) -> tuple[Entry, bool]:
        """The place of what refers to nothing: before the resource that refers to it, else before the finding's."""
        for changed in self.changed:
            if changed.page is page and changed.refers() & made.resources.keys():
                return changed.entry, False
        for other in self.made:
            if other in places and other.refers() & made.resources.keys():
                return places[other]
        entry = page.entry(self.near)
        if entry is not None:
            return entry, False
        return max(page.resources.entries.values(), key=lambda one: one.key.start), True


def _literal(node: Node) -> bool:
    return not any(isinstance(found, (Function, Raw)) for found in inside(node))
