"""The changes of one fix as edits of the `.tf` files that they belong in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from posixpath import dirname

from msgspec.structs import replace

from fabriclint.languages.base import Files, NoEdit
from fabriclint.languages.terraform.patch.adding import Adding, Folder, region_code, steady
from fabriclint.languages.terraform.patch.changing import Changing
from fabriclint.languages.terraform.patch.draft import Draft
from fabriclint.languages.terraform.vocabulary import SHAPES
from fabriclint.languages.terraform.write import Writer, home
from fabriclint.languages.writing import chosen, one_peer_each
from fabriclint.model.change import (
    Add,
    Change,
    Inside,
    Join,
    New,
    Region,
    Remove,
    Reword,
    Set,
    Shell,
    Written,
)
from fabriclint.model.element import Element
from fabriclint.text import Edit


def patch(
    changes: Sequence[Change], near: Element, elements: Sequence[Element], files: Files
) -> tuple[Edit, ...]:
    """The changes as edits; raises NoEdit where they cannot be written into the sources."""
    if near.body is None:
        raise NoEdit("a plan is made from its sources: change those")
    draft = Draft()
    folder = Folder(draft, dirname(near.place.path), files)
    steadied = [_steady(change, elements) for change in changes]
    names = {
        change.name: folder.free(Writer.plain_name(change.name, type_), type_, _pieces(change, type_))
        for change in steadied
        if isinstance(change, Add) and (type_ := chosen(SHAPES, change)) is not None
    }
    writer = Writer(steadied, near, names)
    asked = any(isinstance(change, Add) and _asks_region(change) for change in steadied)
    adding = Adding(draft, writer, near, folder)
    if asked and writer.region() is None and writer.region_source() is None:
        writer.region_code, there = region_code(folder)
        if not there:
            adding.put(
                (first := _region_user(steadied)),
                chosen(SHAPES, first) or "",
                ("data", "aws_region", "current"),
                'data "aws_region" "current" {}',
            )
    for change in steadied:
        if isinstance(change, Add):
            adding.make(change)
        elif isinstance(change, Reword):
            draft.apply([_reworded(change, draft)])
        elif isinstance(change, Shell):
            raise NoEdit("the fix is a script of its own")
        elif home(change.element) == writer.module:
            Changing(draft, writer, change.element).make(change)
        elif isinstance(change, Remove) or not _uses_new(change):
            Changing(draft, Writer(steadied, change.element), change.element).make(change)
        else:
            raise NoEdit(f"{change.element.label} is written in another module than what it has to name")
    return draft.edits()


def _steady(change: Change, elements: Sequence[Element]) -> Change:
    if isinstance(change, Add):
        return replace(
            change, attributes={key: steady(value, elements) for key, value in change.attributes.items()}
        )
    if isinstance(change, Inside):
        return replace(change, items=tuple(_listed(steady(list(change.items), elements))))
    if isinstance(change, Set):
        return replace(change, value=steady(change.value, elements))
    return change


def _listed(value: Written) -> list[Written]:
    return value if isinstance(value, list) else [value]


def _pieces(add: Add, type_: str) -> int:
    """How many resources an Add becomes."""
    several = add.kind == "security_group_rule" and type_ != "aws_security_group_rule"
    return len(one_peer_each(add.attributes)) if several else 1


def _asks_region(add: Add) -> bool:
    """Whether an attribute of a new resource names the Region."""
    parts = [part for value in add.attributes.values() if isinstance(value, Join) for part in value.parts]
    return any(isinstance(part, Region) for part in (*add.attributes.values(), *parts))


def _uses_new(change: Inside | Set) -> bool:
    """Whether a change refers to a resource that the same fix makes."""
    todo: list[Written] = list(change.items) if isinstance(change, Inside) else [change.value]
    while todo:
        value = todo.pop()
        if isinstance(value, New):
            return True
        if isinstance(value, list):
            todo.extend(value)
        elif isinstance(value, Mapping):
            todo.extend(value.values())
        elif isinstance(value, Join):
            todo.extend(value.parts)
    return False


def _region_user(changes: Sequence[Change]) -> Add:
    return next(change for change in changes if isinstance(change, Add) and _asks_region(change))


def _reworded(change: Reword, draft: Draft) -> Edit:
    """A word of a script where it stands; raises NoEdit where it is not written out there."""
    if change.place.text != change.old or draft.now(change.place.source) is not change.place.source:
        raise NoEdit(f"what stands at {change.place} is put together from other values")
    return Edit(change.place, change.new)
