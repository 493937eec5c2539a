"""A condition asked of a subject: three-valued after Kleene, and bounded in steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import islice, product
from typing import Any, Final

from fabriclint.model.stack import Stack
from fabriclint.policies import regex
from fabriclint.policies.answers import (
    MOST_OPTIONS,
    Answer,
    Between,
    Exact,
    decided,
    equal,
    given,
    members,
    number_in,
    ordered,
    reasons,
    select,
    truth,
    unknown,
)
from fabriclint.policies.tree import (
    Calculate,
    Call,
    Choose,
    Compare,
    Has,
    In,
    Index,
    Join,
    Listed,
    Macro,
    Minus,
    Name,
    Node,
    Not,
    Scalar,
    Select,
)
from fabriclint.values import (
    NO,
    NO_INPUTS,
    YES,
    Inputs,
    Many,
    Map,
    Member,
    OneOf,
    Reason,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
    all_of,
    any_of,
)

STEPS: Final = 20_000
_LONGEST: Final = 10_000
_LARGEST: Final = 2**63
_TEXT_A_STEP: Final = 1_000


class TooMuch(Exception):
    """A condition asks for more work than it may."""


class Evaluation:
    """One condition or message, asked of one subject."""

    def __init__(self, stack: Stack, steps: int = STEPS) -> None:
        self.stack = stack
        self.left = steps

    def condition(self, node: Node, names: Mapping[str, Answer]) -> Truth:
        """What a condition comes to; not known where that is too much work."""
        try:
            return truth(self.answer(node, names))
        except TooMuch:
            return Truth.unknown("the policy asks for too much work here")

    def spend(self, steps: int = 1) -> None:
        """Pay for work; raises TooMuch where there is nothing left."""
        self.left -= steps
        if self.left < 0:
            raise TooMuch

    def answer(self, node: Node, names: Mapping[str, Answer]) -> Answer:
        """What a tree comes to; raises TooMuch."""
        self.spend()
        match node:
            case Scalar():
                return Truth.of(node.value) if isinstance(node.value, bool) else Exact(node.value)
            case Name():
                return names[node.name]
            case Select():
                return select(self.answer(node.of, names), node.word, self.stack)
            case Index():
                return self._index(self.answer(node.of, names), self.answer(node.key, names))
            case Has():
                return self._has(node.what, names)
            case Not():
                return ~self.truth(node.of, names)
            case Join():
                return self._join(node, names)
            case Minus():
                return self._number(Exact(0), self.answer(node.of, names), "-")
            case Compare():
                return self._compare(node, names)
            case In():
                return self._in(self.answer(node.what, names), self.answer(node.inside, names))
            case Calculate():
                return self._calculate(node, names)
            case Choose():
                return self._choose(node, names)
            case Listed():
                return Many(tuple(Member(self.answer(item, names)) for item in node.items))
            case Macro():
                return self._macro(node, names)
            case Call():
                return self._call(node, [self.answer(one, names) for one in node.arguments])

    def truth(self, node: Node, names: Mapping[str, Answer]) -> Truth:
        """What a tree comes to, as a condition."""
        return truth(self.answer(node, names))

    def _join(self, node: Join, names: Mapping[str, Answer]) -> Truth:
        parts = (self.truth(part, names) for part in node.parts)
        return all_of(parts) if node.every else any_of(parts)

    def _has(self, what: Select | Index, names: Mapping[str, Answer]) -> Truth:
        """Whether a word is given; nothing is given by what is not there itself."""
        of = self.answer(what.of, names)
        above = given(of) if not isinstance(of, Many) else YES
        if above.excluded:
            return above
        if isinstance(what, Select):
            return above & given(select(of, what.word, self.stack))
        return above & given(self._index(of, self.answer(what.key, names)))

    def _compare(self, node: Compare, names: Mapping[str, Answer]) -> Truth:
        one, other = self.answer(node.one, names), self.answer(node.other, names)
        if node.order == "==":
            return equal(one, other)
        return ~equal(one, other) if node.order == "!=" else ordered(one, other, node.order)

    def _in(self, what: Answer, inside: Answer) -> Truth:
        if isinstance(inside, Value) and inside.absent:
            return Truth.unknown("nothing is written; has() says so", inside.place).under(inside.inputs)
        held = members(inside)
        self.spend(len(held.members))
        return held.any(lambda one: equal(what, one))

    def _index(self, of: Answer, key: Answer) -> Answer:
        if not isinstance(key, Value) or key.unknown is not None:
            return unknown(Unknown(reasons(key) or (Reason("which member is meant is not known"),)))
        if isinstance(of, Value) and isinstance(of.data, Map):
            name = key.text()
            return of.data.get(name, of.place).under(of.inputs) if name is not None else unknown("no key")
        if isinstance(of, Value) and not isinstance(of.data, Seq):
            if of.unknown is not None:
                return of
            return unknown(f"{of.show()} has no members; has() says so", of.inputs, of.place)
        held = members(of)
        number = number_in(key.data)
        complete = held.complete
        if not complete.certain:
            return unknown(Unknown(complete.reasons))
        known = list(held.known())
        if number is None or not float(number).is_integer() or not 0 <= number < len(known):
            return unknown(f"the list has no member {key.show()}")
        return known[int(number)]

    def _choose(self, node: Choose, names: Mapping[str, Answer]) -> Answer:
        when = self.truth(node.when, names)
        if not when.undecided:
            return self._under(self.answer(node.then if when.certain else node.other, names), when)
        one, other = self.answer(node.then, names), self.answer(node.other, names)
        if isinstance(one, Truth) or isinstance(other, Truth):
            first, second = truth(one), truth(other)
            if first.state == second.state and not first.undecided:
                return first & second if first.certain else first | second
            return Truth("unknown", when.reasons, when.inputs | first.inputs | second.inputs)
        return one if equal(one, other).certain else unknown(Unknown(when.reasons), when.inputs)

    def _under(self, of: Answer, rests_on: Truth) -> Answer:
        return of.under(rests_on.inputs) if isinstance(of, (Truth, Value)) else of

    def _calculate(self, node: Calculate, names: Mapping[str, Answer]) -> Answer:
        one, other = self.answer(node.one, names), self.answer(node.other, names)
        if isinstance(one, Many) or isinstance(other, Many):
            first, second = members(one), members(other)
            self.spend(len(first.members) + len(second.members))
            return first.plus(second)
        return self._number(one, other, node.sign)

    def _number(self, one: Answer, other: Answer, sign: str) -> Value:
        """Two numbers or texts put together; where one is one of several, one of the results."""
        if not isinstance(one, Value) or not isinstance(other, Value):
            why = reasons(one, other) or (Reason("this is no number"),)
            return unknown(Unknown(why))
        pairs = list(islice(product(one.options(), other.options()), MOST_OPTIONS + 1))
        found = [self._put_together(first, second, sign) for first, second in pairs]
        if len(found) == 1:
            return found[0]
        because = next(value.data.because for value in (one, other) if isinstance(value.data, OneOf))
        inputs = one.inputs | other.inputs
        if len(found) > MOST_OPTIONS:
            return unknown(because, inputs)
        return Exact(OneOf(tuple(found), because), one.place, inputs=inputs)

    def _put_together(self, one: Value, other: Value, sign: str) -> Value:
        inputs = one.inputs | other.inputs
        why = reasons(one, other)
        if why:
            return unknown(Unknown(why), inputs)
        left, right = one.data, other.data
        exact = isinstance(one, Exact) or isinstance(other, Exact)
        texts = isinstance(left, str) and isinstance(right, str)
        if sign == "+" and texts and (exact or number_in(left) is None or number_in(right) is None):
            assert isinstance(left, str)
            assert isinstance(right, str)
            self.spend((len(left) + len(right)) // _TEXT_A_STEP)
            if len(left) + len(right) > _LONGEST:
                return unknown("this text is too long", inputs)
            return Exact(left + right, one.place, inputs=inputs)
        for value in (one, other):
            if isinstance(value, Exact) and isinstance(value.data, str):
                return unknown(f"{value.show()} is no number", inputs, value.place)
        first, second = number_in(left), number_in(right)
        if first is None or second is None:
            return unknown(f"{(one if first is None else other).show()} is no number", inputs, one.place)
        result = _result(first, second, sign)
        return unknown(result, inputs) if isinstance(result, str) else Exact(result, one.place, inputs=inputs)

    def _macro(self, node: Macro, names: Mapping[str, Answer]) -> Answer:
        of = self.answer(node.of, names)
        if isinstance(of, Value) and of.absent:
            why = Unknown.because("nothing is written; has() says so", of.place)
            return Many((), why) if node.test in ("filter", "map") else Truth.unknown(why).under(of.inputs)
        held = members(of)

        def asked(one: Answer) -> Truth:
            return self.truth(node.body, {**names, node.name: one})

        if node.test == "all":
            return held.all(asked)
        if node.test == "exists":
            return held.any(asked)
        if node.test == "filter":
            return held.where(asked)
        if node.test == "map":
            return held.map(lambda one: self.answer(node.body, {**names, node.name: one}))
        return _exactly_one(held.where(asked))

    def _call(self, node: Call, given_: list[Answer]) -> Answer:
        if node.function == "size":
            return self._size(given_[0])
        one, other = given_
        if not isinstance(one, Value) or not isinstance(other, Value):
            return Truth.unknown(Unknown(reasons(one, other) or (Reason("this is no text"),)))
        for value in (one, other):
            if isinstance(value.data, str):
                self.spend(len(value.data) // _TEXT_A_STEP)
        test = _TEXTS[node.function]
        return decided(
            one, other, lambda data, wanted: test(data, wanted) if isinstance(wanted, str) else None
        )

    def _size(self, of: Answer) -> Answer:
        if isinstance(of, Value) and not isinstance(of.data, (Seq, Map)):
            why = reasons(of)
            if isinstance(of.data, str) and not why:
                return Exact(len(of.data), of.place, inputs=of.inputs)
            return unknown(Unknown(why) if why else f"{of.show()} has no size", of.inputs, of.place)
        held = members(of)
        least, most = held.count()
        inputs: Inputs = of.inputs if isinstance(of, Value) else NO_INPUTS
        inputs = inputs.union(*(member.exists.inputs for member in held.members))
        return Exact(least, inputs=inputs) if least == most else Between(least, most, held.complete)


def _exactly_one(passed: Many[Answer]) -> Truth:
    least, most = passed.count()
    inputs = NO_INPUTS.union(*(member.exists.inputs for member in passed.members))
    if least > 1 or most == 0:
        return NO.under(inputs)
    if least == most == 1:
        return YES.under(inputs)
    return Truth.unknown(Unknown(passed.complete.reasons)).under(inputs)


def _result(one: float, other: float, sign: str) -> int | float | str:
    """What two numbers come to, or why they come to nothing; whole numbers are cut towards zero, as in CEL."""
    whole = isinstance(one, int) and isinstance(other, int)
    if sign in ("/", "%") and other == 0:
        return "a number is divided by zero"
    if sign == "%" and not whole:
        return "% is for whole numbers"
    try:
        if sign == "+":
            made: int | float = one + other
        elif sign == "-":
            made = one - other
        elif sign == "*":
            made = one * other
        elif not whole:
            made = one / other
        else:
            cut = abs(int(one)) // abs(int(other))
            cut = cut if (one < 0) == (other < 0) else -cut
            made = cut if sign == "/" else int(one) - int(other) * cut
    except OverflowError:
        return "this number is too large"
    too_large = not -_LARGEST <= made < _LARGEST if isinstance(made, int) else not math.isfinite(made)
    return "this number is too large" if too_large else made


def _starts(data: Any, wanted: str) -> bool | None:
    if isinstance(data, Text):
        first = data.parts[0]
        if isinstance(first, str):
            return True if first.startswith(wanted) else None if wanted.startswith(first) else False
    return data.startswith(wanted) if isinstance(data, str) else None


def _ends(data: Any, wanted: str) -> bool | None:
    if isinstance(data, Text):
        last = data.parts[-1]
        if isinstance(last, str):
            return True if last.endswith(wanted) else None if wanted.endswith(last) else False
    return data.endswith(wanted) if isinstance(data, str) else None


def _contains(data: Any, wanted: str) -> bool | None:
    if isinstance(data, Text):
        return True if any(isinstance(part, str) and wanted in part for part in data.parts) else None
    return wanted in data if isinstance(data, str) else None


def _matches(data: Any, pattern: str) -> bool | None:
    return regex.found(pattern, data) if isinstance(data, str) else None


_TEXTS: Final = {"startsWith": _starts, "endsWith": _ends, "contains": _contains, "matches": _matches}
