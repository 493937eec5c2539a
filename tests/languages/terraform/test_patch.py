"""Changes as edits of `.tf` files: what a person would have typed, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.languages.base import NoEdit, Root, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.languages.terraform.syntax import parse
from fabriclint.model.change import Add, Change, Inside, Join, Link, New, Region, Remove, Reword, Set, Shell
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles
from fabriclint.text import edited

FIXTURES = Path(__file__).parents[3] / "fixtures"


class Sources:
    """A root that was read, to be changed."""

    def __init__(self, contents: Mapping[str, str]) -> None:
        self.files = MemoryFiles({path: dedent(text) for path, text in contents.items()})
        root = Root("terraform", ".", "a test", tuple(path for path in contents if "/" not in path))
        self.elements = LANGUAGE.read(root, self.files, Settings()).elements

    def at(self, address: str) -> Element:
        return next(one for one in self.elements if one.address == address)

    def patched(self, near: str, *changes: Change) -> dict[str, str]:
        edits = LANGUAGE.patch(changes, self.at(near), self.elements, self.files)
        return {path: source.data.decode() for path, source in edited(edits).items()}


def patched(text: str, near: str, *make: object) -> str:
    """`main.tf` after changes, each made by a function of the root."""
    root = Sources({"main.tf": text})
    changes = [one(root) for one in make]  # type: ignore[operator]
    return root.patched(near, *changes).get("main.tf", dedent(text))


def set_(address: str, word: str, value: object) -> object:
    return lambda root: Set(root.at(address), word, value)


TEMPLATE = """\
    resource "aws_launch_template" "train" {
      name          = "train"
      instance_type = "p5.48xlarge" # the large one
      image_id      = "ami-0a1b2c3d4e5f60718"

      tag_specifications {
        resource_type = "instance"
      }
    }
"""


def test_a_literal_is_replaced_where_it_stands() -> None:
    made = patched(
        TEMPLATE, "aws_launch_template.train", set_("aws_launch_template.train", "type", "p5en.48xlarge")
    )
    assert made == dedent(TEMPLATE).replace('"p5.48xlarge" #', '"p5en.48xlarge" #')


def test_a_new_argument_joins_the_others_and_they_are_aligned_anew() -> None:
    text = """\
        resource "aws_autoscaling_group" "train" {
          count    = 1
          min_size = 2
          max_size = 4

          tags = []
        }
    """
    made = patched(
        text, "aws_autoscaling_group.train[0]", set_("aws_autoscaling_group.train[0]", "placement_group", "a")
    )
    assert made == dedent(
        """\
        resource "aws_autoscaling_group" "train" {
          count           = 1
          min_size        = 2
          max_size        = 4
          placement_group = "a"

          tags = []
        }
        """
    )


def test_lines_that_nobody_aligned_stay_as_they_are() -> None:
    text = """\
        resource "aws_autoscaling_group" "train" {
          min_size = 2
          max_size=4
        }
    """
    made = patched(
        text, "aws_autoscaling_group.train", set_("aws_autoscaling_group.train", "placement_group", "a")
    )
    assert made == dedent(text).replace("max_size=4\n", 'max_size=4\n  placement_group = "a"\n')


def test_blocks_on_the_way_are_made_and_go_before_what_stands_last() -> None:
    made = patched(
        TEMPLATE, "aws_launch_template.train", set_("aws_launch_template.train", "placement_group", "a")
    )
    before, after = dedent(TEMPLATE).split("  tag_spec")
    assert made == f'{before}  placement {{\n    group_name = "a"\n  }}\n\n  tag_spec{after}'


def test_the_files_own_indentation_is_kept() -> None:
    text = 'resource "aws_launch_template" "t" {\n    name = "t"\n    placement {\n        tenancy = "default"\n    }\n}\n'
    made = patched(text, "aws_launch_template.t", set_("aws_launch_template.t", "placement_group", "a"))
    assert made == text.replace(
        '        tenancy = "default"\n', '        tenancy    = "default"\n        group_name = "a"\n'
    )


def test_line_ends_are_kept() -> None:
    text = 'resource "aws_launch_template" "t" {\r\n  name = "t"\r\n}\r\n'
    root = Sources({"main.tf": text})
    made = root.patched(
        "aws_launch_template.t", Set(root.at("aws_launch_template.t"), "placement_group", "a")
    )
    assert made["main.tf"].replace("\r\n", "").count("\n") == 0
    assert 'placement {\r\n    group_name = "a"\r\n  }\r\n}\r\n' in made["main.tf"]


def test_a_block_without_anything_inside_takes_its_first_argument() -> None:
    text = 'resource "aws_vpc" "v" {\n}\n'
    made = patched(text, "aws_vpc.v", set_("aws_vpc.v", "dns_support", True))
    assert made == 'resource "aws_vpc" "v" {\n  enable_dns_support = true\n}\n'


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("[]", "[aws_route_table.b.id]"),
        ("[aws_route_table.a.id]", "[aws_route_table.a.id, aws_route_table.b.id]"),
        ("[aws_route_table.a.id,]", "[aws_route_table.a.id, aws_route_table.b.id,]"),
        (
            "[\n    aws_route_table.a.id\n  ]",
            "[\n    aws_route_table.a.id,\n    aws_route_table.b.id,\n  ]",
        ),
        (
            "[\n    aws_route_table.a.id, # the first, and so on\n  ]",
            "[\n    aws_route_table.a.id, # the first, and so on\n    aws_route_table.b.id,\n  ]",
        ),
        (
            "[\n    aws_route_table.a.id # no comma\n  ]",
            "[\n    aws_route_table.a.id, # no comma\n    aws_route_table.b.id,\n  ]",
        ),
        ("aws_route_table.c[*].id", "concat(aws_route_table.c[*].id, [aws_route_table.b.id])"),
        ("local.tables", "concat(local.tables, [aws_route_table.b.id])"),
    ],
)
def test_a_list_grows_the_way_it_is_written(written: str, reads: str) -> None:
    text = f"""\
resource "aws_route_table" "a" {{
  vpc_id = "vpc-1"
}}

resource "aws_route_table" "b" {{
  vpc_id = "vpc-1"
}}

resource "aws_route_table" "c" {{
  count  = 2
  vpc_id = "vpc-1"
}}

locals {{
  tables = [aws_route_table.a.id]
}}

resource "aws_vpc_endpoint" "s3" {{
  vpc_id          = "vpc-1"
  route_table_ids = {written}
}}
"""
    made = patched(
        text,
        "aws_vpc_endpoint.s3",
        lambda root: Inside(
            root.at("aws_vpc_endpoint.s3"), "route_tables", (Link(root.at("aws_route_table.b")),)
        ),
    )
    assert made == text.replace(f"route_table_ids = {written}", f"route_table_ids = {reads}")


GROUP = """\
resource "aws_security_group" "efa" {
  name = "efa"

  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }

  tags = { Name = "efa" }
}
"""


def test_a_block_goes_behind_the_last_of_its_kind() -> None:
    rule = {"protocol": "-1", "self": True}
    made = patched(
        GROUP,
        "aws_security_group.efa",
        lambda root: Inside(root.at("aws_security_group.efa"), "egress", (rule,)),
    )
    egress = (
        '  egress {\n    from_port = 0\n    to_port   = 0\n    protocol  = "-1"\n    self      = true\n  }\n'
    )
    assert made == GROUP.replace("  tags", f"{egress}\n  tags")


def test_the_last_argument_of_a_block_takes_the_block_along() -> None:
    text = TEMPLATE.replace(
        "      tag_spec", '      placement {\n        group_name = "a"\n      }\n\n      tag_spec'
    )
    made = patched(
        text,
        "aws_launch_template.train",
        lambda root: Remove(root.at("aws_launch_template.train"), "placement_group"),
    )
    assert made == dedent(TEMPLATE)


def test_what_is_taken_away_leaves_the_others_aligned() -> None:
    text = 'resource "aws_autoscaling_group" "t" {\n  min_size        = 1\n  placement_group = "a"\n  max_size        = 2\n}\n'
    made = patched(
        text,
        "aws_autoscaling_group.t",
        lambda root: Remove(root.at("aws_autoscaling_group.t"), "placement_group"),
    )
    assert made == 'resource "aws_autoscaling_group" "t" {\n  min_size = 1\n  max_size = 2\n}\n'


def test_many_interfaces_are_one_dynamic_block_and_take_the_place_of_what_was_there() -> None:
    text = TEMPLATE.replace(
        "      tag_spec",
        '      network_interfaces {\n        interface_type = "efa"\n      }\n\n      tag_spec',
    )
    items = tuple({"card": card, "device": 0, "type": "efa-only"} for card in range(8))
    made = patched(
        text,
        "aws_launch_template.train",
        lambda root: Inside(root.at("aws_launch_template.train"), "interfaces", items, instead=True),
    )
    assert made.count("network_interfaces {") == 0
    assert '  dynamic "network_interfaces" {\n    for_each = range(0, 8)\n\n    content {\n' in made
    assert "      network_card_index = network_interfaces.value\n" in made


NETWORK = """\
provider "aws" {
  region = var.region
}

variable "region" {
  default = "us-east-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "gpu" {
  vpc_id = aws_vpc.main.id
}
"""


def endpoint(root: Sources, *tables: str, name: str = "s3_endpoint") -> Add:
    words = {
        "vpc": Link(root.at("aws_vpc.main")),
        "service_name": Join(("com.amazonaws.", Region(), ".s3")),
        "type": "Gateway",
        "route_tables": [Link(root.at(table)) for table in tables],
    }
    return Add("vpc_endpoint", name, words)


def test_a_new_resource_stands_behind_what_it_belongs_to_and_names_the_region_by_its_variable() -> None:
    made = patched(NETWORK, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private"))
    new = """
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
}
"""
    assert made == NETWORK.replace('\nresource "aws_subnet"', f'{new}\nresource "aws_subnet"')


SIXTH = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.2"
    }
  }
}
"""


@pytest.mark.parametrize(
    ("more", "code", "added"),
    [
        ("", "name", True),
        (SIXTH, "region", True),
        ('data "aws_region" "here" {}\n', "name", False),
        ('data "aws_region" "here" {}\n\noutput "r" {\n  value = data.aws_region.here.id\n}\n', "id", False),
    ],
)  # fmt: skip
def test_without_a_provider_block_the_region_is_asked_for(more: str, code: str, added: bool) -> None:
    text = NETWORK[NETWORK.index('resource "aws_vpc"') :] + more
    made = patched(text, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private"))
    name = "current" if added else "here"
    assert f'"com.amazonaws.${{data.aws_region.{name}.{code}}}.s3"' in made
    assert made.count('data "aws_region"') == 1
    if added:
        assert 'data "aws_region" "current" {}\n\nresource "aws_vpc_endpoint"' in made


def test_a_name_that_is_taken_is_numbered_and_hyphens_are_followed() -> None:
    taken = '\nresource "aws_vpc_endpoint" "s3" {\n  vpc_id = "vpc-2"\n}\n'
    made = patched(NETWORK + taken, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private"))
    assert 'resource "aws_vpc_endpoint" "s3_2" {' in made
    hyphens = NETWORK.replace('"private"', '"private-one"').replace('"gpu"', '"gpu-one"')
    made = patched(
        hyphens, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private-one", name="s3_of_lab")
    )
    assert 'resource "aws_vpc_endpoint" "s3-of-lab" {' in made


def test_what_refers_to_nothing_stands_before_what_uses_it() -> None:
    text = "# The fleet.\n" + dedent(TEMPLATE)
    made = patched(
        text,
        "aws_launch_template.train",
        lambda _: Add("placement_group", "train_cluster", {"name": "train-cluster", "strategy": "cluster"}),
        lambda root: Set(
            root.at("aws_launch_template.train"), "placement_group", New("train_cluster", "name")
        ),
    )
    group = 'resource "aws_placement_group" "train_cluster" {\n  name     = "train-cluster"\n  strategy = "cluster"\n}\n\n'
    assert made.startswith(f"{group}# The fleet.\nresource")
    assert "group_name = aws_placement_group.train_cluster.name" in made


def test_all_instances_of_a_resource_are_named_at_once() -> None:
    zones = 'variable "zones" {\n  default = ["a", "b"]\n}\n'
    counted = NETWORK.replace('"private" {\n', '"private" {\n  count  = length(var.zones)\n') + zones
    made = patched(
        counted,
        "aws_vpc.main",
        lambda root: endpoint(root, "aws_route_table.private[0]", "aws_route_table.private[1]"),
    )
    assert "route_table_ids   = aws_route_table.private[*].id\n" in made
    with pytest.raises(NoEdit, match=r"only for some inputs \(count = length\(var\.zones\)\)"):
        patched(counted, "aws_vpc.main", lambda root: endpoint(root, "aws_route_table.private[0]"))


REFUSED = {
    "set through a variable": (
        TEMPLATE.replace('"p5.48xlarge"', "var.type") + 'variable "type" {\n  default = "p5.48xlarge"\n}\n',
        lambda root: Set(root.at("aws_launch_template.train"), "type", "p5en.48xlarge"),
        "instance_type of aws_launch_template.train is set through var.type",
    ),
    "a dynamic block": (
        TEMPLATE.replace(
            "      tag_spec",
            '      dynamic "placement" {\n        for_each = ["a"]\n        content {\n          group_name = placement.value\n'
            "        }\n      }\n\n      tag_spec",
        ),
        lambda root: Set(root.at("aws_launch_template.train"), "placement_group", "b"),
        "placement of aws_launch_template.train is not one block",
    ),
    "a block on one line": (
        'resource "aws_launch_template" "train" { name = "x" }\n',
        lambda root: Set(root.at("aws_launch_template.train"), "placement_group", "b"),
        "is written on one line",
    ),
    "a decision": (
        TEMPLATE,
        lambda _: Add("placement_group", "g", {"strategy": "cluster"}, "choose a name"),
        "it needs a decision: choose a name",
    ),
    "a script": (TEMPLATE, lambda _: Shell(("true",)), "the fix is a script of its own"),
    "no place": (
        TEMPLATE,
        lambda root: Set(root.at("aws_launch_template.train"), "maximum", 2),
        "aws_launch_template has no place for maximum",
    ),
    "a heredoc list": (
        'resource "aws_vpc_endpoint" "e" {\n  route_table_ids = concat(\n    [],\n    []\n  )\n}\n'
        + TEMPLATE,
        lambda root: Inside(root.at("aws_vpc_endpoint.e"), "route_tables", ("rtb-1",)),
        "is an expression of several lines",
    ),
    "another text": (
        TEMPLATE,
        lambda root: Reword(root.at("aws_launch_template.train").get("type").place, "p5.48xlarge", "x"),
        "is put together from other values",
    ),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_cannot_be_written_cleanly_is_refused_with_the_reason(case: str) -> None:
    text, change, reason = REFUSED[case]
    with pytest.raises(NoEdit, match=r".") as refused:
        patched(text, "aws_launch_template.train", change)
    assert reason in str(refused.value)


def test_json_and_broken_files_are_left_alone() -> None:
    json = '{"resource": {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}}}'
    root = Sources({"main.tf.json": json})
    with pytest.raises(NoEdit, match="not written in Terraform's own syntax"):
        root.patched("aws_vpc.v", Set(root.at("aws_vpc.v"), "dns_support", True))
    root = Sources({"main.tf": 'resource "aws_vpc" "v" {\n  cidr_block = [\n}\n'})
    with pytest.raises(NoEdit, match="does not parse"):
        root.patched("aws_vpc.v", Set(root.at("aws_vpc.v"), "dns_support", True))


def test_a_module_of_others_is_left_alone_and_ones_own_is_changed() -> None:
    module = {
        "main.tf": 'module "net" {\n  source = "./net"\n}\n',
        "net/main.tf": 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n',
    }
    root = Sources(module)
    made = root.patched("module.net.aws_vpc.v", Set(root.at("module.net.aws_vpc.v"), "dns_hostnames", True))
    assert list(made) == ["net/main.tf"]
    assert "  cidr_block           = " in made["net/main.tf"]
    call = 'module "vpc" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "5.1.0"\n  cidr = "10.0.0.0/16"\n}\n'
    root = Sources({"main.tf": call})
    vpc = next(one for one in root.elements if one.kind == "vpc")
    with pytest.raises(NoEdit, match="made by a module whose sources are not here"):
        root.patched(vpc.address, Set(vpc, "dns_hostnames", True))


ARGUMENTS = ("name", "instance_type", "image_id", "key_name", "ebs_optimized", "description")
FILLERS = (
    "",
    "  # a note\n",
    "\n",
    '  user_data = <<-EOT\n    a = "b" {\n  EOT\n',
    "  tags = {\n    a = 1\n  }\n",
)


@settings(max_examples=200, deadline=None)
@given(
    names=st.lists(st.sampled_from(ARGUMENTS), unique=True),
    fillers=st.lists(st.sampled_from(FILLERS), min_size=7, max_size=7),
    tail=st.sampled_from(("", "  lifecycle {\n    create_before_destroy = true\n  }\n")),
    padding=st.integers(1, 16),
    word=st.sampled_from(("placement_group", "type", "user_data", "interfaces")),
)
def test_only_the_new_differs_whatever_the_block_looks_like(
    names: list[str], fillers: list[str], tail: str, padding: int, word: str
) -> None:
    body, used = "", set()
    for number, name in enumerate(names):
        body += f'  {name}{" " * padding}= "x{number}"\n'
        filler = fillers[number]
        key = filler.strip().partition(" ")[0]
        if key in ("user_data", "tags") and key in used:
            continue
        used.add(key)
        body += filler
    text = f'resource "aws_launch_template" "t" {{\n{body}{tail}}}\n\n# end\n'
    root = Sources({"main.tf": text})
    here = root.at("aws_launch_template.t")
    change = (
        Inside(here, "interfaces", ({"type": "efa"},)) if word == "interfaces" else Set(here, word, "new")
    )
    made = root.patched("aws_launch_template.t", change).get("main.tf", text)
    assert not parse(MemoryFiles({"m.tf": made}).source("m.tf")).problems
    # Nothing but white space before `=` and what the change replaces is gone, and all else keeps its order.
    kept = iter(" ".join(line.split()) for line in made.splitlines())
    replaced = {"type": "instance_type", "user_data": "user_data"}.get(word)
    for line in text.splitlines():
        plain = " ".join(line.split())
        if replaced is not None and plain.startswith(f"{replaced} ="):
            break  # the rest of a heredoc goes with it
        assert any(plain == other for other in kept), line
    after = LANGUAGE.read(
        Root("terraform", ".", "", ("main.tf",)), MemoryFiles({"main.tf": made}), Settings()
    ).elements
    value = after[0].get(word)
    if word == "interfaces":
        assert [one.field("type").text() for one in value.members().known()] == ["efa"]
    else:
        assert value.text() == "new"


AFTER = sorted(path for path in FIXTURES.glob("*/bad/*/after/**/*.tf"))


def test_fixtures_hold_edited_files() -> None:
    assert len(AFTER) > 30


@pytest.mark.skipif(shutil.which("terraform") is None, reason="needs the terraform binary")
def test_edited_files_are_formatted_as_terraform_does() -> None:
    listed = subprocess.run(
        ["terraform", "fmt", "-check", "-list=true", *map(str, AFTER)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
    )
    assert (listed.returncode, listed.stdout) == (0, "")


INTERFACES = """\
resource "aws_launch_template" "t" {
  name = "t"

  # One for each card.
  network_interfaces {
    interface_type        = "efa"
    delete_on_termination = true
    security_groups       = var.groups
  }

  dynamic "network_interfaces" {
    for_each = [1, 2]

    content {
      network_card_index    = network_interfaces.value
      interface_type        = "efa"
      delete_on_termination = true
      security_groups       = var.groups
    }
  }

  metadata_options {
    http_tokens = "required"
  }
}

variable "groups" {
  type = list(string)
}
"""


def in_their_place(text: str) -> str:
    items = tuple({"card": card, "type": "efa-only"} for card in (0, 1))
    return patched(
        text,
        "aws_launch_template.t",
        lambda root: Inside(root.at("aws_launch_template.t"), "interfaces", items, instead=True),
    )


def test_blocks_that_take_the_place_of_others_keep_what_those_said_besides() -> None:
    made = in_their_place(INTERFACES)
    block = """\
  network_interfaces {
    network_card_index    = CARD
    interface_type        = "efa-only"
    delete_on_termination = true
    security_groups       = var.groups
  }
"""
    start, end = INTERFACES.index("  network_interfaces {"), INTERFACES.index("\n  metadata_options")
    both = block.replace("CARD", "0") + "\n" + block.replace("CARD", "1")
    assert made == INTERFACES[:start] + both + INTERFACES[end:]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "[1, 2]",
            "range(1, var.cards)",
            "for_each of aws_launch_template.t is set through range(1, var.cards)",
        ),
        (
            "delete_on_termination = true\n    s",
            'subnet_id = "a"\n    s',
            "differ in delete_on_termination, ",
        ),
        (
            'interface_type        = "efa"\n    d',
            "interface_type = var.kind\n    d",
            "is set through var.kind",
        ),
    ],
)
def test_blocks_that_are_chosen_elsewhere_or_differ_stay(old: str, new: str, reason: str) -> None:
    with pytest.raises(NoEdit) as refused:
        in_their_place(INTERFACES.replace(old, new) + 'variable "cards" {}\nvariable "kind" {}\n')
    assert reason in str(refused.value)
