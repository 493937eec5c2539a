"""`AWS::Include`: pieces of a template that lie in files of their own, put where they are named."""

from __future__ import annotations

from collections.abc import Mapping as Names
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from fabriclint.languages.base import Unreadable
from fabriclint.languages.cloudformation.template import Template, read_tree
from fabriclint.languages.cloudformation.tree import Entry, Mapping, Node, Sequence, scalar_text
from fabriclint.values import Reason, Text, Unknown

if TYPE_CHECKING:
    from fabriclint.languages.cloudformation.stack import Stack

INCLUDE: Final = "AWS::Include"
TRANSFORM: Final = "Fn::Transform"
MAX_INCLUDED: Final = 200
"""How many includes of one root are read; one that is asked for twice counts twice."""

_HOLE: Final = "\0"


def is_include(node: Node | None) -> bool:
    """Whether this is what `Fn::Transform` holds for an include."""
    return isinstance(node, Mapping) and scalar_text(node.get("Name")) == INCLUDE


def included(stack: Stack, argument: Node) -> Node | Unknown:
    """The tree of the file that an include names, or why it is not seen."""
    from fabriclint.languages.cloudformation.nested import located

    place = argument.span
    given = argument.get("Parameters") if isinstance(argument, Mapping) else None
    node = given.get("Location") if isinstance(given, Mapping) else None
    if node is None:
        return Unknown.because(f"{INCLUDE} names no file", place)
    value = stack.evaluate(node)
    said = value.data.render(_HOLE) if isinstance(value.data, Text) else value.text()
    session = stack.session
    session.included += 1
    if session.included > MAX_INCLUDED:
        return Unknown.because(f"more than {MAX_INCLUDED} includes are not read", place)
    own = stack.template.source.path
    path = located(session.files, own, said) if said else None
    if path is None:
        return Unknown.because(f"the file that {INCLUDE} names is not on disk: {value.show()}", place)
    try:
        source = session.files.source(path)
    except Unreadable as error:
        return Unknown.because(f"{path}: {error.message}", place)
    parsed = read_tree(source)
    session.sources[path] = source
    session.said.update(dict.fromkeys(parsed.diagnostics))
    if parsed.document is None:
        return Unknown.because(f"{path} is not read", place)
    return parsed.document


def expanded(stack: Stack) -> Template:
    """The stack's template with what it includes in its place; what is not on disk is told in `stack.open`."""
    template = stack.template
    documents: list[Mapping] = []
    for argument in _at_top(template):
        tree = included(stack, argument)
        if isinstance(tree, Unknown):
            stack.open.extend(tree.reasons)
        elif isinstance(tree, Mapping):
            documents.append(tree)

    def section(name: str, before: Names[str, Entry]) -> dict[str, Entry]:
        entries = dict(before)
        for document in documents:
            more = document.get(name)
            if isinstance(more, Mapping):
                entries = {**more.entries, **entries}
        return _spliced(stack, entries, said=name == "Resources")

    return replace(
        template,
        parameters=section("Parameters", template.parameters),
        mappings=section("Mappings", template.mappings),
        conditions=section("Conditions", template.conditions),
        resources=section("Resources", template.resources),
        outputs=section("Outputs", template.outputs),
    )


def _at_top(template: Template) -> list[Node]:
    """The includes that stand for sections of the template."""
    found: list[Node] = []
    for name in ("Transform", TRANSFORM):
        node = template.document.get(name)
        found.extend(node.items if isinstance(node, Sequence) else [node] if node is not None else [])
    return [node for node in found if is_include(node)]


def _spliced(stack: Stack, entries: dict[str, Entry], *, said: bool) -> dict[str, Entry]:
    """Entries in which an include stands for several of them, for one, or for part of one."""
    made: dict[str, Entry] = {}
    for name, entry in entries.items():
        if name == TRANSFORM and is_include(entry.value):
            tree = included(stack, entry.value)
            if isinstance(tree, Mapping):
                for inner, one in tree.entries.items():
                    made.setdefault(inner, one)
            elif said and isinstance(tree, Unknown):
                stack.open.extend(tree.reasons)
            continue
        inside = entry.value.get(TRANSFORM) if isinstance(entry.value, Mapping) else None
        if inside is not None and isinstance(entry.value, Mapping) and is_include(inside):
            tree = included(stack, inside)
            if isinstance(tree, Mapping):
                entry = Entry(entry.key, merged(entry.value, tree))
            elif said and isinstance(tree, Unknown):
                stack.open.append(Reason(f"what {name} includes is not seen", entry.key.span))
        made[name] = entry
    return made


def merged(holder: Mapping, tree: Mapping) -> Mapping:
    """A mapping with what an include in it brings; what the mapping writes itself stays."""
    entries = {name: entry for name, entry in holder.entries.items() if name != TRANSFORM}
    for name, entry in tree.entries.items():
        entries.setdefault(name, entry)
    return Mapping(entries, holder.source, holder.start, holder.end, holder.flow)
