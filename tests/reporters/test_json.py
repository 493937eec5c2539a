"""The JSON report, its schema, and what consumers rely on."""

import json
from importlib.resources import files

import jsonschema
import pytest

from fabriclint.reporters import json as reporter


@pytest.fixture(scope="module")
def schema():
    return json.loads(
        files("fabriclint.reporters").joinpath("schema/report-v1.json").read_text(encoding="utf-8")
    )


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_report_is_of_its_schema(report, schema):
    data = json.loads(reporter.render(report))
    jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    assert list(data) == ["version", "tool", "inputs", "findings", "not_checked", "diagnostics", "summary"]
    assert len(data["findings"]) == 2
    assert len(data["not_checked"]) == 1
    assert len(data["diagnostics"]) == 1


def test_edits_are_of_the_schema(offered, schema):
    report, _ = offered
    data = json.loads(reporter.render(report))
    jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    edits = [finding["fix"]["edit"] for finding in data["findings"]]
    assert [edit["safety"] for edit in edits] == ["safe", "unsafe", None]
    assert edits[0]["changes"][0]["new"] == "bad=no"


def test_an_empty_report_is_of_its_schema(judge, schema):
    data = json.loads(reporter.render(judge({}, paths=[])))
    jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    assert data["findings"] == data["inputs"] == []


def test_a_diagnostic_without_a_place_is_of_the_schema(judge, schema):
    data = json.loads(reporter.render(judge({"a.toy": "crash\n"})))
    jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    assert data["diagnostics"][0]["location"]["path"] == "a.toy"


@pytest.mark.parametrize(
    "missing", ["fingerprint", "url", "holds_under", "related", "fix", "evidence", "location"]
)
def test_the_schema_asks_for_what_consumers_read(report, schema, missing):
    data = json.loads(reporter.render(report))
    del data["findings"][0][missing]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)


def test_a_finding_in_full(report):
    inner, one = json.loads(reporter.render(report))["findings"]
    assert one["location"] == {
        "path": "stack/main.toy",
        "line": 2,
        "column": 1,
        "end_line": 2,
        "end_column": 4,
    }
    assert one["fix"] == {"words": "Make vpc.one good.", "code": "vpc vpc.one fixed=yes", "language": "toy"}
    assert one["url"].endswith("/docs/rules/vpc-is-bad.md")
    assert inner["holds_under"] == [{"name": "var.size", "value": "4", "path": "m/x.toy", "line": 1}]
    assert [place["path"] for place in inner["related"]] == ["stack/other.toy", "stack/third.toy"]
    assert inner["also"][-1] == "module.k.vpc.inner[2]"


def test_two_renderings_are_the_same_bytes(report):
    assert reporter.render(report) == reporter.render(report)
