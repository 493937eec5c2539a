"""YAML as Terraform reads and writes it."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct, field

from fabriclint.languages.terraform.functions.calling import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_MEMBERS,
    Call,
    Undecided,
    also,
    function,
    joined,
    parse_number,
    parts_of,
    unknown_of,
)
from fabriclint.languages.terraform.functions.encoding import json_scalar, wholly_open
from fabriclint.languages.terraform.functions.holes import Marked, unmarked
from fabriclint.languages.terraform.functions.strings import text_or_holes
from fabriclint.patterns import late
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value

_TRUE: Final = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"))
_FALSE: Final = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"))
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_WHOLE: Final = late(r"[-+]?[0-9]+", re.ASCII)
_FLOAT: Final = late(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_HEX: Final = late(r"0x[0-9a-fA-F]+", re.ASCII)
_OCTAL: Final = late(r"0o[0-7]+", re.ASCII)
_DAY: Final = late(r"\d{4}-\d\d?-\d\d?", re.ASCII)
_TIME: Final = late(r"\d{4}-\d\d?-\d\d?([Tt ].*)?", re.ASCII)


# ------------------------------------------------------------------ writing


@function("yamlencode", lenient=True)
def yamlencode(call: Call) -> Data:
    """The value as block YAML, its holes in their places."""
    wholly_open(call.args[0])
    parts: list[str | Reference | Unknown] = []
    _write(call, call.args[0], parts, 0, 0, 0)
    if call.args[0].data is None or (isinstance(call.args[0].data, (bool, int, float))):
        parts.append("...\n")
    text = joined(parts)
    call.short(sum(len(part) for part in parts_of(text) if isinstance(part, str)))
    return text


def _write(
    call: Call, value: Value, parts: list[str | Reference | Unknown], indent: int, depth: int, column: int
) -> None:
    # Called where a node starts: on its own line for a collection, behind "- " or "key: " (at `column`) for a scalar.
    if depth > MOST_DEPTH or len(parts) > 10 * MOST_MEMBERS:
        raise call.declined("yamlencode() of a value that is too large or nests too deeply")
    data = call.data(value)
    if isinstance(data, Seq) and (data.items or data.more):
        for n, item in enumerate(data.items):
            parts.append(" " * indent * (n > 0) + "- ")
            _write(call, item, parts, indent + 2, depth + 1, indent + 2)
        if data.more is not None:
            parts.extend((" " * indent * bool(data.items) + '- "', data.more, '"\n'))
    elif isinstance(data, Map) and (data.entries or data.more):
        for n, key in enumerate(sorted(data.entries, key=lambda key: key.encode("utf-8", "surrogatepass"))):
            if "\n" in key or len(key.encode("utf-8", "surrogatepass")) > 128:
                raise call.declined("yamlencode() of a key that is long or has several lines")
            head = f'"{_escaped(key)}":'
            parts.append(" " * indent * (n > 0) + head)
            _write_entry(call, data.entries[key], parts, indent, depth, indent + len(head) + 1)
        if data.more is not None:
            parts.extend((" " * indent * bool(data.entries) + '"', data.more, '": "', data.more, '"\n'))
    else:
        _write_scalar(data, parts, indent, column)


def _write_entry(
    call: Call, value: Value, parts: list[str | Reference | Unknown], indent: int, depth: int, column: int
) -> None:
    data = value.data
    if isinstance(data, Seq) and (data.items or data.more):
        parts.append("\n" + " " * indent)
        _write(call, value, parts, indent, depth + 1, indent)
    elif isinstance(data, Map) and (data.entries or data.more):
        parts.append("\n" + " " * (indent + 2))
        _write(call, value, parts, indent + 2, depth + 1, indent + 2)
    else:
        parts.append(" ")
        _write(call, value, parts, indent + 2, depth + 1, column)


def _write_scalar(data: Data, parts: list[str | Reference | Unknown], indent: int, column: int) -> None:
    if isinstance(data, Seq):
        parts.append("[]\n")
    elif isinstance(data, Map):
        parts.append("{}\n")
    elif isinstance(data, str):
        parts.append(
            _block(data, indent or 2) if _takes_block(data) else _folded(data, column, indent or 2) + "\n"
        )
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
    return all(
        character == "\n" or (_prints(character) and character not in "\u2028\u2029") for character in text
    )


def _block(text: str, indent: int) -> str:
    hint = "2" if text[0] in " \n" else ""
    chomp = "-" if not text.endswith("\n") else "+" if text == "\n" or text.endswith("\n\n") else ""
    lines = text.split("\n")
    if text.endswith("\n"):
        lines.pop()
    body = "".join((" " * indent + line if line else "") + "\n" for line in lines)
    return f"|{hint}{chomp}\n{body}"


_YAML_ESCAPES: Final[dict[str, str]] = {
    "\x00": "\\0", "\x07": "\\a", "\x08": "\\b", "\t": "\\t", "\n": "\\n", "\x0b": "\\v", "\x0c": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


def _escaped(text: str) -> str:
    return "".join(_letter(character) for character in text)


def _letter(character: str) -> str:
    return _YAML_ESCAPES.get(character) or (character if _prints(character) else _coded(ord(character)))


def _prints(character: str) -> bool:
    number = ord(character)
    return 0x20 <= number < 0x7F or (
        0xA0 <= number < 0xFFFE and number != 0xFEFF and not 0xD800 <= number < 0xE000
    )


def _folded(text: str, column: int, indent: int) -> str:
    """Double quotes around a string; a line is broken at the first single space past column 80, as Terraform does."""
    out = ['"']
    column += 1
    previous_space = False
    for n, character in enumerate(text):
        space = character == " "
        if space and column > 80 and not previous_space and 0 < n < len(text) - 1:
            out.append("\n" + " " * indent + ("\\" if text[n + 1] == " " else ""))
            column = indent + (text[n + 1] == " ")
        else:
            letter = _letter(character)
            out.append(letter)
            column += len(letter)
        previous_space = space
    return "".join(out) + '"'


def _coded(number: int) -> str:
    return (
        f"\\x{number:02X}"
        if number < 0x100
        else f"\\u{number:04X}"
        if number < 0x10000
        else f"\\U{number:08X}"
    )


# ------------------------------------------------------------------ reading


class _Open(Struct):
    """A collection whose end has not come."""

    items: list[Value] | None
    entries: dict[str, Value] = field(default_factory=dict[str, Value])
    key: Data = None
    has_key: bool = False
    more: Unknown | None = None
    anchor: str | None = None
    weight: int = 1


@function("yamldecode")
def yamldecode(call: Call) -> Data | Value:
    """The value that one YAML document stands for; holes stay holes."""
    marked = Marked.of(call, text_or_holes(call, call.args[0]))
    if len(marked.text) > MOST_CHARACTERS:
        raise call.declined("yamldecode() of a very long text")
    return yaml_value(call, marked)


def yaml_value(call: Call, marked: Marked) -> Data:
    """The one document of a YAML text; ends the call where it has none, several, or is not YAML."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parse: Any = getattr(yaml, "parse")  # noqa: B009 - its stub is not typed
    stack: list[_Open] = []
    anchors: dict[str, tuple[Value, int]] = {}
    result: Value | None = None
    try:
        for event in parse(marked.text, Loader=loader):
            made: Value | None = None
            weight = 1
            if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                if len(stack) >= MOST_DEPTH:
                    raise call.declined("yamldecode() of a value that nests too deeply")
                is_list = isinstance(event, yaml.SequenceStartEvent)
                stack.append(_Open([] if is_list else None, anchor=event.anchor))
                continue
            if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                opened = stack.pop()
                made, weight = call.value(_closed(opened)), opened.weight
                if opened.anchor:
                    anchors[opened.anchor] = (made, weight)
            elif isinstance(event, yaml.ScalarEvent):
                made = call.value(_scalar(call, marked, event))
                if event.anchor:
                    anchors[event.anchor] = (made, 1)
            elif isinstance(event, yaml.AliasEvent):
                if event.anchor not in anchors:
                    raise call.refused("yamldecode() of an alias without its anchor")
                made, weight = anchors[event.anchor]
            elif isinstance(event, yaml.DocumentStartEvent) and result is not None:
                raise call.refused("yamldecode() of several documents")
            if made is None:
                continue
            # Aliases count as often as they stand: a few of them can multiply to billions of members.
            if stack:
                stack[-1].weight += weight
            if stack and stack[-1].weight > 10 * MOST_MEMBERS:
                raise call.declined("yamldecode() of a very large value")
            if stack:
                _put(call, stack[-1], made, event)
            else:
                result = made
    except yaml.YAMLError:
        if marked.holes:
            raise Undecided(marked.unknown()) from None
        raise call.declined("yamldecode() of text that is no clear YAML") from None
    if result is None:
        raise call.refused("yamldecode() of an empty text")
    return result.data


def _put(call: Call, into: _Open, made: Value, event: Any) -> None:
    if into.items is not None:
        into.items.append(made)
        return
    if not into.has_key:
        data = made.data
        merges = data == "<<" and getattr(event, "tag", None) is None
        if isinstance(data, (Seq, Map)) or data is None:
            raise call.declined("yamldecode() of a key that is no scalar")
        into.key = None if merges else data
        into.has_key = True
        return
    into.has_key = False
    if into.key is None:
        if not isinstance(made.data, Map):
            raise call.refused("yamldecode() merges maps only")
        into.entries.update(made.data.entries)
        return
    if isinstance(into.key, (str, bool, int, float)):
        key = into.key if isinstance(into.key, str) else json_scalar(into.key)
        into.entries[key] = made
    else:
        into.more = also(into.more, unknown_of(into.key))


def _closed(opened: _Open) -> Data:
    if opened.items is not None:
        return Seq(tuple(opened.items))
    entries = opened.entries
    return Map({key: entries[key] for key in sorted(entries)}, opened.more)


def _scalar(call: Call, marked: Marked, event: Any) -> Data:
    text: str = event.value
    tag: str | None = event.tag
    found = unmarked(marked, text)
    if not isinstance(found, str):
        return found
    plain: bool = event.implicit[0] or (tag is not None and not event.style)
    if tag in (None, *(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null"))):
        return _plain(call, text) if plain else text
    if tag in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:binary"):
        return text
    raise call.refused(f"yamldecode() of the tag {tag}"[:90])


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
    if _HEX.fullmatch(text):
        return int(text, 16)
    if _OCTAL.fullmatch(text):
        return int(text, 8)
    if _FLOAT.fullmatch(text):
        return parse_number(text)
    if _DAY.fullmatch(text):
        return _day(text)
    if _TIME.fullmatch(text):
        raise call.declined(f"yamldecode() of the time {text[:40]}")
    if text.lower().lstrip("+-") in (".inf", ".nan"):
        raise call.declined("yamldecode() of a number that is not finite")
    return text


def _day(text: str) -> str:
    from datetime import date

    try:
        return f"{date(*(int(part) for part in text.split('-'))).isoformat()}T00:00:00Z"
    except ValueError:
        return text
