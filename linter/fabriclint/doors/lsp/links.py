"""Links inside a file: rules that a comment ignores, local Terraform modules and nested templates."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from fabriclint.engine.report import RULE_PAGE
from fabriclint.patterns import late
from fabriclint.text import Source, Span

_IGNORE: Final = late(rb"(?:#|//)\s*fabriclint:\s*ignore\[([^\]\r\n]*)\]")
_NAME: Final = late(rb"[a-z][a-z0-9-]*")
_MODULE: Final = late(rb"^[ \t]*source[ \t]*=[ \t]*\"(\.\.?(?:/[^\"$\r\n]*)?)\"", re.MULTILINE)
_TEMPLATE: Final = late(
    rb"\b(?:TemplateURL|Location)[\"']?[ \t]*:[ \t]*[\"']?((?![a-z0-9]+:)[\w./-]+\.(?:ya?ml|json|template))\b"
)


class Link(Struct, frozen=True):
    """A place that leads somewhere: to a page, or to a file on disk."""

    span: Span
    page: str = ""
    file: str = ""


def links(source: Source, full: str, rules: Mapping[str, str]) -> Iterator[Link]:
    """The links of a file that lies at `full`; what leads nowhere is no link. `rules` are their names by all they go by."""
    for found in _IGNORE.finditer(source.data):
        for name in _NAME.finditer(source.data, found.start(1), found.end(1)):
            word = name[0].decode()
            if word in rules:
                yield Link(source.span(*name.span()), page=RULE_PAGE.format(rule=rules[word]))
    terraform = full.endswith((".tf", ".tofu"))
    for found in (_MODULE if terraform else _TEMPLATE).finditer(source.data):
        target = os.path.normpath(os.path.join(os.path.dirname(full), found[1].decode("utf-8", "replace")))
        file = _first(target) if terraform else target
        if file is not None and os.path.isfile(file):
            yield Link(source.span(*found.span(1)), file=file)


def _first(folder: str) -> str | None:
    """The file of a module to open first."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith((".tf", ".tofu")))
    except (OSError, ValueError):
        return None
    names.sort(key=lambda name: name.partition(".")[0] != "main")
    return os.path.join(folder, names[0]) if names else None
