"""Inputs of few values are tried one by one; named runs are judged one by one. Over CloudFormation, whose inputs these are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from fabriclint.engine.cases import MAX_READINGS
from fabriclint.engine.discover import plan
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages.base import Reading, Root, Run, Settings
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.model.network import Vpc
from fabriclint.sdk import Claim, Fix, Rule
from fabriclint.testing import MemoryFiles

BIG = "10.0.0.0/8"


def big(vpc: Vpc) -> Iterator[Claim]:
    """A rule that takes a range and a name together: each alone decides nothing."""
    cidr, name = vpc.element.read("CidrBlock"), vpc.element.read("InstanceTenancy")
    yield Claim(
        when=cidr.is_(BIG) & name.is_("default"),
        at=vpc.place,
        message=f"{vpc.label} is big",
        why="Because a test says so.",
        fix=Fix("Make it small."),
    )


def either(vpc: Vpc) -> Iterator[Claim]:
    """A rule for which one of the two is enough."""
    cidr, name = vpc.element.read("CidrBlock"), vpc.element.read("InstanceTenancy")
    (claim,) = big(vpc)
    yield replace(claim, when=cidr.is_(BIG) | name.is_("default"), message=f"{vpc.label} is big or shared")


EITHER = Rule("vpc-is-either", Vpc, "warning", "high", ("https://x/",), "0.1", "access", "Either.\n", either)
RULE = Rule("vpc-is-big", Vpc, "warning", "high", ("https://x/",), "0.1", "access", "Big.\n", big)

BOTH_WAYS = """\
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  V:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !If [Prod, IN_PROD, IN_DEV]
      InstanceTenancy: !If [Prod, NAME_PROD, NAME_DEV]
"""


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    """Runs the rule; `judge.read` counts the readings."""

    def judged(text: str, settings: Settings | None = None, rule: Rule = RULE) -> Report:
        readings.clear()
        files = MemoryFiles({"t.yaml": text})
        return run(plan(["."], files, [LANGUAGE]), files, settings or Settings(), [rule])

    readings: list[tuple[tuple[str, str], ...]] = []
    whole = type(LANGUAGE).read

    def read(self: object, root: Root, files: MemoryFiles, settings: Settings) -> Reading:
        readings.append(settings.parameters)
        return whole(LANGUAGE, root, files, settings)

    monkeypatch.setattr(type(LANGUAGE), "read", read)
    judged.read = readings  # type: ignore[attr-defined]
    return judged


def filled(prod: tuple[str, str], dev: tuple[str, str]) -> str:
    text = BOTH_WAYS.replace("IN_PROD", prod[0]).replace("NAME_PROD", prod[1])
    return text.replace("IN_DEV", dev[0]).replace("NAME_DEV", dev[1])


def test_what_is_clean_either_way_is_clean(judge: Callable[..., Report]) -> None:
    report = judge(filled((BIG, "dedicated"), ("10.1.0.0/16", "default")))
    assert (report.summary.clean, report.summary.not_checked) == (1, 0), (
        "alone, either property may be the bad one"
    )
    assert judge.read == [(), (("Stage", "dev"),), (("Stage", "prod"),)]  # type: ignore[attr-defined]


def test_what_is_a_fault_either_way_is_a_finding_and_says_so(judge: Callable[..., Report]) -> None:
    report = judge(filled((BIG, "dedicated"), ("10.1.0.0/16", "default")), rule=EITHER)
    assert [one.message for one in report.findings] == ["V is big or shared"]
    told = [str(used) for used in report.findings[0].holds_under]
    assert "Stage = any of dev, prod" in told
    assert not any(used in told for used in ("Stage = dev", "Stage = prod"))


def test_what_differs_stays_open_and_says_where_it_is_a_fault(judge: Callable[..., Report]) -> None:
    report = judge(filled((BIG, "default"), ("10.1.0.0/16", "default")))
    assert not report.findings
    reasons = [reason.what for reason in report.not_checked[0].reasons]
    assert reasons == ["parameter Stage has no default", "it is a finding where Stage = prod"]


def test_a_resource_that_is_not_made_is_no_fault(judge: Callable[..., Report]) -> None:
    text = filled((BIG, "dedicated"), (BIG, "default")).replace(
        "    Type: AWS::EC2::VPC", "    Type: AWS::EC2::VPC\n    Condition: Prod"
    )
    assert judge(text).summary.clean == 1


def test_three_inputs_or_many_values_are_left_open(judge: Callable[..., Report]) -> None:
    three = "Parameters:\n" + "".join(f"  P{n}: {{Type: String, AllowedValues: [a, b]}}\n" for n in range(3))
    three += "Resources:\n  V:\n    Type: AWS::EC2::VPC\n"
    three += f"    Properties: {{CidrBlock: {BIG}, InstanceTenancy: !Sub '${{P0}}${{P1}}${{P2}}'}}\n"
    assert judge(three).summary.not_checked == 1
    assert len(judge.read) == 1  # type: ignore[attr-defined]
    nine = filled((BIG, "x"), ("y", "default")).replace("[dev, prod]", "[prod, b, c, d, e, f, g, h, i]")
    assert judge(nine).summary.not_checked == 1
    assert len(judge.read) == 1  # type: ignore[attr-defined]


def test_the_readings_of_one_root_are_bounded(judge: Callable[..., Report]) -> None:
    many = "Parameters:\n" + "".join(
        f"  P{n}: {{Type: String, AllowedValues: [a, b, c, d]}}\n" for n in range(40)
    )
    many += "Resources:\n" + "".join(
        f"  V{n}: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: {BIG}, InstanceTenancy: !Sub 'de${{P{n}}}'}}}}\n"
        for n in range(40)
    )
    report = judge(many)
    assert report.summary.checks == 40
    assert len(judge.read) == 1 + MAX_READINGS  # type: ignore[attr-defined]


def test_named_runs_are_judged_each_and_told_together(judge: Callable[..., Report]) -> None:
    text = filled((BIG, "default"), ("10.1.0.0/16", "default")).replace(
        "AllowedValues", "Default: dev, AllowedValues"
    )
    runs = tuple(
        Run(name, (("Stage", stage),)) for name, stage in (("a", "prod"), ("b", "prod"), ("c", "dev"))
    )
    report = judge(text, Settings(runs=runs, parameters=(("Stage", "dev"),)))
    assert len(report.findings) == 1
    told = [str(used) for used in report.findings[0].holds_under]
    assert [one for one in told if one.startswith("run")] == ["run = a", "run = b"]
    assert report.summary.clean == 1
