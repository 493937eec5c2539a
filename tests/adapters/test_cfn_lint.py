"""fabriclint inside cfn-lint."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fabriclint.doors.cfn_lint_ids import LETTERS, numbers

DEMO = Path(__file__).parent.parent.parent / "fixtures" / "demo"
PAGE = "https://github.com/fabriclint/fabriclint/blob/main/docs/rules/"
EFA = f"E{numbers()['accelerators-without-efa']}"
RESERVATION = f"I{numbers()['accelerators-without-reservation']}"

Record = dict[str, Any]
Tool = Any  # of conftest.py
Expected = Callable[[Path, str], list[Record]]

FLEET = """\
Resources:
  Train:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: p5.48xlarge
        UserData:
          Fn::Base64: |
            #!/bin/bash
            torchrun --nnodes=4 train.py
  Nodes:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "4"
      MaxSize: "4"
      VPCZoneIdentifier: [subnet-0123456789abcdef0]
      LaunchTemplate:
        LaunchTemplateId: !Ref Train
        Version: !GetAtt Train.LatestVersionNumber
"""


def linted(cfn_lint: Tool, cwd: Path, *arguments: str) -> tuple[Any, list[Record], list[Record]]:
    """What was run, our matches and cfn-lint's own."""
    ran = cfn_lint(cwd, "-a", cfn_lint.adapter("cfn-lint"), "-f", "json", *arguments)
    matches: list[Record] = json.loads(ran.out) if ran.out.strip() else []
    ours = [m for m in matches if m["Rule"]["Id"][1:3] == "95"]
    return ran, ours, [m for m in matches if m not in ours]


def ids(matches: list[Record]) -> set[str]:
    return {m["Rule"]["Id"] for m in matches}


def test_the_demo(cfn_lint: Tool, expected: Expected) -> None:
    cwd = DEMO / "cloudformation"
    ran, ours, _ = linted(cfn_lint, cwd, "-c", "I", "--info", "-t", "platform.yaml")

    def place(m: Record) -> tuple[str, int, int, int, int]:
        start, end = m["Location"]["Start"], m["Location"]["End"]
        return (
            m["Filename"],
            start["LineNumber"],
            start["ColumnNumber"],
            end["LineNumber"],
            end["ColumnNumber"],
        )

    here = sorted((m["Rule"]["Id"], *place(m)) for m in ours)
    there = sorted(
        (
            f"{LETTERS[f['severity']]}{numbers()[f['rule']]}",
            f["location"]["path"],
            *(f["location"][key] for key in ("line", "column", "end_line", "end_column")),
        )
        for f in expected(cwd, "platform.yaml")
    )
    assert here == there
    assert ran.engine_runs == 1
    (efa,) = [m for m in ours if m["Rule"]["Id"] == EFA]
    assert efa["Level"] == "Error"
    assert efa["Rule"]["Source"] == f"{PAGE}accelerators-without-efa.md"
    assert efa["Rule"]["ShortDescription"] == "accelerators-without-efa"
    assert "32 cards" in efa["Message"]
    assert ran.code & 2


def test_what_is_ignored(cfn_lint: Tool, tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(FLEET)
    _, ours, _ = linted(cfn_lint, tmp_path, "template.yaml")
    assert EFA in ids(ours)
    assert RESERVATION not in ids(ours), "advice is asked for with -c I"
    _, ours, _ = linted(cfn_lint, tmp_path, "-i", EFA, "-c", "I", "--", "template.yaml")
    assert RESERVATION in ids(ours)
    assert EFA not in ids(ours)
    ignore = f"Metadata: {{cfn-lint: {{config: {{ignore_checks: [{EFA}]}}}}}}\n"
    template.write_text(ignore + FLEET)
    _, ours, _ = linted(cfn_lint, tmp_path, "template.yaml")
    assert ours
    assert EFA not in ids(ours)
    # A match belongs to the resource whose line it shows.
    template.write_text(FLEET.replace("LaunchTemplate\n", f"LaunchTemplate\n    {ignore}", 1))
    _, ours, _ = linted(cfn_lint, tmp_path, "template.yaml")
    assert ours
    assert EFA not in ids(ours)
    (tmp_path / ".cfnlintrc").write_text("append_rules: [fabriclint.doors.cfn_lint]\nignore_checks: [E95]\n")
    template.write_text(FLEET)
    ran = cfn_lint(tmp_path, "template.yaml", "-f", "json")
    assert "95" in ran.out
    assert "E95" not in ran.out


def test_our_own_suppressions(newest_cfn_lint: Tool, tmp_path: Path) -> None:
    comment = "  # fabriclint: ignore[accelerators-without-efa] a teaching cluster\n"
    (tmp_path / "template.yaml").write_text(FLEET.replace("  Train:\n", f"{comment}  Train:\n", 1))
    _, ours, _ = linted(newest_cfn_lint, tmp_path, "template.yaml")
    assert ours
    assert EFA not in ids(ours)


def test_what_is_broken_ends_nothing(cfn_lint: Tool, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("Resources:\n  A: {Type: AWS::EC2::VPC\n")
    (tmp_path / "template.yaml").write_text(FLEET)
    _, ours, theirs = linted(cfn_lint, tmp_path, "bad.yaml", "template.yaml")
    assert EFA in ids(ours)
    assert "E0000" in ids(theirs)
    assert {m["Filename"] for m in ours} == {"template.yaml"}
    (tmp_path / "fabriclint.toml").write_text("nonsense = 1\n")
    _, ours, _ = linted(cfn_lint, tmp_path, "template.yaml")
    (fault,) = ours
    assert fault["Rule"]["Id"] == "E9500"
    assert "nonsense" in fault["Message"]


def test_parameters_that_cfn_lint_is_given(newest_cfn_lint: Tool, tmp_path: Path) -> None:
    text = FLEET.replace("p5.48xlarge", "!Ref Size")
    (tmp_path / "template.yaml").write_text("Parameters:\n  Size:\n    Type: String\n" + text)
    _, ours, _ = linted(newest_cfn_lint, tmp_path, "template.yaml")
    assert EFA not in ids(ours)
    _, ours, _ = linted(newest_cfn_lint, tmp_path, "template.yaml", "--parameters", "Size=p5.48xlarge")
    assert EFA in ids(ours)


def test_the_rules_are_listed(newest_cfn_lint: Tool, tmp_path: Path) -> None:
    ran = newest_cfn_lint(tmp_path, "-a", "fabriclint.doors.cfn_lint", "-l")
    assert f"{EFA}: accelerators-without-efa" in ran.out
