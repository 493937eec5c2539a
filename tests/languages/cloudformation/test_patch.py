"""Changes as edits of a template: the exact text that comes out, in each way of writing one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import dedent
from typing import Any, TypeAlias

import pytest

from fabriclint.model.change import Add, Change, Inside, Join, Link, New, Region, Remove, Set, Written
from fabriclint.model.element import Element

Elements: TypeAlias = dict[str, Element]
Patch: TypeAlias = Callable[..., Any]
Make: TypeAlias = Callable[[Elements], Sequence[Change]]


def endpoint(elements: Elements) -> Sequence[Change]:
    """A gateway endpoint for S3 in the VPC, on one route table."""
    words: dict[str, Written] = {
        "vpc": Link(elements["Vpc"]),
        "service_name": Join(("com.amazonaws.", Region(), ".s3")),
        "type": "Gateway",
        "route_tables": [Link(elements["Table"])],
    }
    return [Add("vpc_endpoint", "s3_endpoint", words)]


def cluster(elements: Elements) -> Sequence[Change]:
    """A placement group, and the launch template in it."""
    return [
        Add("placement_group", "node_cluster", {"strategy": "cluster"}),
        Set(elements["Node"], "placement_group", New("node_cluster", "name")),
    ]


def interfaces(elements: Elements) -> Sequence[Change]:
    """Two interfaces in place of the groups at the top of a launch template."""
    node = elements["Node"]
    return [
        Remove(node, "security_groups"),
        Inside(
            node,
            "interfaces",
            (
                {"card": 0, "device": 0, "type": "interface", "security_groups": ["sg-1"]},
                {"card": 0, "device": 1, "type": "efa-only", "security_groups": ["sg-1"]},
            ),
            instead=True,
        ),
    ]


EVERYTHING: dict[str, Written] = {"direction": "ingress", "protocol": "-1", "self": True}
NETWORK = dedent(
    """\
    Resources:
      # The network.
      Vpc:
        Type: AWS::EC2::VPC
        Properties:
          CidrBlock: 10.0.0.0/16 # wide

      Table:
        Type: AWS::EC2::RouteTable
        Properties:
          VpcId: !Ref Vpc
          # Tags: none yet

      Subnet:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Vpc
          CidrBlock: '10.0.0.0/20'
    Outputs: {}
    """
)
NODE = dedent(
    """\
    Resources:
      # What the nodes are.
      Node:
        Type: AWS::EC2::LaunchTemplate
        DeletionPolicy: Retain
        Properties:
          LaunchTemplateData:
            InstanceType: p5.48xlarge
            SecurityGroupIds:
            - sg-1 # nodes
            UserData:
              Fn::Base64: |
                #!/bin/bash
                true

      # Who may come in.
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: nodes
    """
)


def test_a_new_resource_follows_the_last_one_it_refers_to(patch: Patch) -> None:
    result = patch(NETWORK, endpoint)
    assert result.text == NETWORK.replace(
        "      # Tags: none yet\n",
        "      # Tags: none yet\n"
        "\n"
        "  S3Endpoint:\n"
        "    Type: AWS::EC2::VPCEndpoint\n"
        "    Properties:\n"
        "      VpcId: !Ref Vpc\n"
        "      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3\n"
        "      VpcEndpointType: Gateway\n"
        "      RouteTableIds:\n"
        "        - !Ref Table\n",
    )
    made = result.elements["S3Endpoint"]
    assert made.get("type").text() == "Gateway"
    assert str(made.get("vpc").handle) == str(result.elements["Table"].get("vpc").handle)


def test_one_that_refers_to_nothing_comes_before_what_refers_to_it(patch: Patch) -> None:
    result = patch(NODE, cluster)
    assert result.text == NODE.replace(
        "  # What the nodes are.\n",
        "  NodeCluster:\n"
        "    Type: AWS::EC2::PlacementGroup\n"
        "    Properties:\n"
        "      Strategy: cluster\n"
        "\n"
        "  # What the nodes are.\n",
    ).replace(
        "            true\n",
        "            true\n        Placement:\n          GroupName: !Ref NodeCluster\n",
    )


def test_changes_inside_one_mapping_are_one_text(patch: Patch) -> None:
    result = patch(NODE, lambda e: [*cluster(e), Set(e["Node"], "placement_zone", "us-east-1a")])
    assert (
        "        Placement:\n          GroupName: !Ref NodeCluster\n          AvailabilityZone: us-east-1a\n"
        in (result.text)
    )


def test_lists_stand_under_their_key_where_the_file_has_them_so(patch: Patch) -> None:
    result = patch(NODE, interfaces)
    assert result.text == NODE.replace("        SecurityGroupIds:\n        - sg-1 # nodes\n", "").replace(
        "            true\n",
        "            true\n"
        "        NetworkInterfaces:\n"
        "        - NetworkCardIndex: 0\n"
        "          DeviceIndex: 0\n"
        "          InterfaceType: interface\n"
        "          Groups:\n"
        "          - sg-1\n"
        "        - NetworkCardIndex: 0\n"
        "          DeviceIndex: 1\n"
        "          InterfaceType: efa-only\n"
        "          Groups:\n"
        "          - sg-1\n",
    )
    assert len(list(result.elements["Node"].get("interfaces").members().known())) == 2


def test_four_spaces_and_wide_dashes(patch: Patch) -> None:
    text = dedent(
        """\
        Resources:
            Nodes:
                Type: "AWS::EC2::VPCEndpoint"
                Properties:
                    ServiceName: com.amazonaws.us-east-1.s3
                    RouteTableIds:
                        -   rtb-1
                        -   !Ref Table
            Table:
                Type: AWS::EC2::RouteTable
                Properties:
                    VpcId: vpc-1
        """
    )
    result = patch(
        text,
        lambda e: [
            Inside(e["Nodes"], "route_tables", ("rtb-1", "rtb-2")),
            Set(e["Nodes"], "type", "Gateway"),
            Add("placement_group", "close", {"strategy": "cluster"}),
        ],
        near="Table",
    )
    assert result.text == text.replace(
        "                -   !Ref Table\n",
        "                -   !Ref Table\n                -   rtb-2\n            VpcEndpointType: Gateway\n"
        "    Close:\n        Type: AWS::EC2::PlacementGroup\n        Properties:\n            Strategy: cluster\n",
    )


def test_long_forms_where_the_template_has_no_others(patch: Patch) -> None:
    text = dedent(
        """\
        Resources:
          Vpc:
            Type: AWS::EC2::VPC
          Table:
            Type: AWS::EC2::RouteTable
            Properties:
              VpcId:
                Ref: Vpc
          Nodes:
            Type: AWS::EC2::SecurityGroup
            Properties:
              VpcId: vpc-1
        """
    )

    def make(e: Elements) -> Sequence[Change]:
        return [
            *endpoint(e),
            Add("security_group_rule", "self", {"group": Link(e["Nodes"]), **EVERYTHING}),
            Set(e["Nodes"], "vpc", Link(e["Vpc"])),
        ]

    assert patch(text, make).text == text.replace(
        "        Ref: Vpc\n",
        "        Ref: Vpc\n"
        "  S3Endpoint:\n"
        "    Type: AWS::EC2::VPCEndpoint\n"
        "    Properties:\n"
        "      VpcId:\n"
        "        Ref: Vpc\n"
        "      ServiceName:\n"
        "        Fn::Sub: com.amazonaws.${AWS::Region}.s3\n"
        "      VpcEndpointType: Gateway\n"
        "      RouteTableIds:\n"
        "        - Ref: Table\n",
    ).replace(
        "      VpcId: vpc-1\n",
        "      VpcId:\n"
        "        Ref: Vpc\n"
        "  Self:\n"
        "    Type: AWS::EC2::SecurityGroupIngress\n"
        "    Properties:\n"
        "      GroupId:\n"
        "        Fn::GetAtt: [Nodes, GroupId]\n"
        '      IpProtocol: "-1"\n'
        "      SourceSecurityGroupId:\n"
        "        Fn::GetAtt: [Nodes, GroupId]\n",
    )


def test_line_ends_stay_as_the_file_has_them(patch: Patch) -> None:
    result = patch(NODE.replace("\n", "\r\n"), lambda e: [*cluster(e), *interfaces(e)])
    assert "\n" not in result.text.replace("\r\n", "")
    assert result.text.replace("\r\n", "\n") == patch(NODE, lambda e: [*cluster(e), *interfaces(e)]).text


def test_a_file_without_a_last_line_end(patch: Patch) -> None:
    assert patch(NODE.rstrip("\n"), lambda e: [Set(e["Group"], "name", "nodes")]).text == (
        NODE.rstrip("\n") + "\n      GroupName: nodes"
    )


@pytest.mark.parametrize(
    ("written", "value", "said"),
    [
        ("default", "dedicated", "dedicated"),
        ("'default'", "it's", "'it''s'"),
        ('"default" # why', "dedicated", '"dedicated" # why'),
        ('"no"', True, '"true"'),
        ("no", True, "true"),
        ("10", 12, "12"),
        ("10", "12", '"12"'),
        ("old", "a: b", '"a: b"'),
    ],
)
def test_a_scalar_keeps_its_quotes(patch: Patch, written: str, value: Written, said: str) -> None:
    text = NETWORK.replace("10.0.0.0/16 # wide", written)
    assert patch(text, lambda e: [Set(e["Vpc"], "cidr_block", value)]).text == NETWORK.replace(
        "10.0.0.0/16 # wide", said
    )


def test_a_value_that_is_there_needs_no_edit(patch: Patch) -> None:
    assert patch(NETWORK, lambda e: [Set(e["Vpc"], "cidr_block", "10.0.0.0/16")]).edits == ()
    assert patch(NETWORK, lambda e: [Remove(e["Vpc"], "dns_support")]).edits == ()
    assert patch(NODE, lambda e: [Inside(e["Node"], "security_groups", ("sg-1",))]).edits == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[rtb-1]", '[rtb-1, !Ref Table, !Sub "${AWS::Region}-x"]'),
        ("[ 'rtb-1', ] # one", "[ 'rtb-1', !Ref Table, !Sub \"${AWS::Region}-x\", ] # one"),
        ("[]", '[!Ref Table, !Sub "${AWS::Region}-x"]'),
        ("\n        - rtb-1", "\n        - rtb-1\n        - !Ref Table\n        - !Sub ${AWS::Region}-x"),
        ("\n      - rtb-1", "\n      - rtb-1\n      - !Ref Table\n      - !Sub ${AWS::Region}-x"),
    ],
)
def test_items_go_into_a_list_as_it_is_written(patch: Patch, written: str, said: str) -> None:
    text = NETWORK.replace(
        "Outputs: {}\n", "  S3:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n      RouteTableIds: $\n"
    )

    def make(e: Elements) -> Sequence[Change]:
        return [Inside(e["S3"], "route_tables", (Link(e["Table"]), Join((Region(), "-x"))))]

    before = text.replace(" $", written if written.startswith("\n") else f" {written}")
    after = text.replace(" $", said if said.startswith("\n") else f" {said}")
    assert patch(before, make).text == after


def test_a_list_takes_the_place_of_another(patch: Patch) -> None:
    text = NETWORK.replace(
        "Outputs: {}\n", "  S3:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n      SubnetIds:$\n"
    )

    def make(e: Elements) -> Sequence[Change]:
        return [Set(e["S3"], "subnets", [Link(e["Subnet"])])]

    block = text.replace("$", "\n        - subnet-1 # old\n        - subnet-2\n      VpcId: vpc-1")
    assert patch(block, make).text == text.replace("$", "\n        - !Ref Subnet\n      VpcId: vpc-1")
    assert patch(text.replace("$", " [subnet-1, subnet-2]"), make).text == text.replace("$", " [!Ref Subnet]")


def test_blocks_go_where_brackets_were_empty(patch: Patch) -> None:
    text = "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      SecurityGroupIngress: [] # none\n"
    rule: dict[str, Written] = {
        "protocol": "tcp",
        "from_port": 22,
        "to_port": 22,
        "cidr_blocks": "10.0.0.0/8",
    }
    assert patch(text, lambda e: [Inside(e["G"], "ingress", (rule,))]).text == text.replace(" []", "") + (
        '        - IpProtocol: tcp\n          FromPort: 22\n          ToPort: 22\n          CidrIp: "10.0.0.0/8"\n'
    ).replace("\n", "\n", 1)


def test_a_property_goes_with_its_lines_and_the_mapping_that_is_empty_then(patch: Patch) -> None:
    text = NODE.replace(
        "        UserData:\n",
        "        Placement: # close\n          GroupName: !Ref Close # one rack\n        UserData:\n",
    )
    assert patch(text, lambda e: [Remove(e["Node"], "placement_group")]).text == NODE
    only = "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.0.0.0/8\n"
    assert (
        patch(only, lambda e: [Remove(e["V"], "cidr_block")]).text
        == "Resources:\n  V:\n    Type: AWS::EC2::VPC\n"
    )


def test_properties_are_made_where_there_are_none(patch: Patch) -> None:
    text = "Resources:\n  V:\n    Type: AWS::EC2::VPC # all defaults\n"
    assert patch(text, lambda e: [Set(e["V"], "dns_support", True)]).text == (
        text + "    Properties:\n      EnableDnsSupport: true\n"
    )


def test_a_mapping_may_lose_all_it_has_and_get_more(patch: Patch) -> None:
    text = "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.0.0.0/8\n"
    result = patch(text, lambda e: [Remove(e["V"], "cidr_block"), Set(e["V"], "dns_support", True)])
    assert result.text == text.replace("CidrBlock: 10.0.0.0/8", "EnableDnsSupport: true")


def test_a_name_that_is_taken_gets_a_number(patch: Patch) -> None:
    text = (
        "Parameters:\n  NodeCluster:\n    Type: String\nConditions:\n  NodeCluster2: !Equals [a, a]\n" + NODE
    )
    result = patch(text, cluster)
    assert "\n  NodeCluster3:\n    Type: AWS::EC2::PlacementGroup" in result.text
    assert "GroupName: !Ref NodeCluster3" in result.text


def test_a_new_resource_shares_the_condition_of_what_it_refers_to(patch: Patch) -> None:
    text = (
        "Conditions:\n  Own: !Equals [!Ref Make, a]\nParameters:\n  Make:\n    Type: String\n"
        + NETWORK.replace(
            "  Table:\n    Type: AWS::EC2::RouteTable\n",
            "  Table:\n    Type: AWS::EC2::RouteTable\n    Condition: Own\n",
        )
    )
    assert (
        "    Type: AWS::EC2::VPCEndpoint\n    Condition: Own\n    Properties:\n" in patch(text, endpoint).text
    )


def test_the_file_of_a_nested_stack_is_written_where_the_element_is(patch: Patch) -> None:
    outer = "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: inner.yaml\n"
    result = patch({"main.yaml": outer, "inner.yaml": NODE}, lambda e: cluster({"Node": e["Inner/Node"]}))
    assert list(result.texts) == ["inner.yaml"]
    assert result.text == patch(NODE, cluster).text


def test_rules_that_name_their_own_group_become_resources(patch: Patch) -> None:
    rule: dict[str, Written] = {"protocol": "-1", "self": True}
    result = patch(NODE, lambda e: [Inside(e["Group"], "ingress", (rule,))], near="Group")
    assert result.text == NODE + (
        "\n"
        "  GroupIngressFromItself:\n"
        "    Type: AWS::EC2::SecurityGroupIngress\n"
        "    Properties:\n"
        "      GroupId: !GetAtt Group.GroupId\n"
        '      IpProtocol: "-1"\n'
        "      SourceSecurityGroupId: !GetAtt Group.GroupId\n"
    )


def test_resources_that_refer_to_each_other_stay_together(patch: Patch) -> None:
    def make(e: Elements) -> Sequence[Change]:
        source: dict[str, Written] = {"protocol": "s3", "bucket": "arn:aws:s3:::a"}
        there: dict[str, Written] = {"protocol": "s3", "bucket": Link(e["Bucket"], "arn")}
        task: dict[str, Written] = {"source": New("source", "arn"), "destination": New("destination", "arn")}
        return [
            Add("datasync_location", "source", source),
            Add("datasync_location", "destination", there),
            Add("datasync_task", "copy", task),
        ]

    text = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n" + NETWORK.removeprefix("Resources:\n")
    result = patch(text, make, near="Subnet").text
    assert [line for line in result.splitlines() if line.startswith("  ") and line[2] not in " #"] == [
        *("  Bucket:", "  Source:", "  Destination:", "  Copy:", "  Vpc:", "  Table:", "  Subnet:"),
    ]
    assert "SourceLocationArn: !GetAtt Source.LocationArn" in result
