"""Exports and imports: which output an `Fn::ImportValue` means, and which templates so belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic, Files, Settings, Unreadable
from fabriclint.languages.cloudformation.tree import Mapping, walk
from fabriclint.model.element import Shape
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import Reference, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.cloudformation.stack import Stack

MAX_SET: Final = 60
"""How many templates that import from each other are judged together."""

MAX_NAME: Final = 1000
"""How many characters the name of an import may have; CloudFormation allows fewer."""

T = TypeVar("T")
OWN: Final = "AWS::StackName"
_STACK_NAME = late(r"[A-Za-z][A-Za-z0-9-]{0,127}\Z")
_WORD = late(r"[A-Za-z0-9]{2}")
_TYPES = late(rb"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")

Key = tuple[str | Reference | Unknown, ...]


class Name(Struct, frozen=True):
    """The name of an export: a text, or a text with one hole where the name of a stack may stand.

    `own` says that the hole is the stack's own name; otherwise it is a parameter that nobody gives a value.
    """

    before: str
    after: str = ""
    holed: bool = False
    own: bool = False

    @property
    def telling(self) -> bool:
        """Whether enough of it is written to know it by."""
        return bool(_WORD.search(self.before) or _WORD.search(self.after))

    def fits(self, exported: Name) -> bool:
        """Whether an import of this name may mean what a stack exports under its own name and a tail."""
        if not (exported.holed and exported.own and exported.telling):
            return False
        if self.holed:
            return not self.own and (self.before, self.after) == (exported.before, exported.after)
        said = self.before
        if not (said.startswith(exported.before) and said.endswith(exported.after)):
            return False
        return bool(_STACK_NAME.match(said[len(exported.before) : len(said) - len(exported.after)]))


class Tails(Generic[T]):
    """Things by the names they are exported under, where those are a stack's own name and a tail."""

    def __init__(self) -> None:
        self._by_end: dict[str, list[tuple[Name, T]]] = {}

    def add(self, name: Name, item: T) -> None:
        """Put a thing under a name."""
        self._by_end.setdefault(name.after, []).append((name, item))

    def fitting(self, name: Name) -> list[T]:
        """The things that an import of this name may mean."""
        said = name.before
        if len(said) > MAX_NAME:
            return []
        ends = [name.after] if name.holed else [said[n:] for n in range(len(said) + 1)]
        return [item for end in ends for tail, item in self._by_end.get(end, ()) if name.fits(tail)]


def key_of(value: Value) -> Key | None:
    """What is known of a name, piece by piece; two names of the same pieces are the same."""
    data = value.data
    if isinstance(data, Text):
        pieces: list[str | Reference | Unknown] = []
        for part in data.parts:
            last = pieces[-1] if pieces else None
            if isinstance(part, str) and isinstance(last, str):
                pieces[-1] = last + part
            else:
                pieces.append(part)
        return tuple(pieces)
    if isinstance(data, Reference):
        return (data,)
    text = value.text()
    return (text,) if text else None


def name_of(key: Key) -> Name | None:
    """The name, where it is a text with one hole at most."""
    holes = [n for n, part in enumerate(key) if not isinstance(part, str)]
    if not holes:
        return Name("".join(part for part in key if isinstance(part, str)))
    if len(holes) > 1:
        return None
    hole = key[holes[0]]
    own = isinstance(hole, Reference) and hole.target.endswith(OWN)
    if isinstance(hole, Reference) and not own and not hole.target.startswith("parameter "):
        return None
    before, after = (
        "".join(part for part in parts if isinstance(part, str))
        for parts in (key[: holes[0]], key[holes[0] + 1 :])
    )
    return Name(before, after, holed=True, own=own)


def exported(stack: Stack) -> Iterable[tuple[str, Key]]:
    """The outputs that a template exports, with what is known of the names."""
    for output, entry in stack.template.outputs.items():
        export = entry.value.get("Export") if isinstance(entry.value, Mapping) else None
        node = export.get("Name") if isinstance(export, Mapping) else None
        key = key_of(stack.evaluate(node)) if node is not None else None
        if key is not None:
            yield output, key


class Exports(Struct):
    """What the stacks of one session export. A name that two of them export means neither."""

    named: dict[Key, list[tuple[Stack, str]]] = field(default_factory=dict[Key, list[tuple["Stack", str]]])
    tails: Tails[tuple[Stack, str]] = field(default_factory=Tails[tuple["Stack", str]])

    def add(self, stack: Stack) -> None:
        """Take in what a stack exports."""
        for output, key in exported(stack):
            self.named.setdefault(key, []).append((stack, output))
            name = name_of(key)
            if name is not None and name.own and not stack.calls:
                self.tails.add(name, (stack, output))

    def find(self, value: Value, importing: Stack) -> tuple[Stack, str, bool] | None:
        """The stack and output that an import means, and whether only the name's tail says so."""
        key = key_of(value)
        if key is None:
            return None
        found = self.named.get(key, [])
        if found:
            return (*found[0], False) if len(found) == 1 else None
        name = name_of(key)
        if name is None:
            return None
        others = [(stack, output) for stack, output in self.tails.fitting(name) if stack is not importing]
        return (*others[0], True) if len(others) == 1 else None


# ------------------------------------------------------------------------------- templates that belong together


class _Names(Struct):
    """What one template exports and imports."""

    path: str
    exports: list[Key]
    imports: list[Key]


def sets_of(
    roots: Sequence[str], judged_by: dict[str, list[str]], files: Files, shapes: dict[str, Shape]
) -> list[tuple[str, ...]]:
    """The roots that import from each other, set by set; a root that does not is in none.

    `judged_by` are the roots through which each nested template is judged.
    """
    importing: list[str] = []
    exporting: list[str] = []
    for path in (*roots, *judged_by):
        data = files.source(path).data
        imports, exports = b"ImportValue" in data, b"Export" in data
        if (imports or exports) and of_interest(data, shapes):
            (importing if imports else exporting).append(path)
    if not importing:
        return []
    names = [found for path in sorted((*importing, *exporting)) if (found := _names(path, files)) is not None]
    named: dict[Key, list[str]] = {}
    tails: Tails[str] = Tails()
    for one in names:
        for key in dict.fromkeys(one.exports):
            named.setdefault(key, []).append(one.path)
            name = name_of(key)
            if name is not None and name.own and name.telling:
                tails.add(name, one.path)
    joined = {path: path for path in roots}

    def top(path: str) -> str:
        while joined[path] != path:
            path = joined[path]
        return path

    for one in names:
        for key in dict.fromkeys(one.imports):
            for here in judged_by.get(one.path, [one.path]):
                exporter = _exporter(here, key, named, tails, judged_by)
                if exporter is not None:
                    first, second = sorted((top(here), top(exporter)))
                    joined[second] = first
    members: dict[str, list[str]] = {}
    for path in roots:
        members.setdefault(top(path), []).append(path)
    return [tuple(sorted(paths)) for paths in members.values() if 1 < len(paths) <= MAX_SET]


def of_interest(data: bytes, shapes: dict[str, Shape]) -> bool:
    """Whether a file names a type of resource that anything is asked about."""
    return any(found.decode() in shapes for found in set(_TYPES.findall(data)))


def _names(path: str, files: Files) -> _Names | None:
    from fabriclint.languages.cloudformation.stack import Session, Stack

    session = Session(files, Settings())
    try:
        template = session.load(path).template
    except Unreadable:
        return None
    if template is None:
        return None
    stack = Stack(session, template, paths=(path,))
    keys = (key_of(value) for value, _ in _imports(stack))
    return _Names(path, [key for _, key in exported(stack)], [key for key in keys if key is not None])


def _imports(stack: Stack) -> Iterable[tuple[Value, Span]]:
    """The names that a template imports, as they evaluate."""
    for node in walk(stack.template.document):
        call = node.call() if isinstance(node, Mapping) else None
        if call is not None and call[0] == "Fn::ImportValue":
            yield stack.evaluate(call[1].value), node.span


def taken(stacks: Sequence[Stack]) -> Iterable[Diagnostic]:
    """A note for each template and exporter that only the tails of names bring together."""
    told: set[tuple[str, str]] = set()
    for stack in stacks:
        for name, place in _imports(stack):
            found = stack.exporter(name)
            if found is None or not found[2]:
                continue
            pair = (stack.template.source.path, found[0].template.source.path)
            if pair not in told:
                told.add(pair)
                why = "no other template here exports a name of this form"
                message = f"{shown(name)} is taken to be {exported_as(found[0])}: {why}"
                yield Diagnostic("note", message, place.first_line())


def _exporter(
    here: str,
    key: Key,
    named: dict[Key, list[str]],
    tails: Tails[str],
    judged_by: dict[str, list[str]],
) -> str | None:
    """The one root that exports what `here` imports."""
    paths = named.get(key, []) if all(isinstance(part, str) for part in key) else []
    if not paths:
        name = name_of(key)
        if name is None:
            return None
        paths = tails.fitting(name)
    paths = list(dict.fromkeys(root for path in paths for root in judged_by.get(path, [path])))
    if here in paths:
        return None  # it is exported where it is imported: that is another deployment's
    if len(paths) > 1:  # the same template in YAML and in JSON: each goes with its own kind
        kin = [path for path in paths if path.rpartition(".")[2] == here.rpartition(".")[2]]
        if len(kin) == 1 and len({path.rpartition(".")[0] for path in paths}) == 1:
            return kin[0]
    return paths[0] if len(paths) == 1 else None


def exported_as(stack: Stack) -> str:
    """Where an export is written, for a person."""
    return f"the export of {stack.template.source.path}"


def shown(value: Value) -> str:
    """The name of an import, for a person."""
    text = value.show()
    return text if len(text) <= 80 else text[:79] + "…"
