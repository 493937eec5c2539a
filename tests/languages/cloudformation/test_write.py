"""Changes as CloudFormation: what a person would paste, valid, in YAML or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from fabriclint.languages.cloudformation import write as cloudformation
from fabriclint.languages.cloudformation.vocabulary import SHAPES
from fabriclint.model.change import (
    Add,
    Change,
    Inside,
    Join,
    Link,
    New,
    Region,
    Remove,
    Reword,
    Same,
    Set,
    Shell,
    Written,
)
from fabriclint.model.element import Attribute, Each, Element, Fixed
from fabriclint.text import Source
from fabriclint.values import Data, Map, Reference, Seq, Text, Unknown, Value

SELF_RULE: dict[str, Written] = {"protocol": "-1", "self": True}


def element(
    type_: str,
    address: str,
    written: Mapping[str, Data] | None = None,
    *,
    path: str = "template.yaml",
    body: str = "",
) -> Element:
    """A resource that has nothing written but `written`, under the language's own names."""
    shape = SHAPES[type_]
    place = Source(path, body.encode()).span()
    there = written or {}

    def read(name: str) -> Value:
        return Value(there[name], place) if name in there else Value(None, place, "absent")

    return Element(
        kind=shape.kind,
        type=type_,
        address=address,
        label=address,
        place=place,
        language="cloudformation",
        shape=shape,
        read=read,
        body=place,
    )


GROUP = element("AWS::EC2::SecurityGroup", "Efa")
VPC = element("AWS::EC2::VPC", "Vpc")
TABLE = element("AWS::EC2::RouteTable", "PrivateTable")
TEMPLATE = element("AWS::EC2::LaunchTemplate", "Node", {"LaunchTemplateData": Map({"ImageId": Value("ami")})})
JSON_GROUP = element("AWS::EC2::SecurityGroup", "Efa", path="template.json")


class Tagged(yaml.SafeLoader):
    """A loader that reads `!Ref X` as {"Ref": "X"}."""


def _tagged(loader: Tagged, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode)
    return {suffix: loader.construct_scalar(node)}


Tagged.add_multi_constructor("!", _tagged)


def load(text: str) -> Any:
    return yaml.load(text, Tagged)  # noqa: S506 - it is a SafeLoader


def cfn(near: Element, *changes: Change) -> str:
    """What the CloudFormation writer says; it has to load as YAML."""
    text = cloudformation.write(changes, near)
    assert isinstance(load(text), dict), text
    return text


def endpoint(vpc: Element, table: Element) -> Add:
    return Add(
        "vpc_endpoint",
        "s3",
        {
            "vpc": Link(vpc),
            "service_name": Join(("com.amazonaws.", Region(), ".s3")),
            "type": "Gateway",
            "route_tables": [Link(table)],
        },
        "creating it cuts open connections to S3",
    )


def test_a_new_resource_in_cloudformation() -> None:
    assert cfn(VPC, endpoint(VPC, TABLE)) == (
        "# creating it cuts open connections to S3\n"
        "S3:\n"
        "  Type: AWS::EC2::VPCEndpoint\n"
        "  Properties:\n"
        "    VpcId: !Ref Vpc\n"
        "    ServiceName: !Sub com.amazonaws.${AWS::Region}.s3\n"
        "    VpcEndpointType: Gateway\n"
        "    RouteTableIds:\n"
        "      - !Ref PrivateTable"
    )


def test_a_json_template_gets_json() -> None:
    assert json.loads(cloudformation.write((endpoint(VPC, TABLE),), JSON_GROUP)) == {
        "S3": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
                "VpcEndpointType": "Gateway",
                "RouteTableIds": [{"Ref": "PrivateTable"}],
            },
        }
    }
    braces = element("AWS::EC2::VPC", "Vpc", path="stack.template", body='\n {"Resources": {}}')
    assert json.loads(cloudformation.write((endpoint(VPC, TABLE),), braces))


def test_json_says_no_value_where_yaml_says_delete() -> None:
    node = element("AWS::EC2::LaunchTemplate", "Node", path="t.json")
    deleted = json.loads(cloudformation.write((Remove(node, "placement_group"),), node))
    placement = deleted["Node"]["Properties"]["LaunchTemplateData"]["Placement"]
    assert placement == {"GroupName": {"Ref": "AWS::NoValue"}}
    assert "# delete LaunchTemplateData › Placement › GroupName" in cloudformation.write(
        (Remove(TEMPLATE, "placement_group"),), TEMPLATE
    )


@pytest.mark.parametrize(("direction", "peer"), [("ingress", "Source"), ("egress", "Destination")])
def test_a_rule_that_names_its_own_group_is_a_resource_of_its_own(direction: str, peer: str) -> None:
    wanted = {
        "Type": f"AWS::EC2::SecurityGroup{direction.title()}",
        "Properties": {
            "GroupId": {"GetAtt": "Efa.GroupId"},
            "IpProtocol": "-1",
            f"{peer}SecurityGroupId": {"GetAtt": "Efa.GroupId"},
        },
    }
    rule = Add("security_group_rule", "efa_self", {"direction": direction, "group": Link(GROUP), **SELF_RULE})
    assert load(cfn(GROUP, rule)) == {"EfaSelf": wanted}
    inline = cfn(GROUP, Inside(GROUP, direction, (SELF_RULE,)))
    assert list(load(inline).values()) == [wanted]


def test_other_inline_rules_stay_inline_one_for_each_range() -> None:
    rule: dict[str, Written] = {
        "protocol": "tcp",
        "from_port": 988,
        "to_port": 988,
        "cidr_blocks": ["10.0.0.0/16", "10.1.0.0/16"],
    }
    loaded = load(cfn(GROUP, Inside(GROUP, "ingress", (rule,))))
    rules = loaded["Efa"]["Properties"]["SecurityGroupIngress"]
    assert [rule["CidrIp"] for rule in rules] == ["10.0.0.0/16", "10.1.0.0/16"]


def test_interfaces_are_shown_inside_the_template_that_is_there() -> None:
    interfaces: tuple[Written, ...] = (
        {"card": 0, "device": 0, "type": "interface", "security_groups": [Link(GROUP)]},
        {"card": 0, "device": 1, "type": "efa-only", "security_groups": [Link(GROUP)]},
    )
    assert cfn(TEMPLATE, Inside(TEMPLATE, "interfaces", interfaces)) == (
        "Node:\n"
        "  Type: AWS::EC2::LaunchTemplate\n"
        "  Properties:\n"
        "    # …\n"
        "    LaunchTemplateData:\n"
        "      # …\n"
        "      NetworkInterfaces:\n"
        "        - NetworkCardIndex: 0\n"
        "          DeviceIndex: 0\n"
        "          InterfaceType: interface\n"
        "          Groups:\n"
        "            - !GetAtt Efa.GroupId\n"
        "        - NetworkCardIndex: 0\n"
        "          DeviceIndex: 1\n"
        "          InterfaceType: efa-only\n"
        "          Groups:\n"
        "            - !GetAtt Efa.GroupId"
    )


def test_many_interfaces_that_only_count_up_are_shown_in_part() -> None:
    def cards(count: int) -> tuple[Written, ...]:
        groups: list[Written] = [Link(GROUP), Same(Value("sg-1"))]
        first: dict[str, Written] = {"card": 0, "device": 0, "type": "interface", "security_groups": groups}
        rest = ({**first, "card": card, "device": 1, "type": "efa-only"} for card in range(1, count))
        return (first, *rest)

    text = cfn(TEMPLATE, Inside(TEMPLATE, "interfaces", cards(32)))
    shown = load(text)["Node"]["Properties"]["LaunchTemplateData"]["NetworkInterfaces"]
    assert [item["NetworkCardIndex"] for item in shown] == [0, 1, 2, 3]
    assert text.endswith("\n        # the last block once more for each of the network cards 4 to 31")
    added = load(cfn(TEMPLATE, Add("launch_template", "efa", {"interfaces": list(cards(32))})))
    assert len(added["Efa"]["Properties"]["LaunchTemplateData"]["NetworkInterfaces"]) == 4
    whole = load(cfn(TEMPLATE, Inside(TEMPLATE, "interfaces", cards(5))))
    assert len(whole["Node"]["Properties"]["LaunchTemplateData"]["NetworkInterfaces"]) == 5
    node = element("AWS::EC2::LaunchTemplate", "Node", path="t.json")
    said = json.loads(cloudformation.write((Inside(node, "interfaces", cards(32)),), node))
    assert len(said["Node"]["Properties"]["LaunchTemplateData"]["NetworkInterfaces"]) == 4


def test_two_of_one_name_are_told_apart() -> None:
    loaded = load(cfn(VPC, Add("vpc", "a"), Add("subnet", "A", {"vpc": New("a")})))
    assert loaded["A2"]["Properties"] == {"VpcId": {"Ref": "A"}}


def test_json_repeats_a_function_that_is_written_there() -> None:
    body = '{"Resources": {"X": {"Fn::Select": [0, {"Ref": "Subnets"}]}}}'
    near = element("AWS::EC2::VPC", "Vpc", path="t.json", body=body)
    start = body.index('{"Fn')
    value = Value(Unknown.because("?"), near.place.source.span(start, len(body) - 2))
    said = json.loads(cloudformation.write((Add("nat_gateway", "n", {"subnet": Same(value)}),), near))
    assert said["N"]["Properties"]["SubnetId"] == {"Fn::Select": [0, {"Ref": "Subnets"}]}


def test_a_word_of_a_script_is_shown_with_its_line() -> None:
    script = Source("start.sh", b"true\n  export FI_PROVIDER=tcp\n")
    assert cloudformation.write((Reword(script.span(26, 29), "tcp", "efa"),), VPC) == "export FI_PROVIDER=efa"


def test_an_association_is_a_list_entry_of_the_endpoint() -> None:
    there = element("AWS::EC2::VPCEndpoint", "S3", {"RouteTableIds": Seq((Value("rtb-1"),))})
    words: dict[str, Written] = {"endpoint": Link(there), "route_table": Link(TABLE)}
    text = cfn(TABLE, Add("endpoint_route_table", "x", words))
    assert "    RouteTableIds:\n      # …\n      - !Ref PrivateTable" in text


@pytest.mark.parametrize(
    ("type_", "attribute", "said"),
    [
        ("AWS::EC2::Subnet", "id", "!Ref It"),
        (
            "AWS::EC2::Subnet",
            "arn",
            "!Sub arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:subnet/${It}",
        ),
        ("AWS::EC2::SecurityGroup", "arn", "security-group/${It.GroupId}"),
        ("AWS::EC2::PlacementGroup", "name", "!Ref It"),
        ("AWS::EC2::LaunchTemplate", "latest_version", "!GetAtt It.LatestVersionNumber"),
        ("AWS::DataSync::LocationS3", "arn", "!GetAtt It.LocationArn"),
        ("AWS::S3::Bucket", "arn", "!GetAtt It.Arn"),
        ("AWS::FSx::FileSystem", "dns_name", "!GetAtt It.DNSName"),
    ],
)
def test_what_a_reference_asks_for(type_: str, attribute: str, said: str) -> None:
    text = cfn(VPC, Add("route", "r", {"gateway": Link(element(type_, "It"), attribute)}))
    assert said in text.partition("GatewayId: ")[2]


def test_joins_hold_references() -> None:
    lustre = Add("lustre", "scratch", {"subnets": ["subnet-1"], "name": "fast"})
    link = Add("lustre_association", "link", {"repository": Join(("s3://${x}/", New("scratch", "dns_name")))})
    loaded = load(cfn(VPC, lustre, link))
    assert loaded["Link"]["Properties"]["DataRepositoryPath"] == {"Sub": "s3://${!x}/${Scratch.DNSName}"}
    assert loaded["Scratch"]["Properties"]["FileSystemType"] == "LUSTRE"
    assert loaded["Scratch"]["Properties"]["Tags"] == [{"Key": "Name", "Value": "fast"}]
    bare = Add("lustre_association", "link", {"repository": Join(("s3://a/", "${b}"))})
    assert load(cfn(VPC, bare))["Link"]["Properties"]["DataRepositoryPath"] == "s3://a/${b}"


def test_a_single_object_is_no_list() -> None:
    fleet = element("AWS::AutoScaling::AutoScalingGroup", "Nodes")
    use: dict[str, Written] = {"id": New("efa"), "version": New("efa", "latest_version")}
    changes = (
        Add("launch_template", "efa", {"type": "p5.48xlarge"}),
        Inside(fleet, "launch_template", (use,)),
    )
    loaded = load(cfn(fleet, *changes))
    assert loaded["Nodes"]["Properties"]["LaunchTemplate"] == {
        "LaunchTemplateId": {"Ref": "Efa"},
        "Version": {"GetAtt": "Efa.LatestVersionNumber"},
    }


def test_a_resource_of_another_stack_is_named_by_an_output_or_parameter() -> None:
    inner = element("AWS::EC2::VPC", "Network/Vpc")
    down = cfn(GROUP, Add("route_table", "t", {"vpc": Link(inner)}))
    assert "VpcId: !GetAtt Network.Outputs.VpcId" in down
    assert "# Network.Outputs.VpcId stands for the output of that stack that gives !Ref Vpc" in down
    up = cfn(inner, Add("route_table", "t", {"vpc": Link(VPC)}))
    assert "VpcId: !Ref VpcId" in up
    assert "# VpcId stands for a parameter that is handed !Ref Vpc" in up
    assert "VpcId: !Ref Vpc\n" in cfn(inner, Add("route_table", "t", {"vpc": Link(inner)})) + "\n"


def test_values_are_repeated_as_the_template_has_them() -> None:
    source = Source("template.yaml", b"SubnetId: !Select [0, !Ref Subnets]\n")
    near = element("AWS::EC2::VPC", "Vpc")
    near.place = source.span()
    values: dict[str, Data] = {"b": Reference("Stack/Subnet", ("id",)), "c": Reference("AWS::Region")}
    values |= {
        "d": Reference("Group", ("GroupId",)),
        "e": Text(("a-", Reference("Subnet", ("id",)))),
        "f": "yes",
    }
    changes = [Add("nat_gateway", "a", {"subnet": Same(Value(Unknown.because("?"), source.span(10, 35)))})]
    changes += [Add("nat_gateway", name, {"subnet": Same(Value(data))}) for name, data in values.items()]
    found = re.findall(r"SubnetId: (.*)", cfn(near, *changes))
    assert found == [
        "!Select [0, !Ref Subnets]",
        "!Ref Subnet",
        "!Ref AWS::Region",
        "!GetAtt Group.GroupId",
        "!Sub a-${Subnet}",
        '"yes"',
    ]


AWKWARD = [
    "",
    "-1",
    "0x1F",
    "1e3",
    "12:30:45",
    "2012-10-17",
    "~",
    "null",
    "No",
    "a: b",
    "a #b",
    "a:",
    " a",
    "*a",
    "&a",
    "!a",
    "a\nb",
]
AWKWARD += [
    "{a}",
    "[a]",
    "'a'",
    '"a"',
    "@a",
    "`a`",
    "%a",
    "ünï",
    "${a}",
    "/data",
    "ami-1",
    "a\\b",
    "a, b",
    "- a",
    "? a",
    "|",
    ">",
    "=",
    "<<",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_text_stays_text(text: str) -> None:
    loaded = load(cfn(VPC, Set(VPC, "cidr_block", text)))
    assert loaded["Vpc"]["Properties"]["CidrBlock"] == text
    json_near = element("AWS::EC2::VPC", "Vpc", path="t.json")
    loaded = json.loads(cloudformation.write((Set(json_near, "cidr_block", text),), json_near))
    assert loaded["Vpc"]["Properties"]["CidrBlock"] == text


def test_shell_lines_stand_as_they_are() -> None:
    lines = ("mkdir -p /fsx", "mount -t lustre fs@tcp:/x /fsx")
    assert cloudformation.write((Shell(lines),), VPC) == "\n".join(lines)
    both = (Remove(JSON_GROUP, "name"), Shell(lines))
    assert cloudformation.write(both, JSON_GROUP).endswith("}\n\n" + "\n".join(lines))


def test_what_cannot_be_said_is_told() -> None:
    said = cloudformation.write((Add("main_route_table", "main", {}),), VPC)
    assert said == "# CloudFormation has no resource for main_route_table"
    node = element("AWS::EC2::Instance", "Node")
    assert "# AWS::EC2::Instance has no place for market type" in cfn(node, Set(node, "market_type", "spot"))


def test_nothing_is_written_for_no_changes() -> None:
    assert cloudformation.write((), VPC) == ""
    assert cloudformation.write((), JSON_GROUP) == ""


def everything(attributes: Mapping[str, Attribute]) -> dict[str, Written]:
    """Every word of a shape with some value."""
    words: dict[str, Written] = {}
    for word, attribute in attributes.items():
        if isinstance(attribute, Each):
            words[word] = [everything(attribute.inside), everything(attribute.inside)]
        elif isinstance(attribute, Fixed):
            words[word] = attribute.value
        else:
            words[word] = f"a {word}"
    return words


def leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    else:
        yield node


def test_every_cloudformation_type_is_written_alike_in_yaml_and_json() -> None:
    for type_, shape in SHAPES.items():
        add = Add(shape.kind, "one", {**everything(shape.attributes), "style": type_})
        loaded = load(cfn(VPC, add))
        assert loaded == json.loads(cloudformation.write((add,), JSON_GROUP))
        assert loaded["One"]["Type"] == type_
        for word, attribute in shape.attributes.items():
            if not isinstance(attribute, (Each, Fixed)) and shape.kind != "security_group_rule":
                assert f"a {word}" in set(leaves(loaded))
