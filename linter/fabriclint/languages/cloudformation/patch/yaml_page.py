"""Edits of a template of YAML: block mappings and lists in the file's own indentation, and lists in brackets on one line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as Names
from typing import Final

from fabriclint.languages.base import NoEdit
from fabriclint.languages.cloudformation.patch.page import Page, requoted
from fabriclint.languages.cloudformation.spelling import (
    Array,
    Function,
    Node,
    Object,
    Raw,
    YamlStyle,
    is_block,
    yaml_entry,
    yaml_lines,
    yaml_scalar,
)
from fabriclint.languages.cloudformation.template import Template
from fabriclint.languages.cloudformation.tree import Entry, Mapping, Scalar, Sequence, walk
from fabriclint.languages.cloudformation.tree import Node as Tree
from fabriclint.patterns import late

_BETWEEN: Final = late(rb"\s*:(?:\s|#[^\n]*\n)*\Z")
_ANCHOR: Final = late(rb"[\s\[{,]&[^\s&]")
_DASH: Final = late(rb" *(-[ ]+)\Z")
_COMMENT: Final = late(rb"( *)#")
_BLANK: Final = late(rb"\s*\Z")


class YamlPage(Page):
    """A template of YAML."""

    def __init__(self, template: Template) -> None:
        found = [node for node in walk(template.document) if isinstance(node, Mapping)]
        # `Fn::Base64: !Sub |` is how start-up scripts are written beside short forms too.
        long = (node for node in found if node.call() is not None and "Fn::Base64" not in node.entries)
        self.long = not any(node.short for node in found) and any(True for _ in long)
        self.style = YamlStyle(long=self.long)
        super().__init__(template)
        dashes = Counter(self._dashes(template.document))
        self.dash = dashes.most_common(1)[0][0] if dashes else None
        self.begin(next(iter(self.resources.entries.values())))

    # manner

    def begin(self, entry: Entry) -> None:
        """Take on a resource's indentation; how its lists stand in, where it has any."""
        step = 2
        body = entry.value
        if isinstance(body, Mapping) and not body.flow and not body.short:
            step = max(self._column(body.start) - self._column(entry.key.start), 1)
        own = Counter(self._dashes(body)).most_common(1)
        dash = own[0][0] if own else self.dash if self.dash is not None else step
        self.style = YamlStyle(step, dash, 2, self.long)

    def _dashes(self, node: Tree) -> Iterator[int]:
        """How far each block list inside stands in from its key."""
        for found in walk(node):
            if not isinstance(found, Mapping) or found.flow or found.short:
                continue
            for entry in found.entries.values():
                value = entry.value
                if isinstance(value, Sequence) and not value.flow and value.start > entry.key.end:
                    offset = self._column(value.start) - self._column(entry.key.start)
                    if 0 <= offset <= 8:
                        yield offset

    def _column(self, offset: int) -> int:
        return len(self.before(offset))

    # what can be written to

    def opened(self, holder: Mapping, name: str) -> None:
        """Braces and mappings that a function or merge key fills are left alone."""
        if holder.flow or holder.short:
            raise NoEdit(f"{name} is written in braces")
        keys = [entry.key for entry in holder.entries.values()]
        if holder is not self.template.document.get("Resources") and any(
            k.text.startswith("Fn::") for k in keys
        ):
            raise NoEdit(f"a function adds to {name}")
        if not any(self._own(holder, key) for key in keys):
            raise NoEdit(f"{name} has nothing of its own in it")

    def owned(self, holder: Mapping, entry: Entry) -> None:
        """An entry's key begins its line, and nothing but a colon and comments stands before its value."""
        key, value = entry.key, entry.value
        if not self._own(holder, key) or value.start < key.end or value.source is not self.source:
            raise NoEdit(f"{key.text} comes from an anchor or a merge key")
        between = self.data[key.end : value.start]
        if not _BETWEEN.match(between) and not (isinstance(value, Scalar) and value.data() is None):
            raise NoEdit(f"{key.text} has an anchor or a tag before its value")
        if self.before(key.start).strip():
            raise NoEdit(f"{key.text} does not begin its line")

    def _own(self, holder: Mapping, key: Scalar) -> bool:
        """Whether a key is written in a mapping itself: at the column of the others."""
        inside = key.source is self.source and holder.start <= key.start <= holder.end
        return inside and self._column(key.start) == self._column(holder.start)

    def _free(self, start: int, end: int) -> None:
        """Raise NoEdit where bytes that go define an anchor."""
        if _ANCHOR.search(self.data, max(start - 1, 0), end):
            raise NoEdit("an anchor that may be used elsewhere would go")

    def _ends(self, node: Tree) -> None:
        """Raise NoEdit where the blank lines that follow belong to the text that ends here."""
        while True:
            inner = node.items if isinstance(node, Sequence) else []
            if isinstance(node, Mapping):
                inner = [entry.value for entry in node.entries.values()]
            if not inner:
                break
            node = max(inner, key=lambda one: one.end)
        if (
            isinstance(node, Scalar)
            and node.style in ("|", ">")
            and b"+" in self.data[node.start : node.start + 3]
        ):
            raise NoEdit("a text that keeps its blank lines stands before it")

    # edits

    def members(self, holder: Mapping, added: Names[str, Node], gone: list[Entry]) -> None:
        """Lines go whole; new ones stand behind the last line of the mapping."""
        for entry in gone:
            start = self.line_end(max(self.data.rfind(b"\n", 0, entry.key.start) - 1, 0))
            end = self.line_end(max(entry.value.end, entry.key.end))
            self._free(start, end)
            self.edit(start, end, "")
        if not added:
            return
        self._ends(holder)
        first = min(
            (entry.key for entry in holder.entries.values() if self._own(holder, entry.key)),
            key=lambda k: k.start,
        )
        lines = [line for name, node in added.items() for line in yaml_entry(name, node, self.style)]
        at = self.line_end(holder.end)
        self.edit(at, at, self._indented(lines, self._column(first.start)))

    def replace(self, entry: Entry, node: Node) -> None:
        """A scalar keeps its quotes, a list its dashes or brackets."""
        value, name = entry.value, entry.key.text
        if isinstance(value, Sequence) and value.flow:
            if (
                isinstance(node, Array)
                and self._one_line(value.start, value.end)
                and all(map(self._short, node.items))
            ):
                self._free(value.start, value.end)
                self.edit(value.start + 1, value.end - 1, _in_brackets(node.items))
            else:
                self._below(entry, node)
        elif isinstance(value, Sequence) and isinstance(node, Array) and node.items:
            end = self.line_end(value.end)
            self._free(value.start, end)
            self._ends(value)
            lines = yaml_lines(node, self._dashed(value))
            self.edit(value.start, end, self._indented(lines, self._column(value.start)).lstrip())
        elif isinstance(value, Mapping) and isinstance(node, Object) and node.entries:
            end = self.line_end(value.end)
            self._free(value.start, end)
            self._ends(value)
            lines = yaml_lines(node, self.style)
            self.edit(value.start, end, self._indented(lines, self._column(value.start)).lstrip())
        elif not isinstance(value, Scalar):
            raise NoEdit(f"{name} would be left empty")
        elif value.style in ("|", ">"):
            raise NoEdit(f"{name} is a text over several lines")
        elif is_block(node, self.style):
            self._below(entry, node)
        else:
            quoted = requoted(value, node)
            text = yaml_scalar(node)
            if quoted is not None:
                single = value.style == "'" and quoted.isprintable()
                text = (
                    "'{}'".format(quoted.replace("'", "''"))
                    if single
                    else json.dumps(quoted, ensure_ascii=False)
                )
            self.edit(value.start, value.end, text)

    def append(self, entry: Entry, there: Sequence, items: list[Node]) -> None:
        """Items in the list's own way: behind its last line, or before its bracket."""
        if not there.flow:
            self._ends(there)
            at = self.line_end(there.end)
            lines = yaml_lines(Array(items), self._dashed(there))
            self.edit(at, at, self._indented(lines, self._column(there.start)))
        elif not there.items:
            self.replace(entry, Array(items))
        elif not self._one_line(there.start, there.end) or not all(map(self._short, items)):
            raise NoEdit(f"{entry.key.text} is written in brackets")
        else:
            last = there.items[-1]
            if not there.start < last.start <= last.end < there.end:
                raise NoEdit(f"{entry.key.text} ends in an alias")
            self.edit(last.end, last.end, f", {_in_brackets(items)}")

    def _below(self, entry: Entry, node: Node) -> None:
        """Put a value that needs lines of its own below its key, in place of one on the key's line."""
        value = entry.value
        colon = self.data.find(b":", entry.key.end, value.start)
        if colon < 0 or not self._one_line(entry.key.start, value.end) or not is_block(node, self.style):
            raise NoEdit(f"{entry.key.text} is written over several lines")
        self._free(colon, value.end)
        self.edit(colon + 1, value.end, "")
        at = self.line_end(value.end)
        lines = yaml_entry(entry.key.text, node, self.style)[1:]
        self.edit(at, at, self._indented(lines, self._column(entry.key.start)))

    def resource(self, at: Entry, after: bool, added: Names[str, Node]) -> None:
        """Resources stand apart by as many blank lines as those that are there."""
        self.owned(self.resources, at)
        self.begin(at)
        gap = "\n" * self._gap()
        texts = [
            self._indented(yaml_entry(name, node, self.style), self._column(at.key.start))
            for name, node in added.items()
        ]
        if after:
            self._ends(at.value)
            place = self._comments_after(at)
            self.edit(place, place, "".join(f"{gap}{text}" for text in texts))
            return
        place = self._comments_before(at)
        self.edit(place, place, "".join(f"{text}{gap}" for text in texts))

    def _comments_after(self, entry: Entry) -> int:
        """The end of a resource with the comments that stand in it behind its last property."""
        end = self.line_end(max(entry.value.end, entry.key.end))
        column = self._column(entry.key.start)
        while True:
            start = self.data.find(b"\n", end) + 1
            found = _COMMENT.match(self.data, start) if start else None
            if found is None or len(found[1]) <= column:
                return end
            end = self.line_end(start)

    def _comments_before(self, entry: Entry) -> int:
        """The end of the line before a resource and the comments on it."""
        start = entry.key.start - self._column(entry.key.start)
        while start > 0:
            above = self.data.rfind(b"\n", 0, start - 1) + 1
            found = _COMMENT.match(self.data, above)
            if found is None or len(found[1]) != self._column(entry.key.start):
                break
            start = above
        return self.line_end(self.data.rfind(b"\n", 0, max(start - 1, 0)) + 1)

    def _gap(self) -> int:
        """How many blank lines stand between most resources."""
        keys = sorted(
            e.key.start for e in self.resources.entries.values() if self._own(self.resources, e.key)
        )
        counts: Counter[int] = Counter()
        for key in keys[1:]:
            lines = self.data[self.resources.start : key].split(b"\n")[:-1]
            while lines and lines[-1].lstrip().startswith(b"#"):
                lines.pop()
            blank = 0
            while lines and _BLANK.match(lines.pop()):
                blank += 1
            counts[min(blank, 2)] += 1
        if not counts:
            return 1 if b"\n\n" in self.data or b"\n\r\n" in self.data else 0
        return counts.most_common(1)[0][0]

    # lines

    def _indented(self, lines: list[str], column: int) -> str:
        """Lines behind a line end, each at a column."""
        return "".join(f"\n{' ' * column}{line}" if line else "\n" for line in lines)

    def _dashed(self, there: Sequence) -> YamlStyle:
        """The file's manner, with dashes as wide as the last one of a list."""
        found = _DASH.match(self.before(there.items[-1].start)) if there.items else None
        wide = len(found[1]) if found and there.items[-1].start >= there.start else 2
        return YamlStyle(self.style.step, self.style.dash, wide, self.long)

    def _one_line(self, start: int, end: int) -> bool:
        return b"\n" not in self.data[start:end]

    def _short(self, node: Node) -> bool:
        """Whether a value can stand in brackets."""
        if isinstance(node, Raw):
            return not set("{}#") & set(node.text)
        return not isinstance(node, (Object, Array)) and not (isinstance(node, Function) and self.long)


def _in_brackets(items: list[Node]) -> str:
    return ", ".join(yaml_scalar(item, flow=True) for item in items)
