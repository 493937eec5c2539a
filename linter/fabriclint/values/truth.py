"""Yes, no, or unknown with the reasons: three-valued facts and what left them open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NoReturn, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.text import Span

State = Literal["yes", "no", "unknown"]
SENSITIVE: Final = "(sensitive)"


class Reason(Struct, frozen=True):
    """Why something is not decided: a few words (`var.peer has no value`) and the place to look at."""

    what: str
    place: Span | None = None

    def __str__(self) -> str:
        return f"{self.what} ({self.place})" if self.place else self.what


class Input(Struct, frozen=True):
    """An input that a value was computed from: a root variable or parameter, with the value it had.

    Of a sensitive one the value is not kept: it is `SENSITIVE`, and so is all that is shown of what was computed from it.
    """

    name: str
    value: str
    place: Span | None = None

    @property
    def sensitive(self) -> bool:
        """Whether its value is withheld."""
        return self.value == SENSITIVE

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


Inputs: TypeAlias = frozenset[Input]
NO_INPUTS: Inputs = frozenset()


class NotABool:
    """Facts are three-valued: `if fact`, `not fact`, `fact and …` and `fact == …` are mistakes."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} is not a bool; ask .certain, .excluded or .undecided of a Truth"
        )

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be compared with ==; use .is_() or .same()")

    __hash__ = object.__hash__


def merged(*groups: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The reasons of all, each once, in order."""
    return tuple(dict.fromkeys(reason for group in groups for reason in group))


class Truth(NotABool, Struct, frozen=True, eq=False):
    """Yes, no, or unknown with the reasons. `&`, `|` and `~` follow Kleene: one certain no settles an *and*."""

    state: State
    reasons: tuple[Reason, ...] = ()
    inputs: Inputs = NO_INPUTS

    @staticmethod
    def of(decided: bool, inputs: Inputs = NO_INPUTS) -> Truth:
        """The truth of a decided bool."""
        if inputs:
            return Truth("yes" if decided else "no", (), inputs)
        return YES if decided else NO

    @staticmethod
    def unknown(what: str | Reason | Unknown, place: Span | None = None) -> Truth:
        """Not decided, because of `what`."""
        if isinstance(what, Unknown):
            return Truth("unknown", what.reasons)
        return Truth("unknown", (Reason(what, place) if isinstance(what, str) else what,))

    @property
    def certain(self) -> bool:
        """Whether it is a yes."""
        return self.state == "yes"

    @property
    def excluded(self) -> bool:
        """Whether it is a no."""
        return self.state == "no"

    @property
    def undecided(self) -> bool:
        """Whether it is unknown."""
        return self.state == "unknown"

    def under(self, inputs: Inputs) -> Truth:
        """The same truth, which also rests on `inputs`."""
        return replace(self, inputs=self.inputs | inputs) if inputs - self.inputs else self

    def __and__(self, other: Truth) -> Truth:
        if self.state == "no":
            return self
        if other.state == "no":
            return other
        return self._with(other, "yes")

    def __or__(self, other: Truth) -> Truth:
        if self.state == "yes":
            return self
        if other.state == "yes":
            return other
        return self._with(other, "no")

    def _with(self, other: Truth, neutral: State) -> Truth:
        # Most joins are with a plain yes or no: the other side is the answer.
        if other.state == neutral and not other.inputs:
            return self
        if self.state == neutral and not self.inputs:
            return other
        inputs = self.inputs | other.inputs
        if self.state == neutral and other.state == neutral:
            return Truth(neutral, (), inputs)
        return Truth("unknown", merged(self.reasons, other.reasons), inputs)

    def __invert__(self) -> Truth:
        if self.state == "unknown":
            return self
        return Truth("no" if self.state == "yes" else "yes", (), self.inputs)


YES = Truth("yes")
NO = Truth("no")


def all_of(truths: Iterable[Truth]) -> Truth:
    """The *and* of all; yes when there are none."""
    result = YES
    for truth in truths:
        result = result & truth
        if result.state == "no":
            break
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """The *or* of all; no when there are none."""
    result = NO
    for truth in truths:
        result = result | truth
        if result.state == "yes":
            break
    return result


class Unknown(Struct, frozen=True):
    """Data that the sources do not decide, with every reason and its place."""

    reasons: tuple[Reason, ...]

    @staticmethod
    def because(what: str, place: Span | None = None) -> Unknown:
        """Unknown for one reason."""
        return Unknown((Reason(what, place),))

    def also(self, other: Unknown) -> Unknown:
        """Unknown for the reasons of both."""
        return Unknown(merged(self.reasons, other.reasons))
