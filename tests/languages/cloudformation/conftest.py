"""Reading small templates: what a property says, and a whole root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent, indent
from typing import Any

import pytest

from fabriclint.languages.base import Reading, Root, Settings
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.model.change import Change
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles
from fabriclint.text import Edit, edited
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Text, Unknown, Value

Read = Callable[..., Reading]
Say = Callable[..., Value]


@dataclass(frozen=True)
class Patched:
    """A root after edits: the texts by path, and the elements by address as they are read again."""

    texts: dict[str, str]
    elements: dict[str, Element]
    edits: tuple[Edit, ...]

    @property
    def text(self) -> str:
        """The text of the one file that changed."""
        (text,) = self.texts.values()
        return text


Patch = Callable[..., Patched]


@pytest.fixture
def read() -> Read:
    """Read one template, or several by path of which the first is the root."""

    def run(files: str | bytes | Mapping[str, str | bytes], **parameters: str) -> Reading:
        contents = {"main.yaml": files} if isinstance(files, (str, bytes)) else files
        path = next(iter(contents))
        texts = {name: dedent(said) if isinstance(said, str) else said for name, said in contents.items()}
        given = tuple((name.replace("__", "::"), value) for name, value in parameters.items())
        return LANGUAGE.read(
            Root("cloudformation", path, "", (path,)), MemoryFiles(texts), Settings(parameters=given)
        )

    return run


@pytest.fixture
def elements(read: Read) -> Callable[..., dict[str, Element]]:
    """The elements of a root, by address."""

    def run(files: str | Mapping[str, str], **parameters: str) -> dict[str, Element]:
        return {element.address: element for element in read(files, **parameters).elements}

    return run


@pytest.fixture
def say(read: Read) -> Say:
    """What the property `Tags` of a VPC says; further sections may be given as YAML."""

    def run(said: str, rest: str = "", **parameters: str) -> Value:
        text = "Resources:\n  It:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.0.0.0/16\n"
        block = said.startswith(("\n", "Fn::"))
        text += (
            "      Tags:"
            + ("\n" + indent(dedent(said), "        ") if block else f" {said}")
            + "\n"
            + dedent(rest)
        )
        reading = read(text, **parameters)
        assert reading.elements, reading.diagnostics
        return next(e for e in reading.elements if e.address == "It").read("Tags")

    return run


@pytest.fixture
def plain() -> Callable[[Value | Data], Any]:
    """A value as plain Python that can be compared: `@x.y` is a reference, `?why` an unknown, `<…>` a hole in a text."""
    return as_plain


def as_plain(value: Value | Data) -> Any:
    data = value.data if isinstance(value, Value) else value
    if isinstance(data, Seq):
        more = [f"?{data.more.reasons[0].what}"] if data.more is not None else []
        return [as_plain(item) for item in data.items] + more
    if isinstance(data, Map):
        return {key: as_plain(entry) for key, entry in data.entries.items()}
    if isinstance(data, OneOf):
        return {
            "one of": [as_plain(option) for option in data.options],
            "because": data.because.reasons[0].what,
        }
    if isinstance(data, Unknown):
        return "?" + "; ".join(reason.what for reason in data.reasons)
    if isinstance(data, Reference):
        return f"@{data}"
    if isinstance(data, Text):
        return "".join(part if isinstance(part, str) else f"<{as_plain(part)}>" for part in data.parts)
    return data


@pytest.fixture
def patch() -> Patch:
    """Write changes into a template, or into one of several by path of which the first is the root; the result is read again."""

    def run(
        files: str | Mapping[str, str],
        make: Callable[[dict[str, Element]], Sequence[Change]],
        near: str = "",
        **parameters: str,
    ) -> Patched:
        contents: Mapping[str, str] = {"main.yaml": files} if isinstance(files, str) else files
        root = Root("cloudformation", next(iter(contents)), "", (next(iter(contents)),))
        memory = MemoryFiles(contents)
        settings = Settings(parameters=tuple(parameters.items()))
        reading = LANGUAGE.read(root, memory, settings)
        elements = {element.address: element for element in reading.elements}
        about = elements[near] if near else next(iter(elements.values()))
        edits = LANGUAGE.patch(make(elements), about, reading.elements, memory)
        sources = edited(edits)
        texts = {path: source.data.decode() for path, source in sources.items()}
        again = LANGUAGE.read(root, MemoryFiles({**contents, **texts}), settings)
        told = {diagnostic.message for diagnostic in reading.diagnostics}
        assert not [one for one in again.diagnostics if one.message not in told]
        return Patched(texts, {element.address: element for element in again.elements}, edits)

    return run
