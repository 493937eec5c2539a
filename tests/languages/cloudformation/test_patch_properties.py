"""Edits over generated templates: other bytes stay, the result reads, and doing it again adds nothing twice."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.languages.base import NoEdit, Root, Settings
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.model.change import Add, Change, Inside, Join, Link, New, Region, Remove, Set, Written
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles
from fabriclint.text import edited

ROOT = Root("cloudformation", "main.yaml", "", ("main.yaml",))
PLACES = ("Vpc", "Table", "Node", "Group", "Endpoint")
LINES = {
    "Vpc": ["CidrBlock: 10.0.0.0/16", "EnableDnsSupport: 'false'", "EnableDnsHostnames: no # off"],
    "Table": ["VpcId: !Ref Vpc", "# Tags: none"],
    "Node": [
        "LaunchTemplateName: n",
        "LaunchTemplateData:\n+InstanceType: p5.48xlarge\n+SecurityGroupIds:\n++- sg-1 # one\n+Placement:\n++GroupName: a",
    ],
    "Group": ["GroupDescription: |\n+some text\n\n+more", 'GroupName: "é"'],
    "Endpoint": [
        "VpcId: !Ref Vpc",
        "RouteTableIds: [rtb-1, 'rtb-2']",
        "SubnetIds:\n- subnet-1\n-   subnet-2",
    ],
}


@st.composite
def templates(draw: st.DrawFn) -> str:
    """A template in some layout: indentation, blank lines, comments, line ends, some properties left out."""
    step = " " * draw(st.sampled_from((2, 3, 4)))
    lines = ["# head", "Resources:"]
    for name in draw(st.permutations(PLACES)):
        type_ = {"Vpc": "VPC", "Table": "RouteTable", "Node": "LaunchTemplate", "Group": "SecurityGroup"}
        if draw(st.booleans()):
            lines.append(f"{step}# about {name}")
        lines += [f"{step}{name}: # {name}", f"{step * 2}Type: AWS::EC2::{type_.get(name, 'VPCEndpoint')}"]
        kept = [text for text in LINES[name] if draw(st.integers(0, 3))]
        if any(not text.startswith("#") for text in kept):
            lines.append(f"{step * 2}Properties:")
            for text in kept:
                for line in text.split("\n"):
                    bare = line.lstrip("+")
                    lines.append(step * (3 + len(line) - len(bare)) + bare if line else "")
        lines += [""] * draw(st.integers(0, 2))
    end = draw(st.sampled_from(("\n", "\r\n")))
    return end.join(lines) + draw(st.sampled_from(("", end)))


def changes(elements: dict[str, Element], dice: random.Random) -> Sequence[Change]:
    """A few changes of every sort."""
    vpc, table, node, group, endpoint = (elements[name] for name in PLACES)
    rule: dict[str, Written] = {"protocol": "-1", "self": True}
    nic: dict[str, Written] = {"card": 1, "device": 1, "security_groups": [Link(group)]}
    words: dict[str, Written] = {
        "vpc": Link(vpc),
        "service_name": Join(("com.amazonaws.", Region(), ".s3")),
        "route_tables": [Link(table)],
    }
    every: list[list[Change]] = [
        [Set(vpc, "dns_support", True), Set(vpc, "dns_hostnames", True)],
        [Remove(vpc, "cidr_block")],
        [Add("vpc_endpoint", "s3", words)],
        [
            Add("placement_group", "close", {"strategy": "cluster"}),
            Set(node, "placement_group", New("close", "name")),
        ],
        [
            Remove(node, "security_groups"),
            Inside(node, "interfaces", (nic, {**nic, "card": 2}), instead=True),
        ],
        [Inside(group, "ingress", (rule, {"protocol": "tcp", "cidr_blocks": ["10.0.0.0/8", "11.0.0.0/8"]}))],
        [Inside(endpoint, "route_tables", (Link(table), "rtb-1"))],
        [Set(endpoint, "subnets", ["subnet-9"])],
        [Remove(endpoint, "route_tables"), Set(endpoint, "type", "it's")],
    ]
    return [change for some in dice.sample(every, dice.randint(1, 4)) for change in some]


def patched(text: str, seed: int) -> str:
    """The text after some changes; what is not edited is held against the bytes."""
    files = MemoryFiles({"main.yaml": text})
    reading = LANGUAGE.read(ROOT, files, Settings())
    elements = {element.address: element for element in reading.elements}
    dice = random.Random(seed)
    near = elements[dice.choice(PLACES)]
    edits = LANGUAGE.patch(changes(elements, dice), near, reading.elements, files)
    source = files.source("main.yaml")
    result = edited(edits)["main.yaml"].data if edits else source.data
    at = shift = 0
    for edit in sorted(edits, key=lambda one: (one.span.start, one.span.end)):
        untouched = source.data[at : edit.span.start]
        assert result[at + shift : at + shift + len(untouched)] == untouched
        shift += len(edit.new.encode()) - (edit.span.end - edit.span.start)
        at = edit.span.end
    assert result[at + shift :] == source.data[at:]
    return result.decode()


@settings(max_examples=150, deadline=None)
@given(templates(), st.integers(0, 1 << 30))
def test_yaml(text: str, seed: int) -> None:
    result = patched(text, seed)
    if "\r\n" in text:
        assert "\n" not in result.replace("\r\n", "")
    again = LANGUAGE.read(ROOT, MemoryFiles({"main.yaml": result}), Settings())
    assert not again.diagnostics
    before = [element.address for element in again.elements]
    assert {*PLACES} <= set(before)
    try:
        twice = patched(result, seed)
    except NoEdit:
        return
    after = LANGUAGE.read(ROOT, MemoryFiles({"main.yaml": twice}), Settings())
    assert [element.address for element in after.elements] == before


SPOILS = (
    "&a ",
    "*a",
    "!Ref ",
    "{",
    "}",
    "[",
    "]",
    "<<: ",
    "? ",
    ": ",
    "|+\n",
    "- ",
    "#",
    "\t",
    "\n",
    "'",
    '"',
    "!!str ",
)


@settings(max_examples=300, deadline=None)
@given(
    templates(),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(SPOILS)), min_size=1, max_size=4),
    st.integers(0, 99),
)
def test_spoiled_templates_never_crash(text: str, spoils: list[tuple[float, str]], seed: int) -> None:
    for where, spoil in spoils:
        at = int(where * len(text))
        text = text[:at] + spoil + text[at:]
    read = LANGUAGE.read(ROOT, MemoryFiles({"main.yaml": text}), Settings())
    if {*PLACES} <= {element.address for element in read.elements}:
        with suppress(NoEdit):
            patched(text, seed)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from((None, 1, 2, 4, "\t")), st.integers(0, 1 << 30), st.permutations(PLACES), st.booleans()
)
def test_json(indent: int | str | None, seed: int, order: list[str], tight: bool) -> None:
    stack = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Table": {"Type": "AWS::EC2::RouteTable"},
        "Node": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {"LaunchTemplateData": {"SecurityGroupIds": []}},
        },
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {}},
        "Endpoint": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {"RouteTableIds": ["rtb-1", {"Ref": "Table"}]},
        },
    }
    separators = (",", ":") if tight else None
    text = json.dumps(
        {"Resources": {name: stack[name] for name in order}}, indent=indent, separators=separators
    )
    result = patched(text, seed)
    assert result == json.dumps(json.loads(result), indent=indent, separators=separators)
