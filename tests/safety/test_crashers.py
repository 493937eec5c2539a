"""What once made a reader fail, reduced: each file of `crashers/TARGET/` is read again by that target of `fuzz/targets.py`.

A new one is added by putting its file there.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

CRASHERS = Path(__file__).parent / "crashers"
FILES = sorted(path for path in CRASHERS.rglob("*") if path.is_file())


def targets() -> ModuleType:
    """`fuzz/targets.py`, which is no part of a package."""
    path = Path(__file__).parents[2] / "fuzz" / "targets.py"
    spec = importlib.util.spec_from_file_location("fuzz_targets", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CRASHERS)))
def test_it_is_read(path: Path) -> None:
    read, _ = targets().TARGETS[path.parent.name]
    assert read(path.read_bytes()) is None


def test_each_folder_is_a_target() -> None:
    assert FILES
    assert {path.parent.name for path in FILES} <= targets().TARGETS.keys()


def test_a_target_does_fail_where_its_reader_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others rest on: a fault of a reader comes through."""
    loaded = targets()

    def fails(_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(loaded, "parse", fails)
    with pytest.raises(RecursionError):
        loaded.TARGETS["hcl"][0](b"a = 1\n")
