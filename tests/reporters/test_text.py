"""The report for a person."""

import pytest

from fabriclint.reporters import text
from fabriclint.reporters.paint import expanded, safe, width, wrapped

EXPECTED = """\
warning[vpc-is-bad]: module.m.vpc.inner[0] is bad at 3,200 Gbps
  --> m/x.toy:1:1
  |
1 | vpc inner bad=input count=3
  | ^^^
  |
  --> stack/other.toy:1:1
  |
1 | call ../m/x.toy module.m
  | ------------------------ through module.m
  |
  --> stack/third.toy:1:1
  |
1 | call ../m/x.toy module.k
  | ------------------------ through module.k
  |
     also: module.m.vpc.inner[1], module.m.vpc.inner[2], module.k.vpc.inner[0],
           module.k.vpc.inner[1], module.k.vpc.inner[2]
      why: Bad networks starve accelerators
  because: two nodes of p5.48xlarge
holds for: var.size = 4
      fix: Make module.m.vpc.inner[0] good.

      vpc module.m.vpc.inner[0] fixed=yes

warning[vpc-is-bad]: vpc.one is bad at 3,200 Gbps
  --> stack/main.toy:2:1
  |
2 | vpc one bad=yes
  | ^^^
  |
      why: Bad networks starve accelerators
  because: two nodes of p5.48xlarge
      fix: Make vpc.one good.

      vpc vpc.one fixed=yes

error: stack/main.toy:5:1: this does not parse

`fabriclint explain vpc-is-bad` tells more about a rule
`--show not-checked` lists what was left open, and why
4 checks: 2 findings, 1 clean, 1 not checked
"""

LEFT_OPEN = """\
Not checked, because the sources do not decide it

  vpc-is-bad
    stack/main.toy:3:1  vpc.two
        var.x has no value (line 3)
"""


def test_the_whole_report(report):
    assert text.render(report) == EXPECTED


def test_what_was_left_open_is_listed_on_request(report):
    shown = text.render(report, show_not_checked=True)
    assert LEFT_OPEN in shown
    assert "--show not-checked" not in shown


def test_colour_changes_nothing_but_colour(report):
    import re

    colored = text.render(report, color=True)
    assert "\x1b[1;33m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == EXPECTED
    assert "\x1b" not in EXPECTED


def test_the_last_line_is_the_numbers_and_nothing_else(judge):
    assert (
        text.render(judge({"a.toy": "vpc one bad=no\n"})) == "1 checks: 0 findings, 1 clean, 0 not checked\n"
    )


def test_hidden_findings_are_counted(judge, make_rule):
    report = judge({"a.toy": "vpc one bad=yes\n"}, make_rule(severity="advice")).from_level("error")
    shown = text.render(report)
    assert "1 finding below --level is hidden" in shown
    assert shown.endswith("1 checks: 1 findings, 0 clean, 0 not checked\n")


def test_the_header_of_the_block_is_shown_above_an_attribute(judge, make_rule):
    from msgspec.structs import replace

    rule = make_rule()

    def later(vpc):
        source = vpc.place.source
        start = source.data.index(b"deep")
        for claim in rule.check(vpc):
            yield replace(
                claim,
                at=source.span(start, start + 4),
                related=((source.span(start + 5, start + 9), "less deep"),),
            )

    shown = text.render(
        judge({"a.toy": "vpc one bad=yes\n#\n#\n#\n  deep sea\n"}, replace(rule, check=later))
    )
    assert (
        """\
  --> a.toy:5:3
  |
1 | vpc one bad=yes
...
5 |   deep sea
  |   ^^^^
  |        --- less deep
  |
"""
        in shown
    )


@pytest.mark.parametrize(
    ("line", "start", "end", "expected"),
    [
        (b"\tvpc x", 1, 4, ["    vpc x", "    ^^^"]),
        ("# 網路 vpc x".encode(), 9, 12, ["# 網路 vpc x", "       ^^^"]),
        (b"a" * 300 + b" vpc " + b"b" * 300, 301, 304, None),
        (b"vpc \x1b[31mred", 0, 3, ["vpc ␛[31mred", "^^^"]),
        (b"", 0, 0, ["", "^"]),
        (b"abc", 3, 3, ["abc", "   ^"]),
    ],
)
def test_frames_underline_what_is_meant(line, start, end, expected):
    from fabriclint.reporters.frame import Mark, frame
    from fabriclint.reporters.paint import WIDTH, Paint
    from fabriclint.text import Source

    source = Source("a.tf", line)
    place = source.span(start, end)
    _, _, shown, under, _ = frame([Mark(place, primary=True)], place, "error", Paint())
    assert width(shown) <= WIDTH
    if expected is not None:
        assert [shown.removeprefix("1 |").removeprefix(" "), under.removeprefix("  | ")] == expected
    else:
        at = under.index("^^^")
        assert shown[at : at + 3] == "vpc"
        assert shown.startswith("1 | …")
        assert shown.endswith("…")


def test_a_hostile_file_does_not_steer_the_terminal():
    assert safe("a\x1b]0;title\x07\x9b\u202eb\nc") == "a␛]0;title␇\ufffd\ufffdb c"
    assert expanded("\tx") == "    x"


def test_long_words_are_not_broken_and_lines_are_not_too_long():
    text_ = "word " * 60 + "x" * 150 + " end"
    rows = list(wrapped(text_, 40))
    assert max(len(row) for row in rows if "x" * 150 not in row) <= 40
    assert " ".join(rows) == text_
