"""Templates: quoted strings, heredocs and template files, with `${}`, `%{if}`, `%{for}` and strip markers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TypeAlias

from fabriclint.languages.terraform import decimals, operators
from fabriclint.languages.terraform.expressions import Expression, Scope, members_of
from fabriclint.languages.terraform.failures import Failure, failed, joined, one_of
from fabriclint.text import Span
from fabriclint.values import Inputs, Map, OneOf, Reason, Reference, Seq, Text, Unknown, Value, plain

MOST_CHARACTERS = 4_000_000
_MOST_OPTIONS = 4
_CHARACTERS_OF_A_HOLE = 100  # what a hole costs, so that a text of holes alone is bounded too

Part: TypeAlias = "Piece | Hole | If | Each"
_Written: TypeAlias = "tuple[str | Reference | Unknown, Span | None]"


class Piece:
    """Literal text."""

    __slots__ = ("span", "text")

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span


class Hole:
    """`${expression}`."""

    __slots__ = ("expression", "span")

    def __init__(self, expression: Expression, span: Span) -> None:
        self.expression = expression
        self.span = span


class If:
    """`%{if condition}…%{else}…%{endif}`."""

    __slots__ = ("condition", "no", "span", "yes")

    def __init__(
        self, condition: Expression, yes: tuple[Part, ...], no: tuple[Part, ...], span: Span
    ) -> None:
        self.condition = condition
        self.yes = yes
        self.no = no
        self.span = span


class Each:
    """`%{for k, v in collection}…%{endfor}`."""

    __slots__ = ("collection", "key_name", "parts", "span", "value_name")

    def __init__(
        self, names: tuple[str | None, str], collection: Expression, parts: tuple[Part, ...], span: Span
    ) -> None:
        self.key_name, self.value_name = names
        self.collection = collection
        self.parts = parts
        self.span = span


class Template(Expression):
    """Literal text and holes; a template that is one hole and nothing else is that value unchanged.

    Its text stands at `content`: of a heredoc, its lines without the marks.
    """

    __slots__ = ("content", "parts")

    def __init__(self, span: Span, parts: tuple[Part, ...], content: Span | None = None) -> None:
        inner = list(_expressions(parts))
        super().__init__(span, inner, 4 + 2 * _depth(parts))
        self.parts = parts
        self.content = content or span

    def evaluate(self, scope: Scope) -> Value:
        if len(self.parts) == 1 and isinstance(self.parts[0], Hole):
            return self.parts[0].expression.evaluate(scope)
        writer = _Writer(self.content)
        writer.write(self.parts, scope)
        stop = scope.spend(len(writer.written))
        return writer.value() if stop is None else Value(stop, self.span)


class _Writer:
    """Collects what a template says; a hole that is one of a few texts makes the whole one of a few texts."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.written: list[_Written | tuple[OneOf, Span]] = []
        self.inputs: Inputs = frozenset()
        self.characters = 0

    def write(self, parts: Sequence[Part], scope: Scope) -> None:
        for part in parts:
            if self.characters > MOST_CHARACTERS:
                return
            if isinstance(part, Piece):
                self.written.append((part.text, part.span))
                self.characters += len(part.text)
            elif isinstance(part, Hole):
                self._fill(part.expression.evaluate(scope), part.span)
            elif isinstance(part, If):
                self._choose(part, scope)
            else:
                self._repeat(part, scope)

    def _fill(self, value: Value, place: Span) -> None:
        self.inputs |= value.inputs
        data = value.data
        self.characters += _CHARACTERS_OF_A_HOLE
        if isinstance(data, str):
            self.written.append((data, value.place if "\n" in data else place))
            self.characters += len(data)
        elif isinstance(data, (Unknown, Reference)):
            self.written.append((data, place))
        elif isinstance(data, Text):
            spans = data.spans or (place,) * len(data.parts)
            self.written.extend(zip(data.parts, spans, strict=True))
            self.characters += sum(
                len(part) if isinstance(part, str) else _CHARACTERS_OF_A_HOLE for part in data.parts
            )
        elif isinstance(data, OneOf):
            self.written.append((data, place))
        elif data is None or isinstance(data, (Seq, Map)):
            what = "null in a template" if data is None else "a list or object in a template"
            self.written.append((Failure((Reason(what, place),)), place))
        else:
            self.written.append((decimals.text(data) if not isinstance(data, bool) else plain(data), place))

    def _choose(self, part: If, scope: Scope) -> None:
        condition = part.condition.evaluate(scope)
        self.inputs |= condition.inputs
        decided = operators.as_bool(condition)
        if isinstance(decided, bool):
            self.write(part.yes if decided else part.no, scope)
            return
        if isinstance(decided, Failure):
            self.written.append((decided, part.span))
            return
        options: list[Value] = []
        for branch in (part.yes, part.no):
            writer = _Writer(part.span)
            writer.write(branch, scope)
            options.append(writer.value())
        self._fill(one_of(options, decided, part.span, condition.inputs), part.span)

    def _repeat(self, part: Each, scope: Scope) -> None:
        collection = part.collection.evaluate(scope)
        self.inputs |= collection.inputs
        if isinstance(collection.data, OneOf):
            self.written.append((collection.data.because, part.span))
            return
        members, more = members_of(collection, part.span)
        for key, value in members or ():
            stop = scope.spend(10)
            if stop is not None:
                more = stop
                break
            names = {part.value_name: value}
            if part.key_name is not None:
                names[part.key_name] = key
            self.write(part.parts, scope.within(names))
        if more is not None:
            self.written.append((more, part.span))

    def value(self) -> Value:
        """The text as far as it is known."""
        if self.characters > MOST_CHARACTERS:
            return failed("the text is too long", self.span, self.inputs)
        choices = [entry[0] for entry in self.written if isinstance(entry[0], OneOf)]
        count = 1
        for choice in choices:
            count *= max(1, len(choice.options))
        if not choices or count > _MOST_OPTIONS:
            held = [(e[0].because if isinstance(e[0], OneOf) else e[0], e[1]) for e in self.written]
            return self._joined(held)
        because = joined([choice.because for choice in choices])
        results: list[Value] = []
        for chosen in product(*[choice.options for choice in choices]):
            taken = iter(chosen)
            writer = _Writer(self.span)
            writer.inputs = self.inputs
            for data, span in self.written:
                if isinstance(data, OneOf):
                    writer._fill(next(taken), span or self.span)
                else:
                    writer.written.append((data, span))
            results.append(writer.value())
        return one_of(results, because, self.span, self.inputs)

    def _joined(self, written: list[_Written]) -> Value:
        parts: list[str | Reference | Unknown] = []
        spans: list[Span | None] = []
        pending: list[str] = []
        start: Span | None = None
        lines = False
        for data, span in written:
            if not isinstance(data, str):
                if pending:
                    parts.append("".join(pending))
                    spans.append(start)
                    pending = []
                parts.append(data)
                spans.append(span)
                continue
            if not data:
                continue
            if not pending:
                start = span
                lines = False
            elif lines and span is not None and "\n" in data and not _continues(start, span):
                parts.append("".join(pending))
                spans.append(start)
                pending = []
                start = span
                lines = False
            pending.append(data)
            lines = lines or "\n" in data
        if pending or not parts:
            parts.append("".join(pending))
            spans.append(start or self.span)
        if all(isinstance(part, str) for part in parts):
            return Value(
                "".join([part for part in parts if isinstance(part, str)]), self.span, inputs=self.inputs
            )
        return Value(Text(tuple(parts), tuple(spans)), self.span, inputs=self.inputs)


def _continues(start: Span | None, span: Span) -> bool:
    """Whether a line counted from `start` is still the line of the file: both are parts of one file, in order."""
    return start is not None and start.source is span.source and start.start <= span.start


def _expressions(parts: Sequence[Part]) -> list[Expression]:
    found: list[Expression] = []
    todo = list(parts)
    while todo:
        part = todo.pop()
        if isinstance(part, Hole):
            found.append(part.expression)
        elif isinstance(part, If):
            found.append(part.condition)
            todo.extend(part.yes)
            todo.extend(part.no)
        elif isinstance(part, Each):
            found.append(part.collection)
            todo.extend(part.parts)
    return found


def _depth(parts: Sequence[Part]) -> int:
    deepest = 0
    todo = [(part, 1) for part in parts]
    while todo:
        part, depth = todo.pop()
        deepest = max(deepest, depth)
        if isinstance(part, If):
            todo.extend((inner, depth + 1) for inner in (*part.yes, *part.no))
        elif isinstance(part, Each):
            todo.extend((inner, depth + 1) for inner in part.parts)
    return deepest
