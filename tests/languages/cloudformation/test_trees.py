"""YAML and JSON as trees: what is read, where it stands, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.languages.cloudformation import yaml_events
from fabriclint.languages.cloudformation.json_spans import parse_json
from fabriclint.languages.cloudformation.tree import Mapping, Node, Parsed, Scalar, Sequence, walk
from fabriclint.languages.cloudformation.yaml_events import MAX_ALIASED, parse_yaml
from fabriclint.text import Source


def read_yaml(text: str | bytes) -> Parsed:
    return parse_yaml(Source("t.yaml", text.encode() if isinstance(text, str) else text))


def read_json(text: str | bytes) -> Parsed:
    return parse_json(Source("t.json", text.encode() if isinstance(text, str) else text))


def document(parsed: Parsed) -> Node:
    assert not parsed.broken, parsed.diagnostics
    assert parsed.document is not None
    return parsed.document


def plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.data()
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(entry.value) for key, entry in node.entries.items()}


def scalar(node: Node, *path: str) -> Scalar:
    for name in path:
        assert isinstance(node, Mapping)
        node = node.entries[name].value
    assert isinstance(node, Scalar)
    return node


SAMPLE = """\
Größe: ü
plain: some words here
single: 'it''s é'
double: "tab\\t \\u00e9 é"
tagged: !Ref Vpc
list: [a, 'b', !GetAtt c.d]
anchor: &x value
again: *x
block: |
  first ö
    second

  third
folded: >-
  one
  two
deep: !Sub
  - ${A}
  - {A: 1}
last: end
"""


@pytest.mark.parametrize("lead", ["", "\ufeff"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("pure", [False, True])
def test_every_scalar_slices_back_to_its_text(
    lead: str, ends: str, pure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if pure:
        monkeypatch.setattr(yaml_events, "_LOADER", yaml.SafeLoader)
    root = document(read_yaml(lead + SAMPLE.replace("\n", ends)))
    assert isinstance(root, Mapping)
    for key, entry in root.entries.items():
        assert entry.key.span.text == key
    assert scalar(root, "Größe").span.text == "ü"
    assert scalar(root, "single").span.text == "'it''s é'"
    assert scalar(root, "double").span.text == '"tab\\t \\u00e9 é"'
    assert scalar(root, "tagged", "Ref").span.text == "Vpc"
    assert root.entries["tagged"].value.span.text == "!Ref Vpc"
    assert root.entries["list"].value.span.text == "[a, 'b', !GetAtt c.d]"
    assert scalar(root, "anchor").span.text == "value"
    assert scalar(root, "again").span.text == "value"
    assert scalar(root, "block").span.text.splitlines() == ["|", "  first ö", "    second", "", "  third"]
    assert root.entries["deep"].value.span.text.splitlines()[-1].strip() == "- {A: 1}"
    assert root.span.text.endswith("last: end")


def test_yaml_says_what_the_library_says() -> None:
    text = SAMPLE.replace("!Ref ", "").replace("!GetAtt ", "").replace("!Sub", "")
    wanted = yaml.safe_load(text)
    wanted["deep"][1]["A"] = 1
    assert plain(document(read_yaml(text))) == wanted


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=80, deadline=None)
@given(values, st.sampled_from([None, 2]), st.booleans())
def test_json_is_read_as_it_is_written_and_spans_slice_back(
    value: Any, spaces: int | None, ascii_only: bool
) -> None:
    source = Source(
        "t.json", json.dumps(value, indent=spaces, ensure_ascii=ascii_only).encode("utf-8", "replace")
    )
    parsed = parse_json(source)
    root = document(parsed)
    assert plain(root) == json.loads(source.data)
    for node in walk(root):
        assert json.loads(node.span.text) == plain(node)


@settings(max_examples=80, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12),
    st.integers(0, 12),
    st.integers(0, 12),
)
def test_a_part_of_an_escaped_string_is_found(text: str, one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    for raw in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        node = document(read_json(raw))
        assert isinstance(node, Scalar)
        part = node.places().part(start, end)
        assert json.loads(f'"{part.text}"') == text[start:end]


def test_a_part_of_a_block_or_quoted_scalar_is_found() -> None:
    text = "a:\n  b: |2-\n      one ö\n\n     two\n  c: 'it''s here'\n  d: >\n    folded\n    over\n"
    root = document(read_yaml(text))
    block = scalar(root, "a", "b")
    for word in ("one", "ö", "two"):
        at = block.text.index(word)
        assert block.places().part(at, at + len(word)).text == word
    quoted = scalar(root, "a", "c")
    assert quoted.places().part(5, 9).text == "here"
    folded = scalar(root, "a", "d")
    assert folded.places().part(2, 4) == folded.span


def test_aliases_and_merges() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {y: 9, z: 3}\nit: {<<: [*b, *m], x: 5}\nsame: *b\n"
    assert plain(document(read_yaml(text)))["it"] == {"x": 5, "y": 2, "z": 3}
    assert plain(document(read_yaml(text)))["same"] == {"x": 1, "y": 2}


def test_of_two_keys_the_last_counts_and_both_are_named() -> None:
    for parsed in (read_yaml("a: 1\nb: 2\na: 3\n"), read_json('{"a": 1,\n"b": 2,\n"a": 3}')):
        assert plain(document(parsed)) == {"b": 2, "a": 3}
        (said,) = parsed.diagnostics
        assert (said.level, said.place.line if said.place else 0) == ("warning", 3)
        assert "line 1" in said.message


def test_the_first_document_with_resources_is_taken() -> None:
    assert plain(document(read_yaml("---\na: 1\n---\nResources: {}\n---\nResources: {x: 1}\n"))) == {
        "Resources": {}
    }


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\n\tb: 2\n", 2, ""),
        ("a: [1, 2\nb: 3\n", 2, ""),
        ("a: *nobody\n", 1, "not defined"),
        ("a: &x [*x]\n", 1, "inside itself"),
        ("a: 1\nb: '\x01'\n", 2, "does not allow"),
        ("a: " + "[" * 5000, 1, "nest"),
        ("a: !Sub !Ref x\n", 1, ""),
    ],
)
@pytest.mark.parametrize("pure", [False, True])
def test_broken_yaml_is_one_error_with_its_place(
    text: str, line: int, word: str, pure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if pure:
        monkeypatch.setattr(yaml_events, "_LOADER", yaml.SafeLoader)
    parsed = read_yaml(text)
    assert parsed.broken
    assert parsed.document is None
    (said,) = parsed.diagnostics
    assert said.level == "error"
    assert said.place is not None
    assert said.place.line == line
    assert word in said.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,}', 1),
        ('{"a": 1\n"b": 2}', 2),
        ('{"a" 1}', 1),
        ("{a: 1}", 1),
        ('{"a": [1, 2}', 1),
        ('{"a": tru}', 1),
        ('{"a": "x\n', 1),
        ("[" * 5000, 1),
        ('{"a": 1} 2', 1),
        ('{"a": "\\x"}', 1),
        ("{", 1),
        ("", 1),
        ("]", 1),
        ('{"a": 1 : 2}', 1),
        (",", 1),
    ],
)
def test_broken_json_is_one_error_with_its_place(text: str, line: int) -> None:
    parsed = read_json(text)
    assert parsed.broken
    assert parsed.document is None
    (said,) = parsed.diagnostics
    assert said.place is not None
    assert said.place.line == line


def test_aliases_cannot_grow_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    parsed = read_yaml("\n".join(lines))
    assert parsed.broken
    assert str(MAX_ALIASED) in parsed.diagnostics[0].message
    merges = "a0: &a0 {k0: 1, k1: 1}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 50)}], k{n}: 1}}\n" for n in range(1, 400)
    )
    assert read_yaml(merges).broken


def test_deep_nesting_stays_off_the_stack() -> None:
    for opening in ("[" * 200_000, "{a: " * 200_000, "- " * 200_000):
        assert read_yaml(opening).broken
        assert read_json(opening).broken


@pytest.mark.parametrize(
    "text", ["a: !!binary x\n", "? [a]\n: b\n", "? !Sub x\n: y\n", "!!set {a}\n", "- !x\n", "!Ref\n"]
)
def test_odd_yaml_is_read_without_a_crash(text: str) -> None:
    assert read_yaml(text).document is not None
