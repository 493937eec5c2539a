"""One report that has everything in it."""

from collections.abc import Callable

import pytest

from fabriclint.engine.report import Report
from fabriclint.sdk import Rule

FILES = {
    "stack/main.toy": "# a comment\nvpc one bad=yes\nvpc two bad=unknown\nvpc three bad=no\nbroken\n",
    "stack/other.toy": "call ../m/x.toy module.m\n",
    "stack/third.toy": "call ../m/x.toy module.k\n",
    "m/x.toy": "vpc inner bad=input count=3\n",
}


@pytest.fixture
def rule(make_rule: Callable[..., Rule]) -> Rule:
    """The rule that the report is about."""
    return make_rule(changes=("a change",))


@pytest.fixture
def report(judge: Callable[..., Report], rule: Rule) -> Report:
    """Two findings (one of six instances through two callers), one left open, one clean, one diagnostic."""
    return judge(FILES, rule)
