"""Scripts as they stand in a source."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from fabriclint.scripts import Script, read
from fabriclint.text import Source
from fabriclint.values import Value

Reads = Callable[[str], Script]


@pytest.fixture
def reads() -> Reads:
    """Reads a script whose source is nothing but the script, indented as the test is."""

    def reading(text: str) -> Script:
        data = textwrap.dedent(text).lstrip("\n")
        source = Source("user_data.sh", data.encode())
        return read(Value(data, source.span()))

    return reading
