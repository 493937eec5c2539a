"""Work is done for what is asked: a template of another domain is parsed once, and nothing of it is evaluated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages.base import Settings
from fabriclint.languages.cloudformation import LANGUAGE, template
from fabriclint.languages.cloudformation.stack import Stack
from fabriclint.languages.cloudformation.tree import Node, Parsed, Scalar
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source, Span
from fabriclint.values import Truth, Value

OTHER = """\
Parameters: {Stage: {Type: String, AllowedValues: [a, b]}}
Conditions: {Big: !Equals [!Ref Stage, b]}
Resources:
""" + "".join(
    f"""\
  Queue{n}:
    Type: AWS::SQS::Queue
    Condition: Big
    Properties: {{QueueName: !Sub '${{AWS::StackName}}-{n}', Tags: [{{Key: a, Value: !If [Big, x, y]}}]}}
  Policy{n}:
    Type: AWS::IAM::Policy
    Properties: {{PolicyDocument: !Sub '{{"Resource": "${{Queue{n}.Arn}}"}}', Roles: [!ImportValue roles-{n}]}}
"""
    for n in range(50)
)
OTHER += "Outputs:\n" + "".join(
    f"  Out{n}: {{Value: !GetAtt Queue{n}.Arn, Export: {{Name: !Sub '${{AWS::StackName}}-{n}'}}}}\n"
    for n in range(50)
)

Work = dict[str, int]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], Work]:
    """Runs every rule over some files; how often anything was parsed, evaluated or decided."""
    count: Work = {}
    evaluate, condition, parse = Stack.evaluate, Stack.condition, template._parse

    def counted(name: str) -> None:
        count[name] = count.get(name, 0) + 1

    def evaluates(self: Stack, node: Node) -> Value:
        counted("values" if not isinstance(node, Scalar) else "scalars")
        return evaluate(self, node)

    def decides(self: Stack, name: str, place: Span) -> Truth:
        counted("conditions")
        return condition(self, name, place)

    def parses(source: Source) -> Parsed:
        counted("files")
        return parse(source)

    monkeypatch.setattr(Stack, "evaluate", evaluates)
    monkeypatch.setattr(Stack, "condition", decides)
    monkeypatch.setattr(template, "_parse", parses)

    def run_over(contents: dict[str, str]) -> Work:
        count.clear()
        files = MemoryFiles(contents)
        run(plan(["."], files, [LANGUAGE]), files, Settings(), builtin_rules())
        return dict(count)

    return run_over


def test_a_template_of_another_domain_is_parsed_and_no_more(work: Callable[[dict[str, str]], Work]) -> None:
    assert work({"t.yaml": OTHER}) == {"files": 1}
    assert work({f"{n}.yaml": OTHER for n in range(5)}) == {"files": 5}, (
        "imports among them join nothing either"
    )


def test_what_is_no_template_is_not_parsed(work: Callable[[dict[str, str]], Work]) -> None:
    files = {
        "package.json": '{"name": "x", "dependencies": {}}',
        "pod.yaml": "kind: Pod\n",
        "values.yaml": "Resources: x\n",
    }
    assert work(files) == {}


def test_only_what_is_asked_of_is_evaluated(work: Callable[[dict[str, str]], Work]) -> None:
    vpc = "  Lab: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Sub '10.0.0.0/16'}}\n"
    done = work({"t.yaml": OTHER.replace("Resources:\n", "Resources:\n" + vpc)})
    assert done["files"] == 1
    assert done.get("conditions", 0) == 0
    assert done.get("values", 0) <= 3


def test_a_template_is_parsed_once_for_all_its_readings(work: Callable[[dict[str, str]], Work]) -> None:
    vpc = "Resources:\n  Lab: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}\n"
    vpc += "Outputs: {V: {Value: !Ref Lab, Export: {Name: v}}}\n"
    subnet = "Resources:\n  Net: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !ImportValue v}}\n"
    main = "Resources:\n  S: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./subnet.yaml}}\n"
    assert work({"vpc.yaml": vpc, "subnet.yaml": subnet, "main.yaml": main})["files"] == 3
