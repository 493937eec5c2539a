"""Arguments that are set, added and grown: what a person would have typed, and nothing else."""

from __future__ import annotations

from textwrap import dedent

import pytest

from fabriclint.model.change import Inside, Link, Set

from .sources import TEMPLATE, Sources, patched, set_


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
