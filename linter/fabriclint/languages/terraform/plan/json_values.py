"""The values of a plan as data of the model, completed by what the sources or the configuration say of them.

Three structures stand side by side in a plan: the value, which parts of it are known only after apply, and which are sensitive.
The fourth beside them is a *shadow*: the value as the `.tf` files (or the plan's own configuration) have it. The plan decides;
the shadow gives places, handles and inputs, and fills what is not known yet.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.languages.terraform.plan.document import (
    Json,
    Object,
    inside,
    is_list,
    is_object,
    record,
    text,
)
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import NO_INPUTS, Data, Map, OneOf, Reference, Scalar, Seq, Text, Unknown, Value, plain

_DEEPEST: Final = 60
_MOST_PAIRS: Final = 40_000
_HASH: Final = late(r"[0-9a-f]{40}")
NOT_WRITTEN: Final = Value(None, None, "absent")
"""The shadow of what certainly is not written; no shadow at all means that nothing is known about it."""


def value_of(value: Json, place: Span | None, depth: int = 0) -> Value:
    """JSON as a value; an empty text is what providers keep where nothing is given."""
    if depth > _DEEPEST:
        return Value(Unknown.because("the value nests too deeply", place), place)
    if is_object(value):
        return Value(
            Map({text(key) or "": value_of(item, place, depth + 1) for key, item in value.items()}), place
        )
    if is_list(value):
        return Value(Seq(tuple(value_of(item, place, depth + 1) for item in value)), place)
    scalar = _scalar(value)
    return Value(scalar, place, "absent" if scalar is None else "written")


def _scalar(value: Json) -> Scalar:
    if isinstance(value, str):
        return text(value) or None
    return value if isinstance(value, (bool, int, float)) else None


class Merge(Struct, frozen=True):
    """How the values of one instance are made.

    `handle` gives the reference that a known text stands for, `fits` says whether a handle can stand for the whole of an
    attribute, `several` whether an attribute holds a list of handles.
    """

    address: str
    sensitive: str
    known: Callable[[str, Reference | None], Reference | None]
    fits: Callable[[str, Reference], bool]
    several: Callable[[str], bool]

    def value(
        self,
        name: str,
        value: Json,
        unknown: Json,
        sensitive: Json,
        shadow: Value | None,
        place: Span,
        trusted: bool,
        depth: int = 0,
    ) -> Value:
        """One value. `trusted` says that the shadow was evaluated from the sources rather than guessed from references."""
        here = shadow.place if shadow is not None and shadow.place is not None else place
        inputs = shadow.inputs if shadow is not None else NO_INPUTS
        if depth > _DEEPEST:
            return Value(Unknown.because("the value nests too deeply", here), here)
        if sensitive is True:
            return Value(Unknown.because(self.sensitive, here), here)
        if unknown is True:
            return self._later(name, shadow, here, trusted)
        if is_object(value):
            return self._object(name, value, unknown, sensitive, shadow, here, trusted, depth)
        if is_list(value):
            return self._list(name, value, unknown, sensitive, shadow, here, trusted, depth)
        if value is None and (is_object(unknown) or is_list(unknown)) and unknown:
            return self._later(name, shadow, here, trusted)
        scalar = _scalar(value)
        if isinstance(scalar, str):
            return self._text(name, scalar, shadow, here)
        return Value(scalar, here, "absent" if scalar is None else "written", inputs=inputs)

    # ---------------------------------------------------------------- one of each

    def _text(self, name: str, scalar: str, shadow: Value | None, place: Span) -> Value:
        inputs = shadow.inputs if shadow is not None else NO_INPUTS
        if name == "user_data" and _HASH.fullmatch(scalar):
            if shadow is not None and isinstance(shadow.data, (str, Text, OneOf)):
                return shadow
            return Value(
                Unknown.because("the plan holds only a checksum of user_data", place), place, inputs=inputs
            )
        if shadow is not None and isinstance(shadow.data, str) and _same_text(scalar, shadow.data):
            known = self.known(scalar, shadow.reference)
            return shadow if known is None else replace(shadow, reference=known)
        handle = None if shadow is None else shadow.handle
        return Value(scalar, place, reference=self.known(scalar, handle), inputs=inputs)

    def _later(self, name: str, shadow: Value | None, place: Span, trusted: bool) -> Value:
        """What is known after apply: what the shadow has where that is more than a guess."""
        if shadow is None:
            return Value(self._unknown(name, None, place), place)
        data = shadow.data
        if data is None:
            return Value(None, place, "absent", inputs=shadow.inputs)
        if trusted:
            if isinstance(data, (Text, Seq, Map, OneOf, Reference)):
                return shadow
            if shadow.reference is not None:
                return Value(shadow.reference, place, inputs=shadow.inputs)
        elif isinstance(data, Reference) and self.fits(name, data):
            return Value(replace(data, place=place), place, inputs=shadow.inputs)
        elif isinstance(data, Seq) and data.more is None and data.items and self.several(name):
            members = [item.data for item in data.items]
            if all(isinstance(member, Reference) and self.fits(name, member) for member in members):
                return Value(
                    Seq(tuple(item.moved(place) for item in data.items)), place, inputs=shadow.inputs
                )
        return Value(self._unknown(name, shadow, place), place, inputs=shadow.inputs)

    def _unknown(self, name: str, shadow: Value | None, place: Span) -> Unknown:
        known = Unknown.because(f"known after apply: {self.address}.{name}", place)
        because = None if shadow is None else shadow.unknown
        if because is None and shadow is not None and isinstance(shadow.data, Seq):
            because = shadow.data.more
        return known if because is None else known.also(because)

    def _object(
        self,
        name: str,
        value: Object,
        unknown: Json,
        sensitive: Json,
        shadow: Value | None,
        place: Span,
        trusted: bool,
        depth: int,
    ) -> Value:
        known: dict[str, Value] = {}
        other: Value | None = None
        if shadow is not None and isinstance(shadow.data, Map):
            known = shadow.data.entries
            other = NOT_WRITTEN if shadow.data.more is None else None
        names = [*value, *(key for key in record(unknown) if key not in value)]
        entries: dict[str, Value] = {}
        for key in names:
            entries[text(key) or ""] = self.value(
                key,
                value.get(key),
                inside(unknown, key),
                inside(sensitive, key),
                known.get(key, other),
                place,
                trusted,
                depth + 1,
            )
        inputs = shadow.inputs if shadow is not None else NO_INPUTS
        return Value(Map(entries), place, inputs=inputs)

    def _list(
        self,
        name: str,
        value: list[Json],
        unknown: Json,
        sensitive: Json,
        shadow: Value | None,
        place: Span,
        trusted: bool,
        depth: int,
    ) -> Value:
        inputs = shadow.inputs if shadow is not None else NO_INPUTS
        if not value and not (shadow is not None and isinstance(shadow.data, Seq)):
            return Value(None, place, "absent", inputs=inputs)
        shadows = _paired(value, unknown, shadow, trusted)
        items = tuple(
            self.value(
                name,
                item,
                inside(unknown, number),
                inside(sensitive, number),
                shadows[number],
                place,
                trusted,
                depth + 1,
            )
            for number, item in enumerate(value)
        )
        return Value(Seq(items), place, inputs=inputs)


# -------------------------------------------------------------------- which member is which


def _paired(value: list[Json], unknown: Json, shadow: Value | None, trusted: bool) -> list[Value | None]:
    """For each member of a list the member of the shadow that it is; sets come in an order of their own."""
    if shadow is None or not value:
        return [None] * len(value)
    data = shadow.data
    if isinstance(data, Map):  # a single block is a list of one in the plan
        return [shadow] * len(value)
    if isinstance(data, Reference):
        if len(value) == 1 and not _listing(data):
            return [shadow]
        if _listing(data):
            return [Value(data.at(number), shadow.place) for number in range(len(value))]
        return [None] * len(value)
    if not isinstance(data, Seq):
        return [None] * len(value)
    items = list(data.items)
    alike = len(items) == len(value)
    if not alike and (data.more is not None or not trusted):
        return [None] * len(value)
    if len(items) * len(value) > _MOST_PAIRS:
        return [items[n] if n < len(items) else None for n in range(len(value))]
    free = dict(enumerate(items))
    paired: list[Value | None] = []
    for number, item in enumerate(value):
        part = inside(unknown, number)
        best = min(free, key=lambda n: (_against(item, part, free[n], 0), abs(n - number), n), default=None)
        if best is not None and not (alike and is_object(item)) and _against(item, part, free[best], 0):
            best = None
        paired.append(None if best is None else free.pop(best))
    return paired


def _listing(reference: Reference) -> bool:
    return bool(reference.path) and str(reference.path[-1]).endswith(("ids", "names", "arns"))


def _against(value: Json, unknown: Json, shadow: Value, depth: int) -> int:
    """How many parts of a value the shadow contradicts."""
    data = shadow.data
    if unknown is True or depth > 4 or isinstance(data, (Unknown, Reference, Text, OneOf)):
        return 0
    if is_object(value):
        if not isinstance(data, Map):
            return 1
        return sum(
            _against(item, inside(unknown, key), data.entries[key], depth + 1)
            for key, item in value.items()
            if key in data.entries
        )
    if is_list(value):
        if not isinstance(data, Seq):
            return 0 if data is None and not value else 1
        if data.more is not None:
            return 0
        if len(value) != len(data.items):
            return 1
        return sum(
            _against(item, inside(unknown, number), data.items[number], depth + 1)
            for number, item in enumerate(value)
        )
    return 0 if _same_scalar(_scalar(value), data) else 1


def _same_scalar(value: Scalar, data: Data) -> bool:
    if isinstance(data, (Seq, Map)):
        return value is None and not (data.items if isinstance(data, Seq) else data.entries)
    if isinstance(value, str) and isinstance(data, str):
        return _same_text(value, data)
    return plain(value) == plain(data)


def _same_text(one: str, other: str) -> bool:
    """Whether the plan's text is the evaluated one: itself, its base64, or the checksum that some providers keep."""
    if one == other:
        return True
    if _HASH.fullmatch(one):
        return hashlib.sha1(other.encode("utf-8", "replace"), usedforsecurity=False).hexdigest() == one
    if len(one) < len(other):
        return False
    try:
        return base64.b64decode(one, validate=True) == other.encode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return False
