"""Every scalar slices back to its text, and what is found inside a script points at the script's own line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages.base import Settings
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.languages.cloudformation.json_spans import parse_json
from fabriclint.languages.cloudformation.tree import Mapping, Node, Parsed, Scalar, walk
from fabriclint.languages.cloudformation.yaml_events import parse_yaml
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source

FIXTURES = Path(__file__).parents[3] / "fixtures"
TEMPLATES = sorted(FIXTURES.glob("**/*.yaml")) + sorted(FIXTURES.glob("**/template.json"))

letters = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufeff\x85\u2028\u2029"
)
lines = st.lists(st.text(letters, max_size=20), min_size=1, max_size=5).map("\n".join)
trees = st.recursive(
    lines,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(lines, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def scalars(parsed: Parsed) -> Iterator[Scalar]:
    """Every scalar of a tree, keys and values."""
    assert parsed.document is not None, parsed.diagnostics
    for node in walk(parsed.document):
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Mapping) and not node.short:
            yield from (entry.key for entry in node.entries.values())


def said(written: str) -> str:
    """What a token of YAML says, taken out of its file. The end of a block is blank lines, which no span holds."""
    token = written or "''"
    found: Any = yaml.compose(
        f"- {token}\n" if "\n" not in token else f"-\n  {token}\n", Loader=yaml.SafeLoader
    )
    return str(found.value[0].value)


def check(parsed: Parsed) -> int:
    number = 0
    for node in scalars(parsed):
        number += 1
        written = node.span.text
        if node.style in ("|", ">"):
            assert written.startswith(node.style)
            if node.style == "|":
                for line in (line for line in node.text.split("\n") if line.strip()):
                    assert line.rstrip() in written
        elif node.style == "'" and not written.startswith("'"):
            assert node.text.removeprefix("Fn::") in written  # the name of a short form, or text by tag
        else:
            assert said(written) == node.text
    return number


@settings(max_examples=150, deadline=None)
@given(trees, st.sampled_from([None, "'", '"', "|", ">"]), st.booleans(), st.sampled_from(["", "\ufeff"]))
def test_every_scalar_of_yaml_slices_back(tree: Any, style: str | None, plain_width: bool, lead: str) -> None:
    text = yaml.safe_dump(
        tree, default_style=style, allow_unicode=True, width=10_000 if plain_width else 30, sort_keys=False
    )
    parsed = parse_yaml(Source("t.yaml", (lead + text).encode()))
    if parsed.broken:  # the dumper writes some keys that no parser takes, over a thousand characters long
        return
    check(parsed)


@settings(max_examples=100, deadline=None)
@given(trees, st.sampled_from([None, 2]), st.booleans())
def test_every_scalar_of_json_slices_back(tree: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    for node in scalars(parse_json(Source("t.json", text.encode()))):
        assert json.loads(node.span.text) == node.text


@settings(max_examples=150, deadline=None)
@given(
    lines.filter(lambda text: text.strip()),
    st.sampled_from(["|", "'", '"']),
    st.integers(1, 6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_line_inside_a_scalar_is_found(text: str, style: str, depth: int, ends: str) -> None:
    if style == "|":
        body = "\n".join("  " * depth + line if line else "" for line in text.split("\n"))
        written = f"a: |{2 * depth if depth <= 4 else ''}\n{body}\n"
        if depth > 4 and text.lstrip("\n")[:1] in (" ", "\t"):
            return  # without an indicator leading blanks are indentation
    else:
        text = text.replace("\n", " ").strip()
        written = "a: " + ("'" + text.replace("'", "''") + "'" if style == "'" else json.dumps(text)) + "\n"
    parsed = parse_yaml(Source("t.yaml", written.replace("\n", ends).encode()))
    if parsed.broken:
        return
    document: Node | None = parsed.document
    assert isinstance(document, Mapping)
    node = document.entries["a"].value
    assert isinstance(node, Scalar)
    at = 0
    places = node.places()
    for line in node.text.split("\n"):
        if line.strip() and line.rstrip() == line:
            place = places.part(at, at + len(line)).text
            assert place == line or (style != "|" and said(place[:0] + style + place + style) == line)
        at += len(line) + 1


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(FIXTURES).as_posix())
def test_every_scalar_of_the_fixtures_slices_back(path: Path) -> None:
    source = Source("t", path.read_bytes())
    assert check(parse_json(source) if path.suffix == ".json" else parse_yaml(source)) > 5


NODE = """\
Parameters:
  Nas: {Type: String, Default: 10.72.9.9}
Resources:
  Lab: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Net: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Lab}}
  Node:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: p5.48xlarge
      SubnetId: !Ref Net
      UserData:
USER_DATA
"""
SUB = """\
        Fn::Base64: !Sub |
          #!/bin/bash
          # für ${AWS::StackName}

          mkdir -p /data
          mount -t nfs ${Nas}:/tank /data   # HERE
"""
SUB_LIST = """\
        Fn::Base64:
          Fn::Sub:
            - |
              #!/bin/bash
              mount -t nfs ${Host}:/tank /data   # HERE
            - {Host: !Ref Nas}
"""
JOIN = """\
        Fn::Base64: !Join
          - ''
          - - "#!/bin/bash\\n"
            - 'mount -t nfs '   # HERE
            - !Ref Nas
            - ":/tank /data\\n"
"""


@pytest.mark.parametrize("user_data", [SUB, SUB_LIST, JOIN])
def test_a_finding_inside_a_script_points_at_its_line(user_data: str) -> None:
    text = NODE.replace("USER_DATA", user_data)
    files = MemoryFiles({"t.yaml": text})
    report = run(plan(["."], files, [LANGUAGE]), files, Settings(), builtin_rules())
    (found,) = (one for one in report.findings if one.rule == "onprem-share-mounted-by-compute")
    assert "HERE" in text.split("\n")[found.place.line - 1]
