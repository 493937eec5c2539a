"""Every edit of every rule, made on the bad fixtures with all rules judging: it converges, and brings nothing new."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fabriclint.engine.bench import Bench
from fabriclint.engine.discover import plan
from fabriclint.engine.edits import mend
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.precedence import covered
from fabriclint.languages import languages
from fabriclint.languages.base import Language, Settings
from fabriclint.testing import Case, MemoryFiles, cases, contents_of, settings_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
TWINS = {"terraform": "main.tf", "cloudformation": "template.yaml"}
BAD = [
    pytest.param(case, language, id=f"{case}-{language.name}")
    for case in cases(FIXTURES)
    for language in languages()
    if case.kind == "bad" and (case.folder / TWINS[language.name]).is_file()
]


@pytest.mark.parametrize(("case", "language"), BAD)
def test_edits_converge_and_bring_nothing_new(case: Case, language: Language) -> None:
    contents = {
        path: data
        for path, data in contents_of(case.folder).items()
        if not path.endswith((".json", "/plan.json"))
    }
    files = MemoryFiles(contents)
    settings: Settings = settings_of(contents, files)
    bench = Bench.of(plan(["."], files, [language]), files, settings, builtin_rules())
    done = mend(bench, ("safe", "unsafe"), lambda _: None)
    before = Counter(one.rule for one in bench.report.findings)
    after = Counter(one.rule for one in done.bench.report.findings)
    # What a finding covered was there before it was made to go away.
    hidden = covered(one.finding.rule for one in done.made)
    assert not {rule for rule in after - before if rule not in hidden}
    assert not [one for one in done.bench.report.diagnostics if one.level == "error"]
    again = mend(done.bench, ("safe", "unsafe"), lambda _: None)
    assert again.made == ()
    for path in {path for one in done.made for path in one.paths}:
        assert done.bench.files.source(path).data != files.source(path).data
