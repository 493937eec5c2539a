"""Secrets stay out of what is told: the texts of sensitive inputs are taken out of everything that a report says of values.

Rules decide by what a sensitive input holds, as they do by any other; only its text is withheld. A value that was computed
from one shows itself as `(sensitive)` (`values.Value.show`); here goes what a message took from the data itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.patterns import late
from fabriclint.text import Source, Span
from fabriclint.values import SENSITIVE

T = TypeVar("T")
SHORTEST: Final = 4
"""How many characters a secret has at least to be looked for inside other texts."""
# Fields that are names of places in the sources and never made of values.
_NAMES: Final = frozenset(
    {"rule", "severity", "precision", "path", "root", "language", "fingerprint", "page", "edits"}
)
# What is given by a name that says it is secret, unless it is a reference or a switch.
_PASSWORD: Final = late(
    r"""(?ix)
    ( (?: passw(?:or)?d | secret (?: _?access)? (?: _?key)? | api_?key | token ) ["']? \s* [=:] \s* ["']? )
    (?! [$(!{*] | (?: var | local | data | module | each | aws_\w+ ) \. | (?: true | false | null | \d+ ) \b )
    ( [^\s"',;&|]{3,} )"""
)


class Secrets:
    """The texts that are withheld in one report."""

    def __init__(self, texts: Iterable[str]) -> None:
        # By how they begin: a hostile tree may hold a hundred thousand of them, and every text is looked through.
        self._by_start: dict[str, list[str]] = {}
        lines = {line.strip() for text in texts for line in (text, *text.splitlines())}
        for line in sorted(lines, key=lambda line: (-len(line), line)):
            if len(line) >= SHORTEST:
                self._by_start.setdefault(line[:SHORTEST], []).append(line)

    def clear(self, text: str) -> str:
        """A text of a report without secrets."""
        return _PASSWORD.sub(rf"\1{SENSITIVE}", self._replaced(text, lambda _: SENSITIVE))

    def line(self, text: str) -> str:
        """A line of source as it is shown, each secret as stars of its own width."""
        text = self._replaced(text, lambda secret: "*" * len(secret))
        return _PASSWORD.sub(lambda found: found[1] + "*" * len(found[2]), text)

    def _replaced(self, text: str, shown: Callable[[str], str]) -> str:
        if not self._by_start:
            return text
        made: list[str] = []
        at = 0
        while at < len(text):
            alike = self._by_start.get(text[at : at + SHORTEST], ())
            found = next((secret for secret in alike if text.startswith(secret, at)), None)
            made.append(text[at] if found is None else shown(found))
            at += 1 if found is None else len(found)
        return "".join(made)

    def cleared(self, value: T) -> T:
        """A record of a report with every text of it cleared."""
        made: Any = value
        if isinstance(value, str):
            made = self.clear(value)
        elif isinstance(value, tuple):
            made = tuple(self.cleared(one) for one in cast("tuple[Any, ...]", value))
        elif isinstance(value, Struct) and not isinstance(value, (Source, Span)):
            fields = {name: getattr(value, name) for name in value.__struct_fields__ if name not in _NAMES}
            after = {name: self.cleared(field) for name, field in fields.items()}
            changed = {name: field for name, field in after.items() if field is not fields[name]}
            made = replace(value, **changed) if changed else value
        return made  # type: ignore[no-any-return]


NO_SECRETS: Final = Secrets(())
