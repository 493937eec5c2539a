"""Base64, JSON, CSV and URLs. Strings with holes are written with the holes in their places."""

from __future__ import annotations

from typing import cast

from fabriclint.languages.terraform.functions.calling import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_MEMBERS,
    Call,
    Undecided,
    function,
    joined,
    number_text,
    parse_number,
    parts_of,
    unknown_of,
)
from fabriclint.languages.terraform.functions.holes import Marked, unmarked, unmarked_key
from fabriclint.languages.terraform.functions.strings import text_or_holes
from fabriclint.patterns import late
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value

_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

_ENCODINGS = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
}


@function("base64encode")
def base64encode(call: Call) -> Data:
    """The string in base64. A string with holes stays as it is, not encoded, so that its literal parts can be read."""
    words = call.words(call.args[0])
    if isinstance(words, Text):
        return words
    import base64

    return base64.b64encode(words.encode()).decode()


@function("base64decode")
def base64decode(call: Call) -> Data:
    """The text that base64 stands for."""
    import base64

    text = call.text(call.args[0])
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode()
    except ValueError:
        raise call.refused("base64decode() does not take text that is not base64 of UTF-8") from None


@function("textencodebase64", least=2)
def textencodebase64(call: Call) -> Data:
    """The string in another character set, in base64."""
    import base64

    name = call.text(call.args[1])
    codec = _ENCODINGS.get(name.lower())
    if codec is None:
        raise call.declined(f'textencodebase64() with the encoding "{name[:40]}"')
    return base64.b64encode(call.text(call.args[0]).encode(codec)).decode()


@function("textdecodebase64", least=2)
def textdecodebase64(call: Call) -> Data:
    """The text that base64 of another character set stands for."""
    import base64

    name = call.text(call.args[1])
    codec = _ENCODINGS.get(name.lower())
    if codec is None:
        raise call.declined(f'textdecodebase64() with the encoding "{name[:40]}"')
    return base64.b64decode(call.text(call.args[0]), validate=True).decode(codec)


@function("urlencode")
def urlencode(call: Call) -> Data:
    """The string as it may stand in the query of a URL."""
    words = call.words(call.args[0])
    return joined(_percent(part) if isinstance(part, str) else part for part in parts_of(words))


def _percent(text: str) -> str:
    return "".join(
        chr(byte) if byte in _SAFE else "+" if byte == 0x20 else f"%{byte:02X}" for byte in text.encode()
    )


@function("csvdecode")
def csvdecode(call: Call) -> Data:
    """The rows of CSV text, each a map by the names in the first row."""
    rows = _rows(call, call.text(call.args[0]))
    if not rows:
        raise call.refused("csvdecode() of an empty text")
    header = rows[0]
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in rows):
        raise call.refused("csvdecode() needs rows of one length and different column names")
    call.at_most(len(rows) * len(header))
    return Seq(
        tuple(
            call.value(Map({name: call.value(cell) for name, cell in sorted(zip(header, row, strict=True))}))
            for row in rows[1:]
        ),
        None,
        "list",
    )


_CELL = late(r'"((?:[^"]|"")*)"(?=[,\n]|\Z)|([^",\n][^"\n,]*)?')


def _rows(call: Call, text: str) -> list[list[str]]:
    text = text.replace("\r\n", "\n")
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == "\n" and not row:
            at += 1
            continue
        found = _CELL.match(text, at)
        end = found.end() if found else at
        if found is None or (end < len(text) and text[end] not in ",\n"):
            raise call.refused("csvdecode() does not take this text")
        row.append(found[1].replace('""', '"') if found[1] is not None else found[0])
        if end < len(text) and text[end] == "," and end + 1 == len(text):
            row.append("")
        if end >= len(text) or text[end] == "\n" or end + 1 == len(text):
            rows.append(row)
            row = []
        at = end + 1
        call.at_most(len(rows) + len(row))
    return rows


# ------------------------------------------------------------------ JSON

_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_string(text: str) -> str:
    """A string as Terraform writes it in JSON, without the quotes."""
    import json

    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return "".join(_ESCAPED.get(character, character) for character in written)


def json_text(call: Call, value: Value) -> str | Text:
    """A value as JSON; what is not known is a hole inside quotes, and missing members are one such hole."""
    parts: list[str | Reference | Unknown] = []
    _write_json(call, value, parts, 0)
    return joined(parts)


def _write_json(call: Call, value: Value, parts: list[str | Reference | Unknown], depth: int) -> None:
    if depth > MOST_DEPTH or len(parts) > 10 * MOST_MEMBERS:
        raise call.declined(f"{call.name}() of a value that is too large or nests too deeply")
    data = call.data(value)
    if isinstance(data, (Text, str)):
        parts.append('"')
        parts.extend(json_string(part) if isinstance(part, str) else part for part in parts_of(data))
        parts.append('"')
    elif isinstance(data, (Unknown, Reference, OneOf)):
        parts.extend(('"', data.because if isinstance(data, OneOf) else data, '"'))
    elif isinstance(data, Seq):
        parts.append("[")
        for n, item in enumerate(data.items):
            parts.append("," if n else "")
            _write_json(call, item, parts, depth + 1)
        if data.more is not None:
            parts.extend((',"' if data.items else '"', data.more, '"'))
        parts.append("]")
    elif isinstance(data, Map):
        parts.append("{")
        for n, key in enumerate(sorted(data.entries, key=lambda key: key.encode("utf-8", "surrogatepass"))):
            parts.append(("," if n else "") + f'"{json_string(key)}":')
            _write_json(call, data.entries[key], parts, depth + 1)
        if data.more is not None:
            parts.extend((',"' if data.entries else '"', data.more, '":"', data.more, '"'))
        parts.append("}")
    else:
        parts.append(json_scalar(data))


def json_scalar(data: bool | int | float | str | None) -> str:
    """null, true, false or a number as JSON and YAML write them."""
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    assert isinstance(data, (int, float))
    return number_text(data)


def wholly_open(value: Value) -> None:
    """End the call for a value of which not even the type is known: it would not stand in quotes."""
    if isinstance(value.data, (Unknown, OneOf, Reference)):
        raise Undecided(unknown_of(value.data, value.place) or Unknown(()))


@function("jsonencode", lenient=True)
def jsonencode(call: Call) -> Data:
    """The value as JSON, its holes in their places."""
    wholly_open(call.args[0])
    text = json_text(call, call.args[0])
    call.short(sum(len(part) for part in parts_of(text) if isinstance(part, str)))
    return text


@function("jsondecode")
def jsondecode(call: Call) -> Data:
    """The value that JSON text stands for; holes inside its strings stay holes."""
    import json

    marked = Marked.of(call, text_or_holes(call, call.args[0]))
    if len(marked.text) > MOST_CHARACTERS:
        raise call.declined("jsondecode() of a very long text")

    def refuse(constant: str) -> object:
        raise ValueError(constant)

    try:
        found: object = json.loads(
            marked.text, parse_constant=refuse, parse_int=_integer, parse_float=_decimal
        )
    except ValueError:
        if marked.holes:
            raise Undecided(marked.unknown()) from None
        raise call.refused("jsondecode() does not take text that is not JSON") from None
    return _from_json(call, marked, found, 0).data


def _integer(text: str) -> int:
    if len(text) > 400:
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> int | float:
    number = parse_number(text)
    if number is None:
        raise ValueError(text)
    return number


def _from_json(call: Call, marked: Marked, found: object, depth: int) -> Value:
    if depth > MOST_DEPTH:
        raise call.declined(f"{call.name}() of a value that nests too deeply")
    if isinstance(found, dict):
        found = cast("dict[str, object]", found)
        entries: dict[str, Value] = {}
        more: Unknown | None = None
        for key, item in found.items():
            more, name = unmarked_key(marked, key, more)
            if name is not None:
                entries[name] = _from_json(call, marked, item, depth + 1)
        return call.value(Map({key: entries[key] for key in sorted(entries)}, more))
    if isinstance(found, list):
        found = cast("list[object]", found)
        call.at_most(len(found))
        return call.value(Seq(tuple(_from_json(call, marked, item, depth + 1) for item in found)))
    if isinstance(found, str):
        whole = found.encode("utf-16", "surrogatepass").decode(
            "utf-16", "replace"
        )  # half a pair is no character
        return call.value(unmarked(marked, whole))
    assert found is None or isinstance(found, (bool, int, float))
    return call.value(found)
