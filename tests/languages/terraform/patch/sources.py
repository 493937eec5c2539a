"""Roots to be changed, and what a change makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from fabriclint.languages.base import Root, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.model.change import Change, Set
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles
from fabriclint.text import edited


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
