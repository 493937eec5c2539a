"""Writes changes into the templates themselves, as edits that leave every other byte as it is."""

from __future__ import annotations

from collections.abc import Sequence

from fabriclint.languages.base import Files, NoEdit
from fabriclint.languages.cloudformation.patch.draft import Draft
from fabriclint.languages.cloudformation.template import read_tree
from fabriclint.languages.cloudformation.tree import Mapping
from fabriclint.model.change import Add, Change, Reword, Shell
from fabriclint.model.element import Element
from fabriclint.text import Edit, edited


def patch(
    changes: Sequence[Change], near: Element, elements: Sequence[Element], files: Files
) -> tuple[Edit, ...]:
    """The changes as edits that do not overlap; raises NoEdit where they cannot be written."""
    if any(isinstance(change, Shell) for change in changes):
        raise NoEdit("the fix is a script of its own")
    for change in changes:
        if isinstance(change, Add) and change.needs:
            raise NoEdit(f"it needs a decision: {change.needs}")
    draft = Draft(near, elements, files)
    edits = [draft.reworded(change) for change in changes if isinstance(change, Reword)]
    rest = [change for change in changes if not isinstance(change, Reword)]
    if rest:
        draft.write(rest)
        edits.extend(draft.edits())
    _read_again(edits, draft.names())
    return tuple(edits)


def _read_again(edits: Sequence[Edit], names: dict[str, set[str]]) -> None:
    """Raise NoEdit where edits overlap, or a template does not hold the resources that it should after them."""
    try:
        results = edited(edits)
    except ValueError:
        raise NoEdit("its edits would overlap") from None
    for path, source in results.items():
        if path not in names:
            continue
        document = read_tree(source).document
        resources = document.get("Resources") if isinstance(document, Mapping) else None
        if not isinstance(resources, Mapping) or resources.entries.keys() != names[path]:
            raise NoEdit(f"{path} would not read as it should")
