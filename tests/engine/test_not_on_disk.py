"""What a root calls and nobody can read is told once, so that silence about it is never taken for clean."""

from __future__ import annotations

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.testing import MemoryFiles

MODULES = """\
module "platform" {
  source  = "app.example.org/ml/platform/aws"
  version = "1.2.0"
}

module "store" {
  count  = 2
  source = "git::https://git.example.org/ml/store.git"
}
"""
STACKS = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Platform:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://bucket.s3.amazonaws.com/ml/platform.yaml
"""


def notes(**sources: str) -> list[str]:
    files = MemoryFiles({name.replace("_", "."): text.encode() for name, text in sources.items()})
    report = run(plan(["."], files, languages()), files, Settings(), builtin_rules())
    assert report.findings == ()
    return [one.message for one in report.diagnostics if one.level == "note"]


def test_modules() -> None:
    (note,) = notes(main_tf=MODULES)
    assert "not in these sources, so what they make is not checked" in note
    assert "module.platform (app.example.org/ml/platform/aws)" in note
    assert note.count("module.store") == 1


def test_nested_stacks() -> None:
    (note,) = notes(platform_yaml=STACKS)
    assert "Platform (https://bucket.s3.amazonaws.com/ml/platform.yaml)" in note


def test_nothing_to_tell() -> None:
    assert notes(main_tf='resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n') == []
