"""Suppressions: comments and metadata by which a rule says nothing of a place, each with its reason.

`# fabriclint: ignore[rule] reason until 2027-01-31` stands on a line or above it, and covers the block that begins there: a
resource, a module call with all that is inside, a nested block, a single argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from fabriclint.engine.merge import Found
from fabriclint.languages.base import Ignore
from fabriclint.patterns import late
from fabriclint.sdk import Rule
from fabriclint.text import Source, Span, remembered

_WORD: Final = b"fabriclint:"
_COMMENT: Final = late(
    rb"(?:#|//|/\*)[ \t]*fabriclint:[ \t]*ignore(?:[ \t]*\[([^\]\n]*)\])?(?![\w-])[ \t:,-]*([^\n]*)"
)
_UNTIL: Final = late(r"[(,;]?\s*\buntil\s+(\d{4}-\d{2}-\d{2}|\S*)\s*\)?")
_REMARK: Final = late(rb"[ \t]*(?:#|//|/\*|\*)")
_WORDS: Final = late(r"\w")
_KEPT: Final = 4096
_SOURCES: Final = ("https://github.com/fabriclint/fabriclint/blob/main/docs/suppressions.md",)


def _own(name: str, page: str) -> Rule:
    return Rule(name, Ignore, "warning", "very-high", _SOURCES, "0.1", "suppressions", page, lambda _: ())


UNUSED: Final = _own(
    "unused-suppression",
    """A suppression hides nothing: the rule ran and has nothing to say there.

## Why

A suppression that outlives its fault hides the next one. It is told only where the rule ran and could decide.

## How to fix

Take the comment or the metadata away.

## Limits

Where the rule was not run, or could not be decided there, the suppression may still be needed: nothing is said.
""",
)
INVALID: Final = _own(
    "invalid-suppression",
    """A suppression is not in force: it names no known rule, gives no reason, or its date is none.

## Why

Somebody meant to accept a finding, and it will come up again. The reason is asked for because the next reader has to judge
whether it still holds.

## How to fix

Write `# fabriclint: ignore[rule-name] why this is meant`, or `until 2027-01-31` with a date that exists.

## Limits

Only comments that begin with `fabriclint: ignore` and the key `fabriclint` of a template's metadata are read.
""",
)
EXPIRED: Final = _own(
    "expired-suppression",
    """A suppression was meant until a date that has passed, and hides nothing any more.

## Why

A date was given so that the finding would come back: it has.

## How to fix

Fix what the rule finds, or give the suppression another date and say why.

## Limits

The date is the day of the run, in the time zone of the machine.
""",
)
RULES: Final = (EXPIRED, INVALID, UNUSED)


class Fault(Struct, frozen=True):
    """Something wrong with a suppression: which of the rules above tells it, and what it says."""

    rule: Rule
    place: Span
    message: str
    fix: str


class _Wrong(Exception):
    """A suppression that is not in force, and the rule that tells it."""

    def __init__(self, message: str, fix: str, rule: Rule = INVALID) -> None:
        super().__init__(message)
        self.message, self.fix, self.rule = message, fix, rule


class Suppressions:
    """Every suppression of a run: which are in force, and in the end which of them hid something."""

    def __init__(self, ignores: Iterable[Ignore], known: Iterable[Rule], today: date | None) -> None:
        self.faults: list[Fault] = []
        self._names: dict[str, str] = {}
        for rule in known:
            self._names.update(dict.fromkeys((rule.name, *rule.aliases), rule.name))
        self._in_force: list[tuple[Ignore, str]] = []
        self._used: set[Ignore] = set()
        for ignore in dict.fromkeys(ignores):
            try:
                self._in_force.append((ignore, self._taken(ignore, today)))
            except _Wrong as wrong:
                self.faults.append(Fault(wrong.rule, ignore.place, wrong.message, wrong.fix))

    def _taken(self, ignore: Ignore, today: date | None) -> str:
        """The rule that a suppression hides; raises _Wrong where it is not in force."""
        if not ignore.rule:
            raise _Wrong("the suppression names no rule", "Write `# fabriclint: ignore[rule-name] reason`.")
        name = self._names.get(ignore.rule)
        if name is None:
            from difflib import get_close_matches

            near = get_close_matches(ignore.rule, self._names, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}?" if near else "`fabriclint rules` lists them."
            raise _Wrong(f"there is no rule {ignore.rule} to suppress", hint)
        until = _UNTIL.search(ignore.said)
        reason = _UNTIL.sub("", ignore.said) if until else ignore.said
        if until is not None:
            try:
                last = date.fromisoformat(until[1])
            except ValueError:
                what = f"the suppression of {name} is meant until {until[1] or 'no date'}, which is no date"
                raise _Wrong(what, "Write it as 2027-01-31.") from None
            if today is not None and today > last:
                what = f"the suppression of {name} was meant until {last.isoformat()}"
                raise _Wrong(what, "Fix what it hid, or give it another date and say why.", EXPIRED)
        if not _WORDS.search(reason):
            raise _Wrong(f"the suppression of {name} gives no reason", "Say after it why this is meant.")
        return name

    def hides(self, found: Found) -> bool:
        """Whether a suppression covers a finding: its place, its resource, or a module call on the way to it."""
        spans = (
            found.claim.at,
            found.check.subject.place,
            *(call.place for call in found.check.subject.element.calls),
        )
        hidden = False
        for ignore, name in self._in_force:
            if name == found.check.rule.name and any(_covers(ignore.covers, span) for span in spans):
                self._used.add(ignore)
                hidden = True
        return hidden

    def unused(
        self, ran: Mapping[str, Rule], open_: Sequence[tuple[str, tuple[Span, ...]]]
    ) -> Iterable[Fault]:
        """The suppressions that hid nothing, though their rule ran; `open_` are the places that it could not decide."""
        for ignore, name in self._in_force:
            if ignore in self._used or name not in ran:
                continue
            if any(rule == name and any(_covers(ignore.covers, s) for s in spans) for rule, spans in open_):
                continue
            what = f"the suppression of {name} hides nothing"
            yield Fault(UNUSED, ignore.place, what, "Take it away.")


def _covers(covered: Span, place: Span) -> bool:
    return covered.path == place.path and covered.start <= place.start < max(covered.end, covered.start + 1)


@remembered(_KEPT)
def comments(source: Source) -> tuple[Ignore, ...]:
    """The suppressions that stand in the comments of a file, one for each rule that they name."""
    if _WORD not in source.data:
        return ()
    found: list[Ignore] = []
    for match in _COMMENT.finditer(source.data):
        line = source.line_of(match.start())
        start = source.line_start(line)
        above = not source.data[start : match.start()].strip()
        covers = _block(source, _below(source, line) if above else line)
        said = match[2].decode("utf-8", "replace").strip().removesuffix("*/").strip()
        place = source.span(match.start(), match.start() + len(match[0].rstrip()))
        names = [name.strip() for name in (match[1] or b"").decode("utf-8", "replace").split(",")]
        found.extend(Ignore(name, said, place, covers) for name in dict.fromkeys(names))
    return tuple(found)


def _line(source: Source, number: int) -> bytes:
    start = source.line_start(number)
    end = source.data.find(b"\n", start)
    return source.data[start : len(source.data) if end < 0 else end]


def _lines(source: Source) -> int:
    return source.data.count(b"\n") + 1


def _below(source: Source, line: int) -> int:
    """The line that a comment on a line of its own speaks of: the next one that is neither empty nor a comment."""
    last = _lines(source)
    here = line + 1
    while here < last and (not _line(source, here).strip() or _REMARK.match(_line(source, here))):
        here += 1
    return min(here, last)


def _block(source: Source, line: int) -> Span:
    """The lines that belong to a line: those that are indented deeper, and what closes them."""
    first = _line(source, line)
    depth = len(first) - len(first.lstrip(b" \t"))
    listed = (
        first.partition(b" #")[0].rstrip().endswith(b":")
    )  # a list of YAML may begin at the depth of its key
    last, end = _lines(source), line
    for here in range(line + 1, last + 1):
        text = _line(source, here)
        bare = text.lstrip(b" \t")
        if not bare.strip():
            continue
        indent = len(text) - len(bare)
        if indent < depth or (indent == depth and not (listed and bare.startswith(b"- "))):
            if indent == depth and bare[:1] in b"}])":
                end = here
            break
        end = here
    stop = source.line_start(end) + len(_line(source, end))
    return source.span(source.line_start(line), stop)
