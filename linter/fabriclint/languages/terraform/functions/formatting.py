"""format and formatlist: Terraform's printf verbs."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from fabriclint.languages.terraform.functions.calling import (
    Call,
    Undecided,
    function,
    joined,
    number_text,
    parts_of,
    unknown_of,
)
from fabriclint.languages.terraform.functions.encoding import json_string, json_text
from fabriclint.languages.terraform.functions.lists import members_open
from fabriclint.patterns import late
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value

_VERB: Final = late(
    r"%(?P<flags>[-+# 0]*)(?P<width>\d*|\*)(?:\.(?P<precision>\d*|\*))?(?:\[(?P<index>\d+)\])?(?P<verb>.)",
    re.DOTALL,
)

_MOST_WIDTH: Final = 1_000


@function("format", most=None, lenient=True)
def format_(call: Call) -> Data:
    """The template with its verbs filled in; what is not known becomes a hole."""
    template = call.args[0]
    pattern = template.data
    if isinstance(pattern, (Unknown, Reference)):
        raise Undecided(unknown_of(pattern, template.place) or Unknown(()))
    return _bare(_formatted(call, call.text(template), list(call.args[1:])))


def _bare(text: str | Text) -> Data:
    if isinstance(text, Text) and len(text.parts) == 1 and isinstance(text.parts[0], (Unknown, Reference)):
        return text.parts[0]
    return text


def _formatted(call: Call, template: str, args: list[Value]) -> str | Text:
    parts: list[str | Reference | Unknown] = []
    at = used = size = 0
    highest = 0
    while (start := template.find("%", at)) >= 0:
        parts.append(template[at:start])
        if template.startswith("%%", start):
            parts.append("%")
            at = start + 2
            continue
        found = _VERB.match(template, start)
        if found is None or "*" in (found["width"], found["precision"]):
            raise call.refused(f"{call.name}() does not take the verb at {template[start : start + 12]!r}")
        at = found.end()
        if found["index"]:
            used = int(found["index"]) - 1
        if not 0 <= used < len(args):
            raise call.refused(f"{call.name}() has too few arguments for its verbs")
        words = _verb(call, found, args[used])
        used += 1
        highest = max(highest, used)
        parts.extend(parts_of(words))
        size += sum(len(part) for part in parts_of(words) if isinstance(part, str))
        call.short(size + len(template))
    parts.append(template[at:])
    if highest < len(args):
        raise call.refused(f"{call.name}() has more arguments than verbs")
    return joined(parts)


def _verb(call: Call, found: re.Match[str], value: Value) -> str | Text:
    verb, flags = found["verb"], found["flags"]
    if verb == "v":
        flags = flags.replace("+", "").replace(" ", "")
    width = int(found["width"] or 0)
    precision = int(found["precision"] or 0) if found["precision"] is not None else None
    if width > _MOST_WIDTH or (precision or 0) > _MOST_WIDTH:
        raise call.declined(f"{call.name}() with a width over {_MOST_WIDTH}")
    call.inputs.update(value.inputs)
    data = value.data
    if verb == "v":
        data, verb = _default_verb(call, value, "#" in flags)
        value = Value(data, value.place, inputs=value.inputs)
    if verb not in "sqtdbeEfgGoxX":
        raise call.refused(f"{call.name}() does not take the verb %{verb}")
    if isinstance(data, (Unknown, Reference, OneOf, Text)):
        plain = verb == "s" and not width and precision is None
        if plain:
            return call.words(value)
        if verb == "q" and not width and isinstance(data, (Text, Reference)):
            quoted = [_quoted(p)[1:-1] if isinstance(p, str) else p for p in parts_of(call.words(value))]
            return joined(['"', *quoted, '"'])
        unknown = unknown_of(data, value.place)
        return Text((unknown or Unknown(()),))
    text = _known_verb(call, verb, flags, precision, value)
    return text if found["verb"] == "t" else _padded(text, width, flags, verb)


def _default_verb(call: Call, value: Value, source: bool) -> tuple[Data, str]:
    data = value.data
    if data is None:
        return "null", "s"
    if isinstance(data, (Seq, Map)):
        return json_text(call, value), "s"
    if isinstance(data, bool):
        return data, "t"
    if isinstance(data, (int, float)):
        return data, "g"
    if source and isinstance(data, (str, Text)):
        return json_text(call, value), "s"
    return data, "s"


def _known_verb(call: Call, verb: str, flags: str, precision: int | None, value: Value) -> str:
    if value.data is None:
        raise call.refused(f"{call.name}() does not take null for %{verb}")
    if verb in "sq":
        text = call.text(value)
        if precision is not None:
            text = text[:precision]
        return _quoted(text) if verb == "q" else text
    if verb == "t":
        return "true" if call.truth(value) else "false"
    number = call.number(value)
    if verb in "dboxX":
        whole = call.whole(value)
        digits = format(abs(whole), verb)
        if precision is not None:
            digits = digits.rjust(precision, "0")
        if "#" in flags and verb in "oxXb":
            digits = {"o": "0", "x": "0x", "X": "0X", "b": "0b"}[verb] + digits
        return _signed(whole < 0, digits, flags)
    size = Decimal(number_text(abs(number)))
    if verb in "eE":
        form = f".{6 if precision is None else precision}{verb}"
        digits = _two_digit_exponent(format(size, form)) if size else format(0.0, form)
    elif verb == "f":
        digits = _fixed(size, 6 if precision is None else precision)
    else:
        digits = _general(size, precision, verb)
    return _signed(number < 0, digits, flags)


def _fixed(size: Decimal, precision: int) -> str:
    # Rounded half to even from the 512 bits that Terraform keeps of a decimal.
    exact = Fraction(size)
    scale = Fraction(2) ** (512 - exact.numerator.bit_length() + exact.denominator.bit_length())
    if exact * scale >= 1 << 512:
        scale /= 2
    kept = round(exact * scale) / scale
    digits = str(round(kept * 10**precision)).rjust(precision + 1, "0")
    return f"{digits[:-precision]}.{digits[-precision:]}" if precision else digits


def _two_digit_exponent(text: str) -> str:
    return re.sub(r"([eE][+-])(\d)$", r"\g<1>0\2", text)


def _general(size: Decimal, precision: int | None, verb: str) -> str:
    if precision is not None:
        return format(float(size), f".{precision or 1}{verb}")
    exponent = size.adjusted() if size else 0
    if not -4 <= exponent < 6:
        digits = "".join(str(digit) for digit in size.normalize().as_tuple().digits)
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        return f"{mantissa}{'e' if verb == 'g' else 'E'}{exponent:+03d}"
    return format(size.normalize(), "f")


def _signed(negative: bool, digits: str, flags: str) -> str:
    return ("-" if negative else "+" if "+" in flags else " " if " " in flags else "") + digits


def _padded(text: str, width: int, flags: str, verb: str) -> str:
    if len(text) >= width:
        return text
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and verb in "dboxXeEfgG":
        sign = text[:1] if text[:1] in ("-", "+", " ") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width, "0" if "0" in flags else " ")


def _quoted(text: str) -> str:
    return f'"{json_string(text)}"'


@function("formatlist", most=None, lenient=True)
def formatlist(call: Call) -> Data:
    """One string for each place in the lists; arguments that are no lists repeat."""
    template = call.args[0]
    if isinstance(template.data, (Unknown, Reference)):
        raise Undecided(unknown_of(template.data, template.place) or Unknown(()))
    pattern = call.text(template)
    lists: list[Seq | None] = []
    for arg in call.args[1:]:
        if isinstance(arg.data, Unknown):
            raise Undecided(arg.data)
        if isinstance(arg.data, Reference):
            raise Undecided(members_open(arg))
        if isinstance(arg.data, Seq):
            if arg.data.more is not None:
                raise Undecided(arg.data.more)
            lists.append(arg.data)
        else:
            lists.append(None)
    lengths = {len(seq.items) for seq in lists if seq is not None}
    if len(lengths) > 1:
        raise call.refused("formatlist() needs lists of one length")
    result: list[Value] = []
    for n in range(lengths.pop() if lengths else 1):
        args = [arg if seq is None else seq.items[n] for arg, seq in zip(call.args[1:], lists, strict=True)]
        result.append(call.value(_bare(_formatted(call, pattern, args))))
        call.at_most(len(result))
    return Seq(tuple(result), None, "list")
