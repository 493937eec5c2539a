"""Changes as edits of a template of JSON: commas, and the indentation that the file has."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import pytest

from fabriclint.languages.base import NoEdit
from fabriclint.model.change import Add, Change, Inside, Link, New, Remove, Set, Written
from fabriclint.model.element import Element

Elements: TypeAlias = dict[str, Element]
Patch: TypeAlias = Callable[..., Any]

STACK: dict[str, Any] = {
    "Resources": {
        "Vpc": {
            "Type": "AWS::EC2::VPC",
            "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": "false"},
        },
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Node": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {
                    "InstanceType": "p5.48xlarge",
                    "Placement": {"GroupName": "old"},
                    "SecurityGroupIds": ["sg-1", "sg-2"],
                }
            },
        },
        "S3": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"RouteTableIds": ["rtb-1"], "VpcId": "vpc-1"}},
        "Bare": {"Type": "AWS::EC2::VPC", "Properties": {}},
    }
}


def many(e: Elements) -> Sequence[Change]:
    """One change of each sort."""
    interface: dict[str, Written] = {"device": 0, "security_groups": [Link(e["Vpc"])]}
    return [
        Add("subnet", "more", {"vpc": Link(e["Vpc"]), "tags": {"Name": "more"}}),
        Add("placement_group", "close", {"strategy": "cluster"}),
        Remove(e["Node"], "security_groups"),
        Remove(e["Node"], "placement_group"),
        Inside(e["Node"], "interfaces", (interface,)),
        Set(e["Node"], "placement_group", New("close", "name")),
        Inside(e["S3"], "route_tables", (Link(e["Table"]), "rtb-2")),
        Set(e["S3"], "vpc", Link(e["Vpc"])),
        Set(e["Vpc"], "dns_support", True),
        Set(e["Vpc"], "dns_hostnames", True),
        Set(e["Bare"], "dns_support", True),
    ]


def expected() -> dict[str, Any]:
    """What the stack says after them, in order."""
    wanted: dict[str, Any] = json.loads(json.dumps(STACK))
    resources = wanted["Resources"]
    resources["Vpc"]["Properties"] |= {"EnableDnsSupport": "true", "EnableDnsHostnames": True}
    data = resources["Node"]["Properties"]["LaunchTemplateData"]
    del data["SecurityGroupIds"]
    data["Placement"]["GroupName"] = {"Ref": "Close"}
    data["NetworkInterfaces"] = [{"DeviceIndex": 0, "Groups": [{"Ref": "Vpc"}]}]
    resources["S3"]["Properties"] = {
        "RouteTableIds": ["rtb-1", {"Ref": "Table"}, "rtb-2"],
        "VpcId": {"Ref": "Vpc"},
    }
    resources["Bare"]["Properties"] = {"EnableDnsSupport": True}
    more = {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "Tags": [{"Key": "Name", "Value": "more"}]},
    }
    close = {"Type": "AWS::EC2::PlacementGroup", "Properties": {"Strategy": "cluster"}}
    vpc, table, *others = resources.items()
    wanted["Resources"] = dict([vpc, ("More", more), table, ("Close", close), *others])
    return wanted


STYLES: list[dict[str, Any]] = [
    {"indent": 2},
    {"indent": 4},
    {"indent": "\t"},
    {"indent": 1, "separators": (",", " : ")},
    {},
    {"separators": (",", ":")},
]


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_the_result_is_laid_out_like_the_file(patch: Patch, style: dict[str, Any]) -> None:
    result = patch({"main.json": json.dumps(STACK, **style)}, many)
    assert result.text == json.dumps(expected(), **style)
    assert result.elements["Vpc"].get("dns_support").on().certain


def test_line_ends_stay_as_the_file_has_them(patch: Patch) -> None:
    text = json.dumps(STACK, indent=2).replace("\n", "\r\n")
    assert patch({"main.json": text}, many).text == json.dumps(expected(), indent=2).replace("\n", "\r\n")


def test_what_is_on_one_line_stays_there(patch: Patch) -> None:
    text = """\
{
  "Resources": {
    "Vpc": {"Type": "AWS::EC2::VPC"},
    "S3": {
      "Type": "AWS::EC2::VPCEndpoint",
      "Properties": {"VpcId": {"Ref": "Vpc"}, "RouteTableIds": ["rtb-1", "rtb-2"],
        "PrivateDnsEnabled": true}
    }
  }
}
"""

    def make(e: Elements) -> Sequence[Change]:
        return [
            Add("placement_group", "close", {"strategy": "cluster"}),
            Set(e["Vpc"], "dns_support", True),
            Set(e["S3"], "subnets", ["subnet-1"]),
            Inside(e["S3"], "route_tables", ("rtb-3",)),
        ]

    assert patch({"main.json": text}, make).text == text.replace(
        '    "Vpc": {"Type": "AWS::EC2::VPC"},\n',
        '    "Close": {"Type": "AWS::EC2::PlacementGroup", "Properties": {"Strategy": "cluster"}},\n'
        '    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"EnableDnsSupport": true}},\n',
    ).replace('"rtb-2"]', '"rtb-2", "rtb-3"]').replace(
        '"PrivateDnsEnabled": true}',
        '"PrivateDnsEnabled": true,\n        "SubnetIds": [\n          "subnet-1"\n        ]}',
    )


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("dns_support",), {"CidrBlock": "1", "EnableDnsHostnames": "3"}),
        (("cidr_block",), {"EnableDnsSupport": "2", "EnableDnsHostnames": "3"}),
        (("dns_hostnames",), {"CidrBlock": "1", "EnableDnsSupport": "2"}),
        (("cidr_block", "dns_support"), {"EnableDnsHostnames": "3"}),
        (("dns_hostnames", "dns_support"), {"CidrBlock": "1"}),
        (("cidr_block", "dns_hostnames"), {"EnableDnsSupport": "2"}),
        (("cidr_block", "dns_hostnames", "dns_support"), None),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_properties_go_with_their_commas(
    patch: Patch, words: tuple[str, ...], left: dict[str, str] | None, indent: int | None
) -> None:
    def stack(properties: dict[str, str] | None) -> str:
        body = {"Type": "AWS::EC2::VPC"} | ({} if properties is None else {"Properties": properties})
        return json.dumps({"Resources": {"V": body}}, indent=indent)

    text = stack({"CidrBlock": "1", "EnableDnsSupport": "2", "EnableDnsHostnames": "3"})
    assert patch({"a.template": text}, lambda e: [Remove(e["V"], word) for word in words]).text == stack(left)
    more = patch(
        {"a.template": text},
        lambda e: [
            *(Remove(e["V"], word) for word in words),
            Set(e["V"], "tags", [{"key": "a", "value": "b"}]),
        ],
    )
    assert json.loads(more.text)["Resources"]["V"]["Properties"] == {
        **(left or {}),
        "Tags": [{"Key": "a", "Value": "b"}],
    }


def test_a_key_that_is_written_twice_is_left_alone(patch: Patch) -> None:
    text = (
        '{"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "1", "CidrBlock": "2"}}}}'
    )
    with pytest.raises(NoEdit, match="written twice"):
        patch({"main.json": text}, lambda e: [Remove(e["V"], "cidr_block")])
