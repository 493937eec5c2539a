"""The page of limits says what the code holds."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs" / "limits.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([0-9,]+) \| `([\w.]+)` \| ([^|]+) \|$", PAGE, re.MULTILINE)
CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((HOME / "linter" / "fabriclint").rglob("*.py"))
)


def test_the_page_has_rows() -> None:
    assert len(ROWS) == PAGE.count("\n| ") - PAGE.count("\n| **") - 2 > 40


@pytest.mark.parametrize(("what", "value", "held", "told"), ROWS, ids=[row[2] for row in ROWS])
def test_a_limit_is_as_the_page_says(what: str, value: str, held: str, told: str) -> None:
    module, _, name = held.rpartition(".")
    assert getattr(import_module(f"fabriclint.{module}"), name) == int(value.replace(",", "")), what
    pieces = [piece.strip() for piece in told.split("…") if piece.strip()]
    for piece in pieces:
        assert piece in CODE, f"nothing says {piece!r}"


@pytest.mark.parametrize("module", sorted({row[2].rpartition(".")[0] for row in ROWS}))
def test_a_limit_is_in_use(module: str) -> None:
    """A constant of the page that nothing compares with would hold nothing."""
    path = HOME / "linter" / "fabriclint" / f"{module.replace('.', '/')}.py"
    text = path.read_text(encoding="utf-8")
    for held in (row[2] for row in ROWS):
        if held.rpartition(".")[0] == module:
            name = held.rpartition(".")[2]
            elsewhere = re.search(rf"from fabriclint\.{module} import (?:\([^)]*|[^\n]*)\b{name}\b", CODE)
            assert len(re.findall(rf"\b{name}\b", text)) > 1 or elsewhere, held


def test_the_page_is_linked() -> None:
    assert "(docs/limits.md)" in (HOME / "README.md").read_text(encoding="utf-8")
    assert "(limits.md)" in (HOME / "docs" / "index.md").read_text(encoding="utf-8")
