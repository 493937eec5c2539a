"""YAML as Terraform reads and writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from fabriclint.languages.terraform.functions.calling import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_MEMBERS,
    Call,
    Undecided,
    function,
    integral,
    joined,
    parts_of,
)
from fabriclint.languages.terraform.functions.encoding import json_scalar, json_string
from fabriclint.languages.terraform.functions.holes import Marked, unmarked, unmarked_key
from fabriclint.languages.terraform.functions.strings import text_or_holes
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value

_TRUE: Final = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"))
_FALSE: Final = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"))
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_WHOLE: Final = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d?-\d\d?([Tt ].*)?", re.ASCII)


# ------------------------------------------------------------------ writing


@function("yamlencode", lenient=True)
def yamlencode(call: Call) -> Data:
    """The value as block YAML, its holes in their places."""
    if isinstance(call.args[0].data, (Unknown, OneOf)):
        return call.args[0].data if isinstance(call.args[0].data, Unknown) else call.args[0].data.because
    parts: list[str | Reference | Unknown] = []
    _write(call, call.args[0], parts, 0, 0)
    if call.args[0].data is None or (isinstance(call.args[0].data, (bool, int, float))):
        parts.append("...\n")
    text = joined(parts)
    call.short(sum(len(part) for part in parts_of(text) if isinstance(part, str)))
    return text


def _write(call: Call, value: Value, parts: list[str | Reference | Unknown], indent: int, depth: int) -> None:
    # Called where a node starts: on its own line for a collection, behind "- " or "key: " for a scalar.
    if depth > MOST_DEPTH or len(parts) > 10 * MOST_MEMBERS:
        call.undecided("yamlencode() of a value that is too large or nests too deeply")
    data = call.data(value)
    if isinstance(data, Seq) and (data.items or data.more):
        for n, item in enumerate(data.items):
            parts.append(" " * indent * (n > 0) + "- ")
            _write(call, item, parts, indent + 2, depth + 1)
        if data.more is not None:
            parts.extend((" " * indent * bool(data.items) + '- "', data.more, '"\n'))
    elif isinstance(data, Map) and (data.entries or data.more):
        for n, key in enumerate(sorted(data.entries, key=lambda key: key.encode("utf-8", "surrogatepass"))):
            parts.append(" " * indent * (n > 0) + f'"{_escaped(key)}":')
            _write_entry(call, data.entries[key], parts, indent, depth)
        if data.more is not None:
            parts.extend((" " * indent * bool(data.entries) + '"', data.more, '": "', data.more, '"\n'))
    else:
        _write_scalar(data, parts, indent)


def _write_entry(call: Call, value: Value, parts: list[str | Reference | Unknown], indent: int, depth: int) -> None:
    data = value.data
    if isinstance(data, Seq) and (data.items or data.more):
        parts.append("\n" + " " * indent)
        _write(call, value, parts, indent, depth + 1)
    elif isinstance(data, Map) and (data.entries or data.more):
        parts.append("\n" + " " * (indent + 2))
        _write(call, value, parts, indent + 2, depth + 1)
    else:
        parts.append(" ")
        _write(call, value, parts, indent + 2, depth + 1)


def _write_scalar(data: Data, parts: list[str | Reference | Unknown], indent: int) -> None:
    if isinstance(data, Seq):
        parts.append("[]\n")
    elif isinstance(data, Map):
        parts.append("{}\n")
    elif isinstance(data, str):
        parts.append(_block(data, indent or 2) if _takes_block(data) else f'"{_escaped(data)}"\n')
    elif isinstance(data, Text):
        parts.append('"')
        parts.extend(_escaped(part) if isinstance(part, str) else part for part in data.parts)
        parts.append('"\n')
    elif isinstance(data, (Unknown, Reference, OneOf)):
        parts.extend(('"', data.because if isinstance(data, OneOf) else data, '"\n'))
    else:
        parts.append(json_scalar(data) + "\n")


def _takes_block(text: str) -> bool:
    # The emitter falls back to quotes for characters it would escape, and for a space before a line's end.
    if "\n" not in text or " \n" in text or text[-1] == " ":
        return False
    return all(character == "\n" or (character.isprintable() and character != "\ufeff") for character in text)


def _block(text: str, indent: int) -> str:
    hint = "2" if text[0] in " \n" else ""
    chomp = "-" if not text.endswith("\n") else "+" if text == "\n" or text.endswith("\n\n") else ""
    lines = text.split("\n")
    if text.endswith("\n"):
        lines.pop()
    body = "".join((" " * indent + line if line else "") + "\n" for line in lines)
    return f"|{hint}{chomp}\n{body}"


_YAML_ESCAPES: Final = {
    "\x00": "\\0", "\x07": "\\a", "\x08": "\\b", "\t": "\\t", "\n": "\\n", "\x0b": "\\v", "\x0c": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


def _escaped(text: str) -> str:
    return "".join(_YAML_ESCAPES.get(c) or (c if c.isprintable() else _coded(ord(c))) for c in text)


def _coded(number: int) -> str:
    return f"\\x{number:02X}" if number < 0x100 else f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"


# ------------------------------------------------------------------ reading


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come."""

    items: list[Value] | None
    entries: dict[str, Value] = field(default_factory=dict[str, Value])
    merged: list[Value] = field(default_factory=list[Value])
    key: Data = None
    has_key: bool = False
    more: Unknown | None = None
    anchor: str | None = None


@function("yamldecode")
def yamldecode(call: Call) -> Data | Value:
    """The value that one YAML document stands for; holes stay holes."""
    marked = Marked.of(call, text_or_holes(call, call.args[0]))
    if len(marked.text) > MOST_CHARACTERS:
        call.undecided("yamldecode() of a very long text")
    return yaml_value(call, marked)


def yaml_value(call: Call, marked: Marked) -> Data:
    """The one document of a YAML text; ends the call where it has none, several, or is not YAML."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    stack: list[_Open] = []
    anchors: dict[str, Value] = {}
    result: Value | None = None
    count = 0
    try:
        for event in yaml.parse(marked.text, Loader=loader):
            made: Value | None = None
            if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                if len(stack) >= MOST_DEPTH:
                    call.undecided("yamldecode() of a value that nests too deeply")
                is_list = isinstance(event, yaml.SequenceStartEvent)
                stack.append(_Open([] if is_list else None, anchor=event.anchor))
                continue
            if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                opened = stack.pop()
                made = call.value(_closed(opened))
                if opened.anchor:
                    anchors[opened.anchor] = made
            elif isinstance(event, yaml.ScalarEvent):
                made = call.value(_scalar(call, marked, event))
                if event.anchor:
                    anchors[event.anchor] = made
            elif isinstance(event, yaml.AliasEvent):
                made = anchors.get(event.anchor)
                if made is None:
                    call.undecided("yamldecode() of an alias without its anchor")
            elif isinstance(event, yaml.DocumentStartEvent):
                if result is not None:
                    call.undecided("yamldecode() of several documents")
            if made is None:
                continue
            count += 1
            if count > 10 * MOST_MEMBERS:
                call.undecided("yamldecode() of a very large value")
            if stack:
                _put(call, marked, stack[-1], made, event)
            else:
                result = made
    except yaml.YAMLError:
        if marked.holes:
            raise Undecided(marked.unknown()) from None
        call.undecided("yamldecode() does not take text that is not YAML")
    if result is None:
        call.undecided("yamldecode() of an empty text")
    return result.data


def _put(call: Call, marked: Marked, into: _Open, made: Value, event: Any) -> None:
    if into.items is not None:
        into.items.append(made)
        return
    if not into.has_key:
        plain = getattr(event, "implicit", (False, False))[0] and getattr(event, "value", "") == "<<"
        data = made.data
        if isinstance(data, (Seq, Map)) or data is None:
            call.undecided("yamldecode() of a key that is no scalar")
        into.key = None if plain else data
        into.has_key = True
        return
    into.has_key = False
    if into.key is None:
        into.merged.append(made)
        return
    if isinstance(into.key, (str, bool, int, float)):
        key = into.key if isinstance(into.key, str) else json_scalar(into.key)
        into.entries[key] = made
    else:
        into.more, _ = unmarked_key(marked, "", into.more)
        into.more = call_more(into.key, into.more)


def call_more(key: Data, more: Unknown | None) -> Unknown | None:
    """Why a map with this open key may have more keys."""
    from fabriclint.languages.terraform.functions.calling import also, unknown_of

    return also(more, unknown_of(key))


def _closed(opened: _Open) -> Data:
    if opened.items is not None:
        return Seq(tuple(opened.items))
    entries: dict[str, Value] = {}
    for source in opened.merged:
        maps = source.data.items if isinstance(source.data, Seq) else (source,)
        for each in reversed(maps):
            if isinstance(each.data, Map):
                entries.update(each.data.entries)
    entries.update(opened.entries)
    return Map({key: entries[key] for key in sorted(entries)}, opened.more)


def _scalar(call: Call, marked: Marked, event: Any) -> Data:
    text: str = event.value
    tag: str | None = event.tag
    found = unmarked(marked, text)
    if not isinstance(found, str):
        return found
    if tag is not None and tag not in ("!", "tag:yaml.org,2002:str"):
        if tag == "tag:yaml.org,2002:binary":
            return text
        call.undecided(f"yamldecode() of the tag {tag[:60]}")
    if tag is not None or not event.implicit[0]:
        return text
    return _plain(call, text)


def _plain(call: Call, text: str) -> Data:
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if len(text) > 400 or text[0] not in "+-.0123456789":
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if re.fullmatch(r"[-+]?0x[0-9a-fA-F]+", text):
        return int(text, 16)
    if re.fullmatch(r"0o[0-7]+", text):
        return int(text[2:], 8)
    if _FLOAT.fullmatch(text):
        return integral(float(text))
    if _TIME.fullmatch(text):
        call.undecided(f"yamldecode() of the time {text[:40]}")
    if text.lower().lstrip("+-") in (".inf", ".nan"):
        call.undecided("yamldecode() of a number that is not finite")
    return text
