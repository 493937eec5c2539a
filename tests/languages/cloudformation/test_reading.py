"""A template into elements: their places and conditions, and what bad input comes to."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from fabriclint.languages.base import Reading
from fabriclint.model.element import Element
from fabriclint.values import Map, Text, Value

Read = Callable[..., Reading]
Elements = Callable[..., dict[str, Element]]
Plain = Callable[[Value], Any]

STACK = """\
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Type: {Type: String, Default: p5.48xlarge}
  Shared: {Type: String, Default: 'no', AllowedValues: ['yes', 'no']}
  Peer: {Type: String}
Conditions:
  IsShared: !Equals [!Ref Shared, 'yes']
  HasPeer: !Not [!Equals [!Ref Peer, '']]
Resources:
  Role:
    Type: AWS::IAM::Role
  Vpc:
    Type: AWS::EC2::VPC
    Metadata:
      AWS::CloudFormation::Init: {config: {commands: {a: {command: !Sub 'run ${Type}'}}}}
    Properties:
      CidrBlock: 10.0.0.0/16
  Extra:
    Type: AWS::EC2::VPC
    Condition: IsShared
  Link:
    Type: AWS::EC2::VPCPeeringConnection
    Condition: HasPeer
    Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Peer}
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: !Ref Vpc}}
"""


def test_elements_stand_where_they_are_written(read: Read) -> None:
    reading = read(STACK)
    assert not reading.diagnostics
    assert not reading.open
    assert [e.address for e in reading.elements] == ["Vpc", "Link", "Group"]
    vpc = reading.elements[0]
    assert (vpc.kind, vpc.type, vpc.label, vpc.language) == ("vpc", "AWS::EC2::VPC", "Vpc", "cloudformation")
    assert (vpc.place.text, vpc.place.line) == ("Vpc", 12)
    assert vpc.body is not None
    assert (vpc.body.text.splitlines()[0], vpc.body.text.splitlines()[-1].strip()) == (
        "Vpc:",
        "CidrBlock: 10.0.0.0/16",
    )
    cidr, none = vpc.get("cidr_block"), vpc.get("name")
    assert (cidr.data, cidr.place and cidr.place.text, cidr.origin) == (
        "10.0.0.0/16",
        "10.0.0.0/16",
        "written",
    )
    assert (none.absent, none.place) == (True, vpc.place)


def test_conditions_decide_what_exists(read: Read) -> None:
    by_name = {e.address: e for e in read(STACK).elements}
    assert "Extra" not in by_name
    assert by_name["Link"].exists.undecided
    assert by_name["Link"].exists.reasons[0].what == "parameter Peer has no default"
    given = {e.address: e for e in read(STACK, Shared="yes", Peer="").elements}
    assert given["Extra"].exists.certain
    assert sorted(str(i) for i in given["Extra"].exists.inputs) == [
        "Shared = yes",
        "condition IsShared = true",
    ]
    assert "Link" not in given


def test_what_stands_beside_the_properties_can_be_read(read: Read, plain: Plain) -> None:
    found = (
        read(STACK)
        .elements[0]
        .read("/Metadata")
        .field("AWS::CloudFormation::Init", "config", "commands", "a")
    )
    assert isinstance(found.data, Map)
    assert plain(found) == {"command": "run p5.48xlarge"}


def test_a_given_parameter_that_the_root_does_not_declare_is_handed_up(read: Read) -> None:
    reading = read(STACK, Nope="1", Shared="yes", AWS__Region="us-east-1")
    assert reading.undeclared == ("Nope",)
    assert not reading.diagnostics
    assert read("Resources: [\n", Nope="1").undeclared == (), "what is not read declares nobody knows what"
    assert read(STACK, AWS__Region="us-east-1").region == "us-east-1"
    assert read(STACK).region is None


def test_json_and_yaml_say_the_same(read: Read, plain: Plain) -> None:
    yaml_text = """
        Resources:
          A: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref V, CidrBlock: !Select [0, !Cidr [10.0.0.0/16, 2, 8]]}}
          V: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true}}
    """
    json_text = """{"Resources": {
        "A": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"},
              "CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}]}}},
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": true}}}}"""

    def told(reading: Reading) -> list[Any]:
        assert not reading.diagnostics
        return [
            (e.address, e.kind, {a: plain(e.get(a)) for a in e.shape.attributes}) for e in reading.elements
        ]

    assert (
        told(read({"a.yaml": yaml_text}))
        == told(read({"a.json": json_text}))
        == told(read({"a.template": json_text}))
    )


LOOP = """
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'a,b-c'}
Resources:
  V: {Type: 'AWS::EC2::VPC'}
  Fn::ForEach::Subnets:
    - Name
    - !Ref Names
    - Subnet&{Name}:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref V, AvailabilityZone: !Sub 'zone-${Name}', CidrBlock: !Ref Name}
"""


def test_a_loop_makes_resources(elements: Elements, plain: Plain) -> None:
    found = elements(LOOP)
    assert list(found) == ["V", "Subneta", "Subnetbc"]
    assert found["Subnetbc"].get("zone").data == "zone-b-c"
    assert found["Subnetbc"].get("cidr_block").data == "b-c"
    assert plain(found["Subneta"].get("vpc")) == "@V.id"


def test_a_loop_over_what_is_not_known_leaves_the_stack_open(read: Read) -> None:
    reading = read(LOOP.replace(", Default: 'a,b-c'", ""))
    assert [reason.what for reason in reading.open] == ["parameter Names has no default"]
    reading = read(LOOP.replace("Transform: AWS::LanguageExtensions", ""))
    assert "LanguageExtensions" in reading.open[0].what


def test_a_macro_leaves_the_stack_open(read: Read) -> None:
    reading = read("Transform: [AWS::Serverless-2016-10-31, Mine]\nResources: {V: {Type: 'AWS::EC2::VPC'}}\n")
    assert [reason.what for reason in reading.open] == ["the macro Mine may add resources"]
    assert [d.level for d in reading.diagnostics] == ["note"]
    assert len(reading.elements) == 1


# --------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("Resources:\n  A:\n    Type: AWS::EC2::VPC\n   Oops: 1\n", 4, "not YAML"),
        ('{"Resources": {"A": {"Type" "AWS::EC2::VPC"}}', 1, "not YAML"),
        ("Resources:\n- Type: AWS::EC2::VPC\nAWSTemplateFormatVersion: x\n", 2, "not a mapping"),
        ("- Resources\n- AWS::X\n", 1, "top level"),
        ("Resources:\n  A: AWS::EC2::VPC\nTransform: AWS::Serverless-2016-10-31\n", 2, "not a mapping"),
        ("Resources:\n  A: {Properties: {}}\n  B: {Type: 'AWS::EC2::VPC'}\n", 2, "no type"),
        ("Resources:\n  A: {Type: 'AWS::EC2::VPC', Properties: oops}\n", 2, "not a mapping"),
        ("Parameters:\n  P: x\nResources:\n  A: {Type: 'AWS::EC2::VPC'}\n", 2, "parameter P"),
        (
            "Conditions:\n  C: !Condition C\nResources:\n  A: {Type: 'AWS::EC2::VPC', Condition: C}\n",
            2,
            "itself",
        ),
        ("Resources:\n  A: {Type: 'AWS::EC2::VPC', Condition: C}\n", 2, "not declared"),
        ("Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Type: AWS::EC2::VPC\n", 4, "twice"),
        ("Resources:\n{% if x %}\n  A:\n    Type: AWS::EC2::VPC\n{% endif %}\n", 2, "(Jinja)"),
        (
            "Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: {{ cidr }}\n",
            5,
            "template language",
        ),
        (
            "Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: {{ .Values.cidr }}\n",
            5,
            "(Go text)",
        ),
        (
            "Resources:\n  A:\n    Type: AWS::EC2::VPC\n    {{- if .x }}\n    a: b\n    {{- end }}\n",
            4,
            "(Go text)",
        ),
        ("Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties: !Rain::Embed a.yaml\n", 4, "(Rain)"),
        ("Description: x\n# é\nResources: {}\nOther: {A: {Type: AWS::X}}\n", 1, "no resource"),
    ],
)
def test_bad_input_is_said_with_its_place(read: Read, text: str, line: int, word: str) -> None:
    reading = read(text)
    (said,) = reading.diagnostics
    assert word in said.message
    assert said.place is not None
    assert said.place.line == line


@pytest.mark.parametrize(
    "data", ["Resources: {A: {Type: 'AWS::EC2::VPC'}}".encode("utf-16"), b"Resources:\n  \xff: AWS::\n"]
)
def test_what_is_not_utf8_is_said(read: Read, data: bytes) -> None:
    reading = read(data)
    (said,) = reading.diagnostics
    assert said.level == "error"
    assert "UTF-" in said.message
    assert reading.open


def test_a_file_that_is_gone_is_said(read: Read) -> None:
    from fabriclint.languages.base import Root, Settings
    from fabriclint.languages.cloudformation import LANGUAGE
    from fabriclint.testing import MemoryFiles

    reading = LANGUAGE.read(Root("cloudformation", "x.yaml", "", ()), MemoryFiles({}), Settings())
    assert [(d.level, d.path) for d in reading.diagnostics] == [("error", "x.yaml")]


def touch(reading: Reading) -> None:
    """Ask every attribute of every element."""
    for element in reading.elements:
        for attribute in element.shape.attributes:
            value = element.get(attribute)
            assert value.place is not None
            str(value.place)


def test_references_in_a_circle_end(read: Read) -> None:
    text = "Resources:\n" + "".join(
        f"  R{n}: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: !GetAtt R{(n + 1) % 500}.CidrBlock}}}}\n"
        for n in range(500)
    )
    touch(read(text))


def test_deeply_nested_functions_end(read: Read) -> None:
    for inner in (
        '{"Fn::Join": ["", [%s]]}',
        '{"Fn::If": ["C", %s, "x"]}',
        '{"a": %s}',
        '{"Fn::Sub": ["${a}", {"a": %s}]}',
    ):
        said = '"x"'
        for _ in range(45):
            said = inner % said
        touch(
            read(
                {
                    "a.json": f'{{"Resources": {{"A": {{"Type": "AWS::EC2::VPC", "Properties": {{"CidrBlock": {said}}}}}}}}}'
                }
            )
        )


def test_a_chain_of_conditions_ends(read: Read) -> None:
    text = "Conditions:\n  C0: !Equals [a, a]\n"
    text += "".join(f"  C{n}: !And [!Condition C{n - 1}, !Condition C{n - 1}]\n" for n in range(1, 400))
    touch(read(text + "Resources:\n  A: {Type: 'AWS::EC2::VPC', Condition: C399}\n"))


def test_large_scripts_are_read_in_good_time(read: Read) -> None:
    lines = "".join(f"            echo {n} ${{Vpc}} ö\n" for n in range(4000))
    head = "Resources:\n  Vpc: {Type: 'AWS::EC2::VPC'}\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n"
    reading = read(head + "      UserData: !Sub |\n" + lines)
    data = reading.elements[-1].get("user_data").data
    assert isinstance(data, Text)
    assert data.spans[-1] is not None
    assert data.spans[-1].line == 6 + 4000
    escaped = json.dumps(lines)
    resources = (
        f'{{"I": {{"Type": "AWS::EC2::Instance", "Properties": {{"UserData": {{"Fn::Sub": {escaped}}}}}}}}}'
    )
    data = read({"a.json": f'{{"Resources": {resources}}}'}).elements[0].get("user_data").data
    assert isinstance(data, Text)
    assert data.spans[-1] is not None
    assert data.spans[-1].text == json.dumps(" ö\n")[1:-1]


def test_what_is_computed_stays_small(read: Read) -> None:
    text = f"Parameters:\n  P: {{Type: String, Default: {'x' * 20_000}}}\nResources:\n"
    text += "".join(
        f"  R{n}: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: !Sub '${{P}}-${{P}}'}}}}\n"
        for n in range(3000)
    )
    values = [element.get("cidr_block") for element in read(text).elements]
    assert values[0].unknown is None
    assert values[-1].unknown is not None
    assert sum(len(value.data) for value in values if isinstance(value.data, str)) <= 50_000_000


def test_loops_stay_small(read: Read) -> None:
    members = ", ".join(f"m{n}" for n in range(900))
    body = "{" + ", ".join(f"k{n}: v" for n in range(400)) + "}"
    text = f"Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A: [N, [{members}], {{'A${{N}}': {body}}}]\n"
    reading = read(text)
    assert [reason.what for reason in reading.open] == ["Fn::ForEach makes more than is read"]


PIECES = (
    "!Ref Vpc", "!Sub", "!If [A, B, C]", "[", "{", "Fn::Join: [", "- ", "\n", "  ", ": ", "&a ", "*a", "<<: *a", "'", '"', "|\n",
    "${", "}", "{{resolve:", "!GetAtt ", "Fn::ForEach::X: [A, [b], {c: d}]", "\x00", "\ufeff", "é", "!Cidr [x, 1e9, -1]", "null",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(120))
def test_mutated_templates_never_crash(read: Read, seed: int) -> None:
    chance = random.Random(seed)
    text = STACK if seed % 3 else LOOP
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        to = at + chance.choice((0, 0, 1, 5, 40))
        text = text[:at] + chance.choice(PIECES) + text[to:]
    touch(read(text.encode()))


@pytest.mark.parametrize(
    "name", ["Parameters", "Conditions", "Resources", "Mappings", "Outputs", "Transform", "Metadata"]
)
@pytest.mark.parametrize(
    "said",
    ["[]", "x", "1", "[a, {b: c}]", "{A: []}", "{A: {Type: []}}", "{A: x, Fn::Transform: {}}", "!Ref A"],
)
def test_sections_of_the_wrong_shape_never_crash(read: Read, name: str, said: str) -> None:
    text = re.sub(rf"^{name}:\n(  .*\n)*", "", STACK, flags=re.MULTILINE)
    touch(read(text + f"{name}: {said}\n"))


@pytest.mark.parametrize(
    "said",
    ["[]", "x", "{}", "[[]]", "[a]", "[a, b]", "[a, b, c]", "[1, [2, 3], 4]", "[{}, {}, {}]", "''", "~"],
)
@pytest.mark.parametrize("how", ["property", "condition"])
def test_functions_take_anything(read: Read, said: str, how: str) -> None:
    from fabriclint.languages.cloudformation.intrinsics import FUNCTIONS

    for name in (*FUNCTIONS, "Condition", "Fn::ForEach::A", "Fn::Odd"):
        call = f"{{'{name}': {said}}}"
        place = "CidrBlock" if how == "property" else "Other"
        text = f"Transform: AWS::LanguageExtensions\nConditions:\n  C: {call if how == 'condition' else '!Equals [a, a]'}\n"
        text += f"Resources:\n  A: {{Type: 'AWS::EC2::VPC', Condition: C, Properties: {{{place}: {call}}}}}\n"
        touch(read(text))


def test_readings_repeat(read: Read, plain: Plain) -> None:
    def told(files: Mapping[str, str]) -> list[Any]:
        return [
            (e.address, e.exists.state, {a: plain(e.get(a)) for a in e.shape.attributes})
            for e in read(files).elements
        ]

    assert told({"a.yaml": STACK}) == told({"a.yaml": STACK})
