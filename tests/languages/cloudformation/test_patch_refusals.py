"""Templates that are left alone, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import dedent, indent
from typing import Any, TypeAlias

import pytest

from fabriclint.languages.base import NoEdit
from fabriclint.model.change import Add, Change, Inside, Link, New, Remove, Reword, Same, Set, Shell, Written
from fabriclint.model.element import Element
from fabriclint.text import Source
from fabriclint.values import Unknown, Value

Elements: TypeAlias = dict[str, Element]
Patch: TypeAlias = Callable[..., Any]
Make: TypeAlias = Callable[[Elements], Sequence[Change]]

IT = "  It:\n    Type: AWS::EC2::VPCEndpoint\n"
HEAD = """\
Parameters:
  Tables:
    Type: List<String>
  Name:
    Type: String
    Default: sub
Mappings:
  Of:
    All:
      Kind: Gateway
Conditions:
  Own: !Equals [!Ref Name, sub]
"""


def stack(properties: str, before: str = "", more: str = "") -> str:
    """An endpoint `It` with these properties."""
    return (
        f"{HEAD}Resources:\n{indent(dedent(before), '  ')}"
        f"  It:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n{indent(dedent(properties), '      ')}"
        f"{indent(dedent(more), '  ')}"
    )


def tables(e: Elements) -> Sequence[Change]:
    return [Inside(e["It"], "route_tables", ("rtb-1",))]


def kind(e: Elements) -> Sequence[Change]:
    return [Set(e["It"], "type", "Gateway")]


def subnets(e: Elements) -> Sequence[Change]:
    return [Set(e["It"], "subnets", ["subnet-1"])]


def no_kind(e: Elements) -> Sequence[Change]:
    return [Remove(e["It"], "type")]


@pytest.mark.parametrize(
    ("properties", "make", "why"),
    [
        ("RouteTableIds: !Ref Tables\n", tables, "RouteTableIds is set through !Ref Tables"),
        ("RouteTableIds: !Split [',', a]\n", tables, "RouteTableIds is set through !Split"),
        ("RouteTableIds: rtb-2\n", tables, "RouteTableIds is not written as a list"),
        ("RouteTableIds: {a: b}\n", tables, "RouteTableIds is not written as a list"),
        ("RouteTableIds: [a,\n  b]\n", tables, "RouteTableIds is written in brackets"),
        ("VpcEndpointType: !Ref Name\n", kind, "VpcEndpointType is set through !Ref Name"),
        ("VpcEndpointType: !GetAtt [X, Y.Z]\n", kind, "VpcEndpointType is set through !GetAtt X.Y.Z"),
        ("VpcEndpointType: !FindInMap [Of, All, Kind]\n", kind, "VpcEndpointType is set through !FindInMap"),
        ("VpcEndpointType:\n  Fn::If: [Own, a, b]\n", kind, "VpcEndpointType is set through !If"),
        ("VpcEndpointType: '{{resolve:ssm:kind}}'\n", kind, "VpcEndpointType is set through {{resolve:ssm:kind}}"),
        ("VpcEndpointType: ${kind}\n", kind, "VpcEndpointType is set through ${kind}"),
        ("VpcEndpointType:\n", kind, "VpcEndpointType is left empty"),
        ("VpcEndpointType: |\n  a\n", kind, "VpcEndpointType is a text over several lines"),
        ("VpcEndpointType: [a]\n", kind, "VpcEndpointType holds a list"),
        ("VpcEndpointType: !!str a\n", kind, "VpcEndpointType has an anchor or a tag before its value"),
        ("VpcEndpointType: &kind a\nX: *kind\n", kind, "VpcEndpointType has an anchor or a tag before its value"),
        ("X: &kind a\nVpcEndpointType: *kind\n", kind, "VpcEndpointType comes from an anchor or a merge key"),
        ("X: &all\n  VpcEndpointType: a\n<<: *all\n", kind, "VpcEndpointType comes from an anchor or a merge key"),
        ("SubnetIds: [!If [Own, a, b]]\n", subnets, "SubnetIds is set through !If"),
        ("SubnetIds: [!Ref Name]\n", subnets, "SubnetIds is set through !Ref Name"),
        ("SubnetIds:\n  - &first a\nX: *first\n", subnets, "an anchor that may be used elsewhere would go"),
        ("VpcEndpointType: !If [Own, a, b]\n", no_kind, "VpcEndpointType is set through !If"),
        ("VpcId: a\nX: |+\n  text\n\n", kind, "a text that keeps its blank lines stands before it"),
        ("Fn::Transform: {Name: Mine}\nVpcId: a\n", kind, "a function adds to Properties"),
        ("<<: {VpcId: a}\n", kind, "Properties has nothing of its own in it"),
    ],
)  # fmt: skip
def test_a_property_that_is_decided_elsewhere(patch: Patch, properties: str, make: Make, why: str) -> None:
    with pytest.raises(NoEdit) as caught:
        patch(stack(properties), make, "It")
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Resources:\n  It: {Type: AWS::EC2::VPCEndpoint}\n", "It is written in braces"),
        ("Resources:\n  It:\n    Type: AWS::EC2::VPCEndpoint\n    Properties: {VpcId: a}\n", "Properties is written in braces"),
        ("Resources: {It: {Type: AWS::EC2::VPCEndpoint}}\n", "Resources is written in braces"),
        ("{Resources: {It: {Type: AWS::EC2::VPCEndpoint}}}\n", "main.yaml is written in braces and is not JSON"),
        ("Resources: &all\n  It:\n    Type: AWS::EC2::VPCEndpoint\n", "Resources has an anchor or a tag before its value"),
        ("Resources:\n  A: &a\n    Type: AWS::EC2::VPCEndpoint\n  It: *a\n", "It comes from an anchor or a merge key"),
        ("Resources:\n  It:\n    Type: AWS::EC2::VPCEndpoint\n    Properties: !Ref X\n", "Properties is set through !Ref X"),
        (
            f"Resources:\n{IT}    Properties:\n      Fn::If:\n        - Own\n        - VpcId: a\n        - VpcId: b\n",
            "Properties is set through !If",
        ),
        (
            "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::All:\n    - N\n    - [t]\n"
            "    - I${N}:\n        Type: AWS::EC2::VPCEndpoint\n",
            "It is not written in main.yaml itself",
        ),
        (
            "Resources:\n  It:\n    Type: AWS::EC2::VPCEndpoint\n    Metadata:\n      aws:cdk:path: Stack/It\n",
            "the CDK writes this template: change the code that makes it",
        ),
    ],
)  # fmt: skip
def test_a_resource_that_is_not_written_plainly(patch: Patch, text: str, why: str) -> None:
    with pytest.raises(NoEdit) as caught:
        patch(text, kind, "It")
    assert str(caught.value) == why


@pytest.mark.parametrize("path", ["cdk.out/A.template.json", "out/A.template.json"])
def test_a_template_of_an_assembly(patch: Patch, path: str) -> None:
    folder = path.partition("/")[0]
    files = {
        path: '{"Resources": {"It": {"Type": "AWS::EC2::VPCEndpoint"}}}',
        f"{folder}/manifest.json": '{"version": "1", "artifacts": {}}',
    }
    with pytest.raises(NoEdit, match="the CDK writes this template"):
        patch(files, kind, "It")


def test_an_included_resource(patch: Patch) -> None:
    main = """\
        Resources:
          Vpc:
            Type: AWS::EC2::VPC
          Fn::Transform:
            Name: AWS::Include
            Parameters:
              Location: more.yaml
        """
    files = {"main.yaml": dedent(main), "more.yaml": "It:\n  Type: AWS::EC2::VPCEndpoint\n"}
    with pytest.raises(NoEdit, match=r"more.yaml has no resources of its own"):
        patch(files, kind, "Vpc")
    with pytest.raises(NoEdit, match="put together from several files"):
        patch(files, lambda _: [Add("placement_group", "close", {"strategy": "cluster"})], "Vpc")


def test_what_stands_in_another_template(patch: Patch) -> None:
    inner = stack("VpcId: a\n").replace("  It:", "  Vpc:\n    Type: AWS::EC2::VPC\n  It:")
    nested = (
        "  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: inner.yaml\n"
    )
    main = f"Resources:\n{nested}  Vpc:\n    Type: AWS::EC2::VPC\n"
    files = {"main.yaml": main, "inner.yaml": inner}
    literal = patch(files, lambda e: [Set(e["Inner/It"], "type", "Gateway")], "Vpc")
    assert list(literal.texts) == ["inner.yaml"]
    with pytest.raises(NoEdit, match="cannot name these resources"):
        patch(files, lambda e: [Set(e["Inner/It"], "vpc", Link(e["Vpc"]))], "Vpc")
    with pytest.raises(NoEdit, match="VpcId stands for a parameter that is handed"):
        patch(files, lambda e: [Set(e["Inner/It"], "vpc", Link(e["Vpc"]))], "Inner/It")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda e: [Shell(("true",)), *kind(e)], "the fix is a script of its own"),
        (lambda e: [Add("vpc", "v", {}, "name the range")], "it needs a decision: name the range"),
        (lambda e: [Add("main_route_table", "m")], "CloudFormation has no resource for main_route_table"),
        (lambda e: [Add("placement_group", "p", {"speed": 3})], "AWS::EC2::PlacementGroup has no place for speed"),
        (lambda e: [Set(e["It"], "speed", 3)], "AWS::EC2::VPCEndpoint has no place for speed"),
        (
            lambda e: [Set(e["It"], "vpc", Same(Value(Unknown.because("?"))))],
            "AWS::NoValue stands for a value that these sources do not decide",
        ),
        (
            lambda e: [Set(e["It"], "type", "a"), Set(e["It"], "vpc", New("never"))],
            "Never is not written in main.yaml itself",
        ),
        (lambda e: [Inside(e["It"], "type", ("a",))], "VpcEndpointType holds a single value"),
        (lambda e: [Set(e["It"], "vpc", Link(e["It"]))], "It would depend on itself"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_said(patch: Patch, make: Make, why: str) -> None:
    with pytest.raises(NoEdit) as caught:
        patch(stack("VpcId: a\n"), make, "It")
    assert str(caught.value) == why


def test_a_ring_of_resources(patch: Patch) -> None:
    group = "{name}:\n  Type: AWS::EC2::SecurityGroup\n  Properties:\n    GroupDescription: {rest}\n"
    ends = {"A": "a", "B": "!Sub '${C.GroupId}'", "C": "!Select [0, [!GetAtt A.GroupId]]"}
    text = stack("VpcId: a\n", "".join(group.format(name=name, rest=rest) for name, rest in ends.items()))
    rule: dict[str, Written] = {"protocol": "-1", "security_groups": []}

    def make(e: Elements) -> Sequence[Change]:
        return [Inside(e["A"], "ingress", ({**rule, "security_groups": [Link(e["B"])]},))]

    with pytest.raises(NoEdit, match="A would depend on itself"):
        patch(text, make, "A")


def test_what_is_made_under_a_condition_only(patch: Patch) -> None:
    text = stack("VpcId: a\n", "Vpc:\n  Type: AWS::EC2::VPC\n  Condition: Own\n")
    with pytest.raises(NoEdit, match="Vpc is made under the condition Own only"):
        patch(text, lambda e: [Set(e["It"], "vpc", Link(e["Vpc"]))], "It")


def test_what_is_there_already(patch: Patch) -> None:
    text = stack(
        "VpcId: a\n",
        more="Close:\n  Type: AWS::EC2::PlacementGroup\n  Properties: {'Strategy': \"cluster\"}\n",
    )
    with pytest.raises(NoEdit, match="Close says so already"):
        patch(text, lambda _: [Add("placement_group", "near", {"strategy": "cluster"})], "It")


def test_words_are_replaced_only_where_they_stand(patch: Patch) -> None:
    text = stack("VpcId: tcp\n")

    def reword(old: str, new: str) -> Make:
        def make(e: Elements) -> Sequence[Change]:
            source = e["It"].place.source
            at = source.data.index(b"tcp")
            return [Reword(source.span(at, at + 3), old, new)]

        return make

    assert patch(text, reword("tcp", "efa"), "It").text == text.replace("tcp", "efa")
    for old, new, why in (
        ("udp", "efa", "does not read udp"),
        ("tcp", "a'b", "quotes"),
        ("tcp", "a\nb", "quotes"),
    ):
        with pytest.raises(NoEdit, match=why):
            patch(text, reword(old, new), "It")
    with pytest.raises(NoEdit, match="overlap"):
        patch(text, lambda e: [*reword("tcp", "efa")(e), Set(e["It"], "vpc", "vpc-1")], "It")


def test_a_script_that_is_no_template_may_be_reworded(patch: Patch) -> None:
    script = Source("start.sh", b"export FI_PROVIDER=tcp\n")
    result = patch(stack("VpcId: a\n"), lambda _: [Reword(script.span(19, 22), "tcp", "efa")], "It")
    assert result.texts == {"start.sh": "export FI_PROVIDER=efa\n"}


def test_items_that_take_the_place_of_others_lose_nothing(patch: Patch) -> None:
    text = """\
Resources:
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        NetworkInterfaces:
          - InterfaceType: efa
            DeleteOnTermination: true
"""
    with pytest.raises(NoEdit, match="DeleteOnTermination of NetworkInterfaces would be lost"):
        patch(
            text,
            lambda e: [Inside(e["Template"], "interfaces", ({"card": 0, "type": "efa-only"},), instead=True)],
        )
