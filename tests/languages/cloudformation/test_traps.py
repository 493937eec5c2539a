"""YAML as CloudFormation accepts it: what looks like one thing and is another, and what is refused in the open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fabriclint.languages.base import Reading
from fabriclint.model.element import Element
from fabriclint.values import Value

Read = Callable[..., Reading]
Say = Callable[..., Value]
Plain = Callable[[Value], Any]
Elements = Callable[..., dict[str, Element]]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("010", "010"),
        ("0o10", "0o10"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2.10", "2.10"),
        ("1e3", "1e3"),
        ("12:30:45", "12:30:45"),
        ("2010-09-09", "2010-09-09"),
        ("yes", True),
        ("No", False),
        ("on", True),
        ("'yes'", "yes"),
        ("y", "y"),
        ("~", None),
        ("'true'", "true"),
        ("!!str 10", "10"),
        ("!!str true", "true"),
    ],
)
def test_what_a_scalar_is(say: Say, plain: Plain, written: str, wanted: Any) -> None:
    assert plain(say(written)) == wanted


def test_a_default_of_yes_is_the_word_on_both_sides(say: Say, plain: Plain) -> None:
    rest = "Parameters: {P: {Type: String, Default: yes, AllowedValues: [yes, no]}}\n"
    rest += "Conditions: {C: !Equals [!Ref P, yes], Q: !Equals [!Ref P, 'yes']}\n"
    assert plain(say("!If [C, a, b]", rest)) == "a"
    assert plain(say("!If [Q, a, b]", rest)) == "a"
    assert plain(say("!If [C, a, b]", rest, P="no")) == "b"
    assert plain(say("!If [C, a, b]", rest, P="true")) == "a", (
        "CloudFormation is given true where a file says yes"
    )


MIXED = """\
Parameters: &names
  Kind: &kind {Type: String, Default: p5.48xlarge}
  Other:
    <<: *kind
    Default: p4d.24xlarge
Resources:
  One:
    Type: AWS::EC2::Instance
    Properties: &common
      InstanceType: {Ref: Kind}
      SubnetId: !Select [0, {'Fn::Split': [',', !Join [',', [subnet-1, {Ref: Kind}]]]}]
      UserData: {Fn::Base64: !Sub ['${A}-${B}', {A: !Ref Kind, B: {'Fn::Sub': '${Other}'}}]}
  Two:
    Type: AWS::EC2::Instance
    Properties:
      <<: *common
      InstanceType: !Ref Other
"""


def test_anchors_merges_and_both_forms_of_functions(elements: Elements, plain: Plain) -> None:
    found = elements(MIXED)
    assert plain(found["One"].get("type")) == "p5.48xlarge"
    assert plain(found["Two"].get("type")) == "p4d.24xlarge"
    assert plain(found["Two"].get("subnet")) == "subnet-1"
    assert plain(found["Two"].get("user_data")) == "p5.48xlarge-p4d.24xlarge"


def test_of_several_documents_the_template_is_read(elements: Elements) -> None:
    text = (
        "---\nname: values for a tool\n---\n" + MIXED + "---\nResources: {Three: {Type: 'AWS::EC2::VPC'}}\n"
    )
    assert list(elements(text)) == ["One", "Two"]
    assert elements(text)["One"].place.line == 10


def test_a_key_written_twice_is_told_and_the_last_one_counts(read: Read, plain: Plain) -> None:
    text = "Resources:\n  A: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: one, CidrBlock: two}}\n"
    text += "  A: {Type: 'AWS::EC2::Subnet'}\n"
    reading = read(text)
    assert [(d.level, d.place.line if d.place else 0) for d in reading.diagnostics] == [
        ("warning", 2),
        ("warning", 3),
    ]
    assert [element.type for element in reading.elements] == ["AWS::EC2::Subnet"]


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n\tA:\n\t\tType: AWS::EC2::VPC\n",
        "Resources:\n  A:\n    Type: AWS::EC2::VPC\n\tProperties: {}\n",
    ],
)
def test_tabs_for_indentation_are_one_error(read: Read, text: str) -> None:
    (told,) = read(text).diagnostics
    assert (told.level, "not YAML" in told.message) == ("error", True)


def test_tabs_elsewhere_are_blanks(elements: Elements, plain: Plain) -> None:
    found = elements(
        "Resources:\n  A:\t# a VPC\n    Type:\tAWS::EC2::VPC\n    Properties: {CidrBlock:\t'a\tb'}\t\n"
    )
    assert plain(found["A"].get("cidr_block")) == "a\tb"


def test_a_template_in_json_may_hold_tabs_and_a_byte_order_mark(elements: Elements) -> None:
    text = b'\xef\xbb\xbf{\t"Resources":\t{\r\n\t"A": {"Type": "AWS::EC2::VPC"}}}'
    assert list(elements({"main.json": text})) == ["A"]


@pytest.mark.parametrize(
    ("text", "tool", "line"),
    [
        (
            "Resources:\n{% for n in names %}\n  A{{ n }}:\n    Type: AWS::EC2::VPC\n{% endfor %}\n",
            "Jinja",
            2,
        ),
        ("Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties: {{ properties | tojson }}\n", "", 4),
        ("Resources:\n  {{- range .Names }}\n  A:\n    Type: AWS::EC2::VPC\n  {{- end }}\n", "Go text", 2),
        ("Resources:\n  A: !Rain::Module {Type: 'AWS::EC2::VPC'}\n", "Rain", 2),
        ("Resources:\n<% names.each do |n| %>\n  A:\n    Type: AWS::EC2::VPC\n<% end %>\n", "ERB", 2),
    ],
)
def test_a_template_language_is_named_and_refused(read: Read, text: str, tool: str, line: int) -> None:
    reading = read(text)
    (told,) = reading.diagnostics
    assert told.level == "warning"
    assert "template language" in told.message
    assert tool in told.message
    assert told.place is not None
    assert told.place.line == line
    assert reading.open, "nothing of it may be taken for absent"
    assert not reading.elements


def test_a_directive_inside_a_text_is_text(read: Read, elements: Elements, plain: Plain) -> None:
    script = "|\n          {% raw %}\n          echo {{ x }} <% y %>\n"
    text = f"Resources:\n  A:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        Fn::Base64: {script}"
    assert not read(text).diagnostics
    assert plain(elements(text)["A"].get("user_data")) == "{% raw %}\necho {{ x }} <% y %>\n"


@pytest.mark.parametrize("written", ["${VPC_CIDR}", "'${VPC_CIDR}'", "'{{ cidr }}'", '"{{cidr}}"'])
def test_what_another_tool_fills_in_is_not_known(say: Say, written: str) -> None:
    because = say(written).unknown
    assert because is not None
    assert "another tool" in because.reasons[0].what
