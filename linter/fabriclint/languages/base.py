"""What a language is to the engine: it finds its roots, reads one into elements, and writes a change its own way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Literal, Protocol

from msgspec import Struct, field

from fabriclint.model.change import Change
from fabriclint.model.element import Element
from fabriclint.model.given import NOTHING_GIVEN, Given
from fabriclint.text import Edit, Source, Span
from fabriclint.values import Reason

Level = Literal["error", "warning", "note"]


class Diagnostic(Struct, frozen=True):
    """Something wrong with, or worth knowing about, the input itself. `path` is set where there is no span to point at."""

    level: Level
    message: str
    place: Span | None = None
    path: str = ""


class Unreadable(Exception):
    """A file that cannot be taken: missing, too large, not a regular file, outside the tree. The message says which."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


class NoEdit(Exception):
    """A change that cannot be written into the sources; the message says why, for a person."""


class Files(Protocol):
    """The tree as the door lets the core see it: regular files inside it only, each read once."""

    def source(self, path: str) -> Source:
        """The file's bytes; raises Unreadable."""
        ...

    def glance(self, path: str) -> bytes:
        """The file's bytes, to decide whether it is of interest; they are not kept. Raises Unreadable."""
        ...

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the regular files in a folder; none where there is no such folder."""
        ...

    def folders(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the folders in a folder (links and `.terraform`, `.git` and the like are left out)."""
        ...

    def is_file(self, path: str) -> bool:
        """Whether `source` could read it."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder inside the tree."""
        ...


class Run(Struct, frozen=True):
    """Inputs under a name: one way in which the stacks are deployed (`prod`). `applies` says for which roots, by their paths."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    variable_files: tuple[str, ...] = ()
    workspace: str | None = None
    applies: Callable[[str], bool] = lambda _: True

    @property
    def speaks_terraform(self) -> bool:
        """Whether it gives anything that Terraform takes."""
        return bool(self.variables or self.variable_files or self.workspace)


class Settings(Struct, frozen=True):
    """What the user said about inputs. Pairs are (name, text as typed); later pairs and files win.

    `today` is the day of the run, for suppressions that end; None where it does not matter. Without `suppressions` those of
    the tree hide nothing. `given` is what the configuration says. With `runs` a root is judged once for each
    of those that give something to its language, on top of the other inputs.
    """

    variables: tuple[tuple[str, str], ...] = ()
    variable_files: tuple[str, ...] = ()
    workspace: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    stubs: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    today: date | None = None
    suppressions: bool = True
    given: Given = NOTHING_GIVEN


class Root(Struct, frozen=True):
    """Something judged as a whole: a folder of Terraform files, or a template with its nested stacks.

    `path` is the folder or file, `why` the reason it is a root in a few words (for `--list-roots`), `files` what belongs to
    it directly.
    """

    language: str
    path: str
    why: str
    files: tuple[str, ...]


class Folded(Struct, frozen=True):
    """A folder or template that is judged through its callers, and who they are."""

    path: str
    callers: tuple[str, ...]


class Roots(Struct, frozen=True):
    """The decision over the given paths."""

    roots: tuple[Root, ...]
    folded: tuple[Folded, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class Ignore(Struct, frozen=True):
    """A suppression: a rule, by name, says nothing of what stands in `covers`. `said` is the reason and a date, as written."""

    rule: str
    said: str
    place: Span
    covers: Span


class Choice(Struct, frozen=True):
    """An input that nobody gives a value and that takes one of a few.

    It is given by `name`; `full` is what values that rest on it call it, and `reason` what an unknown for want of it says.
    """

    name: str
    full: str
    options: tuple[str, ...]
    reason: Reason


class Reading(Struct, frozen=True):
    """A root as a language read it: elements in source order, and what went wrong on the way.

    `open` are the reasons why there may be elements that are not shown (a file that does not parse).
    `region` is what the root says of its Region, where it says so ("us-east-1"). `choices` are the open inputs of which
    each value can be tried, by giving it as a parameter; `undeclared` the given parameters that this root does not know.
    `ignores` are the suppressions that do not stand in comments. `secrets` are the texts that sensitive inputs hold; it grows
    while values are asked for.
    """

    elements: tuple[Element, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    open: tuple[Reason, ...] = ()
    region: str | None = None
    sources: tuple[Source, ...] = ()
    choices: tuple[Choice, ...] = ()
    undeclared: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    secrets: set[str] = field(default_factory=set[str])


class Language(Protocol):
    """One input language. Implementations are modules' instances in `fabriclint.languages`; they hold no state."""

    name: str

    def may_own(self, path: str) -> bool:
        """Whether a file of this name can be of this language; cheap, no reading."""
        ...

    def roots(self, candidates: Sequence[str], named: Collection[str], files: Files) -> Roots:
        """Which of the candidate files (or their folders) are roots; `named` are paths the user named one by one."""
        ...

    def read(self, root: Root, files: Files, settings: Settings) -> Reading:
        """Evaluate a root. Never raises on bad input: it yields diagnostics."""
        ...

    def write(self, changes: Sequence[Change], near: Element) -> str:
        """The changes as code of this language, to be shown to a person; `near` is the element the finding is about."""
        ...

    def patch(
        self, changes: Sequence[Change], near: Element, elements: Sequence[Element], files: Files
    ) -> tuple[Edit, ...]:
        """The changes as edits of the sources; raises NoEdit where they cannot be written there.

        `elements` are all of the root. The edits do not overlap; whether they help is for the caller to prove.
        """
        ...
