"""The demo is what a newcomer runs first: it shows the first rules once, in each language, beside what is done well."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.testing import MemoryFiles

DEMO = Path(__file__).parent.parent / "fixtures" / "demo"
LANGUAGES = {language.name: language for language in languages()}

# What the demo is there to show. Other rules may speak too; they have fixtures of their own.
SHOWN = {
    "accelerators-without-efa",
    "datasync-skips-verification",
    "efa-layout-invalid",
    "efa-on-too-few-cards",
    "efa-security-group-closed",
    "fleet-spans-zones",
    "instance-type-without-efa",
    "no-cluster-placement-group",
    "onprem-share-mounted-by-compute",
    "placement-group-with-capacity-block",
    "placement-strategy-not-cluster",
    "s3-gateway-endpoint-not-routed",
    "s3-without-gateway-endpoint",
    "vpn-carries-training-data",
}

# The fleets that are done well, by the name that both languages use.
CLEAN = ("pretraining", "serving")


def judged(name: str) -> Report:
    folder = DEMO / name
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = MemoryFiles({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    return run(plan(["."], files, [LANGUAGES[name]]), files, Settings(), builtin_rules())


REPORTS = {name: judged(name) for name in LANGUAGES}


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_rule_it_shows_speaks(name: str) -> None:
    assert {finding.rule for finding in REPORTS[name].findings} >= SHOWN


def test_the_languages_find_the_same() -> None:
    counts = [Counter(finding.rule for finding in report.findings) for report in REPORTS.values()]
    assert len(counts) > 1
    assert all(count == counts[0] for count in counts[1:])


@pytest.mark.parametrize("name", LANGUAGES)
def test_everything_is_decided(name: str) -> None:
    report = REPORTS[name]
    assert [str(left.place) for left in report.not_checked] == []
    assert [diagnostic.message for diagnostic in report.diagnostics if diagnostic.level == "error"] == []


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("fleet", CLEAN)
def test_a_good_fleet_is_looked_at_and_left_alone(name: str, fleet: str) -> None:
    report = REPORTS[name]
    looked = [verdict for verdict in report.verdicts if fleet in verdict.address.lower()]
    assert looked
    assert {verdict.state for verdict in looked} == {"no"}
    assert [finding.message for finding in report.findings if fleet in finding.address.lower()] == []
