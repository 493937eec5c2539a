"""How a function is called: its arguments as Python data, what is not decided as an exception, and the table of functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct, field

from fabriclint.languages.terraform import decimals
from fabriclint.languages.terraform.failures import Failure
from fabriclint.languages.terraform.failures import joined as joined_unknowns
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import Data, Input, Map, OneOf, Reason, Reference, Seq, Text, Unknown, Value

MOST_MEMBERS: Final = 10_000
"""The most members a result may have."""

MOST_CHARACTERS: Final = 1_000_000
"""The most characters a result may have."""

MOST_STEPS: Final = 20_000
"""The most members, at any depth, that are looked at to compare or describe a value: shared parts can multiply."""

MOST_DEPTH: Final = 100
"""How deep a value may nest where a function walks all of it."""

LIST_NAMES: Final = ("ids", "names", "arns", "blocks", "cidrs", "addresses")
"""How the attribute names end that hold a list."""


MOST_DIGITS: Final = 400
"""The most digits a number may have."""

_NUMBER: Final = late(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,9})?", re.ASCII)


class Undecided(Exception):
    """The result of the call is this unknown."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__()
        self.unknown = unknown


Function = Callable[["Call"], "Data | Value"]


class Entry(Struct, frozen=True):
    """One function: how many arguments it takes (`most` None: any number), and whether it looks at unknown ones itself."""

    run: Function
    least: int
    most: int | None
    lenient: bool


FUNCTIONS: Final[dict[str, Entry]] = {}


def function(
    *names: str, least: int = 1, most: int | None = -1, lenient: bool = False
) -> Callable[[Function], Function]:
    """Enter a function under its names; `most` is `least` unless given, `lenient` lets unknown arguments through."""

    def enter(run: Function) -> Function:
        for name in names:
            FUNCTIONS[name] = Entry(run, least, least if most == -1 else most, lenient)
        return run

    return enter


def kind(data: Data) -> str:
    """What a person calls this kind of data, with its article."""
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "a bool"
    if isinstance(data, (int, float)):
        return "a number"
    if isinstance(data, (str, Text)):
        return "a string"
    return {"Seq": "a list", "Map": "an object"}.get(type(data).__name__, "a value that is not known")


def unknown_of(data: Data, place: Span | None = None) -> Unknown | None:
    """Why data is not known to its end: also of a reference; None for scalars and collections."""
    if isinstance(data, Unknown):
        return data
    if isinstance(data, OneOf):
        return data.because
    if isinstance(data, Text):
        return data.unknown()
    if isinstance(data, Reference):
        looked_up = "data." in data.target
        when = "is looked up when Terraform runs" if looked_up else "is not known before it is created"
        return Unknown.because(f"{data} {when}", data.place or place)
    return None


def also(one: Unknown | None, other: Unknown | None) -> Unknown | None:
    """The reasons of both, None where neither is."""
    if one is None or other is None:
        return one or other
    return joined_unknowns((one, other))


def integral(number: float) -> int | float:
    """The number as an int where it has no fraction."""
    if isinstance(number, (int, decimals.Exact)):
        return number
    return int(number) if number.is_integer() else number


def number_text(number: float) -> str:
    """A number as Terraform writes it: never with an exponent."""
    return decimals.text(number)


def parse_number(text: str) -> int | float | None:
    """The number that a text spells in decimal, or None; one of too many digits is an OverflowError."""
    if not _NUMBER.fullmatch(text):
        return None
    number = decimals.parsed(text)
    if number is None:
        raise OverflowError
    return number


def joined(parts: Iterable[str | Reference | Unknown]) -> str | Text:
    """A string where all parts are literal, a Text otherwise; neighbouring literals become one."""
    result: list[str | Reference | Unknown] = []
    run: list[str] = []
    for part in parts:
        if isinstance(part, str):
            run.append(part)
            continue
        if literal := "".join(run):
            result.append(literal)
        run = []
        result.append(part)
    literal = "".join(run)
    if not result:
        return literal
    return Text((*result, literal) if literal else tuple(result))


def parts_of(text: str | Text) -> tuple[str | Reference | Unknown, ...]:
    """The parts of a string, whether or not it has holes."""
    return text.parts if isinstance(text, Text) else (text,)


class Call(Struct):
    """One call, its arguments, and the inputs that its result rests on."""

    name: str
    args: tuple[Value, ...]
    place: Span | None = None
    inputs: set[Input] = field(default_factory=set[Input])

    def __len__(self) -> int:
        return len(self.args)

    def refused(self, what: str) -> Undecided:
        """To raise: Terraform rejects the call for this reason."""
        return Undecided(Failure((Reason(what, self.place),)))

    def declined(self, what: str) -> Undecided:
        """To raise: Terraform would answer, or may, but the call is not evaluated here; `what` says which call that is."""
        return Undecided(Unknown((Reason(f"{what} is not evaluated", self.place),)))

    def wrong(self, data: Data) -> Undecided:
        """To raise: the function does not take this kind of data."""
        return self.refused(f"{self.name}() does not take {kind(data)}")

    def data(self, value: Value) -> Data:
        """The data of an argument or member, which the result rests on from here."""
        self.inputs.update(value.inputs)
        return value.data

    def known(self, value: Value) -> Data:
        """The data of a value that must be decided at its top: no Unknown, Reference, OneOf or Text."""
        data = self.data(value)
        unknown = unknown_of(data, value.place or self.place)
        if unknown is not None:
            raise Undecided(unknown)
        return data

    def text(self, value: Value) -> str:
        """A fully known string, converted from a number or bool."""
        data = self.known(value)
        if isinstance(data, str):
            return data
        if isinstance(data, bool):
            return "true" if data else "false"
        if isinstance(data, (int, float)):
            return self.digits(data)
        raise self.wrong(data)

    def digits(self, number: float) -> str:
        """A number as a string; ends the call where a double has lost some of the digits that Terraform keeps."""
        text = number_text(number)
        if (
            not isinstance(number, decimals.Exact)
            and "." in text
            and len(text.lstrip("-0.").replace(".", "")) > 15
        ):
            raise self.declined(f"{self.name}() of a number of many digits")
        return text

    def words(self, value: Value) -> str | Text:
        """A string that may have holes; something wholly unknown is one hole."""
        data = self.data(value)
        if isinstance(data, (Text, str)):
            return data
        if isinstance(data, (Unknown, Reference)):
            return Text((data,))
        if isinstance(data, OneOf):
            return Text((data.because,))
        return self.text(value)

    def number(self, value: Value) -> int | float:
        """A known number, converted from a string that spells one."""
        data = self.known(value)
        if isinstance(data, str):
            parsed = parse_number(data)
            if parsed is None:
                raise self.refused(f"{self.name}() needs a number")
            return parsed
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            raise self.wrong(data)
        return integral(data)

    def whole(self, value: Value) -> int:
        """A known whole number."""
        number = self.number(value)
        if not isinstance(number, int):
            raise self.refused(f"{self.name}() needs a whole number")
        return number

    def truth(self, value: Value) -> bool:
        """A known bool, converted from the strings that spell one."""
        data = self.known(value)
        if isinstance(data, bool):
            return data
        if isinstance(data, str) and data in ("true", "1", "false", "0"):
            return data in ("true", "1")
        raise self.wrong(data)

    def seq(self, value: Value) -> Seq:
        """A list, tuple or set, which may have more members."""
        data = self.known(value)
        if not isinstance(data, Seq):
            raise self.wrong(data)
        return data

    def members(self, value: Value) -> tuple[Value, ...]:
        """The members of a list that is known to its end."""
        seq = self.seq(value)
        if seq.more is not None:
            raise Undecided(seq.more)
        return seq.items

    def map(self, value: Value) -> Map:
        """A map or object, which may have more keys."""
        data = self.known(value)
        if not isinstance(data, Map):
            raise self.wrong(data)
        return data

    def entries(self, value: Value) -> dict[str, Value]:
        """The entries of a map that is known to its end."""
        found = self.map(value)
        if found.more is not None:
            raise Undecided(found.more)
        return found.entries

    def value(self, data: Data) -> Value:
        """New data as a member of the result."""
        return Value(data, self.place)

    def at_most(self, members: int) -> None:
        """End the call where its result would have too many members."""
        if members > MOST_MEMBERS:
            raise self.declined(f"{self.name}() that makes more than {MOST_MEMBERS:,} members")

    def short(self, characters: int) -> None:
        """End the call where its result would be too long a string."""
        if characters > MOST_CHARACTERS:
            raise self.declined(f"{self.name}() that makes more than {MOST_CHARACTERS:,} characters")

    def part(self, value: Value, *steps: str | int) -> Value:
        """A reference one step deeper, as a member of the result."""
        data = value.data
        assert isinstance(data, Reference)
        return Value(data.at(*steps), value.place or self.place, inputs=value.inputs)
