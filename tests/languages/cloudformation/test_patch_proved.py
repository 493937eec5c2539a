"""Edits of the rules' own fixtures prove themselves, and cfn-lint finds no new error in what comes out."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import pytest

from fabriclint.engine.bench import Bench
from fabriclint.engine.discover import plan
from fabriclint.engine.edits import Proved, prove
from fabriclint.engine.packs import builtin_rules
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.testing import MemoryFiles
from fabriclint.text import edited

FIXTURES = Path(__file__).parent.parent.parent.parent / "fixtures"
CASES = (
    "s3-without-gateway-endpoint/bad/nat-only",
    "datasync-skips-verification/bad/verify-none",
    "no-cluster-placement-group/bad/efa-without-group",
    "efa-security-group-closed/bad/two-groups-one-way",
    "efa-security-group-closed/bad/by-address-only",
    "placement-strategy-not-cluster/bad/spread-group",
    "placement-group-with-capacity-block/bad/group-in-the-template",
    "s3-gateway-endpoint-not-routed/bad/second-zone-left-out",
    "efa-layout-invalid/bad/groups-at-the-top",
    "lustre-efa-invalid/bad/scratch",
)


def bench(files: MemoryFiles) -> Bench:
    """The case as the engine judges it."""
    return Bench.of(plan(["template.yaml"], files, languages()), files, Settings(), builtin_rules())


def errors(text: str) -> Counter[str]:
    """What cfn-lint has against a template."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from cfnlint.api import ManualArgs, lint

        found = lint(text, config=ManualArgs(regions=["us-east-1"]))
    return Counter(f"{one.rule.id} {one.message}" for one in found if one.rule.id.startswith("E"))


@pytest.mark.parametrize("case", CASES)
def test_the_finding_goes_and_nothing_else_comes(case: str) -> None:
    folder, rule = FIXTURES / case, case.partition("/")[0]
    files = MemoryFiles({path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))})
    before = bench(files)
    ours = [(finding, group) for finding, group in before.findings if finding.rule == rule]
    assert ours
    for finding, group in ours:
        result = prove(before, finding, group, lambda _: None)
        assert isinstance(result, Proved), result.reason
        assert sum(f.rule == rule for f, _ in result.after.findings) < len(ours)
        for path, source in edited(result.edits).items():
            new = errors(source.data.decode()) - errors(files.source(path).data.decode())
            assert not new
