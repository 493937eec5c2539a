"""SAM templates, included files, custom resources, Rules: what other tools add to a template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fabriclint.languages.base import Reading
from fabriclint.model.element import Element
from fabriclint.values import Value

Read = Callable[..., Reading]
Elements = Callable[..., dict[str, Element]]
Plain = Callable[[Value], Any]

SAM = """\
AWSTemplateFormatVersion: 2010-09-09
Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]
Globals:
  Function: {Runtime: python3.13, VpcConfig: {SubnetIds: [!Ref Subnet]}}
Rules:
  OneRegion: {Assertions: [{Assert: !Equals [!Ref AWS::Region, us-east-1], AssertDescription: x}]}
Metadata:
  AWS::ServerlessRepo::Application: {Name: x}
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc}}
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Events: {Api: {Type: Api, Properties: {Path: /, Method: get}}}}
    Connectors: {C: {Properties: {Destination: {Id: Table}, Permissions: [Read]}}}
  Table: {Type: 'AWS::Serverless::SimpleTable'}
  Batch:
    Type: AWS::Serverless::Application
    Properties: {Location: ../batch/template.yaml, Parameters: {VpcId: !Ref Vpc}}
  Bought:
    Type: AWS::Serverless::Application
    Properties: {Location: {ApplicationId: 'arn:aws:serverlessrepo:x', SemanticVersion: 1.0.0}}
"""
BATCH = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {VpcId: {Type: 'AWS::EC2::VPC::Id'}}
Resources:
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: !Ref VpcId}}
"""


def test_a_sam_template_is_read_with_its_local_applications(read: Read, plain: Plain) -> None:
    reading = read({"app/template.yaml": SAM, "batch/template.yaml": BATCH})
    assert not reading.diagnostics
    assert not reading.open
    found = {element.address: element for element in reading.elements}
    assert list(found) == ["Vpc", "Subnet", "Batch/Group", "Bought"]
    assert plain(found["Batch/Group"].get("vpc")) == "@Vpc.id"
    assert found["Bought"].kind == "unseen"


MAIN = """\
Transform:
  Name: AWS::Include
  Parameters: {Location: !Sub 's3://${Bucket}/shared.yaml'}
Parameters: {Bucket: {Type: String, Default: my-bucket}}
Mappings:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: parts/maps.json}}
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./parts/resources.yaml}}
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: parts/vpc.yaml}}
      EnableDnsSupport: false
  Whole:
    Fn::Transform: {Name: AWS::Include, Parameters: {Location: parts/whole.yaml}}
"""
PARTS = {
    "main.yaml": MAIN,
    "shared.yaml": "Resources:\n  Shared: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.3.0.0/16}}\n",
    "parts/maps.json": '{"Cidrs": {"a": {"vpc": "10.7.0.0/16"}}}',
    "parts/resources.yaml": "Subnet: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: {Ref: Vpc}}}\n",
    "parts/vpc.yaml": "CidrBlock: {'Fn::FindInMap': [Cidrs, a, vpc]}\nEnableDnsSupport: true\n",
    "parts/whole.yaml": "Type: AWS::EC2::Subnet\nProperties: {VpcId: {Ref: Shared}}\n",
}


def test_included_files_stand_where_they_are_named(read: Read, plain: Plain) -> None:
    reading = read(PARTS)
    assert not reading.diagnostics
    assert not reading.open
    found = {element.address: element for element in reading.elements}
    assert sorted(found) == ["Shared", "Subnet", "Vpc", "Whole"]
    assert plain(found["Vpc"].get("cidr_block")) == "10.7.0.0/16"
    assert plain(found["Vpc"].read("EnableDnsSupport")) is False, "what the template writes itself stays"
    assert plain(found["Subnet"].get("vpc")) == "@Vpc.id"
    assert found["Subnet"].place.path == "parts/resources.yaml"
    assert plain(found["Whole"].get("vpc")) == "@Shared.id"
    assert {"shared.yaml", "parts/maps.json"} <= {source.path for source in reading.sources}


def test_an_included_file_that_is_gone_leaves_open_what_it_would_say(read: Read, plain: Plain) -> None:
    reading = read({"main.yaml": MAIN})
    assert len(reading.open) >= 3
    said = ("not on disk", "is not seen", "is not read")
    assert all(any(words in reason.what for words in said) for reason in reading.open)
    vpc = next(element for element in reading.elements if element.address == "Vpc")
    assert "not on disk" in plain(vpc.get("cidr_block"))
    assert plain(vpc.read("EnableDnsSupport")) is False


def test_files_that_include_each_other_end(read: Read) -> None:
    again = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: loop.yaml}}\n"
    main = f"Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock:\n        {again}"
    vpc = read({"main.yaml": main, "loop.yaml": again}).elements[0]
    assert vpc.get("cidr_block").unknown is not None


def test_files_that_include_each_other_again_and_again_end(read: Read) -> None:
    again = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: loop.yaml}}"
    loop = "".join(f"- {{{again}}}\n" for _ in range(20))
    main = f"Resources:\n  V: {{Type: 'AWS::EC2::VPC', Properties: {{CidrBlock: {{{again}}}}}}}\n"
    assert not read({"main.yaml": main, "loop.yaml": loop}).elements[0].get("cidr_block").absent


def test_a_custom_resource_answers_what_nobody_knows(elements: Elements, plain: Plain) -> None:
    found = elements(
        """
        Resources:
          Finder:
            Type: Custom::Finder
            Properties: {ServiceToken: x, Id: asked, VpcId: !Ref Vpc}
          Other: {Type: 'AWS::CloudFormation::CustomResource', Properties: {ServiceToken: x, Id: asked}}
          Vpc: {Type: 'AWS::EC2::VPC'}
          A: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !GetAtt Finder.Id, AvailabilityZone: !GetAtt Other.Id}}
          B: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !GetAtt Finder.Id}}
        """
    )
    vpc = found["A"].get("vpc")
    assert plain(vpc) == "@Finder.Id", "not the property of that name, which is what it is asked"
    assert plain(found["A"].get("zone")) == "@Other.Id"
    assert vpc.same(found["B"].get("vpc")).certain
