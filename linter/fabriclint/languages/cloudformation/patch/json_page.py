"""Edits of a template of JSON: commas stay right, lines are indented as the file has them, and what is on one line stays so."""

from __future__ import annotations

import json
from collections.abc import Mapping as Names
from typing import Final

from fabriclint.languages.base import NoEdit
from fabriclint.languages.cloudformation.patch.page import Page, requoted
from fabriclint.languages.cloudformation.spelling import Array, JsonStyle, Node, json_entry, json_text
from fabriclint.languages.cloudformation.template import Template
from fabriclint.languages.cloudformation.tree import Entry, Mapping, Scalar, Sequence, walk
from fabriclint.patterns import late

_COLON: Final = late(rb"[ \t]*:[ \t]*\Z")
_COMMA: Final = late(rb"\s*,\s*\Z")


class JsonPage(Page):
    """A template of JSON."""

    def __init__(self, template: Template) -> None:
        super().__init__(template)
        self.style = self._style()

    def _style(self) -> JsonStyle:
        document = self.template.document
        first = _ordered(document)[0]
        between = self.data[first.key.end : first.value.start]
        colon = between.decode() if _COLON.match(between) else ": "
        comma = ", " if colon.endswith(" ") else ","
        unit = self._indent(first.key.start) if self._begins_line(first.key.start) else None
        calls = (node for node in walk(document) if isinstance(node, Mapping) and node.call() is not None)
        spread = unit is not None and next((b"\n" in self.data[n.start : n.end] for n in calls), False)
        return JsonStyle("  " if unit == "" else unit, colon, comma, spread)

    @property
    def _compact(self) -> JsonStyle:
        return JsonStyle(None, self.style.colon, self.style.comma)

    def begin(self, entry: Entry) -> None:
        """The manner is that of the whole file."""

    # what can be written to

    def opened(self, holder: Mapping, name: str) -> None:
        """Mappings that a function fills are left alone."""
        keys = holder.entries
        if holder is not self.template.document.get("Resources") and any(
            key.startswith("Fn::") for key in keys
        ):
            raise NoEdit(f"a function adds to {name}")

    def owned(self, holder: Mapping, entry: Entry) -> None:
        """An entry follows the one before it and a comma; else a key is written twice."""
        ordered = _ordered(holder)
        at = ordered.index(entry)
        before, after = ordered[at - 1] if at else None, ordered[at + 1] if at + 1 < len(ordered) else None
        for one, other in ((before, entry), (entry, after)):
            if one is None or other is None:
                continue
            if not _COMMA.match(self.data[one.value.end : other.key.start]):
                raise NoEdit(f"a key beside {entry.key.text} is written twice")
        if before is None and self.data[holder.start + 1 : entry.key.start].strip():
            raise NoEdit(f"a key beside {entry.key.text} is written twice")

    # edits

    def members(self, holder: Mapping, added: Names[str, Node], gone: list[Entry]) -> None:
        """Entries go with a comma each; new ones stand behind the last that stays."""
        ordered = _ordered(holder)
        stay = [entry for entry in ordered if entry not in gone]
        if not stay:
            self._fill(holder, ordered, added)
            return
        if added:
            last = stay[-1]
            self.edit(last.value.end, last.value.end, self._more(last.key.start, added))
        start: int | None = None
        for number, entry in enumerate(ordered):
            if entry in gone:
                if start is None:
                    start = ordered[number - 1].value.end if number else entry.key.start
                follows = ordered[number + 1] if number + 1 < len(ordered) else None
                if follows is None or follows not in gone:
                    leads = start == ordered[0].key.start
                    self.edit(start, follows.key.start if leads and follows else entry.value.end, "")
                    start = None

    def _more(self, key: int, added: Names[str, Node]) -> str:
        """Entries behind a comma, laid out like the entry whose key begins at `key`."""
        if self._begins_line(key):
            indent = self._indent(key)
            return "".join(
                f",\n{indent}{json_entry(name, node, self.style, indent)}" for name, node in added.items()
            )
        comma = self.style.comma
        return "".join(f"{comma}{json_entry(name, node, self._compact, '')}" for name, node in added.items())

    def _fill(self, holder: Mapping, ordered: list[Entry], added: Names[str, Node]) -> None:
        """Entries of a mapping that has none, or loses all it has."""
        if ordered:
            key = ordered[0].key.start
            text = self._more(key, added)
            self.edit(key, ordered[-1].value.end, text.lstrip(",").lstrip())
            return
        if self.style.unit is None or not added:
            inner = self.style.comma.join(
                json_entry(name, node, self._compact, "") for name, node in added.items()
            )
            self.edit(holder.start + 1, holder.end - 1, inner)
            return
        indent = self._indent(holder.start)
        inner = indent + self.style.unit
        lines = (f"\n{inner}{json_entry(name, node, self.style, inner)}" for name, node in added.items())
        self.edit(holder.start + 1, holder.end - 1, f"{','.join(lines)}\n{indent}")

    def replace(self, entry: Entry, node: Node) -> None:
        """What was a text stays one; what was on one line stays there."""
        value = entry.value
        if isinstance(value, Scalar):
            quoted = requoted(value, node)
            if quoted is not None:
                self.edit(value.start, value.end, json.dumps(quoted, ensure_ascii=False))
                return
        single = not isinstance(value, Scalar) and b"\n" not in self.data[value.start : value.end]
        if isinstance(value, Sequence) and not value.items:
            single = False
        style = self._compact if single or not self._begins_line(entry.key.start) else self.style
        self.edit(value.start, value.end, json_text(node, style, self._indent(entry.key.start)))

    def append(self, entry: Entry, there: Sequence, items: list[Node]) -> None:
        """Items behind the last one, on lines of their own where it has one."""
        if not there.items:
            self.replace(entry, Array(items))
            return
        last = there.items[-1]
        indent = self._indent(last.start)
        if self._begins_line(last.start):
            text = "".join(f",\n{indent}{json_text(item, self.style, indent)}" for item in items)
        else:
            text = "".join(f"{self.style.comma}{json_text(item, self._compact)}" for item in items)
        self.edit(last.end, last.end, text)

    def resource(self, at: Entry, after: bool, added: Names[str, Node]) -> None:
        """A resource on one line among others on one line each stays on its own."""
        self.owned(self.resources, at)
        key = at.key.start
        begins = self._begins_line(key)
        indent = self._indent(key) if begins else ""
        spread = begins and b"\n" in self.data[at.value.start : at.value.end]
        style = self.style if spread else self._compact
        texts = [json_entry(name, node, style, indent) for name, node in added.items()]
        lead = f",\n{indent}" if begins else self.style.comma
        if after:
            self.edit(at.value.end, at.value.end, "".join(f"{lead}{text}" for text in texts))
        else:
            self.edit(key, key, "".join(f"{text}{lead}" for text in texts))

    # lines

    def _begins_line(self, offset: int) -> bool:
        start = self.data.rfind(b"\n", 0, offset) + 1
        return start > 0 and not self.data[start:offset].strip()

    def _indent(self, offset: int) -> str:
        """The blanks that the line of a byte begins with."""
        line = self.before(offset)
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()


def _ordered(holder: Mapping) -> list[Entry]:
    return sorted(holder.entries.values(), key=lambda entry: entry.key.start)
