"""Small stacks in memory, read by the Terraform language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from fabriclint.languages.base import Reading, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

Read = Callable[..., Reading]


def read_stack(
    files: Mapping[str, str | bytes] | str | bytes, settings: Settings | None = None, root: str = "."
) -> Reading:
    """The reading of one root; a text alone is its main.tf."""
    tree = MemoryFiles({"main.tf": files} if isinstance(files, (str, bytes)) else files)
    names = [name for name in tree.names(root) if LANGUAGE.may_own(name)]
    candidates = [name if root == "." else f"{root}/{name}" for name in names]
    found = [one for one in LANGUAGE.roots(candidates, (root,), tree).roots if one.path == root]
    assert len(found) == 1
    return LANGUAGE.read(found[0], tree, settings or Settings())


def shown(value: Value) -> object:
    """A value as plain data that tests can compare; what is not known shows as a word in angle brackets."""
    data = value.data
    if isinstance(data, Seq):
        return [shown(item) for item in data.items] + (["<more>"] if data.more is not None else [])
    if isinstance(data, Map):
        entries: dict[str, object] = {key: shown(item) for key, item in data.entries.items()}
        return entries | ({"<more>": True} if data.more is not None else {})
    if isinstance(data, Unknown):
        return "<unknown>"
    if isinstance(data, Reference):
        return f"<{data}>"
    if isinstance(data, Text):
        return "".join(
            f"<{part}>" if isinstance(part, Reference) else part if isinstance(part, str) else "<?>"
            for part in data.parts
        )
    if isinstance(data, OneOf):
        return {"<one of>": [shown(option) for option in data.options]}
    return data


@pytest.fixture
def read() -> Read:
    """Read a stack."""
    return read_stack


@pytest.fixture
def element() -> Callable[[Reading, str], Element]:
    """The element with an address."""

    def find(reading: Reading, address: str) -> Element:
        found = [one for one in reading.elements if one.address == address]
        assert len(found) == 1, [one.address for one in reading.elements]
        return found[0]

    return find


@pytest.fixture
def evaluate() -> Callable[..., Value]:
    """The value of an expression, with more configuration beside it."""

    def run(expression: str, beside: str = "", settings: Settings | None = None, **files: str) -> Value:
        main = f'resource "aws_vpc" "probe" {{\n  cidr_block = {expression}\n}}\n{beside}\n'
        reading = read_stack({"main.tf": main, **files}, settings)
        found = [one for one in reading.elements if one.address == "aws_vpc.probe"]
        return found[0].read("cidr_block")

    return run


@pytest.fixture
def show() -> Callable[[Value], object]:
    """A value as plain data."""
    return shown


@pytest.fixture
def as_json() -> Callable[[object], str]:
    """Plain data as one line of JSON, numbers as Terraform writes them."""
    return lambda data: json.dumps(data, sort_keys=True)
