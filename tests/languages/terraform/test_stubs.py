"""Which stub stands for a module that is not on disk, and where findings about it point."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fabriclint.languages.base import Reading, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.languages.terraform.failures import Failure
from fabriclint.languages.terraform.stub_index import MARK, StubFiles
from fabriclint.model.change import Add, Link, Set
from fabriclint.testing import MemoryFiles
from fabriclint.values import Map, OneOf, Seq, Value

from .conftest import read_stack
from .stub_calls import EFA_20, EKS, VPC, get, of, one


@pytest.mark.parametrize(
    ("source", "version", "path"),
    [
        ("terraform-aws-modules/vpc/aws", "~> 5.0", "terraform-aws-modules/vpc/aws/5"),
        ("terraform-aws-modules/vpc/aws", "5.1.2", "terraform-aws-modules/vpc/aws/5"),
        ("terraform-aws-modules/vpc/aws", "= 3.14.0", "terraform-aws-modules/vpc/aws/3"),
        ("terraform-aws-modules/vpc/aws", "~> 5.0.1", "terraform-aws-modules/vpc/aws/5"),
        ("terraform-aws-modules/vpc/aws", "~> 5", "terraform-aws-modules/vpc/aws/5"),
        ("terraform-aws-modules/vpc/aws", ">= 3.0, < 6.0", "terraform-aws-modules/vpc/aws/5"),
        ("terraform-aws-modules/vpc/aws", ">= 3.0, <= 6.0", "terraform-aws-modules/vpc/aws/6"),
        ("terraform-aws-modules/vpc/aws", "> 3.2", "terraform-aws-modules/vpc/aws/6"),
        ("terraform-aws-modules/vpc/aws", ">= 4.0, != 6.1.0", "terraform-aws-modules/vpc/aws/6"),
        ("terraform-aws-modules/vpc/aws", None, "terraform-aws-modules/vpc/aws/6"),
        ("terraform-aws-modules/vpc/aws", "~> 2.70", None),
        ("terraform-aws-modules/vpc/aws", "~> 7.0", None),
        ("terraform-aws-modules/vpc/aws", "whatever", None),
        ("terraform-aws-modules/eks/aws", "~> 17.0", None),
        ("terraform-aws-modules/eks/aws", "20.0.0-rc1", "terraform-aws-modules/eks/aws/20"),
        (
            "registry.terraform.io/terraform-aws-modules/eks/aws",
            "~> 20.34",
            "terraform-aws-modules/eks/aws/20",
        ),
        ("app.terraform.io/terraform-aws-modules/eks/aws", "~> 20.34", None),
        (
            "terraform-aws-modules/eks/aws//modules/karpenter",
            "~> 19.0",
            "terraform-aws-modules/eks/aws/19/modules/karpenter",
        ),
        ("terraform-aws-modules/eks/aws//modules/fargate-profile", "~> 20.0", None),
        (
            "git::https://github.com/terraform-aws-modules/terraform-aws-vpc.git?ref=v5.1.2",
            None,
            "terraform-aws-modules/vpc/aws/5",
        ),
        (
            "github.com/terraform-aws-modules/terraform-aws-vpc//modules/vpc-endpoints?ref=v3.2.0",
            None,
            "terraform-aws-modules/vpc/aws/3/modules/vpc-endpoints",
        ),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-vpc?ref=some-branch", None, None),
        (
            "git::https://github.com/terraform-aws-modules/terraform-aws-vpc",
            None,
            "terraform-aws-modules/vpc/aws/6",
        ),
        ("someone/vpc/aws", None, None),
        ("../vpc", None, None),
        ("terraform-aws-modules/../vpc/aws", None, None),
        ("s3::https://bucket/vpc.zip", None, None),
    ],
)
def test_the_newest_major_that_the_constraint_admits(
    source: str, version: str | None, path: str | None
) -> None:
    found = StubFiles(MemoryFiles({}), ()).find(source, version)
    assert found == (None if path is None else MARK + path)


def test_a_major_without_a_stub_is_not_seen_and_says_so(read: Callable[..., Reading]) -> None:
    reading = read('module "eks" {\n  source  = "terraform-aws-modules/eks/aws"\n  version = "~> 17.0"\n}\n')
    assert [element.kind for element in reading.elements] == ["unseen"]
    (call,) = reading.elements
    assert get(call, "source") == "terraform-aws-modules/eks/aws"
    named = read(
        'module "eks" {\n  source  = "terraform-aws-modules/eks/aws"\n  version = "~> 17.0"\n}\n'
        'resource "aws_placement_group" "x" {\n  name     = module.eks.cluster_id\n  strategy = "cluster"\n}\n'
    )
    unknown = one(named, "placement_group").get("name").unknown
    assert unknown is not None
    assert "no stub describes this version" in unknown.reasons[0].what


def test_a_version_that_is_not_written_out_is_not_guessed(read: Callable[..., Reading]) -> None:
    reading = read(
        'variable "v" {}\nmodule "vpc" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = var.v\n}\n'
    )
    assert [element.kind for element in reading.elements] == ["unseen"]


def test_the_module_itself_wins_where_it_is_on_disk() -> None:
    reading = read_stack(
        {
            "main.tf": 'module "vpc" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "~> 5.0"\n}\n',
            ".terraform/modules/modules.json": (
                '{"Modules":[{"Key":"vpc","Source":"registry.terraform.io/terraform-aws-modules/vpc/aws",'
                '"Version":"5.1.0","Dir":".terraform/modules/vpc"}]}'
            ),
            ".terraform/modules/vpc/main.tf": 'resource "aws_vpc" "mine" {\n  cidr_block = "10.9.0.0/16"\n}\n',
        }
    )
    assert [element.label for element in reading.elements] == ["module.vpc.aws_vpc.mine"]


ACME = 'variable "cidr" {}\nresource "aws_vpc" "this" {\n  cidr_block = var.cidr\n}\n'


def test_a_folder_of_stubs_of_ones_own() -> None:
    files = {
        "main.tf": 'module "net" {\n  source  = "acme/network/aws"\n  version = "2.1.0"\n  cidr    = "10.7.0.0/16"\n}\n',
        "stubs/acme/network/aws/2/main.tf": ACME,
    }
    assert [element.kind for element in read_stack(files).elements] == ["unseen"]
    vpc = one(read_stack(files, Settings(stubs=("stubs",))), "vpc")
    assert get(vpc, "cidr_block") == "10.7.0.0/16"
    assert str(vpc.get("cidr_block").place) == "main.tf:4"
    assert str(vpc.place) == "main.tf:1"


def test_a_stub_of_ones_own_comes_before_the_package() -> None:
    files = {
        "main.tf": 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n  cidr   = "10.7.0.0/16"\n}\n',
        "mine/terraform-aws-modules/vpc/aws/6/main.tf": ACME,
        "mine/terraform-aws-modules/vpc/aws/6/base": "none",
    }
    reading = read_stack(files, Settings(stubs=("mine",)))
    assert len(of(reading, "vpc")) == 1


def test_no_place_lies_inside_a_stub() -> None:
    reading = read_stack(VPC % ("5.0", "") + EKS % ("20.0", "cluster_", "cluster_", EFA_20))
    assert len(reading.elements) > 40
    for element in reading.elements:
        assert element.place.path == "main.tf"
        assert element.body is not None
        assert element.body.path == "main.tf"
        for word in element.shape.attributes:
            assert not inside(element.get(word)), (element.label, word)


def inside(value: Value) -> bool:
    data = value.data
    members: list[Value] = []
    if isinstance(data, Seq):
        members = list(data.items)
    elif isinstance(data, Map):
        members = list(data.entries.values())
    elif isinstance(data, OneOf):
        members = list(data.options)
    return (value.place is not None and value.place.path.startswith(MARK)) or any(map(inside, members))


def test_a_finding_points_at_what_the_caller_wrote() -> None:
    reading = read_stack(VPC % ("5.0", "") + EKS % ("20.0", "cluster_", "cluster_", EFA_20))
    vpc = one(reading, "vpc")
    assert vpc.place.text == 'module "vpc"'
    group = one(reading, "eks_node_group", '"gpu"')
    assert group.place.text.startswith("{")
    assert "gpu = {" in group.place.source.line_text(group.place.line)
    maximum = group.get("maximum").place
    assert maximum is not None
    assert maximum.text == "8"
    kind = group.get("types").place
    assert kind is not None
    assert kind.text == '["p5.48xlarge"]'
    version = one(reading, "eks_cluster").get("version").place
    assert version is not None
    assert version.text == '"1.31"'
    assert [call.name for call in group.calls] == ["eks"]


def test_a_fix_is_written_in_the_callers_words() -> None:
    reading = read_stack(VPC % ("5.0", "") + EKS % ("19.0", "cluster_", "cluster_", ""))
    vpc = one(reading, "vpc")
    subnet = of(reading, "subnet", "private")[1]
    group = one(reading, "security_group", "node")
    endpoint = Add(
        "vpc_endpoint", "s3", {"vpc": Link(vpc), "subnets": [Link(subnet)], "security_groups": [Link(group)]}
    )
    code = LANGUAGE.write([endpoint], vpc)
    assert "vpc_id             = module.vpc.vpc_id" in code
    assert "subnet_ids         = [module.vpc.private_subnets[1]]" in code
    assert "security_group_ids = [module.eks.node_security_group_id]" in code
    lines = LANGUAGE.write([Set(vpc, "dns_hostnames", True)], vpc).splitlines()
    assert lines[0] == "# module.vpc makes this; let its arguments come to:"
    assert all(line.startswith("#") for line in lines)


def test_an_output_that_a_stub_does_not_say_is_unknown_and_no_failure() -> None:
    reading = read_stack(
        'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'
        'resource "aws_placement_group" "x" {\n'
        '  name     = try(module.vpc.something_new, "no")\n  strategy = "cluster"\n}\n'
    )
    assert get(one(reading, "placement_group"), "name") == "<unknown>"


def modules_with_stubs() -> list[tuple[str, str]]:
    """Every module and submodule of every major version: its source and the major."""
    files = StubFiles(MemoryFiles({}), ())
    found: list[tuple[str, str]] = []
    todo = [
        f"{space}/{name}/{provider}"
        for space in ("terraform-aws-modules", "aws-ia")
        for name in files.folders(MARK + space)
        for provider in ("aws",)
    ]
    for module in todo:
        for major in files.folders(MARK + module):
            for sub in ("", *(f"//modules/{name}" for name in SUBMODULES)):
                if files.find(module + sub, f"~> {major}.0") is not None:
                    found.append((module + sub, major))
    return found


SUBMODULES = (
    "cluster",
    "eks-managed-node-group",
    "http-80",
    "https-443",
    "karpenter",
    "lustre",
    "nfs",
    "self-managed-node-group",
    "service",
    "ssh",
    "vpc-endpoints",
)


@pytest.mark.parametrize(("source", "major"), modules_with_stubs())
def test_a_call_without_arguments_has_no_failure_in_it(source: str, major: str) -> None:
    """Nothing is declared twice, and nothing names what is not there."""
    reading = read_stack(f'module "m" {{\n  source  = "{source}"\n  version = "~> {major}.0"\n}}\n')
    assert not reading.diagnostics
    assert not reading.open
    for element in reading.elements:
        assert element.kind != "unseen", element.label
        assert element.exists.certain, element.label
        for word in element.shape.attributes:
            assert not isinstance(element.get(word).data, Failure), (element.label, word)


def test_all_the_modules_are_there() -> None:
    found = modules_with_stubs()
    assert len(found) > 50
    assert {source for source, _ in found} >= {
        "terraform-aws-modules/vpc/aws//modules/vpc-endpoints",
        "terraform-aws-modules/eks/aws//modules/self-managed-node-group",
        "aws-ia/eks-data-addons/aws",
    }
