"""A root template read into elements: its resources and those of its nested stacks, each with its condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Names

from msgspec.structs import replace

from fabriclint.languages.base import Choice, Diagnostic, Files, Ignore, Reading, Settings, Unreadable
from fabriclint.languages.cloudformation import parameters
from fabriclint.languages.cloudformation.assembly import region_of
from fabriclint.languages.cloudformation.exports import taken
from fabriclint.languages.cloudformation.ignores import ignores
from fabriclint.languages.cloudformation.nested import is_stack, source_of
from fabriclint.languages.cloudformation.stack import Session, Stack
from fabriclint.languages.cloudformation.template import Template, is_template, load
from fabriclint.languages.cloudformation.tree import Entry, Mapping, scalar_text
from fabriclint.model.element import Element, Shape
from fabriclint.text import Span
from fabriclint.values import Reason, Truth, Value

NAME = "cloudformation"
MAX_ELEMENTS = 100_000
UNSEEN = Shape("unseen", {"source": "source", "inputs": "inputs"})
_PSEUDO = ("AWS::",)
_CDK_PATH = "aws:cdk:path"


def read_root(paths: Sequence[str], files: Files, settings: Settings, shapes: Names[str, Shape]) -> Reading:
    """Evaluate the templates at `paths`, which import from each other where they are several, with all they nest."""
    region = dict(settings.parameters).get("AWS::Region") or _region(paths, files)
    if region is not None:
        settings = replace(settings, parameters=(("AWS::Region", region), *settings.parameters))
    session = Session(files, settings)
    reader = _Reader(session, shapes)
    stacks: list[Stack] = []
    for path, prefix in zip(paths, _prefixes(paths), strict=True):
        template = _template(session, path, reader.open)
        if template is not None:
            stacks.append(Stack(session, template, prefix=prefix, paths=(path,)))
    for stack in stacks:
        reader.read(stack)
    for note in taken(stacks) if len(stacks) > 1 else ():
        session.say(note)
    sources = tuple(session.sources.values())
    return Reading(
        tuple(reader.elements),
        session.diagnostics,
        tuple(reader.open),
        region,
        sources,
        _choices(stacks),
        _undeclared(session, stacks),
        _ignores(session),
        session.secrets,
    )


def _ignores(session: Session) -> tuple[Ignore, ...]:
    """The suppressions in the metadata of every template that was read."""
    sources = (source for source in session.sources.values() if b"fabriclint" in source.data)
    templates = (load(source).template for source in sources)
    return tuple(ignore for template in templates if template is not None for ignore in ignores(template))


def _region(paths: Sequence[str], files: Files) -> str | None:
    """The one Region that the templates' assemblies deploy to."""
    said = {region_of(path, files) for path in paths}
    return said.pop() if len(said) == 1 else None


def _prefixes(paths: Sequence[str]) -> list[str]:
    """What tells the resources of several templates apart: the file's stem, or its path where stems are alike."""
    if len(paths) == 1:
        return [""]
    stems = [path.rpartition("/")[2].rpartition(".")[0].removesuffix(".template") for path in paths]
    return [f"{stem if stems.count(stem) == 1 else path}/" for stem, path in zip(stems, paths, strict=True)]


def _template(session: Session, path: str, open_: list[Reason]) -> Template | None:
    """The template at a path; what is wrong with it is said, and leaves the root open."""
    try:
        template = session.load(path).template
    except Unreadable as error:
        session.say(Diagnostic("error", error.message, path=path))
        open_.append(Reason(f"{path}: {error.message}"))
        return None
    if template is not None and is_template(template):
        return template
    if template is not None:
        place = template.source.span(0, 0)
        session.say(Diagnostic("note", "not read: no resource here has a type of CloudFormation", place))
    places = (d.place for d in session.diagnostics if d.place is not None and d.place.path == path)
    open_.append(Reason(f"{path} is not read", next(places, None)))
    return None


def _undeclared(session: Session, stacks: Sequence[Stack]) -> tuple[str, ...]:
    """The given parameters that none of the root's templates declares; none where a template is not read."""
    declared = {name for stack in stacks for name in stack.template.parameters}
    given = dict(session.settings.parameters)
    return tuple(n for n in given if stacks and n not in declared and not n.startswith(_PSEUDO))


def _choices(stacks: Sequence[Stack]) -> tuple[Choice, ...]:
    """The parameters that nobody gives a value and that may have a few only; one that two templates declare is none."""
    names = [name for stack in stacks for name in stack.template.parameters]
    return tuple(
        Choice(name, stack.prefix + name, options, parameters.open_reason(stack.prefix + name, entry))
        for stack in stacks
        for name, entry in stack.template.parameters.items()
        if names.count(name) == 1
        and name not in dict(stack.session.settings.parameters)
        and (options := parameters.choices(entry))
    )


class _Reader:
    """Collects the elements of a stack and of those it nests, in source order."""

    def __init__(self, session: Session, shapes: Names[str, Shape]) -> None:
        self.session = session
        self.shapes = shapes
        self.elements: list[Element] = []
        self.open: list[Reason] = []

    def read(self, stack: Stack) -> None:
        """Add a stack's elements; nesting is bounded by `open_child`."""
        template = stack.template
        for name, place in template.macros:
            self.session.say(
                Diagnostic("note", f"the macro {name} is not run; what it adds or changes is not seen", place)
            )
            self.open.append(Reason(f"the macro {name} may add resources", place))
        stack.expand()
        self.open.extend(stack.open)
        for name, entry in stack.resources.items():
            if len(self.elements) >= MAX_ELEMENTS:
                self.open.append(Reason(f"more than {MAX_ELEMENTS} resources", entry.key.span))
                return
            self._resource(stack, name, entry)

    def _resource(self, stack: Stack, name: str, entry: Entry) -> None:
        body, place = entry.value, entry.key.span
        if not isinstance(body, Mapping):
            self.session.say(
                Diagnostic("warning", f"the resource {name} is not a mapping, so it is not read", place)
            )
            self.open.append(Reason(f"the resource {name} is not read", place))
            return
        kind = scalar_text(body.get("Type"))
        if kind is None:
            self.session.say(
                Diagnostic("warning", f"the resource {name} has no type, so it is not read", place)
            )
            self.open.append(Reason(f"the resource {name} is not read", place))
            return
        shape = self.shapes.get(kind)
        nests = is_stack(entry)
        module = kind.endswith("::MODULE")
        if shape is None and not nests and not module:
            return
        properties = body.get("Properties")
        if (
            properties is not None
            and not isinstance(properties, Mapping)
            and scalar_text(properties) is not None
        ):
            message = f"the properties of {name} are not a mapping, so they are not read"
            self.session.say(Diagnostic("warning", message, properties.span.first_line()))
        exists = stack.exists_of(entry)
        if exists.excluded:
            return
        if nests:
            self._nested(stack, name, entry, exists)
        elif shape is not None:
            self._add(stack, name, entry, kind, shape, exists, _property_of(stack, name))
        else:
            self._unseen(stack, name, entry, "module", exists)

    def _nested(self, stack: Stack, name: str, entry: Entry, exists: Truth) -> None:
        child = stack.child(name)
        if child is None or child.stack is None:
            self._unseen(stack, name, entry, "stack", exists)
            return
        self.read(child.stack)

    def _unseen(self, stack: Stack, name: str, entry: Entry, kind: str, exists: Truth) -> None:
        def read(key: str) -> Value:
            if key == "source":
                return source_of(stack, name) if kind == "stack" else Value(_type(entry), entry.key.span)
            if kind == "stack":
                return stack.property(name, "Parameters")
            node = entry.value.get("Properties") if isinstance(entry.value, Mapping) else None
            return stack.evaluate(node) if node is not None else Value(None, entry.key.span, "absent")

        self._add(stack, name, entry, kind, UNSEEN, exists, read)

    def _add(
        self,
        stack: Stack,
        name: str,
        entry: Entry,
        kind: str,
        shape: Shape,
        exists: Truth,
        read: Callable[[str], Value],
    ) -> None:
        place = entry.key.span
        self.elements.append(
            Element(
                kind=shape.kind,
                type=kind,
                address=stack.prefix + name,
                label=_construct(entry) or name,
                place=place,
                language=NAME,
                shape=shape,
                read=read,
                exists=exists,
                calls=stack.calls,
                body=Span(place.source, place.start, max(place.end, entry.value.end)),
            )
        )


def _construct(entry: Entry) -> str | None:
    """The path of the construct that the CDK made a resource for, as a person writes it."""
    metadata = entry.value.get("Metadata") if isinstance(entry.value, Mapping) else None
    path = scalar_text(metadata.get(_CDK_PATH)) if isinstance(metadata, Mapping) else None
    return (path.removesuffix("/Resource").removesuffix("/Default") or None) if path else None


def _type(entry: Entry) -> str | None:
    return scalar_text(entry.value.get("Type")) if isinstance(entry.value, Mapping) else None


def _property_of(stack: Stack, name: str) -> Callable[[str], Value]:
    return lambda key: stack.property(name, key)
