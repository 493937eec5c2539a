"""What a template file sees: its own variables, and nothing of the module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fabriclint.languages.terraform.expressions import Expression
from fabriclint.languages.terraform.failures import failed
from fabriclint.languages.terraform.traversal import Step
from fabriclint.text import Span
from fabriclint.values import Reference, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.instances import ModuleScope


class TemplateScope:
    """The variables of a template; `more` where it may be given others."""

    __slots__ = ("more", "names", "outer")

    def __init__(self, outer: ModuleScope, names: Mapping[str, Value], more: Unknown | None) -> None:
        self.outer = outer
        self.names = names
        self.more = more

    def within(self, names: Mapping[str, Value]) -> TemplateScope:
        """The same scope with more names."""
        return TemplateScope(self.outer, {**self.names, **names}, self.more)

    def resolve(self, root: str, steps: Sequence[Step], place: Span) -> tuple[Value, int]:
        """One of the template's variables."""
        found = self.names.get(root)
        if found is not None:
            return found, 0
        if self.more is not None:
            return Value(self.more, place), len(steps)
        return failed(f"the template is given no {root}", place), len(steps)

    def read(self, handle: Reference, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """What a resource that was passed in has at the steps."""
        return self.outer.read(handle, steps, place)

    def spend(self, work: int) -> Unknown | None:
        """Take work from the root's budget."""
        return self.outer.spend(work)

    def special(self, name: str, arguments: Sequence[Expression], place: Span) -> Value | None:
        """try and can; a template may not read other templates."""
        if name == "templatefile":
            return failed("a template cannot call templatefile()", place)
        from fabriclint.languages.terraform.special import special

        inner = self.outer.within(self.names)
        return special(name, arguments, place, inner)


class Nowhere:
    """A scope without names: for expressions that may only hold literals."""

    __slots__ = ("names",)

    def __init__(self, names: Mapping[str, Value] | None = None) -> None:
        self.names: Mapping[str, Value] = names or {}

    def within(self, names: Mapping[str, Value]) -> Nowhere:
        """The same scope with more names."""
        return Nowhere({**self.names, **names})

    def resolve(self, root: str, steps: Sequence[Step], place: Span) -> tuple[Value, int]:
        """Only iterators have values."""
        found = self.names.get(root)
        return (found, 0) if found is not None else (failed(f"{root} has no value here", place), len(steps))

    def read(self, handle: Reference, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """Nothing is named here."""
        return None

    def spend(self, work: int) -> Unknown | None:
        """Literals are as long as they are written."""
        return None

    def special(self, name: str, arguments: Sequence[Expression], place: Span) -> Value | None:
        """No files are read from here."""
        return None


NOWHERE = Nowhere()
