"""A plan as elements of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.languages.base import Diagnostic, Files, Reading, Root, Settings, Unreadable
from fabriclint.languages.terraform.plan.beside import Beside, Located, beside
from fabriclint.languages.terraform.plan.document import (
    Instance,
    Json,
    Plan,
    inside,
    is_list,
    load,
    record,
    text,
)
from fabriclint.languages.terraform.plan.json_values import NOT_WRITTEN, Merge
from fabriclint.languages.terraform.plan.wiring import SENSITIVE, Wiring, handles, several
from fabriclint.model.element import Call, Element, Shape
from fabriclint.patterns import late
from fabriclint.values import Reason, Reference, Seq, Unknown, Value

_MOST_ELEMENTS: Final = 20_000
_REAL: Final = late(r"(?:[a-z][a-z0-9]*-)+[0-9a-f]{8}(?:[0-9a-f]{9})?|arn:[^\s\"]{1,2000}")
# Attributes that a provider calls sensitive as a whole, and where it gives the same with the secrets taken out.
_CLEARED: Final = {"yaml_body": "yaml_body_parsed"}
_BROUGHT: Final = ("default_security_group_id", "main_route_table_id", "default_route_table_id")


def read(root: Root, files: Files, settings: Settings, shapes: Mapping[str, Shape]) -> Reading:
    """The elements of a plan; nothing inside them is made before it is asked for."""
    try:
        loaded = load(files.source(root.path))
    except Unreadable as error:
        return Reading(
            (),
            (Diagnostic("error", error.message, path=error.path),),
            (Reason(f"{error.path} could not be read: {error.message}"),),
        )
    plan = loaded.plan
    if plan is None:
        return Reading((), tuple(loaded.diagnostics), (Reason(f"{root.path} could not be read"),))
    wiring = Wiring(plan)
    session = Session(plan, wiring, beside(root.path, plan, wiring, files, settings), shapes)
    elements = session.elements()
    region = wiring.region(None)
    sources = (plan.source, *(session.beside.sources if session.beside is not None else ()))
    return Reading(
        elements,
        tuple(loaded.diagnostics),
        tuple(dict.fromkeys(plan.open)),
        region.data if region is not None and isinstance(region.data, str) else None,
        tuple(dict.fromkeys(sources)),
    )


class Session(Struct, frozen=True, eq=False, dict=True):
    """One reading of a plan."""

    plan: Plan
    wiring: Wiring
    beside: Beside | None
    shapes: Mapping[str, Shape]

    def elements(self) -> tuple[Element, ...]:
        """What exists after apply and the model knows, in source order where there are sources."""
        found: list[tuple[tuple[tuple[str, int], ...], int, Element]] = []
        for number, instance in enumerate((*self.plan.instances.values(), *self._looked_up())):
            kind = instance.type if instance.mode == "resource" else f"data.{instance.type}"
            shape = self.shapes.get(kind)
            if shape is None:
                continue
            if len(found) >= _MOST_ELEMENTS:
                self.plan.open.append(Reason("the plan has too many resources to read them all"))
                break
            located = self.beside.locate(instance) if self.beside is not None else None
            element = self._element(instance, kind, shape, located)
            place = element.place
            order = ((place.path, place.start),) if located is None else located.order
            found.append((order, number, element))
        found.sort(key=lambda entry: entry[:2])
        return tuple(element for _, _, element in found)

    def _looked_up(self) -> Iterator[Instance]:
        """The data sources that were read while planning: what they found stands only in the prior state."""
        for address, instance in self.plan.prior.items():
            if (
                instance.mode == "data"
                and address not in self.plan.instances
                and self.wiring.resource(instance)
            ):
                yield instance

    def _element(self, instance: Instance, kind: str, shape: Shape, located: Located | None) -> Element:
        place = self.plan.place(instance.address) if located is None else located.place
        calls = located.calls if located is not None else self._calls(instance)

        def read(name: str) -> Value:
            return self._read(instance, name, located)

        return Element(
            kind=shape.kind,
            type=kind,
            address=instance.address,
            label=instance.address,
            place=place,
            language="terraform",
            shape=shape,
            read=read,
            calls=calls,
            body=None if located is None or located.block is None else located.block.span,
            region=self._region(instance),
        )

    def _calls(self, instance: Instance) -> tuple[Call, ...]:
        place = self.plan.place(instance.address)
        return tuple(Call(name, place) for name, _ in instance.module)

    def _region(self, instance: Instance) -> Value | None:
        own = text(instance.values.get("region"))
        if own and inside(instance.sensitive, "region") is not True:
            return Value(own, self.plan.place(instance.address))
        value = self.wiring.region(instance)
        return None if value is None else value.moved(self.plan.place(instance.address))

    # ---------------------------------------------------------------- attributes

    def _read(self, instance: Instance, name: str, located: Located | None) -> Value:
        place = self.plan.place(instance.address) if located is None else located.place_of(name)
        sensitive = inside(instance.sensitive, name)
        cleared = _CLEARED.get(name) if sensitive is True else None
        if cleared is not None and isinstance(instance.values.get(cleared), str):
            name, sensitive = cleared, inside(instance.sensitive, cleared)
        unknown = inside(instance.unknown, name)
        shadow, trusted = self._shadow(instance, name, located)
        if name not in instance.values and unknown is None and shadow is not None and shadow.data is not None:
            unknown = True  # a values representation leaves out what is not known yet
        if shadow is not None and shadow.place is None:
            shadow = shadow.moved(place)
        merge = Merge(instance.address, SENSITIVE, self._known, handles, several)
        return merge.value(name, instance.values.get(name), unknown, sensitive, shadow, place, trusted)

    def _shadow(self, instance: Instance, name: str, located: Located | None) -> tuple[Value | None, bool]:
        """An attribute as the sources have it, else as the configuration in the plan has it."""
        configured = self.wiring.written(instance, name)
        if located is not None and located.block is not None:
            written = located.shadow(name)
            if written is not None and not isinstance(written.data, Unknown):
                if written.data is not None or configured is None:
                    return written, True
            elif written is not None and configured is not None:
                return replace(
                    configured, place=written.place, inputs=configured.inputs | written.inputs
                ), False
            elif written is not None:
                return written, True
        if (
            located is not None
            and located.block is None
            and (configured is None or configured.unknown is not None)
        ):
            written = located.shadow(name)
            if written is not None and self._leads(written):
                return written.moved(located.place), False
        if configured is not None:
            return configured, False
        return (NOT_WRITTEN if self.wiring.resource(instance) else None), False

    def _leads(self, stubbed: Value) -> bool:
        """Whether what a stub says is handles on resources of the plan; a stub is trusted with nothing else here."""
        items = (
            stubbed.data.items if isinstance(stubbed.data, Seq) and stubbed.data.more is None else (stubbed,)
        )
        handles = [item.data for item in items]
        return bool(handles) and all(
            isinstance(handle, Reference) and handle.target in self.plan.instances for handle in handles
        )

    def _known(self, value: str, handle: Reference | None) -> Reference | None:
        """The handle that a known text is: the one that is written, where it has this very value, or the owner of the id."""
        if handle is not None and self._value_at(handle) == value:
            return handle
        return self._ids.get(value)

    def _value_at(self, handle: Reference) -> str | None:
        instance = self.plan.instances.get(handle.target) or self.plan.prior.get(handle.target)
        if instance is None:
            return None
        value: Json = instance.values
        sensitive: Json = instance.sensitive
        for step in handle.path:
            sensitive = inside(sensitive, step)
            if sensitive is True:
                return None
            if isinstance(step, str):
                value = record(value).get(step)
            else:
                value = value[step] if is_list(value) and 0 <= step < len(value) else None
        return text(value)

    @cached_property
    def _ids(self) -> dict[str, Reference]:
        """The real ids and ARNs of the resources here, each with the one thing that it names."""
        owners: dict[str, Reference | None] = {}
        brought: dict[str, Reference | None] = {}
        for instance in self.plan.instances.values():
            if instance.mode != "resource" or instance.type not in self.shapes:
                continue
            for name in ("id", "arn"):
                _own(owners, instance, name)
            for name in _BROUGHT if instance.type in ("aws_vpc", "aws_default_vpc") else ():
                _own(brought, instance, name)
        found = {
            value: owner for value, owner in brought.items() if owner is not None and value not in owners
        }
        return found | {value: owner for value, owner in owners.items() if owner is not None}


def _own(owners: dict[str, Reference | None], instance: Instance, name: str) -> None:
    value = text(instance.values.get(name))
    if value is None or not _REAL.fullmatch(value) or inside(instance.sensitive, name) is True:
        return
    owners[value] = None if value in owners else Reference(instance.address, (name,))
