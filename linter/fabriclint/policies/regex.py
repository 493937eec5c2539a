"""Regular expressions by RE2, which takes time in proportion to the text and never more."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Final

from fabriclint.policies.tree import BadCondition

MISSING: Final = "matches() needs google-re2: pip install 'fabriclint[policies]'"
_MEMORY: Final = 1 << 20
_LONGEST: Final = 1000


@cache
def _engine() -> Any:
    """RE2 where it is installed, else None."""
    try:
        return import_module("re2")
    except ImportError:
        return None


@cache
def compiled(pattern: str, at: int = 0) -> Any:
    """A pattern, ready to be searched for; raises BadCondition with the place it was given."""
    engine = _engine()
    if engine is None:
        raise BadCondition(MISSING, at)
    if len(pattern) > _LONGEST:
        raise BadCondition(f"a pattern has {_LONGEST:,} characters at most", at)
    options = engine.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return engine.compile(pattern, options)
    except engine.error as error:
        why = error.args[0] if error.args else error
        told = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise BadCondition(f"this is no regular expression of RE2: {told}", at) from error


def found(pattern: str, text: str) -> bool:
    """Whether a text holds what a pattern asks for."""
    return compiled(pattern).search(text) is not None
