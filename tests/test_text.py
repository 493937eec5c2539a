"""Bytes are the truth; lines and columns are views."""

from __future__ import annotations

from fabriclint.text import Source

SOURCE = Source("a.tf", 'x = "é𝄞" # ok\r\ny = 2\n'.encode())


def test_columns_by_unit() -> None:
    at = SOURCE.data.index(b"#")
    assert SOURCE.column_of(at) == 10
    assert SOURCE.column_of(at, "utf-8") == 14
    assert SOURCE.column_of(at, "utf-16") == 11


def test_lines() -> None:
    at = SOURCE.data.index(b"y")
    span = SOURCE.span(at, at + 5)
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 1, 2, 6)
    assert span.text == "y = 2"
    assert SOURCE.line_text(1) == 'x = "é𝄞" # ok'
    assert SOURCE.line_text(99) == ""
    assert str(span) == "a.tf:2"


def test_first_line_leaves_the_line_end_out() -> None:
    assert SOURCE.span().first_line().text == 'x = "é𝄞" # ok'


def test_bytes_that_are_not_utf8_still_have_places() -> None:
    source = Source("b.tf", b'a = "\xff"\nb = 1\n')
    assert source.span(source.data.index(b"b")).line == 2
    assert "\N{REPLACEMENT CHARACTER}" in source.line_text(1)
