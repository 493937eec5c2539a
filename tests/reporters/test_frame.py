"""Whatever stands in a file and wherever a place lies, a frame can be shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.reporters.frame import Mark, frame
from fabriclint.reporters.paint import WIDTH, Paint, width
from fabriclint.text import Source

SIGNS = st.sampled_from(
    [
        b"a",
        b" ",
        b"\t",
        b"\n",
        b"\r\n",
        b"\xff",
        b"\x1b[2J",
        "é".encode(),
        "網".encode(),
        "\u202e".encode(),
        b"word " * 30,
    ]
)
LABELS = st.sampled_from(
    [
        "",
        "a label",
        "a much longer label that has to be wrapped somewhere, whatever stands to its left",
        "網路",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(SIGNS, max_size=40),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400), LABELS), min_size=1, max_size=4),
)
def test_a_frame_can_always_be_shown(parts, places):
    source = Source("a.tf", b"".join(parts))
    limit = len(source.data)
    spans = [source.span(*sorted((min(start, limit), min(end, limit)))) for start, end, _ in places]
    marks = [
        Mark(span, label, primary=not n)
        for n, (span, (_, _, label)) in enumerate(zip(spans, places, strict=True))
    ]
    rows = frame(marks, spans[-1], "error", Paint())
    assert sum("^" in row for row in rows) == 1
    for row in rows:
        assert row.isprintable(), "nothing steers the terminal"
        assert width(row) <= WIDTH
