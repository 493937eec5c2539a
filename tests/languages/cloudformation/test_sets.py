"""Templates that import what others export are judged together, and only where it is clear which export is meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages.base import Reading, Roots, Settings
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.languages.cloudformation.exports import Name, key_of, name_of
from fabriclint.testing import MemoryFiles
from fabriclint.values import Reference, Text, Unknown, Value

Plain = Callable[[Value], Any]

VPC = """\
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc}}
  Table: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}
  Way: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-1}}
  Tie: {Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}}
Outputs:
  Vpc: {Value: !Ref Vpc, Export: {Name: NAME-vpc}}
  Subnet: {Value: !Ref A, Export: {Name: NAME-subnet}}
  Table: {Value: !Ref Table, Export: {Name: NAME-table}}
"""
LITERAL = VPC.replace("NAME", "shared")
TAILED = (
    VPC.replace("NAME-vpc", "!Sub '${AWS::StackName}-vpc'")
    .replace("NAME-subnet", "!Sub '${AWS::StackName}-subnet'")
    .replace("NAME-table", "!Sub '${AWS::StackName}-table'")
)
FLEET = """\
Parameters: {Net: {Type: String, Default: shared}}
Resources:
  Nodes:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 8
      MaxSize: 8
      VPCZoneIdentifier: ['Fn::ImportValue': !Sub '${Net}-subnet']
      LaunchTemplate: {LaunchTemplateId: !Ref Start, Version: 1}
  Start:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {InstanceType: p5.48xlarge}}
"""
OPEN_FLEET = FLEET.replace(", Default: shared", "")
ENDPOINT = """\
Parameters: {Net: {Type: String, Default: shared}}
Resources:
  Door:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !ImportValue {'Fn::Sub': '${Net}-vpc'}
      ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3'
      RouteTableIds: [!ImportValue {'Fn::Sub': '${Net}-table'}]
"""


def roots(files: dict[str, str]) -> Roots:
    return LANGUAGE.roots(list(files), (), MemoryFiles(files))


def judge(files: dict[str, str], **given: str) -> Report:
    tree = MemoryFiles(files)
    settings = Settings(parameters=tuple(given.items()))
    return run(plan(["."], tree, [LANGUAGE]), tree, settings, builtin_rules())


def read(files: dict[str, str]) -> Reading:
    tree = MemoryFiles(files)
    (root,) = LANGUAGE.roots(list(files), (), tree).roots
    return LANGUAGE.read(root, tree, Settings())


def together(files: dict[str, str]) -> list[tuple[str, ...]]:
    return [root.files for root in roots(files).roots if len(root.files) > 1]


@pytest.mark.parametrize("vpc", [LITERAL, TAILED])
def test_templates_that_import_from_each_other_are_one_root(vpc: str, plain: Plain) -> None:
    files = {
        "net/vpc.yaml": vpc,
        "app/fleet.yaml": FLEET,
        "net/door.yaml": ENDPOINT,
        "other.yaml": LITERAL[:100],
    }
    assert together(files) == [("app/fleet.yaml", "net/door.yaml", "net/vpc.yaml")]
    del files["other.yaml"]
    found = {element.address: element for element in read(files).elements}
    assert plain(found["fleet/Nodes"].get("subnets")) == ["@vpc/A.id"]
    assert plain(found["door/Door"].get("vpc")) == "@vpc/Vpc.id"
    assert {e.label for e in read(files).elements} >= {"Nodes", "Vpc", "Door"}


def test_what_a_sibling_makes_is_seen_and_told_once() -> None:
    def found(files: dict[str, str]) -> list[tuple[str, str]]:
        return [(one.rule, one.place.path) for one in judge(files).findings if "s3" in one.rule]

    files = {"vpc.yaml": LITERAL, "fleet.yaml": FLEET}
    assert found(files) == [("s3-without-gateway-endpoint", "vpc.yaml")]
    assert found({**files, "door.yaml": ENDPOINT}) == []
    assert "s3-without-gateway-endpoint" in {one.rule for one in judge({"fleet.yaml": FLEET}).not_checked}


def test_a_name_that_only_ends_alike_is_told() -> None:
    files = {"vpc.yaml": TAILED, "fleet.yaml": OPEN_FLEET}
    reading = read(files)
    assert [(d.level, str(d.place)) for d in reading.diagnostics] == [("note", "fleet.yaml:8")]
    assert "…-subnet is taken to be the export of vpc.yaml" in reading.diagnostics[0].message
    subnets = next(e for e in reading.elements if e.label == "Nodes").get("subnets")
    (subnet,) = subnets.members().known()
    assert [str(used) for used in subnet.inputs] == ["import …-subnet = the export of vpc.yaml"]
    assert not read({"vpc.yaml": LITERAL, "fleet.yaml": FLEET}).diagnostics


def test_two_that_export_alike_mean_neither() -> None:
    files = {"fleet.yaml": FLEET, "one/vpc.yaml": TAILED, "two/vpc.yaml": TAILED}
    assert together(files) == []
    assert together({**files, "two/vpc.yaml": LITERAL}) == [("fleet.yaml", "two/vpc.yaml")], (
        "a full name is surer"
    )
    assert together({**files, "one/vpc.yaml": LITERAL, "two/vpc.yaml": LITERAL}) == []


def test_a_twin_in_json_stays_with_its_kind() -> None:
    vpc = '{"Resources": {"V": {"Type": "AWS::EC2::VPC"}}, "Outputs": {"O": {"Value": "v", "Export": {"Name": "shared-subnet"}}}}'
    fleet = '{"Resources": {"S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Fn::ImportValue": "shared-subnet"}}}}}'
    files = {"fleet.yaml": FLEET, "fleet.json": fleet, "vpc.yaml": LITERAL, "vpc.json": vpc}
    assert together(files) == [("fleet.json", "vpc.json"), ("fleet.yaml", "vpc.yaml")]


def test_an_export_of_a_nested_template_counts_for_its_root(plain: Plain) -> None:
    main = "Resources:\n  Net: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./vpc.yaml}}\n"
    files = {"main.yaml": main, "vpc.yaml": LITERAL, "fleet.yaml": FLEET}
    assert together(files) == [("fleet.yaml", "main.yaml")]
    found = {element.address: element for element in read(files).elements}
    assert plain(found["fleet/Nodes"].get("subnets")) == ["@main/Net/A.id"]


def test_templates_of_other_domains_join_nothing() -> None:
    queue = "Resources:\n  Q: {Type: 'AWS::SQS::Queue'}\nOutputs: {O: {Value: x, Export: {Name: shared-subnet}}}\n"
    assert together({"fleet.yaml": FLEET, "queue.yaml": queue}) == []


def test_files_of_one_name_are_told_apart() -> None:
    files = {"net/template.yaml": LITERAL, "app/template.yaml": FLEET}
    addresses = [element.address for element in read(files).elements]
    assert "net/template.yaml/Vpc" in addresses
    assert "app/template.yaml/Nodes" in addresses
    numbered = read({"1.vpc.yaml": LITERAL, "2.fleet.template.json.yaml": FLEET}).elements
    assert {element.address.partition("/")[0] for element in numbered} == {"1.vpc", "2.fleet.template.json"}


def test_a_given_parameter_counts_where_a_template_of_the_set_declares_it() -> None:
    report = judge({"vpc.yaml": LITERAL, "fleet.yaml": FLEET}, Net="shared", Typo="x")
    assert [d.message for d in report.diagnostics if d.level == "warning"] == [
        "a parameter that no template here declares was given: Typo"
    ]
    apart = judge(
        {"vpc.yaml": LITERAL, "other.yaml": FLEET.replace("subnet", "net")}, Net="shared", Typo="x", Tpyo="y"
    )
    (told,) = (d for d in apart.diagnostics if d.level == "warning")
    assert told.message.endswith("were given: Typo, Tpyo"), "once, and not what one of two roots takes"


HOLE = Unknown.because("parameter Net has no default")
OWN = Reference("AWS::StackName")


@pytest.mark.parametrize(
    ("imported", "exported", "fits"),
    [
        (("net-vpc",), (OWN, "-vpc"), True),
        (("prod-net-vpc",), (OWN, "-vpc"), True),
        (("a b-vpc",), (OWN, "-vpc"), False),
        (("-vpc",), (OWN, "-vpc"), False),
        (("net-vpc",), (OWN, "-subnet"), False),
        ((HOLE, "-vpc"), (OWN, "-vpc"), True),
        ((HOLE, "-VPC"), (OWN, "-vpc"), False),
        ((HOLE, ":vpc"), (OWN, "-vpc"), False),
        ((OWN, "-vpc"), (OWN, "-vpc"), False),
        (("x-net-vpc",), ("x-", OWN, "-vpc"), True),
        ((HOLE,), (OWN,), False),
        ((HOLE, "-"), (OWN, "-"), False),
        ((HOLE, "-vpc"), (HOLE, "-vpc"), False),
    ],
)
def test_which_names_fit(imported: Any, exported: Any, fits: bool) -> None:
    def name(parts: Any) -> Name:
        data = parts[0] if len(parts) == 1 and isinstance(parts[0], str) else Text(parts)
        key = key_of(Value(data))
        assert key is not None
        found = name_of(key)
        assert found is not None
        return found

    assert name(imported).fits(name(exported)) is fits


def test_many_exports_and_imports_are_matched_in_good_time() -> None:
    vpc = "  V: {Type: 'AWS::EC2::VPC'}\n"
    exporter = f"Resources:\n{vpc}Outputs:\n" + "".join(
        f"  O{n}: {{Value: !Ref V, Export: {{Name: !Sub '${{AWS::StackName}}-KEY{n}'}}}}\n"
        for n in range(300)
    )
    importer = f"Resources:\n{vpc}" + "".join(
        f"  S{n}: {{Type: 'AWS::EC2::Subnet', Properties: {{VpcId: !ImportValue net-K7x{n}}}}}\n"
        for n in range(300)
    )
    files = {f"e{n}.yaml": exporter.replace("KEY", f"K{n}x") for n in range(20)}
    files |= {f"i{n}.yaml": importer for n in range(20)}
    assert len(together(files)) == 1
