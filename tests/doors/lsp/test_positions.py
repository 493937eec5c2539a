"""Byte offsets and the protocol's positions are each other's inverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from fabriclint.doors.lsp.positions import changed, offset_of, position, shown
from fabriclint.text import Source

ENCODINGS = tuple(types.PositionEncodingKind)
TEXTS = st.text("ab🚀é\u2028\x0c\r\n", max_size=40)


@given(TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_a_place_survives_the_way_there_and_back(
    text: str, encoding: types.PositionEncodingKind, data: st.DataObject
) -> None:
    source = Source("a.tf", text.encode())
    at = data.draw(st.integers(0, len(text)))
    if text[max(at - 1, 0) : at + 1] == "\r\n":  # no position lies inside a line's end
        at -= 1
    offset = len(text[:at].encode())
    assert offset_of(source, position(source, offset, encoding), encoding) == offset


@given(TEXTS, st.data())
def test_a_partial_change_is_what_it_says(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    new = data.draw(TEXTS)
    source = Source("a.tf", text.encode())
    encoding = types.PositionEncodingKind.Utf16
    places = [position(source, len(text[:at].encode()), encoding) for at in (start, end)]
    exact = all(text[max(at - 1, 0) : at + 1] != "\r\n" for at in (start, end))
    change = types.TextDocumentContentChangePartial(types.Range(*places), new)
    got = changed(source, [change], encoding).data.decode()
    if exact:
        assert got == text[:start] + new + text[end:]


def test_a_change_without_a_range_is_the_whole_text() -> None:
    change = types.TextDocumentContentChangeWholeDocument("new")
    assert changed(Source("a.tf", b"old"), [change], types.PositionEncodingKind.Utf16).data == b"new"


@pytest.mark.parametrize(
    ("line", "character", "offset"), [(0, 99, 2), (1, 99, 6), (2, 0, 7), (9, 0, 9), (9, 9, 9)]
)
def test_what_lies_behind_an_end_is_the_end(line: int, character: int, offset: int) -> None:
    source = Source("a.tf", b"ab\r\ncd\nef")
    assert offset_of(source, types.Position(line, character), types.PositionEncodingKind.Utf16) == offset


def test_the_end_of_what_is_shown_is_no_empty_line() -> None:
    source = Source("a.tf", "a {\n  🚀\n}\n".encode())
    place = shown(source.span(), types.PositionEncodingKind.Utf16)
    assert place == types.Range(types.Position(0, 0), types.Position(2, 1))
