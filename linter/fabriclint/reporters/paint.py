"""What every text for a terminal needs: colour, safe characters, widths, wrapping."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from fabriclint.patterns import late

WIDTH = 100
TAB = 4

# A scanned file must not steer the terminal of the person who reads about it: escape sequences, and the signs that
# turn the direction of text, are shown and not obeyed.
_TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_LINE_ENDS = {0x2028, 0x2029, 0x85}
_COMMAND = late(r"(?m)(?<=^)((?:\x1b\[[0-9;]*m|[^\S\n])*):(?=:)")
_HIDDEN = {0xAD, 0x180E, 0x200B, 0x2060, 0xFEFF, *range(0xE0000, 0xE0080)}
STEERS = late("[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")


def safe(text: str) -> str:
    """One line of text without control characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(sign: str) -> str:
    code = ord(sign)
    if sign in "\t\n":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    if 0x80 <= code < 0xA0 or code in _TURNS | _LINE_ENDS | _HIDDEN or 0xD800 <= code < 0xE000:
        return "\N{REPLACEMENT CHARACTER}"
    return sign


def safe_lines(text: str) -> str:
    """A text without control characters but its line ends."""
    return "\n".join(safe(line) for line in text.split("\n"))


def for_a_log(text: str) -> str:
    """A text in which no line is a workflow command (`::error::`, `##[group]`) to the log that it may go to."""
    return _COMMAND.sub(r"\1: ", text).replace("##[", "## [")


def json_text(data: Any) -> str:
    """Data as JSON that does not steer a terminal either: what would is written as `\\u…`, which means the same."""
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def expanded(text: str) -> str:
    """A source line as it is shown: tabs as spaces, nothing that steers the terminal."""
    return safe(text.replace("\t", " " * TAB))


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def wrapped(text: str, room: int = WIDTH) -> Iterator[str]:
    """A paragraph in lines of at most `room` columns; a longer word has a line of its own. Written line ends stay."""
    for paragraph in text.split("\n"):
        line = ""
        used = 0
        for word in safe(paragraph).split():
            wide = width(word)
            if line and used + 1 + wide > room:
                yield line
                line, used = word, wide
            elif line:
                line, used = f"{line} {word}", used + 1 + wide
            else:
                line, used = word, wide
        yield line


def plural(count: int, one: str, many: str = "") -> str:
    """A number and its noun: `1 file`, `2 files`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class Paint(Struct, frozen=True):
    """Colours, or none."""

    on: bool = False

    def _in(self, codes: str, text: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if self.on and text else text

    def bold(self, text: str) -> str:
        """What is read first."""
        return self._in("1", text)

    def dim(self, text: str) -> str:
        """What may be skipped."""
        return self._in("2", text)

    def frame(self, text: str) -> str:
        """The lines round source code."""
        return self._in("34", text)

    def good(self, text: str) -> str:
        """What to do."""
        return self._in("32", text)

    def name(self, text: str) -> str:
        """The name of a rule."""
        return self._in("36", text)

    def grave(self, severity: str, text: str) -> str:
        """Something of this severity."""
        codes = {"error": "1;31", "warning": "1;33", "advice": "1;36", "note": "1;36"}
        return self._in(codes[severity], text)


def lines(text: str, first: str, rest: str, room: int = WIDTH) -> Iterator[str]:
    """A paragraph with something before its first line and before its other lines (as wide as what stands there)."""
    before = first
    for line in wrapped(text, room):
        yield before + line
        before = rest
