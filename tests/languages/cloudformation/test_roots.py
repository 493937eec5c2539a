"""Which files are templates, which are roots, and what nested stacks come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fabriclint.languages.base import Reading, Roots
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles
from fabriclint.values import Map, Value

Read = Callable[..., Reading]
Elements = Callable[..., dict[str, Element]]
Plain = Callable[[Value], Any]

VPC = """\
Parameters:
  Cidr: {Type: String, Default: 10.9.0.0/16}
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Cidr}}
  A: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc}}
  B: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc}}
Outputs:
  VpcId: {Value: !Ref Vpc, Export: {Name: shared-vpc}}
  Subnets: {Value: !Join [',', [!Ref A, !Ref B]]}
  Cidr: {Value: !GetAtt Vpc.CidrBlock}
"""
COMPUTE = """\
Parameters:
  Vpc: {Type: 'AWS::EC2::VPC::Id'}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  Zones: {Type: String, Default: one}
Resources:
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {VpcId: !Ref Vpc}}
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {VPCZoneIdentifier: !Ref Subnets}
  Node: {Type: 'AWS::EC2::Instance', Properties: {SubnetId: !Select [1, !Ref Subnets], InstanceType: !Ref Zones}}
"""
MAIN = """\
Resources:
  Compute:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: parts/compute.yaml
      Parameters: {Vpc: !GetAtt Network.Outputs.VpcId, Subnets: !GetAtt Network.Outputs.Subnets}
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./parts/vpc.yaml, Parameters: {Cidr: 10.1.0.0/16}}
"""
FILES = {"main.yaml": MAIN, "parts/vpc.yaml": VPC, "parts/compute.yaml": COMPUTE}


def roots(files: dict[str, str], named: tuple[str, ...] = ()) -> Roots:
    return LANGUAGE.roots(list(files), named, MemoryFiles(files))


# ------------------------------------------------------------------------------- roots


def test_a_nested_template_is_judged_through_its_callers() -> None:
    found = roots(FILES, ("parts/vpc.yaml",))
    assert [(r.path, r.files) for r in found.roots] == [("main.yaml", ("main.yaml",))]
    assert [(f.path, f.callers) for f in found.folded] == [
        ("parts/compute.yaml", ("main.yaml",)),
        ("parts/vpc.yaml", ("main.yaml",)),
    ]
    alone = roots({"parts/vpc.yaml": VPC}, ("parts/vpc.yaml",))
    assert [(r.path, r.why) for r in alone.roots] == [("parts/vpc.yaml", "named")]


def test_templates_that_nest_each_other_still_have_a_root() -> None:
    def nest(path: str) -> str:
        return (
            f"Resources:\n  S: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {path}}}}}\n"
        )

    found = roots({"b.yaml": nest("a.yaml"), "a.yaml": nest("b.yaml"), "self.yaml": nest("self.yaml")})
    assert [r.path for r in found.roots] == ["a.yaml", "self.yaml"]


@pytest.mark.parametrize(
    ("path", "text", "owned"),
    [
        ("a.yaml", VPC, True),
        ("a.template", VPC, True),
        ("a.json", '{"Resources": {"A": {"Type": "Custom::Thing"}}}', True),
        ("a.json", '{"Resources": {"A": {"Type": "AWS::EC2::VPC",}}}', True),
        ("a.yml", "AWSTemplateFormatVersion: x\n'Resources':\n  A: [\n", True),
        ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: 'AWS::EC2::VPC'}\n", False),
        ("a.json", '{"name": "x", "dependencies": {}}', False),
        ("a.json", '{"a": {"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}}', False),
        ("a.json", '{"body": "{\\"Resources\\": {\\"A\\": {\\"Type\\": \\"AWS::EC2::VPC\\"}}}"}', False),
        ("a.yaml", "notes: |\n  Resources:\n    A: {Type: 'AWS::EC2::VPC'}\n", False),
        ("a.tf.json", '{"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}', False),
        ("a.txt", VPC, False),
        ("a.yaml", "", False),
    ],
)
def test_what_is_a_template(path: str, text: str, owned: bool) -> None:
    assert bool(roots({path: text}).roots) is owned


# ------------------------------------------------------------------------------- nested stacks


def test_values_pass_down_and_outputs_come_back_whatever_the_order(elements: Elements, plain: Plain) -> None:
    found = elements(FILES)
    assert list(found) == [
        "Compute/Group",
        "Compute/Fleet",
        "Compute/Node",
        "Network/Vpc",
        "Network/A",
        "Network/B",
    ]
    assert plain(found["Compute/Group"].get("vpc")) == "@Network/Vpc.id"
    assert plain(found["Compute/Fleet"].get("subnets")) == ["@Network/A.id", "@Network/B.id"]
    assert plain(found["Compute/Node"].get("subnet")) == "@Network/B.id"
    assert plain(found["Network/Vpc"].get("cidr_block")) == "10.1.0.0/16"
    assert [str(i) for i in found["Compute/Node"].get("type").inputs] == ["Compute/Zones = one"]
    node = found["Compute/Node"]
    assert (node.label, node.place.path) == ("Node", "parts/compute.yaml")
    assert [(c.name, str(c.place)) for c in node.calls] == [("Compute", "main.yaml:2")]


def test_every_file_read_is_a_source(read: Read) -> None:
    assert sorted(source.path for source in read(FILES).sources) == sorted(FILES)


def test_a_nested_stack_under_an_open_condition(elements: Elements, plain: Plain) -> None:
    main = MAIN.replace("  Network:\n", "  Network:\n    Condition: Make\n")
    rest = "Parameters: {Flag: {Type: String}}\nConditions: {Make: !Equals [!Ref Flag, 'yes']}\n"
    found = elements({**FILES, "main.yaml": main + rest})
    assert found["Network/Vpc"].exists.undecided
    gone = elements({**FILES, "main.yaml": main + rest}, Flag="no")
    assert "Network/Vpc" not in gone
    assert plain(gone["Compute/Group"].get("vpc")) == "?nested stack Network is not made here"


def test_a_stack_that_is_not_there_is_unseen(elements: Elements, plain: Plain) -> None:
    found = elements({"main.yaml": MAIN, "parts/compute.yaml": COMPUTE})
    unseen = found["Network"]
    assert (unseen.kind, unseen.type) == ("unseen", "stack")
    assert unseen.get("source").data == "./parts/vpc.yaml"
    assert isinstance(unseen.get("inputs").data, Map)
    vpc = found["Compute/Group"].get("vpc")
    assert plain(vpc) == "?nested stack Network is not on disk"
    assert vpc.same(found["Compute/Group"].get("vpc")).certain


def test_a_module_is_unseen(elements: Elements, plain: Plain) -> None:
    found = elements(
        "AWSTemplateFormatVersion: 2010-09-09\n"
        "Resources:\n  M: {Type: 'My::Net::Vpc::MODULE', Properties: {Cidr: 1.2.3.0/24}}\n"
    )
    assert (found["M"].kind, found["M"].get("source").data) == ("unseen", "My::Net::Vpc::MODULE")
    assert plain(found["M"].get("inputs")) == {"Cidr": "1.2.3.0/24"}


@pytest.mark.parametrize(
    ("own", "url", "files", "found"),
    [
        ("a/main.yaml", "vpc.yaml", ["a/vpc.yaml"], "a/vpc.yaml"),
        ("a/main.yaml", "../b/vpc.yaml", ["b/vpc.yaml", "a/vpc.yaml"], "b/vpc.yaml"),
        ("a/main.yaml", "https://bucket.s3.amazonaws.com/key/vpc.yaml", ["a/vpc.yaml"], "a/vpc.yaml"),
        (
            "a/main.yaml",
            "https://s3.amazonaws.com/bucket/net/vpc.yaml?v=1",
            ["a/vpc.yaml", "net/vpc.yaml"],
            "net/vpc.yaml",
        ),
        (
            "a/main.yaml",
            "!Sub 'https://${AWS::Region}.x/${AWS::StackName}/vpc.yaml'",
            ["a/vpc.yaml"],
            "a/vpc.yaml",
        ),
        (
            "a/main.yaml",
            "!Sub 'https://${AWS::Region}.x/${AWS::StackName}vpc.yaml'",
            ["a/net/vpc.yaml"],
            "a/net/vpc.yaml",
        ),
        (
            "a/main.yaml",
            "!Join ['/', [s3:/, !Ref AWS::Region, net/vpc.yaml]]",
            ["a/net/vpc.yaml"],
            "a/net/vpc.yaml",
        ),
        ("a/b/c/main.yaml", "https://x/stacks/net/vpc.yaml", ["stacks/net/vpc.yaml"], "stacks/net/vpc.yaml"),
        ("a/main.yaml", "https://x/vpc.yaml", ["a/one/vpc.yaml", "a/two/vpc.yaml"], None),
        ("a/main.yaml", "https://x/main.yaml", [], None),
        ("a/main.yaml", "../../etc/vpc.yaml", ["etc/vpc.yaml"], "etc/vpc.yaml"),
        ("a/main.yaml", "!Ref AWS::Region", ["a/vpc.yaml"], None),
        ("main.yaml", "vpc.yaml", ["vpc.yaml"], "vpc.yaml"),
    ],
)
def test_which_file_a_url_means(read: Read, own: str, url: str, files: list[str], found: str | None) -> None:
    main = f"Resources:\n  S: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {url}}}}}\n"
    reading = read({own: main, **dict.fromkeys(files, VPC)})
    sources = [source.path for source in reading.sources if source.path != own]
    assert sources == ([found] if found else [])


def test_the_cdk_names_its_nested_templates_in_metadata(elements: Elements) -> None:
    main = """{"Resources": {"Net": {"Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.x/assets/0a1b.json"}},
        "Metadata": {"aws:asset:path": "Net.nested.template.json", "aws:asset:property": "TemplateURL"}}}}"""
    nested = '{"Resources": {"V": {"Type": "AWS::EC2::VPC"}}}'
    assert list(elements({"out/main.template.json": main, "out/Net.nested.template.json": nested})) == [
        "Net/V"
    ]


def test_imports_find_exports_of_the_same_root(elements: Elements, plain: Plain) -> None:
    main = MAIN.replace("!GetAtt Network.Outputs.VpcId", "!ImportValue shared-vpc")
    assert plain(elements({**FILES, "main.yaml": main})["Compute/Group"].get("vpc")) == "@Network/Vpc.id"


def test_stacks_that_nest_themselves_end(read: Read) -> None:
    main = "Resources:\n" + "".join(
        f"  S{n}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: '{'main' if n else 'other'}.yaml'}}}}\n"
        for n in range(3)
    )
    reading = read(
        {
            "main.yaml": main,
            "other.yaml": main.replace("other", "third"),
            "third.yaml": main.replace("other", "main"),
        }
    )
    assert any("leads back to main.yaml" in said.message for said in reading.diagnostics)
    assert all(element.kind == "unseen" for element in reading.elements)


def test_a_broken_nested_template_is_said_and_the_rest_is_read(read: Read) -> None:
    reading = read({**FILES, "parts/vpc.yaml": "Resources: [\n"})
    assert [(d.level, d.place and d.place.path) for d in reading.diagnostics] == [("error", "parts/vpc.yaml")]
    assert {e.address for e in reading.elements} == {
        "Network",
        "Compute/Group",
        "Compute/Fleet",
        "Compute/Node",
    }


def test_parameters_that_feed_each_other_end(elements: Elements, plain: Plain) -> None:
    main = """
        Resources:
          One: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: x.yaml, Parameters: {P: !GetAtt Two.Outputs.O}}}
          Two: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: x.yaml, Parameters: {P: !GetAtt One.Outputs.O}}}
    """
    child = """
        Parameters: {P: {Type: String}}
        Resources: {V: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref P}}}
        Outputs: {O: {Value: !Ref P}}
    """
    found = elements({"main.yaml": main, "x.yaml": child})
    assert "refers to itself" in plain(found["One/V"].get("cidr_block"))


def test_stacks_that_wait_for_each_other_end(read: Read) -> None:
    main = "Resources:\n" + "".join(
        f"  S{n}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: !Sub 'x${{S{n + 1}.Outputs.O}}/vpc.yaml'}}}}\n"
        for n in range(200)
    )
    assert read({"main.yaml": main, "vpc.yaml": VPC}).elements


def test_exports_that_are_named_by_imports_end(read: Read) -> None:
    main = (
        "Resources:\n  V: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !ImportValue e0}}\nOutputs:\n"
        + "".join(
            f"  O{n}: {{Value: x, Export: {{Name: !Sub ['${{N}}', {{N: !ImportValue e{(n + 1) % 40}}}]}}}}\n"
            for n in range(40)
        )
    )
    assert str(read(main).elements[0].get("cidr_block").data) == "export e0"


def test_only_what_fits_in_a_parameter_is_passed(elements: Elements, plain: Plain) -> None:
    main = MAIN.replace("Cidr: 10.1.0.0/16", "Cidr: {a: b}")
    assert plain(elements({**FILES, "main.yaml": main})["Network/Vpc"].get("cidr_block")) == (
        "?what parameter Network/Cidr is given is not read"
    )
