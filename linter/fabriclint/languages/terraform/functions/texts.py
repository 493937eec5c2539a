"""Characters as Terraform counts them, and strings whose holes stay where they are."""

from __future__ import annotations

from collections.abc import Callable

from fabriclint.languages.terraform.functions.calling import Call, joined, unknown_of
from fabriclint.values import Reference, Text, Unknown


def graphemes(call: Call, text: str) -> list[str]:
    """The characters a person sees; ends the call for text whose characters combine."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    import unicodedata

    result: list[str] = []
    for character in text:
        if character == "\n" and result and result[-1] == "\r":
            result[-1] = "\r\n"
            continue
        number = ord(character)
        combines = unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")
        if combines or number >= 0x1F000 or 0x1100 <= number < 0x1200:
            raise call.declined(f"{call.name}() of characters that combine")
        result.append(character)
    return result


def piecewise(text: str | Text, change: Callable[[str], str]) -> str | Text:
    """The literal parts changed one by one; a hole loses its handle, because its own text may have changed too."""
    if isinstance(text, str):
        return change(text)
    return joined(change(part) if isinstance(part, str) else blurred(part) for part in text.parts)


def blurred(part: Reference | Unknown) -> Unknown:
    """A hole whose text may have changed: only its reasons are left."""
    return part if isinstance(part, Unknown) else unknown_of(part) or Unknown(())
