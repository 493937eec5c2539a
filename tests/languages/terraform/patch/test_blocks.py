"""Blocks that are added, taken away, and take the place of others."""

from __future__ import annotations

from textwrap import dedent

import pytest

from fabriclint.languages.base import NoEdit
from fabriclint.model.change import Inside, Remove

from .sources import TEMPLATE, patched

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
