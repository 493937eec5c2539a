"""Numbers as Terraform counts: binary, 512 bits long, and written in the fewest decimal digits that name them.

A whole number is an int. A fraction whose shortest decimal a double holds is a plain float; every other one is an `Exact`, a
double that knows the number it stands near.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, TypeAlias

from fabriclint.patterns import late

BITS: Final = 512
_MOST_DIGITS: Final = 400
_SPELLED: Final = late(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,4})?", re.ASCII)

Number: TypeAlias = "int | float"


class Exact(float):
    """A double near a number that has more digits than it."""

    __slots__ = ("exact",)
    exact: Fraction

    @staticmethod
    def near(exact: Fraction) -> Exact:
        """The double near a number; an OverflowError where none is."""
        made = Exact(float(exact))
        made.exact = exact
        return made


def exact(number: Number) -> Fraction:
    """The number that a value stands for."""
    if isinstance(number, Exact):
        return number.exact
    if isinstance(number, int):
        return Fraction(number)
    return rounded(Fraction(repr(number)))


def number(value: Fraction) -> Number:
    """A number as a value; an OverflowError where it is too large to be kept."""
    value = rounded(value)
    if value.denominator == 1:
        if value.numerator.bit_length() > BITS:
            raise OverflowError
        return value.numerator
    near = float(value)
    return near if exact(near) == value else Exact.near(value)


def negative(value: Number) -> bool:
    """Whether the sign is minus, as that of -0 is."""
    return value < 0 or (isinstance(value, float) and str(value) == "-0.0")


def minus(value: Number) -> Number:
    """The number with the other sign; Terraform tells -0 from 0 where it writes them."""
    if not value:
        return 0 if negative(value) else -0.0
    return -value if isinstance(value, int) else number(-exact(value))


def rounded(value: Fraction) -> Fraction:
    """The nearest number of 512 bits, the even one of two."""
    top, bottom = abs(value.numerator), value.denominator
    if bottom & (bottom - 1) == 0 and top.bit_length() <= BITS:
        return value
    shift = BITS - top.bit_length() + bottom.bit_length()
    while True:
        whole, rest = divmod(top << shift, bottom) if shift >= 0 else divmod(top, bottom << -shift)
        if whole.bit_length() <= BITS:
            break
        shift -= 1
    half = 2 * rest - (bottom if shift >= 0 else bottom << -shift)
    if half > 0 or (half == 0 and whole & 1):
        whole += 1
    found = Fraction(whole, 1 << shift) if shift >= 0 else Fraction(whole << -shift)
    return -found if value < 0 else found


def parsed(text: str) -> Number | None:
    """The number that a text spells in decimal; None where it spells none, or one too long to keep."""
    if len(text) > _MOST_DIGITS or not _SPELLED.fullmatch(text):
        return None
    if text.isdigit() and len(text) < 150:
        return int(text)
    value = Fraction(text)
    if abs(value.numerator).bit_length() > 4 * BITS or value.denominator.bit_length() > 8 * BITS:
        return None
    try:
        return number(value)
    except OverflowError:
        return None


def text(value: Number) -> str:
    """A number as Terraform writes it: never with an exponent."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Exact):
        return _shortest(value.exact)
    from decimal import Decimal

    found = format(Decimal(repr(value)), "f")
    return found.removesuffix(".0")


def _shortest(value: Fraction) -> str:
    """The fewest digits that round to the number, and of those the nearest."""
    size = abs(value)
    # half of the distance to the next number of 512 bits
    power = size.numerator.bit_length() - size.denominator.bit_length()
    if size < Fraction(2) ** power:
        power -= 1
    half = Fraction(2) ** (power - BITS)
    places = 0
    while True:
        scaled = size * 10**places
        below = scaled.numerator // scaled.denominator
        near = below if scaled - below <= Fraction(1, 2) else below + 1
        if abs(Fraction(near, 10**places) - size) < half:
            break
        places += 1
    digits = str(near).rjust(places + 1, "0")
    found = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{found}" if value < 0 else found
