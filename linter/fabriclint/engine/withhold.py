"""Secrets stay out of what is told: the texts of sensitive inputs are taken out of everything that a report says of values.

Rules decide by what a sensitive input holds, as they do by any other; only its text is withheld. A value that was computed
from one shows itself as `(sensitive)` (`values.Value.show`); here goes what a message took from the data itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
        lines = {line.strip() for text in texts for line in (text, *text.splitlines())}
        known = sorted((line for line in lines if len(line) >= SHORTEST), key=lambda line: (-len(line), line))
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def clear(self, text: str) -> str:
        """A text of a report without secrets."""
        if self._known is not None:
            text = self._known.sub(SENSITIVE, text)
        return _PASSWORD.sub(rf"\1{SENSITIVE}", text)

    def line(self, text: str) -> str:
        """A line of source as it is shown, each secret as stars of its own width."""
        if self._known is not None:
            text = self._known.sub(lambda found: "*" * len(found[0]), text)
        return _PASSWORD.sub(lambda found: found[1] + "*" * len(found[2]), text)

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
