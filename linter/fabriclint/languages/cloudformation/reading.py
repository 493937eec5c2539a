"""A root template read into elements: its resources and those of its nested stacks, each with its condition."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Names

from fabriclint.languages.base import Diagnostic, Files, Reading, Settings, Unreadable
from fabriclint.languages.cloudformation.nested import is_stack, source_of
from fabriclint.languages.cloudformation.stack import Session, Stack
from fabriclint.languages.cloudformation.template import is_template
from fabriclint.languages.cloudformation.tree import Entry, Mapping, scalar_text
from fabriclint.model.element import Element, Shape
from fabriclint.text import Span
from fabriclint.values import Reason, Truth, Value

NAME = "cloudformation"
MAX_ELEMENTS = 100_000
UNSEEN = Shape("unseen", {"source": "source", "inputs": "inputs"})
_PSEUDO = ("AWS::",)


def read_root(path: str, files: Files, settings: Settings, shapes: Names[str, Shape]) -> Reading:
    """Evaluate the template at `path` with everything it nests."""
    session = Session(files, settings)
    region = dict(settings.parameters).get("AWS::Region")
    try:
        template = session.load(path).template
    except Unreadable as error:
        return Reading(
            (),
            (Diagnostic("error", error.message, path=path),),
            (Reason(f"{path}: {error.message}"),),
            region,
        )
    if template is not None and not is_template(template):
        place = template.source.span(0, 0)
        session.say(Diagnostic("note", "not read: no resource here has a type of CloudFormation", place))
        template = None
    if template is None:
        places = (d.place for d in session.diagnostics if d.place is not None)
        reason = Reason(f"{path} is not read", next(places, None))
        return Reading((), session.diagnostics, (reason,), region, tuple(session.sources.values()))
    reader = _Reader(session, shapes)
    root = Stack(session, template, paths=(path,))
    _undeclared(root)
    reader.read(root)
    sources = tuple(session.sources.values())
    return Reading(tuple(reader.elements), session.diagnostics, tuple(reader.open), region, sources)


def _undeclared(stack: Stack) -> None:
    given = dict(stack.session.settings.parameters)
    unknown = [n for n in given if n not in stack.template.parameters and not n.startswith(_PSEUDO)]
    if unknown:
        names = ", ".join(unknown)
        message = f"given parameter{'s' if len(unknown) > 1 else ''} not declared in this template: {names}"
        stack.session.say(Diagnostic("warning", message, path=stack.template.source.path))


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
                label=name,
                place=place,
                language=NAME,
                shape=shape,
                read=read,
                exists=exists,
                calls=stack.calls,
                body=Span(place.source, place.start, max(place.end, entry.value.end)),
            )
        )


def _type(entry: Entry) -> str | None:
    return scalar_text(entry.value.get("Type")) if isinstance(entry.value, Mapping) else None


def _property_of(stack: Stack, name: str) -> Callable[[str], Value]:
    return lambda key: stack.property(name, key)
