"""Regular expressions that are compiled when they are first used.

A run of one small root uses a tenth of those that its modules hold, and compiling the others is a tenth of its time.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Late:
    """Stands for a `re.Pattern`: the first attribute that is asked for compiles it, and from then on all are at hand."""

    def __init__(self, written: str | bytes, flags: int) -> None:
        self._written = written
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled: re.Pattern[Any] = re.compile(self._written, self._flags)
        for one in dir(compiled):
            if not one.startswith("__"):
                setattr(self, one, getattr(compiled, one))
        return getattr(compiled, name)


def late(written: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A regular expression for the top of a module; use its methods, not the functions of `re`.

    One that cannot be compiled raises re.error when it is first used.
    """
    return cast("re.Pattern[AnyStr]", _Late(written, flags))
