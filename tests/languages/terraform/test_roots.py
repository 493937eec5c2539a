"""Which folders are roots, and which are judged through their callers."""

from __future__ import annotations

from fabriclint.languages.terraform import LANGUAGE
from fabriclint.testing import MemoryFiles

CALLS_NET = 'module "net" {\n  source = "../../modules/net"\n}\n'
TREE = {
    "envs/dev/main.tf": CALLS_NET,
    "envs/prod/main.tf": CALLS_NET + '# module "x" { source = "../dev" }\n',
    "modules/net/main.tf": 'module "sub" {\n  source = "./sub"\n}\n',
    "modules/net/sub/main.tf": 'resource "aws_vpc" "v" {}\n',
    "alone/main.tf": 'locals {\n  text = "module x { source = \\"../envs/dev\\" }"\n}\n',
    "docs/readme.md": "",
}


def decide(candidates, named=(), tree=None):
    return LANGUAGE.roots(candidates, named, MemoryFiles(tree or TREE))


def owned(tree=None):
    return [path for path in tree or TREE if LANGUAGE.may_own(path)]


def test_names():
    assert [name for name in ("a.tf", "x/b.tofu", "c.tf.json", "d.tfvars", "e.auto.tfvars.json", "f.tfstate", "g.hcl", ".tf")
            if LANGUAGE.may_own(name)] == ["a.tf", "x/b.tofu", "c.tf.json", "d.tfvars", "e.auto.tfvars.json"]  # fmt: skip


def test_called_folders_are_folded_into_their_callers():
    found = decide(owned())
    assert [root.path for root in found.roots] == ["alone", "envs/dev", "envs/prod"]
    assert {root.why for root in found.roots} == {"no module call reaches it"}
    assert [(fold.path, fold.callers) for fold in found.folded] == [
        ("modules/net", ("envs/dev", "envs/prod")),
        ("modules/net/sub", ("envs/dev", "envs/prod")),
    ]
    assert found.roots[1].files == ("envs/dev/main.tf",)


def test_a_named_folder_is_a_root():
    found = decide(["modules/net/main.tf", "modules/net/sub/main.tf"], ("modules/net",))
    assert [(root.path, root.why) for root in found.roots] == [("modules/net", "named on the command line")]
    assert [fold.path for fold in found.folded] == ["modules/net/sub"]


def test_a_named_file_of_a_called_module_means_its_callers():
    found = decide(["modules/net/sub/main.tf"], ("modules/net/sub/main.tf",))
    assert [root.path for root in found.roots] == ["envs/dev", "envs/prod"]
    assert found.folded[0].callers == ("envs/dev", "envs/prod")


def test_a_variables_file_means_its_folder():
    tree = TREE | {"envs/dev/dev.tfvars": ""}
    assert [root.path for root in decide(["envs/dev/dev.tfvars"], ("envs/dev/dev.tfvars",), tree).roots] == [
        "envs/dev"
    ]


def test_folders_that_call_each_other_have_a_root():
    tree = {
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
    }
    assert [root.path for root in decide(owned(tree), (), tree).roots] == ["a"]


def test_installed_modules_are_no_roots():
    tree = {"main.tf": "", ".terraform/modules/x/main.tf": ""}
    assert [root.path for root in decide(list(tree), (), tree).roots] == ["."]


def test_a_module_with_examples():
    tree = {"main.tf": "", "examples/full/main.tf": 'module "it" {\n  source = "../../"\n}\n'}
    assert [root.path for root in decide(list(tree), (), tree).roots] == ["examples/full"]
    assert [root.path for root in decide(list(tree), (".",), tree).roots] == [".", "examples/full"]
