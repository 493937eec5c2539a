"""A policy file as a rule; what is wrong with it is said with file, line and key."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files as resources
from typing import Any, Final, TypeVar, cast

from msgspec import Struct, field

from fabriclint.documents.places import Places, Unparsable, inside, nearest, yaml
from fabriclint.documents.schema import problems
from fabriclint.model.compute import Fleet
from fabriclint.model.stack import SUBJECTS
from fabriclint.policies.answers import Answer, place_of
from fabriclint.policies.cel import parse
from fabriclint.policies.check import condition, kind_of
from fabriclint.policies.evaluate import Evaluation, TooMuch
from fabriclint.policies.text import Words, words_of
from fabriclint.policies.tree import BadCondition, Node, Select, asks_for
from fabriclint.policies.words import Kind, subject, variable
from fabriclint.sdk import Claim, Claims, Fix, Rule
from fabriclint.text import Source, Span
from fabriclint.values import YES

T = TypeVar("T")
_SINCE: Final = "0.1"
_LIMITS: Final = "Where the sources do not decide what is asked: not checked."


class BadPolicy(Exception):
    """Everything that is wrong with a policy, one line each: `path:line: key: what`."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a policy."""
    text = resources("fabriclint.policies").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    loaded["properties"]["for"]["enum"] = list(SUBJECTS)
    return loaded


def read(source: Source, area: str) -> Rule:
    """The rule that a policy file says; raises BadPolicy."""
    values: Places = {}
    try:
        data, places = yaml(source, values)
    except Unparsable as error:
        raise BadPolicy(f"{source.path}:{error.line}: {error.message}") from error
    made = schema()
    forms = {
        made["properties"]["policy"][
            "pattern"
        ]: "name of a policy (write lower-case words with - between them)",
        made["properties"]["sources"]["items"]["pattern"]: "address (write https://…)",
    }
    wrong = problems({} if data is None else data, places, source, made, whole="the policy", forms=forms)
    if wrong or not isinstance(data, dict):
        raise BadPolicy("\n".join(wrong))
    return _Reading(source, cast("dict[str, Any]", data), places, values).rule(area)


class _Reading(Struct):
    """A policy file whose keys are as they should be."""

    source: Source
    data: dict[str, Any]
    places: Places
    values: Places
    wrong: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def rule(self, area: str) -> Rule:
        """The rule; raises BadPolicy with all that is wrong with its conditions and words."""
        data = self.data
        stem = posixpath.splitext(posixpath.basename(self.source.path))[0]
        if data["policy"] != stem.replace("_", "-"):
            self._fault(
                self._line("policy"), "policy", f"{data['policy']} is not the name of its file ({stem})"
            )
        cls = subject(data["for"])
        names = {variable(cls): Kind("thing", cls)}

        def tree(text: str) -> Node:
            made = parse(text)
            condition(made, names)
            return made

        def place(text: str) -> Node:
            made = parse(text)
            kind = kind_of(made, names)
            written = kind.sort in ("number", "text") and isinstance(made, Select)
            if not written and kind.sort not in ("place", "data", "thing", "link"):
                raise BadCondition(f"a {kind} has no place", made.at)
            return made

        def told(text: str) -> Words:
            return words_of(text, names)

        policy = Policy(
            variable(cls),
            self._made("when", tree),
            self._made("require", tree),
            self._made("at", place),
            {name: self._made(name, told) for name in ("message", "why", "fix")},
        )
        if self.wrong:
            lines = (f"{self.source.path}:{line}: {what}" for line, what in sorted(self.wrong))
            raise BadPolicy("\n".join(lines))
        return Rule(
            data["policy"],
            cls,
            data["severity"],
            "high",
            tuple(data.get("sources", ())),
            _SINCE,
            area,
            self._page(),
            policy.check,
            origin=self.source.path,
        )

    def _made(self, key: str, make: Callable[[str], T]) -> T | None:
        text = self.data.get(key)
        if text is None:
            return None
        try:
            return make(text)
        except BadCondition as error:
            written = self.values.get((key,))
            line = inside(written, text, error.at).line if written is not None else self._line(key)
            self._fault(line, key, error.why)
            return None

    def _line(self, key: str) -> int:
        return nearest(self.places, (key,), self.source).line

    def _fault(self, line: int, key: str, why: str) -> None:
        self.wrong.append((line, f"{key}: {why}"))

    def _page(self) -> str:
        data = self.data
        summary = " ".join(data["description"].split())
        asked = f"when: {data['when'].strip()}\n" if "when" in data else ""
        return (
            f"{summary}\n\n## Why\n\n{data['why'].strip()}\n\n## How to fix\n\n{data['fix'].strip()}\n\n"
            f"## Limits\n\n{data.get('limits', _LIMITS).strip()}\n\n"
            f"## Policy\n\n```\n{asked}require: {data['require'].strip()}\n```\n"
        )


class Policy(Struct, frozen=True):
    """What a policy asks of a subject, which it calls `name`, and what it says."""

    name: str
    when: Node | None
    require: Node | None
    at: Node | None
    words: Mapping[str, Words | None]

    def check(self, asked: Any) -> Claims:
        """The claim about one subject; none for those it is not asked of."""
        names: dict[str, Answer] = {self.name: asked}
        stack = asked.stack
        when = YES if self.when is None else Evaluation(stack).condition(self.when, names)
        if when.excluded or self.require is None:
            return
        holds = Evaluation(stack).condition(self.require, names)
        said = {key: self._said(words, stack, names) for key, words in self.words.items()}
        yield Claim(
            when=when & ~holds,
            at=self._place(stack, names) or asked.place,
            message=said["message"],
            why=said["why"],
            fix=Fix(said["fix"]),
            evidence=tuple(self._evidence(asked)),
        )

    def _said(self, words: Words | None, stack: Any, names: Mapping[str, Answer]) -> str:
        return "" if words is None else " ".join(words.said(Evaluation(stack), names).split())

    def _place(self, stack: Any, names: Mapping[str, Answer]) -> Span | None:
        if self.at is None:
            return None
        try:
            return place_of(Evaluation(stack).answer(self.at, names))
        except TooMuch:
            return None

    def _evidence(self, asked: Any) -> Iterator[str]:
        """Why a fleet trains, where the policy asks whether it does."""
        if isinstance(asked, Fleet) and self.when is not None and asks_for(self.when, "trains"):
            yield from asked.role.evidence
