"""The names that stand in a module, and the instances of what it declares: their attributes as they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fabriclint.languages.terraform import siblings, special
from fabriclint.languages.terraform.data_sources import data_attribute
from fabriclint.languages.terraform.expansion import Copy
from fabriclint.languages.terraform.expressions import Expression
from fabriclint.languages.terraform.failures import failed
from fabriclint.languages.terraform.reading import read_block
from fabriclint.languages.terraform.syntax import Block
from fabriclint.languages.terraform.traversal import Attr, Index, Splat, Step
from fabriclint.text import Span
from fabriclint.values import Map, Reason, Reference, Seq, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.module import Module
    from fabriclint.languages.terraform.run import Run


class ModuleScope:
    """The names that stand in a module, and those that stand only here (each, count, iterators)."""

    __slots__ = ("module", "names")

    def __init__(self, module: Module, names: Mapping[str, Value]) -> None:
        self.module = module
        self.names = names

    def within(self, names: Mapping[str, Value]) -> ModuleScope:
        """The same scope with more names."""
        return ModuleScope(self.module, {**self.names, **names})

    def resolve(self, root: str, steps: Sequence[Step], place: Span) -> tuple[Value, int]:
        """The value of a root name with its first steps."""
        found = self.names.get(root)
        if found is not None:
            return found, 0
        return self.module.resolve(root, steps, place)

    def read(self, handle: Reference, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """What a resource, data source or module has at the steps."""
        thing = self.module.run.things.get(handle.target)
        return None if thing is None else thing.read_steps(steps, place)

    def spend(self, work: int) -> Unknown | None:
        """Take work from the root's budget."""
        return self.module.run.spend(work)

    def special(self, name: str, arguments: Sequence[Expression], place: Span) -> Value | None:
        """A function that needs unevaluated arguments or files."""
        return special.special(name, arguments, place, self)

    @property
    def run(self) -> Run:
        """The reading that this is part of."""
        return self.module.run


class Instance:
    """One instance of a resource or data block."""

    __slots__ = ("_read", "_reading", "address", "block", "copy", "mode", "module", "scope")

    def __init__(self, module: Module, block: Block, address: str, copy: Copy, mode: str) -> None:
        self.module = module
        self.block = block
        self.address = address
        self.copy = copy
        self.mode = mode
        self.scope = ModuleScope(module, copy.names)
        self._read: dict[str, Value] = {}
        self._reading: set[str] = set()

    def read(self, name: str) -> Value:
        """An attribute or the blocks of a name, as they are written in the block."""
        found = self._read.get(name)
        if found is not None:
            return found
        if name in self._reading:
            return failed(f"{self.address}.{name} refers to itself", self.block.header)
        self._reading.add(name)
        try:
            value = read_block(self.block, name, self.scope)
        finally:
            self._reading.discard(name)
        self._read[name] = value
        return value

    def read_steps(self, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """An attribute as it is written, with its handle; the handle alone where it is not written."""
        first = steps[0]
        if isinstance(first, Index) and not self.copy.index:
            # Old configurations index a resource that has no count; Terraform 0.11 took [0] for the resource itself.
            return Value(Reference(self.address, place=place), place), 1
        if not isinstance(first, Attr):
            return None
        handle = Reference(self.address, (first.name,), place)
        if self.mode == "data":
            if first.name == "outputs" and self.block.labels[0] == siblings.KIND:
                told = self._outputs(steps, place)
                if told is not None:
                    return told
            looked_up = self._looked_up(steps, place)
            if looked_up is not None:
                return looked_up
            found = data_attribute(self, first.name, place)
            return (Value(handle, place) if found is None else found), 1
        attributes = self.block.attributes
        if first.name in attributes:
            value = self.read(first.name)
            if value.data is None:
                return Value(handle, place, inputs=value.inputs), 1
            return Value(value.data, value.place, value.origin, handle, value.inputs), 1
        return self._nested(first, steps, handle, place)

    def _looked_up(self, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """What another root of these sources creates, looked up by its tags or name."""
        if self.module.run.lookups is None:
            return None
        from fabriclint.languages.terraform.lookups import read_found

        return read_found(self, steps, place)

    def _outputs(self, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """What another root of these sources puts out, read through its state."""
        root = siblings.read_output(self)
        if root is None:
            return None
        if len(steps) > 1:
            step = steps[1]
            name = (
                step.name
                if isinstance(step, Attr)
                else step.key.evaluate(self.scope).data
                if isinstance(step, Index)
                else None
            )
            if isinstance(name, str):
                return root.output(name, place), 2
        return Value(Map({name: root.output(name, place) for name in root.folder.outputs}), place), 1

    def _nested(
        self, first: Attr, steps: Sequence[Step], handle: Reference, place: Span
    ) -> tuple[Value, int]:
        """`block[0].attribute`, where it is written; otherwise the provider knows it, and the handle stands for it."""
        used = 1
        path: list[str | int] = []
        for step in steps[1:3]:
            if isinstance(step, Index):
                key = step.key.evaluate(self.scope).data
                if not isinstance(key, (int, str)) or isinstance(key, bool):
                    return Value(handle, place), 1
                path.append(key)
            elif isinstance(step, Attr):
                path.append(step.name)
            else:
                break
            used += 1
        full = Value(handle.at(*path), place)
        if not any(block.type in (first.name, "dynamic") for block in self.block.blocks):
            return full, used
        value = self.read(first.name)
        if (
            isinstance(value.data, Seq)
            and len(path) == 2
            and isinstance(path[0], int)
            and path[0] < len(value.data.items)
        ):
            inside = value.data.items[path[0]].data
            found = inside.entries.get(str(path[1])) if isinstance(inside, Map) else None
            if found is not None and found.data is not None:
                return Value(found.data, found.place, found.origin, handle.at(*path), found.inputs), used
        if len(steps) > 1 and isinstance(steps[1], Splat) and isinstance(value.data, Seq):
            return value, 1
        return full, used


class Unseen:
    """A module call whose source is not on disk, or that could not be followed."""

    __slots__ = ("block", "copy", "module", "name", "reason")

    def __init__(self, module: Module, block: Block, name: str, copy: Copy, reason: Reason) -> None:
        self.module = module
        self.block = block
        self.name = name
        self.copy = copy
        self.reason = reason

    @property
    def address(self) -> str:
        """The call's address."""
        return f"{self.module.prefix}module.{self.name}{self.copy.index}"

    def read(self, name: str) -> Value:
        """The call's source, or all its arguments as one map."""
        scope = ModuleScope(self.module, self.copy.names)
        if name == "source":
            return read_block(self.block, "source", scope)
        entries = {
            key: read_block(self.block, key, scope)
            for key in self.block.attributes
            if key not in ("source", "version", "count", "for_each", "depends_on", "providers")
        }
        return Value(Map(entries), self.block.header)

    def read_steps(self, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """Every output is unknown."""
        if not isinstance(steps[0], Attr):
            return None
        return Value(Unknown((self.reason,)), place), 1
