"""fabriclint inside checkov."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent.parent.parent
DEMO = HOME / "fixtures" / "demo"
EFA = "FABRIC_ACCELERATORS_WITHOUT_EFA"
PAGE = "https://github.com/fabriclint/fabriclint/blob/main/docs/rules/"
LIST = "passed_checks", "failed_checks", "skipped_checks"

Record = dict[str, Any]
Expected = Callable[[Path, str], list[Record]]
Tool = Any  # of conftest.py

# A fleet that trains without EFA.
FLEET = """\
resource "aws_launch_template" "train" {
  instance_type = "p5.48xlarge"
  user_data     = base64encode("torchrun --nnodes=4 train.py")
}

resource "aws_autoscaling_group" "train" {
  min_size            = 4
  max_size            = 4
  vpc_zone_identifier = ["subnet-1"]

  launch_template {
    id = aws_launch_template.train.id
  }
}
"""


class Checked:
    """checkov's JSON, ours in it, by what they came to."""

    def __init__(self, ran: Any) -> None:
        self.ran = ran
        data = json.loads(ran.out)
        reports = data if isinstance(data, list) else [data]
        records = {
            name: [record for one in reports for record in one.get("results", {}).get(name, [])]
            for name in LIST
        }
        self.theirs = [
            r for all_ in records.values() for r in all_ if not r["check_id"].startswith("FABRIC_")
        ]
        self.passed, self.failed, self.skipped = (
            [r for r in records[name] if r["check_id"].startswith("FABRIC_")] for name in LIST
        )

    def of(self, check: str, records: list[Record] | None = None) -> list[Record]:
        return [r for r in (self.failed if records is None else records) if r["check_id"] == check]


def checked(checkov: Tool, cwd: Path, *arguments: str, **more: str) -> Checked:
    where = () if any(a in ("-f", "--file", "-d") for a in arguments) else ("-d", ".")
    folder = checkov.adapter("checkov")
    command = (*where, "--external-checks-dir", folder, "--skip-download", "-o", "json", *arguments)
    return Checked(checkov(cwd, *command, **more))


def told(record: Record) -> list[Record]:
    said: list[Record] = record["check_result"]["entity"]["fabriclint"]
    assert said
    return said


def same(result: Checked, findings: list[Record]) -> None:
    """Every finding of `fabriclint check` is there, once, at its place, and nothing else is."""
    here = sorted(
        (r["check_id"], one["path"], one["line"], one["column"], one["message"])
        for r in result.failed
        for one in told(r)
    )
    there = sorted(
        (
            f"FABRIC_{f['rule'].upper().replace('-', '_')}",
            f["location"]["path"],
            f["location"]["line"],
            f["location"]["column"],
            f["message"],
        )
        for f in findings
    )
    assert here == there


def test_the_demo_in_terraform(checkov: Tool, expected: Expected) -> None:
    cwd = DEMO / "terraform"
    result = checked(checkov, cwd, "--framework", "terraform", "--check", "FABRIC_*", LOG_LEVEL="INFO")
    same(result, expected(cwd, "."))
    assert result.ran.code == 1
    assert result.ran.engine_runs == 1
    assert "has no resource here" not in result.ran.err
    (record,) = result.of(EFA)
    assert record["resource"] == "module.finetuning.aws_autoscaling_group.this"
    assert record["file_path"] == "/modules/fleet/main.tf"
    assert record["file_line_range"] == [91, 103]
    assert record["severity"] == "HIGH"
    assert record["guideline"] == f"{PAGE}accelerators-without-efa.md"
    assert record["check_name"].endswith(".")
    # Each module call is an entity of its own, and of the clean ones it is said that they are.
    clean = {r["resource"] for r in result.of(EFA, result.passed)}
    assert "module.pretraining.aws_autoscaling_group.this" in clean
    assert "module.finetuning.aws_autoscaling_group.this" not in clean
    assert not {(r["check_id"], r["resource"]) for r in result.failed} & {
        (r["check_id"], r["resource"]) for r in result.passed
    }


def test_the_demo_in_cloudformation(checkov: Tool, expected: Expected) -> None:
    cwd = DEMO / "cloudformation"
    result = checked(checkov, cwd, "--framework", "cloudformation", "--check", "FABRIC_*", LOG_LEVEL="INFO")
    same(result, expected(cwd, "."))
    assert result.ran.engine_runs == 1
    (record,) = result.of(EFA)
    assert record["resource"] == "AWS::AutoScaling::AutoScalingGroup.Finetuning"
    assert record["file_path"] == "/platform.yaml"
    assert "Finetuning:" in (cwd / "platform.yaml").read_text().splitlines()[record["file_line_range"][0] - 1]
    assert record["guideline"] == f"{PAGE}accelerators-without-efa.md"
    # What is found in a nested template is told there.
    assert {r["file_path"] for r in result.failed} == {"/platform.yaml", "/network.yaml", "/transfer.yaml"}


def test_a_plan(checkov: Tool, tmp_path: Path) -> None:
    case = HOME / "fixtures" / "accelerators-without-efa" / "bad" / "local-module"
    shutil.copy(case / "plan.json", tmp_path / "tfplan.json")
    result = checked(
        checkov,
        tmp_path,
        "-f",
        "tfplan.json",
        "--framework",
        "terraform_plan",
        "--check",
        EFA,
        LOG_LEVEL="INFO",
    )
    (record,) = result.failed
    assert record["resource"] == "module.pretrain_nodes.aws_autoscaling_group.this"
    assert record["file_path"].endswith("tfplan.json")
    assert record["file_line_range"][0] > 1
    assert result.ran.engine_runs == 1


def test_skips(checkov: Tool, tmp_path: Path) -> None:
    commented = FLEET.replace(
        'resource "aws_autoscaling_group" "train" {',
        f'resource "aws_autoscaling_group" "train" {{\n  #checkov:skip={EFA}:it is a teaching cluster',
    )
    (tmp_path / "main.tf").write_text(commented)
    result = checked(checkov, tmp_path, "--framework", "terraform")
    (record,) = result.of(EFA, result.skipped)
    assert record["check_result"]["suppress_comment"] == "it is a teaching cluster"
    assert not result.of(EFA)
    assert result.theirs, "checkov's own checks run beside ours"
    if checkov.old:
        return
    (tmp_path / "main.tf").write_text(FLEET)
    result = checked(checkov, tmp_path, "--framework", "terraform", "--skip-check", EFA)
    assert not result.of(EFA)
    assert result.failed
    result = checked(checkov, tmp_path, "--framework", "terraform", "--check", f"{EFA},CKV_AWS_79")
    assert {r["check_id"] for r in result.failed} == {EFA}
    assert {r["check_id"] for r in result.theirs} == {"CKV_AWS_79"}
    result = checked(checkov, tmp_path, "--framework", "terraform", "--check", "HIGH")
    assert {r["severity"] for r in result.failed} == {"HIGH"}


TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Gateway": {"Type": "AWS::EC2::InternetGateway"},
        "Train": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {
                    "InstanceType": "p5.48xlarge",
                    "UserData": {"Fn::Base64": "#!/bin/bash\ntorchrun --nnodes=4 train.py"},
                }
            },
        },
        "Nodes": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Metadata": {},
            "Properties": {
                "MinSize": "4",
                "MaxSize": "4",
                "VPCZoneIdentifier": ["subnet-1"],
                "LaunchTemplate": {
                    "LaunchTemplateId": {"Ref": "Train"},
                    "Version": {"Fn::GetAtt": ["Train", "LatestVersionNumber"]},
                },
            },
        },
    }
}


def test_a_template_in_json_and_its_metadata(newest_checkov: Tool, tmp_path: Path) -> None:
    (tmp_path / "template.json").write_text(json.dumps(TEMPLATE, indent=2))
    result = checked(newest_checkov, tmp_path, "--framework", "cloudformation", "--check", "FABRIC_*")
    (record,) = result.of(EFA)
    assert record["resource"] == "AWS::AutoScaling::AutoScalingGroup.Nodes"
    line = (tmp_path / "template.json").read_text().splitlines()[record["file_line_range"][0] - 1]
    assert '"Nodes"' in line
    skipping = json.loads(json.dumps(TEMPLATE))
    skipping["Resources"]["Nodes"]["Metadata"] = {"checkov": {"skip": [{"id": EFA, "comment": "meant"}]}}
    (tmp_path / "template.json").write_text(json.dumps(skipping, indent=2))
    result = checked(newest_checkov, tmp_path, "--framework", "cloudformation", "--check", "FABRIC_*")
    assert not result.of(EFA)
    (record,) = result.of(EFA, result.skipped)
    assert record["check_result"]["suppress_comment"] == "meant"


def test_roots_beside_each_other_and_what_is_broken(
    checkov: Tool, tmp_path: Path, expected: Expected
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "main.tf").write_text(FLEET)
    (tmp_path / "two" / "main.tf").write_text(FLEET + '\nresource "aws_vpc" "a" {\n')
    (tmp_path / "bad.yaml").write_text("Resources:\n  A: {Type: AWS::EC2::VPC\n")
    result = checked(checkov, tmp_path, "--framework", "terraform", "cloudformation", LOG_LEVEL="INFO")
    assert {r["file_path"] for r in result.of(EFA)} == {"/one/main.tf"}
    assert result.theirs
    assert result.ran.engine_runs == 1
    if not checkov.old:
        assert checked(checkov, tmp_path, "--soft-fail", "--framework", "terraform").ran.code == 0


def test_what_a_registry_module_makes_is_told_at_its_call(newest_checkov: Tool, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'module "vpc" {\n'
        '  source               = "terraform-aws-modules/vpc/aws"\n  version              = "6.0.0"\n'
        '  cidr                 = "10.0.0.0/16"\n  azs                  = ["us-east-1a"]\n'
        '  private_subnets      = ["10.0.0.0/20"]\n  public_subnets       = ["10.0.16.0/20"]\n'
        "  enable_nat_gateway   = true\n}\n\n" + FLEET.replace('["subnet-1"]', "module.vpc.private_subnets")
    )
    result = checked(newest_checkov, tmp_path, "--framework", "terraform", "--check", "FABRIC_*")
    (record,) = result.of("FABRIC_S3_WITHOUT_GATEWAY_ENDPOINT")
    assert record["file_line_range"] == [1, 9]
    assert "has no resource here" not in result.ran.err


def test_the_configuration_of_the_repository(newest_checkov: Tool, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(FLEET)
    (tmp_path / "fabriclint.toml").write_text('ignore = ["accelerators-without-efa"]\n')
    result = checked(newest_checkov, tmp_path, "--framework", "terraform")
    assert result.failed
    assert not result.of(EFA)
    (tmp_path / "fabriclint.toml").write_text("nonsense = 1\n")
    result = checked(newest_checkov, tmp_path, "--framework", "terraform")
    assert not result.failed
    assert result.theirs
    assert result.ran.err.count("fabriclint checks nothing") == 1
