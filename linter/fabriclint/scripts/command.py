"""A simple command with everything it runs with."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from fabriclint.patterns import late
from fabriclint.scripts.collect import Collector, Job, JobKind
from fabriclint.scripts.expand import Frame, Word
from fabriclint.scripts.facts import Environment
from fabriclint.scripts.places import Body
from fabriclint.text import Span
from fabriclint.values import Value

FABRIC_VARIABLE = late(r"(?:FI|NCCL|OFI|RDMAV)_[A-Z0-9_]+")


def _no_variables() -> Mapping[str, str]:
    return {}


class Command(Struct, eq=False):
    """A command: its words, its range in the body, the text it is fed (`piped` without `stdin`: a text not decided)."""

    collector: Collector
    body: Body
    words: list[Word]
    start: int
    end: int
    conditional: bool = False
    stdin: Body | None = None
    piped: bool = False
    sinks: tuple[str, ...] = ()
    depth: int = 0
    frame: Frame = field(default_factory=Frame)
    variables: Mapping[str, str] = field(default_factory=_no_variables)

    @property
    def place(self) -> Span | None:
        """Where it stands."""
        return self.body.where(self.start, self.end)

    @property
    def text(self) -> str:
        """What stands there, on one line."""
        return self.collector.holes.show(self.body.text[self.start : self.end])

    def raw(self, word: Word) -> str:
        """A word as it is written."""
        return self.body.text[word.start : word.end]

    def value(self, word: Word, text: str | None = None) -> Value:
        """A word, or a text read from it, as a value at its place."""
        return self.body.value(word.text if text is None else text, word.start, word.end)

    def sets(self, name: str, text: str, at: tuple[int, int]) -> None:
        """It sets an environment variable: a fact where it is one of the fabric's."""
        if FABRIC_VARIABLE.fullmatch(name):
            value = self.body.value(text, *at)
            place = self.body.where(*at)
            self.collector.fact(Environment(name, value, place, self.text, self.conditional))

    def reads(
        self, body: Body, kind: JobKind = "shell", path: str = "", arguments: tuple[str, ...] = ()
    ) -> None:
        """Another text is run (or written, as `file`) by it."""
        variables = {**self.variables, **self.frame.variables} if kind == "shell" else {}
        self.collector.later(Job(kind, body, self.depth + 1, path, variables, arguments, self.conditional))

    def runs_word(self, word: Word, arguments: tuple[str, ...] = ()) -> None:
        """A word is a script."""
        self.reads(self.body.inner(word.start, word.end, word.text), arguments=arguments)


def split_options(
    words: list[Word], short: str = "", long: str = "", only_first: bool = False
) -> tuple[dict[str, list[Word]], list[Word]]:
    """The options with their values (an empty word's place is the option itself) and the other words.

    `short` are the letters and `long` the names that take a value; with `only_first` the options end at the first
    other word.
    """
    valued = frozenset(long.split())
    options: dict[str, list[Word]] = {}
    rest: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.text == "--":
            rest.extend(words[at:])
            break
        if not word.text.startswith("-") or word.text == "-":
            rest.append(word)
            if only_first:
                rest.extend(words[at:])
                break
            continue
        name, equals, text = word.text.partition("=")
        bare = name.lstrip("-")
        if name.startswith("--") or bare in valued:
            if equals:
                options.setdefault(bare, []).append(Word(text, word.start, word.end))
            elif bare in valued and at < len(words):
                options.setdefault(bare, []).append(words[at])
                at += 1
            else:
                options.setdefault(bare, []).append(Word("", word.start, word.end))
            continue
        letters = word.text[1:]
        for number, letter in enumerate(letters):
            if letter in short:
                value = letters[number + 1 :]
                if value:
                    options.setdefault(letter, []).append(Word(value, word.start, word.end))
                elif at < len(words):
                    options.setdefault(letter, []).append(words[at])
                    at += 1
                break
            options.setdefault(letter, []).append(Word("", word.start, word.end))
    return options, rest
