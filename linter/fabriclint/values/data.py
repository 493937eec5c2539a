"""What sources evaluate to, in either language: data with unknown parts, and a value that puts it at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import force_setattr, replace

from fabriclint.text import Span
from fabriclint.values.many import Many, Member
from fabriclint.values.truth import (
    NO_INPUTS,
    SENSITIVE,
    Inputs,
    NotABool,
    Reason,
    Truth,
    Unknown,
    any_of,
    merged,
)

Origin = Literal["written", "default", "absent"]
LONGEST_SHOWN: Final = 300
"""How many characters of a value a message shows."""


class Reference(Struct, frozen=True):
    """A symbolic handle on something a source names: `target` is its address, `path` the attribute read from it.

    `target` of a resource is the address of its Element; of a data source `data.TYPE.NAME` in its module; of an opaque
    parameter or pseudo parameter a name of its own. Two references are the same thing when target and path are equal.
    """

    target: str
    path: tuple[str | int, ...] = ()
    place: Span | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and (self.target, self.path) == (other.target, other.path)

    def __hash__(self) -> int:
        return hash((self.target, self.path))

    def at(self, *steps: str | int) -> Reference:
        """The reference that reads one attribute or index deeper."""
        return Reference(self.target, (*self.path, *steps), self.place)

    def __str__(self) -> str:
        steps = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in self.path)
        return f"{self.target}{steps}"


class Text(Struct, frozen=True):
    """A string with at least one hole: literal parts, references and unknowns in order.

    `spans` holds, where the evaluator knows it, the place of each part (same length as `parts`), so that a line inside a
    heredoc or block scalar can be pointed at.
    """

    parts: tuple[str | Reference | Unknown, ...]
    spans: tuple[Span | None, ...] = ()
    _why: Unknown | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def unknown(self) -> Unknown:
        """The reasons of its holes, as one unknown (references count as not decided here)."""
        if self._why is None:
            force_setattr(self, "_why", self._reasons())
        assert self._why is not None
        return self._why

    def _reasons(self) -> Unknown:
        reasons: list[Reason] = []
        for part in self.parts:
            if isinstance(part, Unknown):
                reasons.extend(part.reasons)
            elif isinstance(part, Reference):
                reasons.append(Reason(f"{part} is not known before it is created", part.place))
        return Unknown(tuple(dict.fromkeys(reasons)))

    def render(self, hole: str = "\N{WHITE SQUARE}") -> str:
        """The text with `hole` where a part is not known."""
        return "".join(part if isinstance(part, str) else hole for part in self.parts)


class Pieced(str):
    """A known text that was put together, and remembers its pieces and their places (as `Text` does); otherwise a str."""

    __slots__ = ("parts", "spans")

    parts: tuple[str, ...]
    spans: tuple[Span | None, ...]

    @staticmethod
    def of(parts: tuple[str, ...], spans: tuple[Span | None, ...]) -> Pieced:
        """The text of these pieces."""
        made = Pieced("".join(parts))
        made.parts, made.spans = parts, spans
        return made


class Seq(Struct, frozen=True, eq=False):
    """A tuple, list or set; `more` says why it may have members that are not shown (None: it is complete).

    Only Terraform tells the three apart.
    """

    items: tuple[Value, ...] = ()
    more: Unknown | None = None
    kind: Literal["tuple", "list", "set"] = "tuple"


class Map(Struct, frozen=True, eq=False):
    """An object or map; `more` says why it may have keys that are not shown (None: it is complete).

    Only Terraform tells the two apart.
    """

    entries: dict[str, Value] = field(default_factory=dict[str, "Value"])
    more: Unknown | None = None
    kind: Literal["object", "map"] = "object"

    def get(self, key: str, place: Span | None = None) -> Value:
        """The entry, or an absent value (an unknown one where the map may have more keys)."""
        found = self.entries.get(key)
        if found is not None:
            return found
        if self.more is not None:
            return Value(self.more, place)
        return Value(None, place, origin="absent")


class OneOf(Struct, frozen=True, eq=False):
    """One of several values; which one is left open by `because` (an unknown condition)."""

    options: tuple[Value, ...]
    because: Unknown


Scalar: TypeAlias = bool | int | float | str | None
Data: TypeAlias = Scalar | Unknown | Reference | Text | Seq | Map | OneOf


class Value(NotABool, Struct, frozen=True, eq=False):
    """Data at its place.

    `reference` is set when the data was read from a resource's own attribute, so that `aws_placement_group.x.name` is
    both the text that was written there and a handle on the group. `origin` tells a written value from a default and
    from an absent one (data None). `inputs` are the root inputs it was computed from.
    """

    data: Data = None
    place: Span | None = None
    origin: Origin = "written"
    reference: Reference | None = None
    inputs: Inputs = NO_INPUTS

    @property
    def absent(self) -> bool:
        """Whether nothing was given: not written, or written as null."""
        return self.data is None

    @property
    def handle(self) -> Reference | None:
        """The reference this value is or was read from."""
        return self.data if isinstance(self.data, Reference) else self.reference

    @property
    def unknown(self) -> Unknown | None:
        """Why it is not decided, or None where it is decided (a reference is a decided handle)."""
        if isinstance(self.data, Unknown):
            return self.data
        if isinstance(self.data, OneOf):
            return self.data.because
        if isinstance(self.data, Text):
            return self.data.unknown()
        return None

    def moved(self, place: Span | None) -> Value:
        """The same data, said to be at `place`."""
        return replace(self, place=place)

    def under(self, inputs: Inputs) -> Value:
        """The same value, which also rests on `inputs`."""
        return replace(self, inputs=self.inputs | inputs) if inputs - self.inputs else self

    def options(self) -> tuple[Value, ...]:
        """Every value it may be: itself, or the flattened options of a OneOf (which rest on this value's inputs)."""
        if not isinstance(self.data, OneOf):
            return (self,)
        found: list[Value] = []
        todo = list(reversed(self.data.options))
        while todo:
            option = todo.pop()
            if isinstance(option.data, OneOf):
                todo.extend(reversed(option.data.options))
            else:
                found.append(option.under(self.inputs))
        return tuple(found)

    def decide(self, test: Callable[[Any], bool | None]) -> Truth:
        """Ask `test` of the data (None, a scalar, a Reference, a Text, a Seq or a Map).

        An Unknown is undecided without asking; a OneOf is decided when all its options agree; a `test` that answers None
        leaves it undecided.
        """
        if isinstance(self.data, OneOf):
            verdicts = [option.decide(test) for option in self.options()]
            states = {verdict.state for verdict in verdicts}
            if len(states) == 1 and "unknown" not in states:
                return verdicts[0]
            undecided = [v.reasons for v in verdicts if v.undecided]
            return Truth("unknown", merged(self.data.because.reasons, *undecided), self.inputs)
        if isinstance(self.data, Unknown):
            return Truth("unknown", self.data.reasons, self.inputs)
        verdict = test(self.data)
        if verdict is None:
            reasons = (
                self.unknown.reasons if self.unknown else (Reason(f"{self.show()} is not known", self.place),)
            )
            return Truth("unknown", reasons, self.inputs)
        return Truth.of(verdict, self.inputs)

    def is_(self, wanted: Scalar) -> Truth:
        """Whether it is this scalar; text and numbers, and text and bools, compare as IaC languages convert them."""
        want = plain(wanted)
        if self.data.__class__ is str or _is_scalar(self.data):  # by far the most are
            return Truth.of(_alike(self.data, wanted, want), self.inputs)

        def test(data: Any) -> bool | None:
            if isinstance(data, Reference):
                return None if wanted is not None else False
            if isinstance(data, Text):
                return False if wanted is None or not _may_be(data, want) else None
            if isinstance(data, (Seq, Map)):
                return False
            return _alike(data, wanted, want)

        return self.decide(test)

    def among(self, *wanted: Scalar) -> Truth:
        """Whether it is one of these scalars."""
        return any_of(self.is_(w) for w in wanted)

    def given(self) -> Truth:
        """Whether anything was given (not absent, not null)."""
        return self.decide(lambda data: data is not None)

    def on(self) -> Truth:
        """Whether it is true (also "true"); an absent value is not."""
        return self.decide(
            lambda data: None if isinstance(data, (Reference, Text)) else str(data).lower() in ("true", "1")
        )

    def same(self, other: Value) -> Truth:
        """Whether both are the same thing. Handles decide by identity, scalars by value; anything else is undecided."""
        mine, its = self.handle, other.handle
        inputs = self.inputs | other.inputs
        if mine is not None and its is not None and mine == its:
            return Truth("yes", (), inputs)
        if _is_scalar(self.data) and _is_scalar(other.data):
            return Truth.of(plain(self.data) == plain(other.data), inputs)
        if (
            mine is not None
            and its is not None
            and mine.target == its.target
            and mine.path[:-1] == its.path[:-1]
        ):
            one, two = mine.path[-1:], its.path[-1:]
            if one and two and isinstance(one[0], int) and isinstance(two[0], int):
                return Truth("no", (), inputs)  # two members of one symbolic list
        reasons: list[Reason] = []
        for value in (self, other):
            if value.unknown:
                reasons.extend(value.unknown.reasons)
        if not reasons:
            reasons.append(
                Reason(f"whether {self.show()} is {other.show()} is not known", self.place or other.place)
            )
        return Truth("unknown", tuple(dict.fromkeys(reasons)), inputs)

    def text(self) -> str | None:
        """The text of a known scalar as the language converts it; None for anything else."""
        return plain(self.data) if _is_scalar(self.data) and self.data is not None else None

    def number(self) -> float | None:
        """The number it is or spells; None for anything else."""
        if isinstance(self.data, bool) or not isinstance(self.data, (int, float, str)):
            return None
        try:
            return float(self.data)
        except ValueError:
            return None

    def members(self) -> Many[Value]:
        """Its members: of a list, of a single scalar or reference (a list of one), none where absent."""
        if isinstance(self.data, OneOf):
            return Many((), self.data.because)
        if isinstance(self.data, Seq):
            return Many(tuple(Member(item.under(self.inputs)) for item in self.data.items), self.data.more)
        if isinstance(self.data, Unknown):
            return Many((), self.data)
        if self.data is None:
            return Many()
        if (
            isinstance(self.data, Reference)
            and self.data.path
            and str(self.data.path[-1]).endswith(("ids", "names", "arns"))
        ):
            return Many(
                (),
                Unknown.because(f"the members of {self.data} are not known", self.place or self.data.place),
            )
        return Many((Member(self),))

    def field(self, *path: str) -> Value:
        """What stands at `path` inside maps (a list of exactly one item, as a block makes it, is stepped through)."""
        value = self
        for name in path:
            data = value.data
            if isinstance(data, Seq):
                if not data.items and data.more is None:
                    return Value(None, value.place, "absent", inputs=value.inputs)
                if len(data.items) != 1 or data.more is not None:
                    return Value(
                        data.more or Unknown.because("several blocks where one is read", value.place),
                        value.place,
                    )
                value = data.items[0].under(value.inputs)
                data = value.data
            if isinstance(data, OneOf):
                options = tuple(option.field(name) for option in value.options())
                value = Value(OneOf(options, data.because), value.place, inputs=value.inputs)
                continue
            if data is None:
                return Value(None, value.place, "absent", inputs=value.inputs)
            if isinstance(data, Map):
                value = data.get(name, value.place).under(value.inputs)
            elif isinstance(data, Reference):
                value = Value(data.at(name), value.place, inputs=value.inputs)
            elif isinstance(data, Unknown):
                return value
            else:
                return Value(None, value.place, "absent", inputs=value.inputs)
        return value

    def show(self) -> str:
        """A few characters for a message: the text, the handle, or a sign for what is not known or sensitive."""
        if any(used.sensitive for used in self.inputs) and not isinstance(self.data, (Reference, Unknown)):
            return SENSITIVE
        return self.words()

    def words(self) -> str:
        """What `show` says, to be looked into and never told: nothing in it is withheld."""
        if isinstance(self.data, Text):
            return _short(self.data.render("…"))
        if isinstance(self.data, Reference):
            return str(self.data)
        if _is_scalar(self.data):
            return "null" if self.data is None else _short(plain(self.data))
        if isinstance(self.data, Unknown):
            return self.data.reasons[0].what if self.data.reasons else "unknown"
        return {"Seq": "a list", "Map": "an object", "OneOf": "one of several values"}[
            type(self.data).__name__
        ]


def _short(text: str) -> str:
    """A text as a message can hold it."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _alike(data: Any, wanted: Scalar, want: str) -> bool:
    return plain(data) == want and (data is None) == (wanted is None)


def _is_scalar(data: Data) -> bool:
    return data is None or isinstance(data, (bool, int, float, str))


def plain(data: Any) -> str:
    """A scalar as text, the way both languages convert it: true, false, 1, 1.5, the text itself."""
    if data.__class__ is str:
        text: str = data
        return text
    if data is None:
        return ""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, float) and data.is_integer() and abs(data) < 1e21:
        return str(int(data))
    return str(data)


def _may_be(text: Text, wanted: str) -> bool:
    """Whether a text with holes could read `wanted`."""
    at = 0
    last = len(text.parts) - 1
    for n, part in enumerate(text.parts):
        if not isinstance(part, str):
            continue
        if n == 0:
            if not wanted.startswith(part):
                return False
            at = len(part)
            continue
        found = wanted.rfind(part) if n == last else wanted.find(part, at)
        if found < at or (n == last and found + len(part) != len(wanted)):
            return False
        at = found + len(part)
    return True
