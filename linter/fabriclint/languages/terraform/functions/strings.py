"""Strings: cutting, joining, trimming and testing. Literal parts survive beside parts that are not known."""

from __future__ import annotations

from fabriclint.languages.terraform.functions.calling import (
    MOST_CHARACTERS,
    Call,
    Undecided,
    function,
    joined,
    parts_of,
    unknown_of,
)
from fabriclint.languages.terraform.functions.texts import graphemes, piecewise
from fabriclint.values import Data, Reference, Seq, Text, Unknown, Value

_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680"
    + "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


def text_or_holes(call: Call, value: Value) -> str | Text:
    """A string, perhaps with holes; a bare reference ends the call, because nothing of it is literal."""
    if isinstance(value.data, Reference):
        raise Undecided(unknown_of(value.data, value.place) or Unknown(()))
    return call.words(value)


@function("upper")
def upper(call: Call) -> Data:
    """The string in capital letters."""
    return piecewise(text_or_holes(call, call.args[0]), _upper)


def _upper(text: str) -> str:
    # One character stays one character, as in Go: a sharp s has no capital.
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


@function("lower")
def lower(call: Call) -> Data:
    """The string in small letters."""
    return piecewise(text_or_holes(call, call.args[0]), lambda text: "".join(
        "i" if c == "\u0130" else c.lower() for c in text
    ))  # fmt: skip


@function("title")
def title(call: Call) -> Data:
    """The string with each word's first letter as a capital."""
    text = call.text(call.args[0])
    previous = " "
    result: list[str] = []
    for character in text:
        result.append(_title_letter(character) if _separates(previous) else character)
        previous = character
    return "".join(result)


def _title_letter(character: str) -> str:
    changed = character.title()
    return changed if len(changed) == 1 else character


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return character in _SPACE


@function("chomp")
def chomp(call: Call) -> Data:
    """The string without the newlines at its end."""
    parts = list(parts_of(text_or_holes(call, call.args[0])))
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip("\r\n")
    return joined(parts)


@function("trimspace")
def trimspace(call: Call) -> Data:
    """The string without white space at its ends."""
    return _trimmed(call, _SPACE, _SPACE)


@function("trim", least=2)
def trim(call: Call) -> Data:
    """The string without these characters at its ends."""
    cut = call.text(call.args[1])
    return _trimmed(call, cut, cut)


def _trimmed(call: Call, left: str, right: str) -> str | Text:
    parts = list(parts_of(text_or_holes(call, call.args[0])))
    if parts and isinstance(parts[0], str) and left:
        parts[0] = parts[0].lstrip(left)
    if parts and isinstance(parts[-1], str) and right:
        parts[-1] = parts[-1].rstrip(right)
    return joined(parts)


@function("trimprefix", least=2)
def trimprefix(call: Call) -> Data:
    """The string without this start."""
    text, cut = text_or_holes(call, call.args[0]), call.text(call.args[1])
    parts = list(parts_of(text))
    first = parts[0] if parts and isinstance(parts[0], str) else ""
    if isinstance(text, str) or len(first) >= len(cut) or not cut.startswith(first):
        parts[0] = first.removeprefix(cut) if isinstance(parts[0], str) else parts[0]
        return joined(parts)
    raise Undecided(text.unknown())


@function("trimsuffix", least=2)
def trimsuffix(call: Call) -> Data:
    """The string without this end."""
    text, cut = text_or_holes(call, call.args[0]), call.text(call.args[1])
    parts = list(parts_of(text))
    last = parts[-1] if parts and isinstance(parts[-1], str) else ""
    if isinstance(text, str) or len(last) >= len(cut) or not cut.endswith(last):
        parts[-1] = last.removesuffix(cut) if isinstance(parts[-1], str) else parts[-1]
        return joined(parts)
    raise Undecided(text.unknown())


@function("startswith", least=2)
def startswith(call: Call) -> Data:
    """Whether the string starts like this."""
    text, start = text_or_holes(call, call.args[0]), call.text(call.args[1])
    first = parts_of(text)[0]
    known = first if isinstance(first, str) else ""
    if isinstance(text, str) or len(known) >= len(start) or not start.startswith(known):
        return known.startswith(start)
    raise Undecided(text.unknown())


@function("endswith", least=2)
def endswith(call: Call) -> Data:
    """Whether the string ends like this."""
    text, end = text_or_holes(call, call.args[0]), call.text(call.args[1])
    last = parts_of(text)[-1]
    known = last if isinstance(last, str) else ""
    if isinstance(text, str) or len(known) >= len(end) or not end.endswith(known):
        return known.endswith(end)
    raise Undecided(text.unknown())


@function("strcontains", least=2)
def strcontains(call: Call) -> Data:
    """Whether the string holds another."""
    text, wanted = text_or_holes(call, call.args[0]), call.text(call.args[1])
    if any(isinstance(part, str) and wanted in part for part in parts_of(text)):
        return True
    if isinstance(text, Text):
        raise Undecided(text.unknown())
    return False


@function("strrev")
def strrev(call: Call) -> Data:
    """The characters from last to first."""
    return "".join(reversed(graphemes(call, call.text(call.args[0]))))


@function("substr", least=3)
def substr(call: Call) -> Data:
    """A number of characters from an offset on; from the end where the offset is negative, to the end where the number is."""
    text = text_or_holes(call, call.args[0])
    offset, length = call.whole(call.args[1]), call.whole(call.args[2])
    if isinstance(text, Text):
        return _substr_of_literal(call, text, offset, length)
    return _cut(graphemes(call, text), offset, length)


def _cut(characters: list[str], offset: int, length: int) -> str:
    if offset < 0:
        offset = max(0, offset + len(characters))
    end = len(characters) if length < 0 else offset + length
    return "".join(characters[offset:end])


def _substr_of_literal(call: Call, text: Text, offset: int, length: int) -> str:
    first, last = text.parts[0], text.parts[-1]
    if isinstance(first, str) and offset >= 0 and length >= 0:
        head = graphemes(call, first)
        if offset + length <= len(head):
            return _cut(head, offset, length)
    if isinstance(last, str) and offset < 0:
        tail = graphemes(call, last)
        if -offset <= len(tail):
            return _cut(tail, offset, length)
    raise Undecided(text.unknown())


@function("join", least=2, most=None, lenient=True)
def join(call: Call) -> Data:
    """The members of lists with a separator between them; a member that is not known is a hole."""
    separator = call.words(call.args[0])
    parts: list[str | Reference | Unknown] = []
    between = sum(len(part) for part in parts_of(separator) if isinstance(part, str))
    size = 0
    first = True
    for arg in call.args[1:]:
        if isinstance(arg.data, (Unknown, Reference)):
            return _all_unknown(call)
        seq = call.seq(arg)
        if seq.more is not None:
            raise Undecided(seq.more)
        for item in seq.items:
            if not first:
                parts.extend(parts_of(separator))
                size += between
            first = False
            words = parts_of(call.words(item))
            parts.extend(words)
            size += sum(len(part) for part in words if isinstance(part, str))
            call.short(size + len(parts))
    result = joined(parts)
    if isinstance(result, Text) and len(result.parts) == 1:
        return _bare(result)
    return result


def _bare(text: Text) -> Data:
    part = text.parts[0]
    return part if isinstance(part, (Reference, Unknown)) else text


def _all_unknown(call: Call) -> Unknown:
    found = [unknown for arg in call.args if (unknown := unknown_of(arg.data, arg.place))]
    return Unknown(tuple(dict.fromkeys(reason for unknown in found for reason in unknown.reasons)))


@function("split", least=2)
def split(call: Call) -> Data:
    """The pieces between separators; of a string with holes, those that are certain."""
    separator, text = call.text(call.args[0]), text_or_holes(call, call.args[1])
    if isinstance(text, str):
        pieces = _split(call, separator, text)
        call.at_most(len(pieces))
        return Seq(tuple(call.value(piece) for piece in pieces), None, "list")
    if not separator:
        raise Undecided(text.unknown())
    kept: list[Value] = []
    last = len(text.parts) - 1
    for n, part in enumerate(text.parts):
        if isinstance(part, str):
            pieces = part.split(separator)
            certain = pieces[0 if n == 0 else 1 : None if n == last else -1]
            kept.extend(call.value(piece) for piece in certain)
            call.at_most(len(kept))
    return Seq(tuple(kept), text.unknown(), "list")


def _split(call: Call, separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else list(text)


@function("indent", least=2)
def indent(call: Call) -> Data:
    """The string with spaces before each line but the first."""
    count, text = call.whole(call.args[0]), text_or_holes(call, call.args[1])
    if count < 0:
        raise call.refused("indent() needs a count that is not negative")
    lines = sum(part.count("\n") for part in parts_of(text) if isinstance(part, str))
    call.short(lines * count + sum(len(part) for part in parts_of(text) if isinstance(part, str)))
    space = "\n" + " " * count
    return joined(part.replace("\n", space) if isinstance(part, str) else part for part in parts_of(text))


def replaced(call: Call, text: str | Text, old: str, new: str) -> Data:
    """The string with each `old` made `new`; in a string with holes only where no match can reach into a hole."""
    if isinstance(text, str):
        if old:
            call.short(len(text) + text.count(old) * (len(new) - len(old)))
        else:
            call.short(len(text) + (len(text) + 1) * len(new))
        return text.replace(old, new)
    literals = [part for part in text.parts if isinstance(part, str)]
    if not old or any(_reaches_out(part, old) for part in literals):
        raise Undecided(text.unknown())
    call.short(sum(len(part) + part.count(old) * len(new) for part in literals))
    return piecewise(text, lambda part: part.replace(old, new))


def _reaches_out(part: str, old: str) -> bool:
    return any(
        part.endswith(old[:n]) or part.startswith(old[n:]) for n in range(1, min(len(old), MOST_CHARACTERS))
    )
