"""Which templates nest which, told from their TemplateURLs under defaults."""

from __future__ import annotations

from collections.abc import Sequence

from fabriclint.languages.base import Files, Settings, Unreadable
from fabriclint.languages.cloudformation.nested import is_stack, paths_of
from fabriclint.languages.cloudformation.stack import Session, Stack


def callers_of(stacked: Sequence[str], templates: Sequence[str], files: Files) -> dict[str, list[str]]:
    """For each template that others nest, those others; a template that nests itself does not count."""
    known = set(templates)
    session = Session(files, Settings())
    found: dict[str, list[str]] = {}
    for path in stacked:
        try:
            template = session.load(path).template
        except Unreadable:
            continue
        if template is None:
            continue
        stack = Stack(session, template, paths=(path,))
        for name, entry in template.resources.items():
            if is_stack(entry):
                for called in paths_of(stack, name):
                    if called != path and called in known and path not in found.setdefault(called, []):
                        found[called].append(path)
    return {called: by for called, by in found.items() if by}
