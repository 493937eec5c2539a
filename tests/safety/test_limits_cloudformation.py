"""Hostile CloudFormation: it ends soon, says what it did not read, and the template beside it is still judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Files = dict[str, str | bytes]
Hostile = Callable[[dict[str, tuple[Files, str]]], Any]

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
TYPE = "AWS::EC2::Instance"
INCLUDE = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./part.yaml}}"
MACHINE = (
    HEAD
    + "Resources:\n  X:\n    Type: AWS::EC2::Instance\n    Properties:\n      InstanceType: p5.48xlarge\n      ImageId: ami-1\n"
)


def machine(value: str, *, before: str = "") -> Files:
    """A template whose machine has a value that every rule about machines asks for."""
    return {
        "t.yaml": f"{HEAD}{before}Resources:\n  X:\n    Type: {TYPE}\n    Properties:\n"
        f"      InstanceType: {value}\n      UserData: {value}\n"
    }


def as_json(value: str) -> Files:
    """The same in JSON."""
    properties = f'{{"InstanceType": "p5.48xlarge", "UserData": {value}}}'
    return {
        "t.json": '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": '
        f'{{"X": {{"Type": "{TYPE}", "Properties": {properties}}}}}}}'
    }


def loops(depth: int) -> str:
    """Loops over ten values inside each other."""
    text = "{Type: 'AWS::EC2::Instance', Properties: {InstanceType: p5.48xlarge}}"
    body = f"{{'R${{A0}}': {text}}}"
    for n in range(depth):
        body = f"{{'Fn::ForEach::L{n}': [A{n}, ['0','1','2','3','4','5','6','7','8','9'], {body}]}}"
    return f"{HEAD}Transform: AWS::LanguageExtensions\nResources: {body}\n"


def doubling(step: str, depth: int = 60) -> str:
    """A value of which each layer holds the one below twice."""
    text = "x"
    for _ in range(depth):
        text = step.format(text)
        if len(text) > 2_000_000:
            break
    return text


def aliases(depth: int) -> str:
    lines = ["  A0: &a0 [x, x]"]
    lines += [f"  A{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, depth)]
    return (
        f"{HEAD}Metadata:\n"
        + "\n".join(lines)
        + "\n"
        + MACHINE.removeprefix(HEAD)
        + f"      UserData: *a{depth - 1}\n"
    )


def nested(*urls: str) -> str:
    stacks = "".join(
        f"  S{n}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {url}\n"
        for n, url in enumerate(urls)
    )
    return MACHINE + stacks


CONDITIONS = "Conditions:\n  C0: !Equals [a, a]\n" + "".join(
    f"  C{n}: !And [!Condition C{n - 1}, !Or [!Condition C{n - 1}, !Condition C{n - 1}]]\n"
    for n in range(1, 60)
)
MAPPINGS = "Mappings:\n  M:\n" + "".join(f"    K{n}: {{V: x}}\n" for n in range(50_000))

CASES: dict[str, tuple[Files, str]] = {
    "flow lists": (machine("[" * 50_000), "maximum nesting depth"),
    "closed flow lists": (machine("[" * 20_000 + "]" * 20_000), "maximum nesting depth"),
    "flow maps": (machine("{a: " * 20_000 + "}" * 20_000), "nested deeper"),
    "block lists": (machine("\n        " + "- " * 20_000 + "x"), "nested deeper"),
    "block maps": (
        {"t.yaml": MACHINE + "".join(" " * (6 + n) + "a:\n" for n in range(2_000))},
        "nested deeper",
    ),
    "json lists": (as_json("[" * 50_000 + "]" * 50_000), "nested deeper"),
    "json objects": (as_json('{"a":' * 50_000 + "1" + "}" * 50_000), "nested deeper"),
    "open json": (as_json("[" * 50_000), "nested deeper"),
    "long line": (machine('"' + "x" * 1_000_000 + '"'), "too long to be read"),
    "billion laughs": ({"t.yaml": aliases(60)}, "aliases repeat"),
    "a ring of aliases": (
        {"t.yaml": MACHINE + "      UserData: &a [*a]\n"},
        "the alias a stands inside itself",
    ),
    "nested loops": ({"t.yaml": loops(5)}, ""),
    "loops too deep": ({"t.yaml": loops(12)}, ""),
    "doubling join": (machine(doubling("!Join ['', [{0}, {0}]]", 14)), ""),
    "doubling sub": (machine(doubling("!Sub ['${{A}}${{A}}', {{A: {0}}}]", 90)), "nested deeper"),
    "doubling sub over variables": (
        machine(doubling("{{'Fn::Sub': ['${{A}}${{A}}${{A}}${{A}}', {{A: {0}}}]}}", 40)),
        "nested deeper",
    ),
    "doubling split": (
        machine("!Select [0, !Split [x, !Sub ['${A}', {A: " + "x" * 100_000 + "}]]]"),
        "it grows beyond what is read",
    ),
    "doubling base64": (machine(doubling("{{'Fn::Base64': {0}}}", 90)), "nested deeper"),
    "cidrs": (machine("!Select [0, !Cidr [10.0.0.0/8, 1000000000, 4]]"), "Fn::Cidr"),
    "conditions doubling": (machine("!If [C59, a, b]", before=CONDITIONS), "nested deeper"),
    "a ring of conditions": (
        machine("!If [A, a, b]", before="Conditions:\n  A: !Condition B\n  B: !Condition A\n"),
        "refers to itself",
    ),
    "a large mapping": (
        machine("!FindInMap [M, !Ref 'AWS::StackName', V]", before=MAPPINGS),
        "x is not known",
    ),
    "mapping of mappings": (
        machine(doubling("!FindInMap [M, {0}, V]", 90), before="Mappings:\n  M: {x: {V: x}}\n"),
        "x is not known",
    ),
    "includes itself": (
        {
            "t.yaml": f"{HEAD}Resources:\n  {INCLUDE}\n",
            "part.yaml": f"{INCLUDE}\n",
        },
        "",
    ),
    "includes doubling": (
        {
            "t.yaml": MACHINE + "      Tags:\n" + f"        - {INCLUDE}\n" * 5_000,
            "part.yaml": "Key: a\nValue: b\n",
        },
        "",
    ),
    "nests itself": ({"t.yaml": nested("./t.yaml")}, "not in these sources"),
    "nests in a ring": (
        {"t.yaml": nested("./b.yaml"), "b.yaml": nested("./t.yaml")},
        "leads back to",
    ),
    "nests doubling": (
        {f"t{n}.yaml": nested(*[f"./t{n + 1}.yaml"] * 8) for n in range(12)} | {"t12.yaml": MACHINE},
        "lies deeper than is read",
    ),
    "outside the tree": (
        {"t.yaml": nested("../../../x.yaml", "/etc/passwd", "file:///etc/passwd")},
        "not in these sources",
    ),
    "references in a ring": (
        {
            "t.yaml": HEAD
            + "Resources:\n"
            + "".join(
                f"  R{n}: {{Type: '{TYPE}', Properties: {{SubnetId: !GetAtt R{(n + 1) % 50}.SubnetId}}}}\n"
                for n in range(50)
            )
        },
        "refers to itself",
    ),
    "many resources": (
        {
            "t.yaml": HEAD
            + "Resources:\n"
            + "".join(f"  R{n}: {{Type: 'AWS::EC2::VPC'}}\n" for n in range(9_000))
        },
        "",
    ),
    "many parameters": (
        machine(
            "x",
            before="Parameters:\n"
            + "".join(f"  P{n}: {{Type: String, AllowedValues: [a, b]}}\n" for n in range(3_000)),
        ),
        "only the first 500 parameters",
    ),
    "many documents": ({"t.yaml": MACHINE + "---\n" * 100_000}, ""),
    "many anchors": (
        {"t.yaml": MACHINE + "".join(f"      A{n}: &b{n} x\n" for n in range(10_000))},
        "",
    ),
    "tags": (machine("!Sub " * 20_000 + "x"), "not YAML"),
    "a long key": ({"t.yaml": MACHINE + "? " * 20_000 + "x"}, "nested deeper"),
    "a long number": (machine("1" * 500_000), ""),
    "a long number in base 60": (machine(":".join(["59"] * 50_000)), ""),
    "quotes": (machine('"' + "\\" * 500_000), "not YAML"),
    "block scalars": (machine("|\n" + "        \n" * 200_000), ""),
}


# A process costs more than most of these, so several are linted in one.
GROUPS = [list(CASES)[at : at + 8] for at in range(0, len(CASES), 8)]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_hostile_cloudformation(hostile: Hostile, names: list[str]) -> None:
    hostile({name.replace(" ", "-"): CASES[name] for name in names})
