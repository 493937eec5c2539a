"""Git sources that lead back into the tree are read there; every other one stays unseen."""

from __future__ import annotations

import pytest

from fabriclint.languages.base import Reading, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.languages.terraform.git_sources import named_folder
from fabriclint.testing import MemoryFiles

MODULE = """
variable "name" {}
variable "cidr" { default = "10.0.0.0/16" }
resource "aws_vpc" "this" { cidr_block = var.cidr }
"""


def read(source: str, arguments: str = 'name = "x"', **more: str) -> tuple[list[str], Reading]:
    call = f'module "net" {{\n  source = "{source}"\n  {arguments}\n}}\n'
    tree = {"modules/net/main.tf": MODULE, "stacks/one/main.tf": call}
    tree |= {name.replace("_", "."): text for name, text in more.items()}
    files = MemoryFiles(tree)
    roots = LANGUAGE.roots(sorted(name for name in tree if name.endswith(".tf")), (), files).roots
    last = next(root for root in roots if root.path == "stacks/one")
    return [root.path for root in roots], LANGUAGE.read(last, files, Settings())


@pytest.mark.parametrize(
    "source",
    [
        "git::https://github.com/acme/platform.git//modules/net?ref=v1.2.0",
        "github.com/acme/platform//modules/net",
        "git@github.com:acme/platform.git//modules/net?ref=main",
        "git::ssh://git@git.acme.com/acme/platform.git//modules/net",
    ],
)
def test_the_module_is_read_in_the_tree(source: str) -> None:
    roots, reading = read(source)
    assert roots == ["stacks/one"]
    assert [element.address for element in reading.elements] == ["module.net.aws_vpc.this"]


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        ("git::https://github.com/acme/platform.git//modules/other", 'name = "x"'),
        ("git::https://github.com/acme/platform.git//modules/net", 'name = "x"\n  zone = "a"'),
        ("git::https://github.com/acme/platform.git//modules/net", 'cidr = "10.0.0.0/8"'),
        ("git::https://github.com/acme/platform.git", 'name = "x"'),
        ("git::https://github.com/acme/platform.git//../modules/net", 'name = "x"'),
        ("acme/net/aws", 'name = "x"'),
    ],
)
def test_what_does_not_fit_is_unseen(source: str, arguments: str) -> None:
    roots, reading = read(source, arguments)
    assert roots == ["modules/net", "stacks/one"]
    assert [element.kind for element in reading.elements] == ["unseen"]


def test_a_readme_of_another_repository_speaks_against_it() -> None:
    source = "git::https://github.com/acme/platform.git//modules/net"
    assert [e.kind for e in read(source, README_md="# acme/platform")[1].elements] == ["vpc"]
    assert [e.kind for e in read(source, README_md="# something else")[1].elements] == ["unseen"]


def test_the_parts_of_a_source() -> None:
    assert named_folder("git::https://x.org/a/b-c.git//d/e?ref=1") == ("b-c", "d/e")
    assert named_folder("github.com/a/b//c") == ("b", "c")
    assert named_folder("terraform-aws-modules/vpc/aws//modules/x") is None
    assert named_folder("git::https://x.org/a/b.git//" + "a/" * 200) is None
