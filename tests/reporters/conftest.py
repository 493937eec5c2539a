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


@pytest.fixture
def offered(toy, make_rule):
    """A report with a safe edit, an unsafe one, and a finding that has none."""
    from fabriclint.engine.bench import Bench
    from fabriclint.engine.discover import plan
    from fabriclint.engine.edits import proved
    from fabriclint.languages.base import Settings
    from fabriclint.testing import MemoryFiles

    files = MemoryFiles({"sub dir/a.toy": "vpc ünï bad=yes\nvpc two worse=yes\nvpc three hint=yes\n"})
    rules = (
        make_rule(edit="safe"),
        make_rule("vpc-is-worse", "error", "worse", edit="unsafe"),
        make_rule("vpc-is-hinted", "advice", "hint"),
    )
    bench = Bench.of(plan(["."], files, [toy]), files, Settings(), rules)
    return proved(bench, lambda _: None), rules
