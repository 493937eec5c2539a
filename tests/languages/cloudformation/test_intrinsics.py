"""Each intrinsic function, decided, open and misused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fabriclint.values import Text, Value

Say = Callable[..., Value]
Plain = Callable[[Value], Any]

PARAMETERS = """
Parameters:
  Type: {Type: String, Default: p5.48xlarge}
  Env: {Type: String, AllowedValues: [dev, prod]}
  Free: {Type: String}
  Flag: {Type: String, Default: 'true'}
  Vpc: {Type: 'AWS::EC2::VPC::Id'}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Blocks: {Type: CommaDelimitedList, Default: '10.0.0.0/24, 10.0.1.0/24'}
  Count: {Type: Number, Default: 3}
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/image}
Mappings:
  Sizes:
    us-east-1: {small: p4d.24xlarge, same: x}
    us-west-2: {small: p4de.24xlarge, same: x}
  Lists:
    all: {zones: [a, b]}
Conditions:
  On: !Equals [!Ref Flag, 'true']
  Off: !Not [!Condition On]
  Open: !Equals [!Ref Env, prod]
Outputs:
  Unused: {Value: x}
"""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # Ref
        ("!Ref Type", "p5.48xlarge"),
        ("{Ref: It}", "@It.id"),
        ("!Ref Nobody", "?Nobody is not declared in this template"),
        ("!Ref AWS::Region", "@AWS::Region"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::NoValue", None),
        ("!Ref Vpc", "@parameter Vpc"),
        ("!Ref Count", 3),
        ("!Ref Blocks", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Ref Image", "@{{resolve:ssm:/aws/image}}"),
        ("!Ref Env", {"one of": ["dev", "prod"], "because": "parameter Env has no default"}),
        ("!Ref Free", "?parameter Free has no default"),
        # GetAtt
        ("!GetAtt It.CidrBlock", "10.0.0.0/16"),
        ("Fn::GetAtt: [It, CidrBlock]", "10.0.0.0/16"),
        ("!GetAtt It.DefaultSecurityGroup", "@It.DefaultSecurityGroup"),
        ("!GetAtt It.Endpoint.Address", "@It.Endpoint.Address"),
        ("!GetAtt Nobody.Arn", "?Nobody is not a resource of this template"),
        ("!GetAtt It", "?Fn::GetAtt is not written as CloudFormation takes it"),
        ("!GetAtt It.Tags", "?It.Tags refers to itself"),
        # Sub
        ("!Sub 'a-${Type}-${!Literal}'", "a-p5.48xlarge-${Literal}"),
        ("!Sub 'com.amazonaws.${AWS::Region}.s3'", "com.amazonaws.<@AWS::Region>.s3"),
        ("!Sub '${It}'", "@It.id"),
        ("!Sub '${It.CidrBlock}/${ Type }'", "10.0.0.0/16/p5.48xlarge"),
        ("!Sub ['${A}${B}', {A: !Ref Type, B: !Ref Free}]", "p5.48xlarge<?parameter Free has no default>"),
        ("!Sub '${unclosed'", "${unclosed"),
        ("!Sub [a]", "?Fn::Sub is not written as CloudFormation takes it"),
        # Join, Split, Select
        ("!Join ['-', [a, !Ref Type, 3, true]]", "a-p5.48xlarge-3-true"),
        ("!Join [',', !Ref Subnets]", "@parameter Subnets.ids"),
        ("!Join ['', [!Ref Vpc]]", "@parameter Vpc"),
        ("!Join ['-', [a, !If [Off, b, !Ref AWS::NoValue]]]", "a"),
        ("!Split ['|', 'a|b||']", ["a", "b", "", ""]),
        ("!Split [',', !Join [',', [!Ref It, x]]]", ["@It.id", "x"]),
        ("!Split [',', !Ref Free]", "?parameter Free has no default"),
        ("!Split [',', !Sub 'a,b${Free}']", ["a", "?parameter Free has no default"]),
        ("!Split [',', !ImportValue Shared]", "@export Shared.ids"),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['1', !Ref Blocks]", "10.0.1.0/24"),
        ("!Select [2, [a, b]]", "?the list has no member 2"),
        ("!Select [0, !Ref Subnets]", "@parameter Subnets.ids[0]"),
        ("!Select [!Ref Free, [a]]", "?parameter Free has no default"),
        ("!Select [0, [!If [Open, a, !Ref AWS::NoValue], b]]", "?parameter Env has no default"),
        ("!Select [0, !Split [',', !Sub 'a,${Free}']]", "a"),
        ("!Select [1e999, [a]]", "?the index is no number"),
        # FindInMap
        ("!FindInMap [Sizes, us-east-1, small]", "p4d.24xlarge"),
        ("!FindInMap [Lists, all, zones]", ["a", "b"]),
        (
            "!FindInMap [Sizes, !Ref AWS::Region, small]",
            {"one of": ["p4d.24xlarge", "p4de.24xlarge"], "because": "AWS::Region is not known"},
        ),
        ("!FindInMap [Sizes, !Ref AWS::Region, same]", "x"),
        ("!FindInMap [Sizes, mars, small]", "?the mapping has no Sizes.mars.small"),
        ("!FindInMap [Sizes, mars, small, {DefaultValue: d}]", "d"),
        ("!FindInMap [Nothing, a, b]", "?the mapping Nothing is not in this template"),
        # If
        ("!If [On, a, b]", "a"),
        ("!If [Off, a, b]", "b"),
        ("!If [Open, a, b]", {"one of": ["a", "b"], "because": "parameter Env has no default"}),
        ("!If [Open, a, a]", "a"),
        ("[x, !If [Off, y, !Ref AWS::NoValue]]", ["x"]),
        ("[x, !If [Open, y, !Ref AWS::NoValue], z]", ["x", "z", "?parameter Env has no default"]),
        ("{a: !If [Off, y, !Ref AWS::NoValue], b: 1}", {"a": None, "b": 1}),
        ("!If [On, a]", "?Fn::If is not written as CloudFormation takes it"),
        # networks
        ("!Cidr [10.0.0.0/16, 3, 8]", ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
        ("!Select [1, !Cidr [!GetAtt It.CidrBlock, 4, 12]]", "10.0.16.0/20"),
        ("!Cidr [!Ref Free, 2, 8]", ["@cidr of parameter Free by 8[0]", "@cidr of parameter Free by 8[1]"]),
        ("!Cidr [nonsense, 2, 8]", "?nonsense is no address block"),
        ("!Cidr [10.0.0.0/30, 9, 1]", "?10.0.0.0/30 does not hold 9 blocks of that size"),
        ("!Select [0, !GetAZs '']", "@AWS::AvailabilityZones[0]"),
        ("!Select [1, !GetAZs {Ref: 'AWS::Region'}]", "@AWS::AvailabilityZones[1]"),
        ("!Select [0, !GetAZs us-west-2]", "@AWS::AvailabilityZones us-west-2[0]"),
        # the rest
        ("Fn::Base64: !Sub 'run ${Type}'", "run p5.48xlarge"),
        ("!ImportValue shared-vpc", "@export shared-vpc"),
        ("!ImportValue {'Fn::Sub': '${Free}-vpc'}", "@export ${Free}-vpc"),
        ("Fn::Length: !Ref Blocks", 2),
        ("Fn::Length: !Ref Subnets", "?the length of the list is not known"),
        ("Fn::ToJsonString: {a: [1, x, true], b: !Ref It}", '{"a":[1,"x",true],"b":"<@It.id>"}'),
        ("Fn::Transform: {Name: Mine}", "?the macro Mine is not run"),
        ("Fn::Nonsense: 1", "?Fn::Nonsense is not known to this reader"),
        ("'{{resolve:ssm:/image}}'", "@{{resolve:ssm:/image}}"),
        ("!Sub 'x{{resolve:ssm:/${Type}}}'", "x<@{{resolve:ssm:/p5.48xlarge}}>"),
        ("'{{ vpc_id }}'", "?{{ vpc_id }} is left for another tool to fill in"),
        ("${VPC_ID}", "?${VPC_ID} is left for another tool to fill in"),
    ],
)
def test_what_a_function_gives(say: Say, plain: Plain, said: str, expected: Any) -> None:
    assert plain(say(said, PARAMETERS)) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [("yes", True), ("Off", False), ("'yes'", "yes"), ("true", True), ("0644", "0644"), ("12", 12), ("2.10", "2.10"),
     ("'12'", "12"), ("~", None), ("", None), ("-1", -1), ("1_0", "1_0"), ("012345678901", "012345678901")],
)  # fmt: skip
def test_how_a_scalar_is_typed(say: Say, said: str, expected: Any) -> None:
    data = say(said).data
    assert data == expected
    assert type(data) is type(expected)


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ("!Equals [a, a]", "yes"),
        ("!Equals [!Ref Type, p4d]", "no"),
        ("!Equals [!Ref Flag, true]", "yes"),
        ("!Equals [!Ref Env, prod]", "unknown"),
        ("!Equals [!Ref Env, test]", "no"),
        ("!Equals [!Ref Free, x]", "unknown"),
        ("!Equals [!Ref AWS::Region, us-east-1]", "unknown"),
        ("!Equals [!Ref AWS::Region, '']", "no"),
        ("!Equals [!Ref Vpc, '']", "no"),
        ("!Equals [!Join ['', !Ref Blocks], '']", "no"),
        ("!Equals [!Ref AWS::Region, !Ref AWS::Region]", "yes"),
        ("!And [!Condition On, !Condition Open]", "unknown"),
        ("!And [!Condition Off, !Condition Open]", "no"),
        ("!Or [!Condition On, !Condition Open]", "yes"),
        ("!Not [!Condition Open]", "unknown"),
        ("!Not [!Condition Nobody]", "unknown"),
        ("!Equals [a]", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_conditions_are_three_valued(say: Say, read: Callable[..., Any], condition: str, state: str) -> None:
    text = PARAMETERS.replace("Conditions:\n", f"Conditions:\n  It: {condition}\n")
    text += "Resources:\n  V: {Type: 'AWS::EC2::VPC', Condition: It}\n"
    found = read(text).elements
    assert (found[0].exists.state if found else "no") == state


def test_a_value_rests_on_the_parameters_it_was_computed_from(say: Say) -> None:
    value = say("!If [On, !Sub '${Type}-x', y]", PARAMETERS)
    assert sorted(str(i) for i in value.inputs) == [
        "Flag = true",
        "Type = p5.48xlarge",
        "condition On = true",
    ]
    assert say("!If [On, a, b]", PARAMETERS, Flag="no").data == "b"
    assert sorted(str(i) for i in say("!Ref Type", PARAMETERS, Type="x").inputs) == ["Type = x"]


def test_an_attribute_keeps_its_handle_and_an_open_parameter_equals_itself(say: Say) -> None:
    assert str(say("!GetAtt It.CidrBlock").handle) == "It.CidrBlock"
    one, two = say("!Ref Free", PARAMETERS), say("!Ref Free", PARAMETERS)
    assert one.same(two).certain
    assert say("!Select [0, !GetAZs '']").same(say("!Select [1, !GetAZs '']")).excluded


def test_a_given_region_decides(say: Say, plain: Plain) -> None:
    assert (
        plain(say("!FindInMap [Sizes, !Ref AWS::Region, small]", PARAMETERS, AWS__Region="us-west-2"))
        == "p4de.24xlarge"
    )
    assert plain(say("!Ref AWS::Partition", AWS__Region="cn-north-1")) == "aws-cn"
    assert (
        plain(say("!Select [0, !GetAZs us-west-2]", AWS__Region="us-west-2")) == "@AWS::AvailabilityZones[0]"
    )


def test_lines_of_a_script_keep_their_places(say: Say) -> None:
    said = """
        Fn::Base64: !Sub |
          #!/bin/bash
          echo für ${Type}

            mount ${It}:/x ö ${Free} # ${!HOME}
          done
    """
    value = say(said, PARAMETERS)
    assert isinstance(value.data, Text)
    told = [
        (p if isinstance(p, str) else "…", s.text.strip(), s.line)
        for p, s in zip(value.data.parts, value.data.spans, strict=True)
        if s
    ]
    assert len(told) == len(value.data.parts)
    assert told == [
        ("#!/bin/bash\n", "#!/bin/bash", 9),
        ("echo für p5.48xlarge\n", "echo für ${Type}", 10),
        ("\n", "", 11),
        ("  mount ", "mount", 12),
        ("…", "${It}", 12),
        (":/x ö ", ":/x ö", 12),
        ("…", "${Free}", 12),
        (" # ${HOME}\n", "# ${!HOME}", 12),
        ("done\n", "done", 13),
    ]


def test_pieces_of_a_join_keep_their_places(say: Say) -> None:
    value = say('Fn::Join: ["", ["a\\n", "b ", !Ref It, " c"]]')
    assert isinstance(value.data, Text)
    assert [s.text for s in value.data.spans if s] == ['"a\\n"', '"b "', "!Ref It", '" c"']


def test_choices_and_texts_do_not_explode(say: Say) -> None:
    rest = PARAMETERS.replace("Outputs:", "").replace("  Unused: {Value: x}\n", "") + "Resources:\n"
    rest += "  R0: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Sub '${Free}abc'}}\n"
    for n in range(1, 60):
        twice = f"${{R{n - 1}.CidrBlock}}" * 2
        rest += f"  R{n}: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: !Sub '{twice}'}}}}\n"
    rest += "  It: {Type: 'AWS::EC2::VPC', Properties: {Tags: !GetAtt R59.CidrBlock}}\n"
    value = say("x", rest)
    text = value.data
    assert not isinstance(text, Text) or len(text.parts) <= 200
