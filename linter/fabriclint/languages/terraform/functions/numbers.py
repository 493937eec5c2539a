"""Arithmetic."""

from __future__ import annotations

import math

from fabriclint.languages.terraform import decimals
from fabriclint.languages.terraform.decimals import exact
from fabriclint.languages.terraform.functions.calling import MOST_DIGITS, Call, function, integral
from fabriclint.values import Data


@function("abs")
def abs_(call: Call) -> Data:
    """The number without its sign."""
    number = call.number(call.args[0])
    return abs(number) if isinstance(number, int) else decimals.number(abs(exact(number)))


@function("ceil")
def ceil(call: Call) -> Data:
    """The least whole number that is not below it."""
    return math.ceil(exact(call.number(call.args[0])))


@function("floor")
def floor(call: Call) -> Data:
    """The greatest whole number that is not above it."""
    return math.floor(exact(call.number(call.args[0])))


@function("signum")
def signum(call: Call) -> Data:
    """-1, 0 or 1, as the sign of the number."""
    number = call.whole(call.args[0])
    return (number > 0) - (number < 0)


@function("max", most=None)
def max_(call: Call) -> Data:
    """The greatest number."""
    return max((call.number(arg) for arg in call.args), key=exact)


@function("min", most=None)
def min_(call: Call) -> Data:
    """The least number."""
    return min((call.number(arg) for arg in call.args), key=exact)


@function("log", least=2)
def log(call: Call) -> Data:
    """The logarithm of a number to a base."""
    number, base = (float(call.number(arg)) for arg in call.args)
    if number <= 0 or base <= 0 or base == 1:
        raise call.declined("log() without a finite result")
    return integral(math.log(number) / math.log(base))


@function("pow", least=2)
def pow_(call: Call) -> Data:
    """A number raised to a power."""
    number, power = (float(call.number(arg)) for arg in call.args)
    result = integral(math.pow(number, power))
    if abs(result) > 1 << 53:
        raise call.declined("pow() beyond what a double holds")
    return result


@function("parseint", least=2)
def parseint(call: Call) -> Data:
    """The whole number that a string spells in a base."""
    text, base = call.known(call.args[0]), call.whole(call.args[1])
    if not isinstance(text, str):
        raise call.wrong(text)
    if not 2 <= base <= 62:
        raise call.refused("parseint() needs a base from 2 to 62")
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not digits:
        raise call.refused("parseint() needs digits")
    if len(digits) > MOST_DIGITS:
        raise call.declined("parseint() of many digits")
    result = 0
    for character in digits:
        digit = _digit(character, base)
        if digit >= base:
            raise call.refused(f'parseint() does not take "{text[:40]}" in base {base}')
        result = result * base + digit
    return -result if text.startswith("-") else result


def _digit(character: str, base: int) -> int:
    if "0" <= character <= "9":
        return ord(character) - ord("0")
    if "a" <= character <= "z":
        return ord(character) - ord("a") + 10
    if "A" <= character <= "Z":
        return ord(character) - ord("A") + (10 if base <= 36 else 36)
    return base
