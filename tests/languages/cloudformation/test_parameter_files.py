"""Files of parameters in the forms that people have them, and what is told of those that are none."""

from __future__ import annotations

import pytest

from fabriclint.languages.cloudformation.parameter_files import BadParameters, is_pair, read_parameters
from fabriclint.text import Source

SAMCONFIG = """\
version = 0.1
[default.global.parameters]
stack_name = "train"
[default.deploy.parameters]
region = "us-west-2"
parameter_overrides = "Type=p5.48xlarge Nodes=8 Name=\\"two words\\""
[prod.deploy.parameters]
parameter_overrides = ["Type=p6-b200.48xlarge", "Nodes=64"]
[prod.build.parameters]
cached = true
"""
SAM_YAML = """\
version: 0.1
dev: {deploy: {parameters: {parameter_overrides: ["ParameterKey=Type,ParameterValue=p5.48xlarge"]}}}
"""


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        (
            "a.json",
            '[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "UsePreviousValue": true}]',
            [("A", "1")],
        ),
        ("a.json", '\ufeff{"Parameters": {"A": "x", "B": 2, "C": true}}', [("A", "x"), ("B", "2"), ("C", "true")]),
        (
            "pipeline.json",
            '{"Parameters": {"A": "x"}, "Tags": {"Team": "ml"}, "StackPolicy": {"Statement": []}}',
            [("A", "x")],
        ),
        ("a.json", '{"Parameters": [{"ParameterKey": "A", "ParameterValue": "x"}]}', [("A", "x")]),
        ("a.json", '{"A": "x", "Ids": ["s-1", "s-2"], "Gone": null}', [("A", "x"), ("Ids", "s-1,s-2")]),
        ("a.json", '["A=x", "B=y=z"]', [("A", "x"), ("B", "y=z")]),
        ("a.yaml", "Parameters:\n  A: yes\n  B: 0644\n  C: 2.10\n", [("A", "yes"), ("B", "0644"), ("C", "2.10")]),
        ("a.yml", "- ParameterKey: A\n  ParameterValue: x\n", [("A", "x")]),
        ("a.toml", 'A = "x"\nB = 2\nC = true\n', [("A", "x"), ("B", "2"), ("C", "true")]),
        ("a.toml", '[Parameters]\nA = ["x", "y"]\n', [("A", "x,y")]),
        ("params", "# dev\nA=x\n\nB='two words' C=\"it \\\"is\\\"\"\n", [("A", "x"), ("B", "two words"), ("C", 'it "is"')]),
        ("a.txt", "ParameterKey=A,ParameterValue=x ParameterKey=B,ParameterValue=s-1,s-2", [("A", "x"), ("B", "s-1,s-2")]),
        ("a.params", '[{"ParameterKey": "A", "ParameterValue": "1"}]', [("A", "1")]),
        (
            "samconfig.toml",
            SAMCONFIG,
            [("AWS::Region", "us-west-2"), ("Type", "p5.48xlarge"), ("Nodes", "8"), ("Name", "two words")],
        ),
        ("samconfig.yaml", SAM_YAML, [("Type", "p5.48xlarge")]),
    ],
)  # fmt: skip
def test_what_a_file_gives(path: str, text: str, wanted: list[tuple[str, str]]) -> None:
    assert list(read_parameters(Source(path, text.encode()))) == wanted


def test_a_run_takes_the_environment_of_its_name() -> None:
    source = Source("samconfig.toml", SAMCONFIG.encode())
    assert read_parameters(source, "prod") == (("Type", "p6-b200.48xlarge"), ("Nodes", "64"))
    assert read_parameters(source, "other")[1] == ("Type", "p5.48xlarge")


@pytest.mark.parametrize(
    ("path", "text", "word"),
    [
        ("a.json", "{", "ends too early"),
        ("a.json", "3", "neither a list nor an object"),
        ("a.json", '[{"Key": "A"}]', "has no ParameterKey"),
        ("a.json", '{"A": {"b": 1}}', "A is an object"),
        ("a.json", "[[[[[[[[[[1]]]]]]]]]]", "nested deeper"),
        ("a.yaml", "A: [", "not YAML"),
        ("a.yaml", "", "no template"),
        ("a.toml", "A = ", "not TOML"),
        ("a.txt", "hello world", "not of the form Key=Value"),
        ("a.txt", "\n# nothing\n", "no parameters are found"),
        (
            "a.toml",
            "[x.deploy.parameters]\nregion='a'\n[y.deploy.parameters]\nregion='b'\n",
            "several environments (x, y)",
        ),
    ],
)
def test_what_is_no_file_of_parameters(path: str, text: str, word: str) -> None:
    with pytest.raises(BadParameters) as told:
        read_parameters(Source(path, text.encode()))
    assert word in str(told.value)
    with pytest.raises(BadParameters):
        read_parameters(Source("a.txt", b"\xff\xfe"))


def test_a_pair_is_no_path() -> None:
    assert [is_pair(said) for said in ("A=b", "AWS::Region=x", "a.json", "./a=b.json", "=x")] == [
        True, True, False, False, False,
    ]  # fmt: skip
