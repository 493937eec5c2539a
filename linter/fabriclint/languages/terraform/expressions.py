"""Terraform's expressions: small trees that evaluate themselves in a scope.

Evaluation never raises on bad input; what Terraform would reject is a Failure in its place. `height` bounds the stack that
evaluating needs, `weight` the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from fabriclint.languages.terraform import operators, traversal
from fabriclint.languages.terraform.failures import (
    Failure,
    failed,
    failure_in,
    inputs_of,
    joined,
    one_of,
    unknown,
)
from fabriclint.languages.terraform.kinds import ANY as ANY_KIND
from fabriclint.languages.terraform.kinds import Kind, common_kind, convert
from fabriclint.text import Span
from fabriclint.values import Data, Inputs, Map, OneOf, Reason, Reference, Scalar, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.traversal import Step

ANY = "*"
"""The key of the one member that stands for an unknown number of instances."""

_MOST_MEMBERS = 10_000


class Scope(Protocol):
    """Where names get their values."""

    @property
    def names(self) -> Mapping[str, Value]:
        """The names that stand only here: each, count, iterators."""
        ...

    def within(self, names: Mapping[str, Value]) -> Scope:
        """The same scope with more names."""
        ...

    def resolve(self, root: str, steps: Sequence[Step], place: Span) -> tuple[Value, int]:
        """The value that a root name and its first steps name, and how many steps that took."""
        ...

    def read(self, handle: Reference, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """What a whole resource, data source or module has at `steps`; None where the handle names nothing of the kind."""
        ...

    def spend(self, work: int) -> Unknown | None:
        """Take work from the root's budget; the reason to stop where it is used up."""
        ...

    def special(self, name: str, arguments: Sequence[Expression], place: Span) -> Value | None:
        """A function that needs its arguments unevaluated or needs files; None for every other."""
        ...


class Expression:
    """The base of all expressions."""

    __slots__ = ("height", "span", "weight")

    def __init__(self, span: Span, inner: Sequence[Expression] = (), frames: int = 1) -> None:
        self.span = span
        self.height: int = frames + max((e.height for e in inner), default=0)
        self.weight: int = 1 + sum(e.weight for e in inner)

    def evaluate(self, scope: Scope) -> Value:
        """The value in a scope."""
        raise NotImplementedError


class Literal(Expression):
    """A number, a bool, null, or a text without templates."""

    __slots__ = ("value",)

    def __init__(self, span: Span, data: Scalar, place: Span | None = None) -> None:
        super().__init__(span)
        self.value = Value(data, place or span)

    def evaluate(self, scope: Scope) -> Value:
        return self.value


class Wrong(Expression):
    """Something that does not parse or nests too deeply."""

    __slots__ = ("value",)

    def __init__(self, span: Span, what: str, refused: bool = False) -> None:
        super().__init__(span)
        self.value = failed(what, span) if refused else unknown(what, span)

    def evaluate(self, scope: Scope) -> Value:
        return self.value


class Traversal(Expression):
    """A root name with steps: `var.x`, `aws_subnet.a[0].id`, `module.net.ids[*]`."""

    __slots__ = ("root", "steps")

    def __init__(self, span: Span, root: str, steps: tuple[Step, ...]) -> None:
        super().__init__(span, [e for step in steps for e in step.inner()], 4)
        self.root = root
        self.steps = steps

    def evaluate(self, scope: Scope) -> Value:
        value, used = scope.resolve(self.root, self.steps, self.span)
        if used < len(self.steps):
            value = traversal.follow(value, self.steps[used:], scope, self.span)
        return value


class Relative(Expression):
    """Steps from an expression: `f(x).y`, `[…][0]`."""

    __slots__ = ("base", "steps")

    def __init__(self, span: Span, base: Expression, steps: tuple[Step, ...]) -> None:
        super().__init__(span, [base, *(e for step in steps for e in step.inner())], 4)
        self.base = base
        self.steps = steps

    def evaluate(self, scope: Scope) -> Value:
        return traversal.follow(self.base.evaluate(scope), self.steps, scope, self.span)


class Conditional(Expression):
    """`condition ? yes : no`; one of both where the condition is not decided."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, span: Span, condition: Expression, yes: Expression, no: Expression) -> None:
        super().__init__(span, (condition, yes, no), 2)
        self.condition = condition
        self.yes = yes
        self.no = no

    def evaluate(self, scope: Scope) -> Value:
        condition = self.condition.evaluate(scope)
        decided = operators.as_bool(condition)
        options = (self.yes.evaluate(scope), self.no.evaluate(scope))
        kind: Kind | None = ANY_KIND
        if not all(isinstance(option.data, str) for option in options):
            kind, work = common_kind(*options)
            stop = scope.spend(work)
            if stop is not None:
                return Value(stop, self.span, inputs=condition.inputs)
        if kind is None:
            return failed("the two sides of ? : have no type in common", self.span, condition.inputs)
        if isinstance(decided, Failure):
            return Value(decided, self.span, inputs=condition.inputs)
        if isinstance(decided, bool):
            return convert(options[0 if decided else 1], kind).under(condition.inputs)
        return one_of([convert(option, kind) for option in options], decided, self.span, condition.inputs)


class Binary(Expression):
    """An operator between two operands."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, span: Span, operator: str, left: Expression, right: Expression) -> None:
        super().__init__(span, (left, right), 2)
        self.operator = operator
        self.left = left
        self.right = right

    def evaluate(self, scope: Scope) -> Value:
        left = self.left.evaluate(scope)
        if self.operator in ("&&", "||"):
            decided = operators.as_bool(left)
            if decided is (self.operator == "||"):
                return Value(decided, self.span, inputs=left.inputs)
        right = self.right.evaluate(scope)
        stop = scope.spend(4 * min(members(left), members(right)))
        if stop is not None:
            return Value(stop, self.span)
        return operators.binary(self.operator, left, right, self.span)


class Unary(Expression):
    """`!x` or `-x`."""

    __slots__ = ("operand", "operator")

    def __init__(self, span: Span, operator: str, operand: Expression) -> None:
        super().__init__(span, (operand,), 2)
        self.operator = operator
        self.operand = operand

    def evaluate(self, scope: Scope) -> Value:
        return operators.unary(self.operator, self.operand.evaluate(scope), self.span)


class Tuple(Expression):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, span: Span, items: tuple[Expression, ...]) -> None:
        super().__init__(span, items, 3)
        self.items = items

    def evaluate(self, scope: Scope) -> Value:
        return Value(Seq(tuple([_placed(item, scope) for item in self.items])), self.span)


class Object(Expression):
    """`{ a = 1 }`; keys are expressions, a bare word is a literal."""

    __slots__ = ("members",)

    def __init__(self, span: Span, members: tuple[tuple[Expression, Expression], ...]) -> None:
        super().__init__(span, [e for pair in members for e in pair], 2)
        self.members = members

    def evaluate(self, scope: Scope) -> Value:
        entries: dict[str, Value] = {}
        open_: list[Unknown] = []
        inputs: Inputs = frozenset()
        for key, expression in self.members:
            name = key.evaluate(scope)
            inputs |= name.inputs
            text = operators.as_key(name)
            if isinstance(text, str):
                entries[text] = _placed(expression, scope)
            else:
                open_.append(text)
        return Value(Map(entries, joined(open_) if open_ else None), self.span, inputs=inputs)


def members(value: Value) -> int:
    """How many members a collection shows, which is about what work with it takes."""
    data = value.data
    return len(data.items) if isinstance(data, Seq) else len(data.entries) if isinstance(data, Map) else 0


def has_lines(value: Value) -> bool:
    """Whether it is a text whose place holds several lines: a heredoc's content or a file, line for line."""
    place = value.place
    return (
        isinstance(value.data, (str, Text))
        and place is not None
        and place.source.data.find(b"\n", place.start, place.end) >= 0
    )


def _placed(expression: Expression, scope: Scope) -> Value:
    """A member of a collection stands where it is written, except a text of several lines, which stands where its lines do."""
    value = expression.evaluate(scope)
    if value.place is expression.span or has_lines(value):
        return value
    if expression.span.source.path.startswith("stub:") and value.place is not None:
        return value  # in a stub, what the caller wrote keeps the caller's place
    return replace(value, place=expression.span)


class Call(Expression):
    """A function call; `spread` is `f(list...)`."""

    __slots__ = ("arguments", "name", "spread")

    def __init__(self, span: Span, name: str, arguments: tuple[Expression, ...], spread: bool) -> None:
        super().__init__(span, arguments, 3)
        self.name = name
        self.arguments = arguments
        self.spread = spread

    def evaluate(self, scope: Scope) -> Value:
        from fabriclint.languages.terraform.special import call

        found = scope.special(self.name, self.arguments, self.span)
        if found is not None:
            return found
        stop = scope.spend(10)
        if stop is not None:
            return Value(stop, self.span)
        values = [argument.evaluate(scope) for argument in self.arguments]
        stop = scope.spend(2 * sum([members(value) for value in values]))
        if stop is not None:
            return Value(stop, self.span)
        if self.spread:
            last = values.pop()
            data = last.data
            if isinstance(data, Seq) and data.more is None:
                values.extend(item.under(last.inputs) for item in data.items)
            elif isinstance(data, OneOf):
                lists = [(option, option.data) for option in last.options()]
                if not all(isinstance(inner, Seq) and inner.more is None for _, inner in lists):
                    return Value(data.because, self.span, inputs=inputs_of([*values, last]))
                results = [
                    call(self.name, [*values, *(i.under(option.inputs) for i in inner.items)], self.span)
                    for option, inner in lists
                    if isinstance(inner, Seq)
                ]
                return one_of(results, data.because, self.span, last.inputs)
            else:
                return _spread_unknown(self.name, values, last, self.span)
        return call(self.name, values, self.span)


def _spread_unknown(name: str, values: list[Value], last: Value, place: Span) -> Value:
    """A call over a list that may have more members: what `merge` and `concat` get from the members shown stays."""
    from fabriclint.languages.terraform.special import call

    data: Data = last.data
    inputs = inputs_of([*values, last])
    if isinstance(data, Seq) and data.more is not None and name in ("merge", "concat", "setunion"):
        found = call(name, [*values, *data.items], place) if values or data.items else None
        if found is None:
            return Value(Map({}, data.more) if name == "merge" else Seq((), data.more), place, inputs=inputs)
        if isinstance(found.data, Map):
            more = data.more if found.data.more is None else found.data.more.also(data.more)
            return Value(Map(found.data.entries, more, found.data.kind), place, inputs=inputs)
        if isinstance(found.data, Seq):
            more = data.more if found.data.more is None else found.data.more.also(data.more)
            return Value(Seq(found.data.items, more, found.data.kind), place, inputs=inputs)
    if isinstance(data, Seq) and data.more is not None:
        return Value(data.more, place, inputs=inputs)
    if isinstance(data, Unknown):
        if name in ("merge", "concat") and values:
            return _spread_unknown(name, values, Value(Seq((), data), last.place, inputs=last.inputs), place)
        return Value(data, place, inputs=inputs)
    if isinstance(data, Reference):
        return unknown(f"the members of {data} are not known", place, inputs)
    return failed(f"{name}() cannot spread what is not a list", place, inputs)


class For(Expression):
    """`[for k, v in c : x if y]` and `{for k, v in c : a => b... if y}`."""

    __slots__ = ("collection", "condition", "group", "key", "key_name", "result", "value_name")

    def __init__(
        self,
        span: Span,
        names: tuple[str | None, str],
        collection: Expression,
        key: Expression | None,
        result: Expression,
        condition: Expression | None,
        group: bool,
    ) -> None:
        inner = [collection, result, *(e for e in (key, condition) if e is not None)]
        super().__init__(span, inner, 4)
        self.key_name, self.value_name = names
        self.collection = collection
        self.key = key
        self.result = result
        self.condition = condition
        self.group = group

    def evaluate(self, scope: Scope) -> Value:
        collection = self.collection.evaluate(scope)
        if isinstance(collection.data, OneOf):
            options = [self._over(option, scope) for option in collection.options()]
            return one_of(options, collection.data.because, self.span, collection.inputs)
        return self._over(collection, scope)

    def _over(self, collection: Value, scope: Scope) -> Value:
        refused = failure_in(collection)
        if refused is not None:  # Terraform evaluates the collection first, and stops there
            return Value(refused, self.span, inputs=collection.inputs)
        found, more = members_of(collection, self.span)
        if found is None:
            assert more is not None
            return Value(more, self.span, inputs=collection.inputs)
        if len(found) > _MOST_MEMBERS:
            return unknown(f"more than {_MOST_MEMBERS:,} members", self.span, collection.inputs)
        open_ = [] if more is None else [more]
        inputs = collection.inputs
        results: list[Value] = []
        entries: dict[str, list[Value]] = {}
        for key, value in found:
            stop = scope.spend(self.weight)
            if stop is not None:
                open_.append(stop)
                break
            names = {self.value_name: value}
            if self.key_name is not None:
                names[self.key_name] = key
            inner = scope.within(names)
            if self.condition is not None:
                kept = self.condition.evaluate(inner)
                inputs |= kept.inputs
                decided = operators.as_bool(kept)
                if not isinstance(decided, bool):
                    open_.append(decided)
                    continue
                if not decided:
                    continue
            if self.key is None:
                results.append(self.result.evaluate(inner))
                continue
            name = self.key.evaluate(inner)
            inputs |= name.inputs
            text = operators.as_key(name)
            if not isinstance(text, str):
                open_.append(text)
                continue
            entries.setdefault(text, []).append(self.result.evaluate(inner))
        missing = joined(open_) if open_ else None
        if self.key is None:
            return Value(Seq(tuple(results), missing), self.span, inputs=inputs)
        if self.group:
            grouped = {
                name: Value(Seq(tuple(values), missing), self.span)
                for name, values in sorted(entries.items())
            }
            return Value(Map(grouped, missing), self.span, inputs=inputs)
        for repeated, values in entries.items():
            if len(values) > 1:
                missing = Failure((Reason(f'two members have the key "{repeated}"', self.span),))
        return Value(
            Map({key: values[0] for key, values in sorted(entries.items())}, missing),
            self.span,
            inputs=inputs,
        )


def members_of(collection: Value, place: Span) -> tuple[list[tuple[Value, Value]] | None, Unknown | None]:
    """The keys and values of a collection, and why there may be more; no list where it cannot be one."""
    data = collection.data
    inputs = collection.inputs
    if isinstance(data, Seq):
        if len(data.items) == 1 and data.more is not None and traversal.stand_in(data.items[0]):
            return [(Value(data.more, place, inputs=inputs), data.items[0].under(inputs))], data.more
        items = [item.under(inputs) for item in data.items]
        if data.kind == "set":
            return [(item, item) for item in items], data.more
        return [(Value(n, place), item) for n, item in enumerate(items)], data.more
    if isinstance(data, Map):
        pairs: list[tuple[Value, Value]] = []
        for key, value in sorted(data.entries.items()):
            stands_for_more = key == ANY and data.more is not None
            pairs.append((Value(data.more if stands_for_more else key, value.place), value.under(inputs)))
        return pairs, data.more
    if isinstance(data, Unknown):
        return [], data
    if isinstance(data, Reference):
        return [], Unknown.because(f"the members of {data} are not known", collection.place or place)
    what = "null" if data is None else "a single value"
    return None, Failure((Reason(f"{what} has no members", place),))
