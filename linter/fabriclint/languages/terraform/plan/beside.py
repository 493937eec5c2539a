"""The `.tf` files beside a plan: where its resources are written, and what they say of what is known only after apply."""

from __future__ import annotations

import posixpath
from typing import Final

from msgspec import Struct

from fabriclint.languages.base import Files, Settings
from fabriclint.languages.terraform.expressions import Expression
from fabriclint.languages.terraform.failures import fails
from fabriclint.languages.terraform.folder import Folder, configuration_files, load
from fabriclint.languages.terraform.instances import Instance as Written
from fabriclint.languages.terraform.instances import Unseen
from fabriclint.languages.terraform.module import Module
from fabriclint.languages.terraform.plan.addresses import Path, prefix
from fabriclint.languages.terraform.plan.document import Instance, Plan, listed, record
from fabriclint.languages.terraform.plan.json_values import value_of
from fabriclint.languages.terraform.plan.wiring import SENSITIVE, Wiring
from fabriclint.languages.terraform.run import Run
from fabriclint.languages.terraform.syntax import Attribute, Block
from fabriclint.languages.terraform.variables import Given
from fabriclint.model.element import Call
from fabriclint.text import Source, Span
from fabriclint.values import Unknown, Value

_MOST_FOLDERS_UP: Final = 12


class _Constant(Expression):
    """A value that the plan was made with."""

    __slots__ = ("value",)

    def __init__(self, span: Span, value: Value) -> None:
        super().__init__(span)
        self.value = value

    def evaluate(self, scope: object) -> Value:
        return self.value


class _Given(Struct, frozen=True):
    """A variable as the plan was made with it, at the place where the sources give it."""

    name: str
    span: Span
    whole: Span
    expression: Expression


class Located(Struct, frozen=True):
    """Where an instance is written: its block, the calls that lead there, and the attributes as they are evaluated.

    `block` is None for what stands in a module that is not on disk: then `place` is the call, and `written` what a stub says.
    """

    place: Span
    calls: tuple[Call, ...]
    block: Block | None = None
    written: Written | None = None

    @property
    def order(self) -> tuple[tuple[str, int], ...]:
        """A key that sorts by source order, what a call makes where the call stands."""
        starts = [(call.place.path, call.place.start) for call in self.calls]
        here = (self.place.path, self.place.start)
        return tuple(starts if starts and starts[-1] == here else [*starts, here])

    def shadow(self, name: str) -> Value | None:
        """An attribute as the sources have it; None where they do not decide it."""
        if self.written is None:
            return None
        value = self.written.read(name)
        if fails(value):
            return Value(Unknown.because("the sources do not decide it", value.place), value.place)
        return value

    def place_of(self, name: str) -> Span:
        """Where an attribute or the first block of a name stands; the header where neither does."""
        if self.block is None:
            return self.place
        attribute = self.block.attributes.get(name)
        if attribute is not None:
            return attribute.span
        for inner in self.block.blocks:
            if name in (inner.type, *(inner.labels[:1] if inner.type == "dynamic" else ())):
                return inner.header
        return self.place


class Beside:
    """The sources of a plan."""

    def __init__(self, folder: Folder, plan: Plan, files: Files, settings: Settings) -> None:
        self._run = Run(folder.path, files, Settings(workspace=settings.workspace, stubs=settings.stubs))
        self._root = Module(self._run, self._run.folder(folder.path))
        self._root.given = _given(self._run, self._root.folder, plan, files)
        self._calls: dict[Path, Located | tuple[Module, bool]] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files that were read."""
        return tuple(file.source for folder in self._run.folders for file in folder.files)

    def locate(self, instance: Instance) -> Located | None:
        """Where an instance is written; None where these sources do not have it."""
        found = self._module(instance.module)
        if isinstance(found, Located) or found is None:
            return found
        module, exact = found
        stub = module.outer
        table = module.folder.data if instance.mode == "data" else module.folder.resources
        key = (instance.type, instance.name)
        block = table.get(key)
        if block is None:
            return None if stub is None else Located(stub.header, module.calls)
        written: Written | None = None
        if exact:
            copies = module.instances(instance.mode, key, block)
            written = next((copy for copy in copies if copy.address == instance.address), None)
        if stub is not None:
            return Located(stub.header, module.calls, None, written)
        return Located(block.header, module.calls, block, written)

    def _module(self, path: Path) -> Located | tuple[Module, bool] | None:
        """The module of a path and whether it is the very copy; the call where its sources are not on disk."""
        module, exact = self._root, True
        for depth in range(1, len(path) + 1):
            known = self._calls.get(path[:depth])
            if isinstance(known, Located):
                return known
            if known is not None:
                module, exact = known
                continue
            name = path[depth - 1][0]
            block = module.folder.calls.get(name)
            if block is None:
                return None
            children = module.children(name, block)
            wanted = prefix(path[:depth])
            child = next((one for one in children if isinstance(one, Module) and one.prefix == wanted), None)
            exact = exact and child is not None
            child = child or next((one for one in children if isinstance(one, Module)), None)
            if child is None:
                outer = module.outer or block
                there = Located(outer.header, (*module.calls, Call(name, outer.header)))
                if any(isinstance(one, Unseen) for one in children) or not children:
                    self._calls[path[:depth]] = there
                return there
            module = child
            self._calls[path[:depth]] = (module, exact)
        return module, exact


def beside(path: str, plan: Plan, wiring: Wiring, files: Files, settings: Settings) -> Beside | None:
    """The sources of a plan: its folder or one above it, where the folder declares what the plan's root module does."""
    wanted = _declared(wiring)
    if not wanted:
        return None
    at = posixpath.normpath(posixpath.dirname(path))
    for _ in range(_MOST_FOLDERS_UP):
        if configuration_files(files.names(at)):
            folder = load(at, files)
            have = {
                *(
                    (mode, *key)
                    for mode, table in (("resource", folder.resources), ("data", folder.data))
                    for key in table
                )
            }
            have |= {("module", name, "") for name in folder.calls}
            if 2 * len(wanted & have) >= len(wanted):
                return Beside(folder, plan, files, settings)
        if at in (".", "/", "..") or at.endswith("/.."):
            return None
        at = posixpath.normpath(posixpath.dirname(at))
    return None


def _declared(wiring: Wiring) -> set[tuple[str, str, str]]:
    """The resources, data sources and calls of the root module."""
    module = wiring.module(())
    found = {
        (
            "data" if block.get("mode") == "data" else "resource",
            str(block.get("type")),
            str(block.get("name")),
        )
        for block in map(record, listed(module.get("resources")))
    }
    return found | {("module", name, "") for name in record(module.get("module_calls"))}


def _given(run: Run, folder: Folder, plan: Plan, files: Files) -> Given:
    """The variables of the plan in place of those that a reading of the sources would find."""
    given = Given(run, folder.path, files, Settings())
    declared = record(record(record(plan.root.get("configuration")).get("root_module")).get("variables"))
    planned = record(plan.root.get("variables"))
    for name, block in folder.variables.items():
        found = given.expressions.get(name)
        default = block.attributes.get("default")
        place = found[1] if found is not None else None
        if place is None and default is not None:
            place = default.whole
        at = place or block.header
        secret = block.attributes.get("sensitive")
        hidden = record(declared.get(name)).get("sensitive") is True or (
            secret is not None and secret.span.text.strip() != "false"
        )
        if hidden:
            at = block.header  # the line of the value would be shown
            value = Value(Unknown.because(SENSITIVE, at), at)
        elif name in planned:
            value = value_of(record(planned[name]).get("value"), at)
        else:
            continue
        said: Attribute = _Given(name, at, at, _Constant(at, value))
        given.expressions[name] = (said, at)
    return given
