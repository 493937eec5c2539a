"""Roots of the built-in `terraform_data` give what `terraform plan` gave: the same instances, and what each is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fabriclint.languages.base import Settings
from fabriclint.languages.terraform.elements import elements
from fabriclint.languages.terraform.module import Module
from fabriclint.languages.terraform.run import Run
from fabriclint.languages.terraform.variables import Given
from fabriclint.model.element import Element, Shape
from fabriclint.testing import MemoryFiles
from fabriclint.values import Map, Reference, Seq, Text, Unknown, Value

ROOTS = sorted(path.parent for path in (Path(__file__).parent / "planned").glob("*/planned.json"))
PROBE = {"terraform_data": Shape("probe", {"input": "input", "triggers_replace": "triggers_replace"})}


def number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def read(root: Path) -> dict[str, Element]:
    tree = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in ("planned.json", "workspace")
    }
    files = MemoryFiles(tree)
    named = root / "workspace"
    settings = Settings(workspace=named.read_text("utf-8").strip() if named.is_file() else None)
    run = Run(".", files, settings)
    module = Module(run, run.folder("."))
    module.given = Given(run, ".", files, settings)
    found = elements(module, PROBE)
    assert run.diagnostics == []
    assert all(folder.problems == [] for folder in run.folders)
    return {element.address: element for element in found}


def compare(value: Value, known: Any, unknown: Any, at: str) -> None:
    """Known where Terraform knows, and not known where it does not."""
    data = value.data
    if unknown is True:
        assert isinstance(data, (Unknown, Reference, Text)), (
            f"{at}: Terraform does not know it; we say {value.show()}"
        )
        return
    if isinstance(known, dict):
        assert isinstance(data, Map), f"{at}: {value.show()}"
        assert data.more is None, at
        open_ = unknown if isinstance(unknown, dict) else {}
        names = known.keys() | {name for name, one in open_.items() if one}
        assert data.entries.keys() == names, at
        for name, item in data.entries.items():
            compare(item, known.get(name), open_.get(name), f"{at}.{name}")
    elif isinstance(known, list):
        assert isinstance(data, Seq), f"{at}: {value.show()}"
        assert data.more is None, at
        assert len(data.items) == len(known), at
        inner = unknown if isinstance(unknown, list) else [False] * len(known)
        for n, (item, one, open_one) in enumerate(zip(data.items, known, inner, strict=True)):
            compare(item, one, open_one, f"{at}[{n}]")
    else:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        assert (type(data), data) == (type(known), known), at


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_the_plan_says_the_same(root: Path) -> None:
    recorded = json.loads((root / "planned.json").read_text("utf-8"), parse_float=number)["resources"]
    found = read(root)
    assert sorted(found) == sorted(recorded)
    for address, element in found.items():
        assert element.exists.certain, address
        assert element.many is None, address
        known, unknown = recorded[address]["known"], recorded[address]["unknown"]
        for name in ("input", "triggers_replace"):
            if name in known or unknown.get(name):
                compare(element.read(name), known.get(name), unknown.get(name), f"{address}.{name}")
            else:
                assert element.read(name).absent, f"{address}.{name}"


def test_there_are_roots() -> None:
    assert len(ROOTS) >= 12
