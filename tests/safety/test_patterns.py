"""Patterns of paths with any number of stars: matched in one pass, and to the same as by trying every way."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.config.glob import matches
from fabriclint.languages.terraform.special import _pattern

LONG = "a" * 250
PATTERNS = [
    "**/" * 40 + "*b",
    "*a" * 40 + "b",
    "**a" * 40 + "b",
    "**/*a*a*a*a*a*a" * 10 + "b",
    ("*a" * 20 + "/") * 10 + "b",
    "?*" * 60 + "b",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_stars_end(pattern: str) -> None:
    path = "/".join([LONG] * 15)
    start = time.process_time()
    assert not matches(pattern, path)
    short = _pattern(pattern[:199] + "b")
    assert short is not None
    assert short.fullmatch(path) is None
    assert time.process_time() - start < 1


def by_trying(pattern: str, path: str) -> bool:
    """What a pattern means, one sign after the other."""

    @cache
    def rest(at: int, here: int) -> bool:
        if at == len(pattern):
            return here == len(path)
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            later = [here, *(n + 1 for n in range(here, len(path)) if path[n] == "/")]
            return any(rest(at + 3, n) for n in later)
        if pattern.startswith("**", at):
            return any(rest(at + 2, n) for n in range(here, len(path) + 1))
        if pattern[at] == "*":
            end = path.find("/", here)
            return any(rest(at + 1, n) for n in range(here, (len(path) if end < 0 else end) + 1))
        if here == len(path):
            return False
        return (path[here] != "/" if pattern[at] == "?" else path[here] == pattern[at]) and rest(
            at + 1, here + 1
        )

    return rest(0, 0)


PATHS = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join)
STARRED = st.lists(
    st.sampled_from(["a", "b", "/", "*", "**/", "?", "ab", "/**/"]), min_size=1, max_size=9
).map("".join)


@given(
    STARRED.filter(lambda one: "***" not in one and "//" not in one and one[0] != "/" and one[-1] != "/"),
    PATHS,
)
@settings(max_examples=400, deadline=None)
def test_stars_mean_what_they_say(pattern: str, path: str) -> None:
    made = _pattern(pattern)
    assert made is not None
    if "**" not in pattern.replace("**/", "") and not any(one in pattern for one in ("a**", "b**", "?**")):
        assert (made.fullmatch(path) is not None) == by_trying(pattern, path)
    folders = [path, *(path[:n] for n, sign in enumerate(path) if sign == "/")]
    assert matches(pattern, path) == any(by_trying(pattern, one) for one in folders)
