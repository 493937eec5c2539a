"""Regular expressions in RE2's syntax: by RE2 itself where it is installed, else a subset that cannot run away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from math import comb
from typing import Any, Final

from msgspec import Struct

from fabriclint.languages.terraform.functions.calling import Call, function
from fabriclint.languages.terraform.functions.strings import replaced, text_or_holes
from fabriclint.values import Data, Map, Seq, Text, Value

_MOST_SUBJECT: Final = 10_000

_MOST_PATTERN: Final = 1_000

_MOST_WAYS: Final = 20_000_000

_CLASSES: Final = {
    "d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r ",
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "0-9A-Za-z", "upper": "A-Z", "lower": "a-z",
    "space": r"\t\n\v\f\r ", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f", "punct": r"!-/:-@\[-`{-~",
    "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f", "print": " -~", "graph": "!-~", "ascii": r"\x00-\x7f",
}  # fmt: skip

_LITERAL_ESCAPES: Final = {"t": r"\t", "n": r"\n", "r": r"\r", "f": r"\f", "v": r"\v", "a": r"\a"}


class _NotTaken(Exception):
    pass


class _Translation(Struct):
    """A walk over a pattern that writes what means the same in Python, or stops at what does not."""

    pattern: str
    at: int = 0
    loose: int = 0
    """How many quantifiers there are that may take different lengths."""
    choices_made: int = 0
    """How many times one of two ways is tried: alternatives and `?`."""
    many_lines: bool = False

    def peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def whole(self) -> str:
        flags = ""
        if self.peek("(?"):
            end = self.pattern.find(")", self.at)
            letters = self.pattern[self.at + 2 : end] if end > 0 else ""
            if letters and set(letters) <= set("ims"):
                flags, self.at = letters, end + 1
                self.many_lines = "m" in flags
        result, _ = self.choices(0)
        if self.at < len(self.pattern):
            raise _NotTaken
        return (f"(?{flags})" if flags else "") + result

    def choices(self, depth: int) -> tuple[str, bool]:
        """The alternatives up to a `)` or the end, and whether they hold a quantifier or a choice."""
        if depth > 20:
            raise _NotTaken
        out: list[str] = []
        varies = False
        while self.at < len(self.pattern) and not self.peek(")"):
            if self.peek("|"):
                self.at += 1
                out.append("|")
                varies = True
                self.choices_made += 1
                continue
            piece, inner = self.atom(depth)
            quantifier = self.quantifier()
            if quantifier and inner and quantifier not in ("?", "??"):
                raise _NotTaken  # a repeat of what already varies can take exponential time
            varies = varies or inner or bool(quantifier)
            out.append(piece + quantifier)
        return "".join(out), varies

    def quantifier(self) -> str:
        if self.at >= len(self.pattern):
            return ""
        sign = self.pattern[self.at]
        if sign in "*+?":
            self.at += 1
            taken = sign
            self.loose += sign != "?"
            self.choices_made += sign == "?"
        elif sign == "{":
            found = re.compile(r"\{(\d{1,4})(,(\d{1,4})?)?\}").match(self.pattern, self.at)
            if not found or int(found[1]) > 1000 or int(found[3] or 0) > 1000:
                raise _NotTaken
            self.at = found.end()
            taken = found[0]
            self.loose += found[2] is not None
        else:
            return ""
        if self.peek("?"):
            self.at += 1
            taken += "?"
        if (
            self.loose > 8
            or self.choices_made > 16
            or (self.at < len(self.pattern) and self.pattern[self.at] in "*+?{")
        ):
            raise _NotTaken
        return taken

    def atom(self, depth: int) -> tuple[str, bool]:
        sign = self.pattern[self.at]
        self.at += 1
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            return self.bracket(), False
        if sign == "\\":
            return self.escape(), False
        if sign == "$":
            return "$" if self.many_lines else r"\Z", False
        if sign in "^.":
            return sign, False
        if sign in "*+?{":
            raise _NotTaken
        return re.escape(sign), False

    def group(self, depth: int) -> tuple[str, bool]:
        opening = "("
        if self.peek("?"):
            found = re.compile(r"\?(:|P?<([A-Za-z_][A-Za-z0-9_]*)>)").match(self.pattern, self.at)
            if not found:
                raise _NotTaken
            opening = f"(?P<{found[2]}>" if found[2] else "(?:"
            self.at = found.end()
        inner, varies = self.choices(depth + 1)
        if not self.peek(")"):
            raise _NotTaken
        self.at += 1
        return f"{opening}{inner})", varies

    def escape(self) -> str:
        if self.at >= len(self.pattern):
            raise _NotTaken
        sign = self.pattern[self.at]
        self.at += 1
        if sign in "dws":
            return f"[{_CLASSES[sign]}]"
        if sign in "DWS":
            return f"[^{_CLASSES[sign.lower()]}]"
        if sign in _LITERAL_ESCAPES:
            return _LITERAL_ESCAPES[sign]
        if sign == "b":
            return r"\b"
        if sign == "A":
            return r"\A"
        if sign == "z":
            return r"\Z"
        if sign.isascii() and not sign.isalnum():
            return re.escape(sign)
        raise _NotTaken

    def bracket(self) -> str:
        out = ["["]
        if self.peek("^"):
            out.append("^")
            self.at += 1
        first = True
        while self.at < len(self.pattern):
            sign = self.pattern[self.at]
            if sign == "]" and not first:
                self.at += 1
                return "".join(out) + "]"
            if self.peek("[:"):
                end = self.pattern.find(":]", self.at)
                name = self.pattern[self.at + 2 : end] if end > 0 else ""
                if name not in _CLASSES or len(name) == 1:
                    raise _NotTaken
                out.append(_CLASSES[name])
                self.at = end + 2
            elif sign == "\\":
                self.at += 1
                escaped = self.pattern[self.at : self.at + 1]
                self.at += 1
                if escaped in _LITERAL_ESCAPES:
                    out.append(_LITERAL_ESCAPES[escaped])
                elif escaped in ("d", "w", "s"):
                    out.append(_CLASSES[escaped])
                elif escaped and escaped.isascii() and not escaped.isalnum():
                    out.append(re.escape(escaped))
                else:
                    raise _NotTaken
            else:
                out.append("-" if sign == "-" else re.escape(sign))
                self.at += 1
            first = False
        raise _NotTaken


class _Regex(Struct, frozen=True):
    """A compiled pattern of either engine; both have the same methods."""

    engine: Any
    groups: int
    names: dict[str, int]

    def first(self, text: str) -> Any:
        return self.engine.search(text)

    def all(self, text: str) -> Iterator[Any]:
        """Every match from left to right; none that is empty and touches the one before it."""
        at, last = 0, -1
        while at <= len(text) and (match := self.engine.search(text, at)) is not None:
            start, end = match.span()
            if end > start or start != last:
                yield match
            at = end + (end == start)
            last = end


@cache
def _re2() -> Any:
    """The RE2 engine where it is installed, else None."""
    try:
        return import_module("re2")
    except ImportError:
        return None


def _compiled(call: Call, pattern: str, subject: str) -> _Regex:
    declined = call.declined(f'the regular expression "{pattern[:60]}"')
    engine = _re2()
    if engine is not None:
        options = engine.Options()
        options.log_errors = False
        try:
            made = engine.compile(re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", pattern), options)
        except engine.error:
            raise declined from None
        return _Regex(made, made.groups, dict(made.groupindex))
    if len(subject) >= _MOST_SUBJECT or len(pattern) >= _MOST_PATTERN:
        raise declined
    walk = _Translation(pattern)
    try:
        translated = walk.whole()
        ours = re.compile(translated, re.ASCII)
    except (_NotTaken, re.error):
        raise declined from None
    # A start and the length of each loose quantifier are all that a search can vary: this many ways at most.
    ways = comb(len(subject) + walk.loose + 1, walk.loose + 1) << walk.choices_made
    ignores_case = translated.startswith("(?") and "i" in translated[2 : translated.find(")")]
    if ways > _MOST_WAYS or (ignores_case and not (subject.isascii() and pattern.isascii())):
        raise declined
    return _Regex(ours, ours.groups, dict(ours.groupindex))


def _captured(call: Call, regex: _Regex, match: Any) -> Data:
    if not regex.groups:
        return str(match.group(0))
    if regex.names and len(regex.names) != regex.groups:
        raise call.refused(f"{call.name}() does not take named and unnamed groups together")
    if regex.names:
        return Map({name: call.value(match.group(name)) for name in sorted(regex.names)})
    return Seq(tuple(call.value(match.group(n)) for n in range(1, regex.groups + 1)))


@function("regex", least=2)
def regex(call: Call) -> Data:
    """The first match: its text, or what its groups captured."""
    pattern, subject = call.text(call.args[0]), call.text(call.args[1])
    compiled = _compiled(call, pattern, subject)
    match = compiled.first(subject)
    if match is None:
        raise call.refused("regex() does not match")
    return _captured(call, compiled, match)


@function("regexall", least=2)
def regexall(call: Call) -> Data:
    """Every match: its text, or what its groups captured."""
    pattern, subject = call.text(call.args[0]), call.text(call.args[1])
    compiled = _compiled(call, pattern, subject)
    found: list[Value] = []
    for match in compiled.all(subject):
        found.append(call.value(_captured(call, compiled, match)))
        call.at_most(len(found))
    return Seq(tuple(found), None, "list")


@function("replace", least=3)
def replace(call: Call) -> Data:
    """The string with each match replaced; between slashes the search is a regular expression."""
    old, new = call.text(call.args[1]), call.text(call.args[2])
    text = text_or_holes(call, call.args[0])
    if not (len(old) > 1 and old[0] == "/" and old[-1] == "/"):
        return replaced(call, text, old, new)
    if isinstance(text, Text):
        text = call.text(call.args[0])
    compiled = _compiled(call, old[1:-1], text)
    expand = _template(compiled, new)
    out: list[str] = []
    at = size = 0
    for match in compiled.all(text):
        piece = text[at : match.start()] + expand(match)
        size += len(piece)
        call.short(size)
        out.append(piece)
        at = match.end()
    return "".join([*out, text[at:]])


def _template(compiled: _Regex, new: str) -> Callable[[Any], str]:
    """What replaces a match: `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar sign."""
    pieces: list[str | int] = []
    at = 0
    for found in re.finditer(r"\$(?:\$|(\w+)|\{(\w+)\})", new, re.ASCII):
        pieces.append(new[at : found.start()])
        at = found.end()
        name = found[1] or found[2]
        if name is None:
            pieces.append("$")
        elif name.isdigit():
            pieces.append(int(name) if len(name) < 4 else 9999)
        else:
            pieces.append(compiled.names.get(name, 9999))
    pieces.append(new[at:])

    def expand(match: Any) -> str:
        return "".join(
            piece
            if isinstance(piece, str)
            else (match.group(piece) or "")
            if piece <= compiled.groups
            else ""
            for piece in pieces
        )

    return expand
