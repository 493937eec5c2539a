"""Nested stacks: which file of the tree a TemplateURL means, and the stack it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from fabriclint.languages.base import Diagnostic, Files, Unreadable
from fabriclint.languages.cloudformation.stack import STACK_TYPES, Stack
from fabriclint.languages.cloudformation.template import is_template
from fabriclint.languages.cloudformation.tree import Entry, Mapping, scalar_text
from fabriclint.model.element import Call
from fabriclint.patterns import late
from fabriclint.values import Text, Unknown, Value

MAX_LEVELS: Final = 8
MAX_STACKS: Final = 300
MAX_PARTS: Final = 20
MAX_FOLDERS: Final = 200
_HOLE = "\0"
_SCHEME = late(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Child(Struct, eq=False):
    """What a nested stack's resource leads to: a stack, or the reason why none is seen."""

    stack: Stack | None
    why: Unknown


def is_stack(entry: Entry) -> bool:
    """Whether a resource is a nested stack."""
    return isinstance(entry.value, Mapping) and scalar_text(entry.value.get("Type")) in STACK_TYPES


def source_of(stack: Stack, name: str) -> Value:
    """Where a nested stack's template lies, as it is written."""
    entry = stack.resources[name]
    kind = scalar_text(entry.value.get("Type")) if isinstance(entry.value, Mapping) else None
    return stack.property(name, "TemplateURL" if kind == STACK_TYPES[0] else "Location")


def paths_of(stack: Stack, name: str) -> tuple[str, ...]:
    """The files of the tree that a nested stack may mean; one where it is clear, none where it is not there."""
    files = stack.session.files
    own = stack.template.source.path
    asset = stack.property(name, "/Metadata").field("aws:asset:path").text()  # as the CDK packs it
    if asset is not None:
        path = _inside(_folder(own), asset)
        return (path,) if path is not None and files.is_file(path) else ()
    found: list[str] = []
    for option in source_of(stack, name).options():
        if isinstance(option.data, Text):
            text = option.data.render(_HOLE)
        else:
            said = option.text()
            if said is None:
                return ()
            text = said
        path = located(files, own, text)
        if path is not None and path not in found:
            found.append(path)
    return tuple(found)


def open_child(stack: Stack, name: str) -> Child:
    """Start the stack that a resource nests; says why where it cannot."""
    entry = stack.resources[name]
    place = entry.key.span
    exists = stack.exists_of(entry)
    if exists.excluded:
        return Child(None, Unknown.because(f"nested stack {name} is not made here", place))
    if len(stack.paths) >= MAX_LEVELS or len(stack.session.stacks) >= MAX_STACKS:
        message = f"nested stack {name} lies deeper than is read"
        stack.session.say(Diagnostic("warning", message, place))
        return Child(None, Unknown.because(message, place))
    paths = paths_of(stack, name)
    if len(paths) != 1:
        what = "could be one of several files" if paths else "is not on disk"
        return Child(None, Unknown.because(f"nested stack {name} {what}", place))
    path = paths[0]
    if path in stack.paths:
        message = f"nested stack {name} leads back to {path}"
        stack.session.say(Diagnostic("error", message, place))
        return Child(None, Unknown.because(message, place))
    try:
        template = stack.session.load(path).template
    except Unreadable as error:
        return Child(None, Unknown.because(f"nested stack {name}: {error.message}", place))
    if template is None or not is_template(template):
        return Child(
            None, Unknown.because(f"nested stack {name}: {path} is not a template that can be read", place)
        )
    child = Stack(
        stack.session,
        template,
        prefix=f"{stack.prefix}{name}/",
        calls=(*stack.calls, Call(name, place)),
        exists=exists,
        given=_given(stack, name),
        paths=(*stack.paths, path),
    )
    return Child(child, Unknown.because(f"nested stack {name}", place))


def _given(stack: Stack, name: str) -> Callable[[str], Value]:
    """The parameters that are passed, each evaluated when the child asks for it."""
    entry = stack.resources[name]
    properties = entry.value.get("Properties") if isinstance(entry.value, Mapping) else None
    passed = properties.get("Parameters") if isinstance(properties, Mapping) else None
    if isinstance(passed, Mapping) and not any(key.startswith("Fn::") for key in passed.entries):
        nodes = passed.entries
        return lambda key: (
            stack.evaluate(nodes[key].value) if key in nodes else Value(None, entry.key.span, "absent")
        )
    return lambda key: stack.property(name, "Parameters").field(key)


# ------------------------------------------------------------------------------- files


def located(files: Files, own: str, text: str) -> str | None:
    """The file a path or URL means.

    A path counts from the template's folder. Of a URL the longest tail counts that lies in that folder or one above it; a
    bare file name only beside the template, one folder up, or in a folder beside it.
    """
    here = _folder(own)
    url = _SCHEME.match(text) is not None or text.startswith(_HOLE) or _HOLE in text
    known = text.rsplit(_HOLE, 1)[-1].split("?", 1)[0]
    if not url:
        path = _inside(here, known)
        if path is not None and path != own and files.is_file(path):
            return path
    parts = [part for part in _SCHEME.sub("", known).split("/") if part not in ("", ".", "..")][-MAX_PARTS:]
    if not parts:
        return None
    above = list(_upward(here))
    for first in range(len(parts)):
        for folder in above if len(parts) - first > 1 else above[:2]:
            there = files.folders(folder) if len(parts) - first > 1 else files.names(folder)
            path = _under(folder, *parts[first:])
            if parts[first] in there and path != own and files.is_file(path):
                return path
    for folder in above[:2]:
        aside = (_under(folder, name, parts[-1]) for name in files.folders(folder)[:MAX_FOLDERS])
        found = [path for path in aside if path != own and files.is_file(path)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _under(folder: str, *steps: str) -> str:
    return "/".join((folder, *steps) if folder else steps)


def _upward(folder: str) -> Iterator[str]:
    """The folder, and those above it."""
    yield folder
    while folder:
        folder = _folder(folder)
        yield folder


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _inside(folder: str, relative: str) -> str | None:
    """A relative path from a folder, in the tree; None where it leaves it."""
    if relative.startswith(("/", "~")) or "\\" in relative:
        return None
    steps = folder.split("/") if folder else []
    for step in relative.split("/"):
        if step == "..":
            if not steps:
                return None
            if steps[-1] == "..":
                steps.append(step)
            else:
                steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps) or None
