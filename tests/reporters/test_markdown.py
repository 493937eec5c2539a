"""The summary in Markdown: what a reviewer sees, and nothing that the sources could slip in."""

from __future__ import annotations

import re

import pytest

from fabriclint.reporters import markdown


def test_findings_stand_in_a_table_with_their_fixes_below(report):
    text = markdown.render(report)
    assert text.startswith("### fabriclint: ")
    rows = [line for line in text.splitlines() if line.startswith("| \N{LARGE ORANGE CIRCLE}")]
    assert rows
    for row in rows:
        assert re.fullmatch(r"\| \S+ \| \[[a-z-]+\]\(https://\S+\): .+ \| `.+:\d+`.* \|", row)
    assert text.count("<details>") == text.count("</details>") == 1
    assert "1 not checked" in text.splitlines()[-1]


def test_a_clean_run_says_so(judge):
    text = markdown.render(judge({"a.toy": "vpc one bad=no\n"}))
    assert text == "### fabriclint: nothing found\n\n1 check, 1 clean.\n"


@pytest.mark.parametrize(
    "name",
    [
        "a|b",
        "<script>x</script>",
        "[x](http://evil)",
        "`code`",
        "@team",
        "**bold**",
        "a\u001b[31mred",
        "a\u202eb",
    ],
)
def test_names_from_the_sources_mean_nothing_to_markdown(judge, name):
    text = markdown.render(judge({"a.toy": f"vpc {name} bad=yes\n"}))
    shown = re.sub(r"\[vpc-is-bad\]\(https://[^)]*\)", "", text)
    assert "\x1b" not in text
    assert "\u202e" not in text
    for sign in "|<[`@*":
        assert not re.search(rf"(?<!\\){re.escape(sign)}(?:b\b|script|x\]|code|team|\*bold)", shown), shown


def test_many_findings_are_cut_and_counted(judge):
    text = markdown.render(
        judge({f"f{n:03}.toy": "vpc one bad=yes\n" for n in range(markdown.MAX_FINDINGS + 3)})
    )
    assert "and 3 more findings." in text
    assert len(text) < 65_000
