"""A configuration becomes what the model is given; every mistake is told with key, line and the nearest valid key."""

from __future__ import annotations

import gc
import time

import pytest
from jsonschema import Draft202012Validator

from fabriclint.config.find import find
from fabriclint.config.read import BadConfiguration, read, schema
from fabriclint.documents.places import Places, toml, yaml
from fabriclint.model.given import Given
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source

TOML = """\
utilisation = 0.7

[roles]
training = ["aws_autoscaling_group.train*"]
serving = ["*.serving"]

[datasets.corpus]
size = "500TB"
link = "dx:10G"
days = 7

[given]
region = "us-east-1"

[given.subnets.subnet-0a1b]
zone = "us-east-1a"
vpc = "vpc-0c2d"

[given.vpcs.vpc-0c2d]
endpoints = ["s3"]

[given.buckets]
"example.corpus" = "eu-west-1"
"""
YAML = """\
utilisation: 0.7
roles:
  training: ["aws_autoscaling_group.train*"]
  serving: ["*.serving"]
datasets:
  corpus: {size: 500TB, link: "dx:10G", days: 7}
given:
  region: us-east-1
  subnets:
    subnet-0a1b: {zone: us-east-1a, vpc: vpc-0c2d}
  vpcs:
    vpc-0c2d: {endpoints: [s3]}
  buckets:
    example.corpus: eu-west-1
"""


def of(text: str, path: str = "fabriclint.toml") -> Given:
    return read(Source(path, text.encode())).given


def wrong(text: str, path: str = "fabriclint.toml") -> list[str]:
    with pytest.raises(BadConfiguration) as error:
        of(text, path)
    return str(error.value).splitlines()


@pytest.mark.parametrize(("path", "text"), [("fabriclint.toml", TOML), (".fabriclint.yaml", YAML)])
def test_both_forms_say_the_same(path: str, text: str) -> None:
    given = of(text, path)
    assert given.utilisation == 0.7
    assert given.roles == (("training", "aws_autoscaling_group.train*"), ("serving", "*.serving"))
    (dataset,) = given.datasets
    assert (dataset.name, dataset.size, dataset.gbps, dataset.days) == ("corpus", 5e14, 10, 7)
    assert dataset.place is not None
    assert dataset.place.text == "corpus" if path.endswith("yaml") else "datasets.corpus"
    assert (given.subnets["subnet-0a1b"].zone, given.subnets["subnet-0a1b"].vpc) == ("us-east-1a", "vpc-0c2d")
    assert given.endpoints == {"vpc-0c2d": ("s3",)}
    assert given.buckets == {"example.corpus": "eu-west-1"}
    assert given.region == "us-east-1"


def test_a_pyproject_counts_with_its_table() -> None:
    given = of(
        '[project]\nname = "x"\n[tool.fabriclint.given.buckets]\ncorpus = "eu-west-1"\n', "pyproject.toml"
    )
    assert given.buckets == {"corpus": "eu-west-1"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[datasets.corpus]\nsise = 1\nsize = \"1TB\"\n", "2: datasets.corpus.sise: there is no such key; did you mean size?"),
        ("\nutilization = 0.8\n", "2: utilization: there is no such key; did you mean utilisation?"),
        ("utilisation = 80\n", "1: utilisation: 80 is too large, it may be 1 at most"),
        ("[roles]\ntraining = \"x\"\n", "2: roles.training: this has to be a list"),
        ("[datasets]\ncorpus = {link = \"10Gbps\"}\n", "2: datasets.corpus: size is missing"),
        ("[datasets]\na = {size = \"many\"}\n", "2: datasets.a.size: 'many' is no size: write it as 500TB, 1.5PB or 200TiB"),
        ("[given.buckets]\ncorpus = \"Ireland\"\n", "2: given.buckets.corpus: 'Ireland' is no Region (write us-east-1)"),
        ("[given]\n\"zone.s\" = 1\n", '2: given."zone.s": there is no such key; valid keys are buckets, region, subnets, vpcs'),
        ("a = \n", "1: Invalid value"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_key_and_place(text: str, told: str) -> None:
    assert wrong(text) == [f"fabriclint.toml:{told}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("given:\n  bucket: {}\n", "2: given.bucket: there is no such key; did you mean buckets?"),
        ("a: &x 1\nb: *x\n", "1: anchors, aliases and tags have no place here"),
        ("a: !!python/object 1\n", "1: anchors, aliases and tags have no place here"),
        ("roles: [\n", "2: expected the node content, but found '<stream end>'"),
        ("- 1\n", "1: the configuration: this has to be a table"),
        ("only:\n  - =\n", "2: = is no value; quote it if it is meant as text"),
        ("baseline: 2024-13-99\n", "1: 2024-13-99 is no value; quote it if it is meant as text"),
        ("utilisation: 0x_\n", "1: 0x_ is no value; quote it if it is meant as text"),
        ("only: !<tag:yaml.org,2002:int> x\n", "1: anchors, aliases and tags have no place here"),
    ],
)
def test_a_mistake_in_yaml_is_told_too(text: str, told: str) -> None:
    assert wrong(text, ".fabriclint.yaml") == [f".fabriclint.yaml:{told}"]


@pytest.mark.parametrize("path", ["fabriclint.toml", ".fabriclint.yaml"])
def test_depth_is_bounded(path: str) -> None:
    assert "nested too deeply" in wrong("a = " + "[" * 5000 if path.endswith("toml") else "[" * 5000, path)[0]


def test_an_empty_file_gives_nothing() -> None:
    assert not of("").roles
    assert not of("", ".fabriclint.yaml").datasets


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_nearest_one_counts() -> None:
    files = MemoryFiles(
        {
            "fabriclint.toml": "",
            "stacks/pyproject.toml": "[tool.other]\n",
            "stacks/a/.fabriclint.yaml": "",
            "stacks/a/deep/main.tf": "",
            "stacks/b/pyproject.toml": "[tool.fabriclint]\n",
            "stacks/b/main.tf": "",
        }
    )
    assert find(["stacks/a/deep"], files) == "stacks/a/.fabriclint.yaml"
    assert find(["stacks/b/main.tf"], files) == "stacks/b/pyproject.toml"
    assert find(["stacks/a/deep", "stacks/b"], files) == "fabriclint.toml"
    assert find(["."], MemoryFiles({"main.tf": ""})) is None


def test_places_are_counted_in_bytes() -> None:
    source = Source(".fabriclint.yaml", "# für alle: 🚀\nrôles:\n  - ein Wört\nlevel: error\n".encode())
    values: Places = {}
    data, places = yaml(source, values)
    assert data == {"rôles": ["ein Wört"], "level": "error"}
    assert {path: span.text for path, span in places.items()} == {("rôles",): "rôles", ("level",): "level"}
    assert {path: span.text for path, span in values.items()} == {
        ("rôles", 0): "ein Wört",
        ("level",): "error",
    }


@pytest.mark.parametrize(
    ("path", "line"), [("fabriclint.toml", "k{} = 1\n"), (".fabriclint.yaml", "k{}: 1\n")]
)
def test_a_long_one_takes_no_longer_than_its_length(path: str, line: str) -> None:
    reader = toml if path.endswith("toml") else yaml

    def seconds(number: int) -> float:
        text = "# ü" + "-" * 50 * number + "\n" + "".join(line.format(one) for one in range(number))
        source = Source(path, text.encode())
        took: list[float] = []
        for _ in range(2):
            start = time.process_time()
            reader(source)
            took.append(time.process_time() - start)
        return min(took)

    # The collector walks through everything that other tests left, more often the more is made.
    gc.disable()
    try:
        seconds(100)
        # Four times the lines, and generously twice that for a busy machine; one that is squared takes sixteen times.
        assert seconds(16_000) < 8 * seconds(4_000)
    finally:
        gc.enable()
