"""Terraform's own answers, recorded by tools/record_console.py, and ours."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from fabriclint.languages.terraform import functions
from fabriclint.languages.terraform.failures import Failure
from fabriclint.languages.terraform.functions import NAMES, call, regexes
from fabriclint.languages.terraform.functions.calling import FUNCTIONS
from fabriclint.values import Map, Seq, Unknown, Value


def number(text: str) -> int | float:
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(text)


RECORDED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "console.json").read_text(encoding="utf-8"), parse_float=number
)
CALLS = RECORDED[1:]  # before the answers stands the version of the Terraform that gave them

REGULAR = ("regex", "regexall", "replace")


def value(data: Any) -> Value:
    if isinstance(data, list):
        return Value(Seq(tuple(value(item) for item in data)))
    if isinstance(data, dict):
        if "$list" in data or "$set" in data:
            kind, items = next(iter(data.items()))
            return call(f"to{kind[1:]}", [value(items)], None)
        if "$null" in data:
            return Value(None)
        return Value(Map({key: value(item) for key, item in data.items()}))
    return Value(data)


def plain(found: Value) -> Any:
    data = found.data
    if isinstance(data, Seq):
        assert data.more is None
        return [plain(item) for item in data.items]
    if isinstance(data, Map):
        assert data.more is None
        return {key: plain(item) for key, item in data.entries.items()}
    assert data is None or isinstance(data, (bool, int, float, str)), data
    return data


def written(data: Any) -> str:
    """JSON in which 1 and 1.0 are one number, and 1, true and "1" are three things."""
    if isinstance(data, list):
        return "[" + ",".join(written(item) for item in data) + "]"
    if isinstance(data, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{written(data[key])}" for key in sorted(data)) + "}"
    return json.dumps(data)


def named(case: dict[str, Any]) -> str:
    return f"{case['call']}({json.dumps(case['args'])[1:-1][:60]})"


def check(case: dict[str, Any]) -> None:
    found = call(case["call"], [value(arg) for arg in case["args"]], None)
    if case.get("left") and isinstance(found.data, Unknown):
        assert not isinstance(found.data, Failure)
        assert "is not evaluated" in found.data.reasons[0].what
    elif case.get("refused"):
        assert isinstance(found.data, Failure), found.data
        assert found.data.reasons[0].what
    else:
        assert not isinstance(found.data, Unknown), found.data
        assert written(plain(found)) == written(case["result"])


@pytest.mark.parametrize("case", CALLS, ids=named)
def test_terraform_says_the_same(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "_re2", lambda: None)
    check(case)


@pytest.mark.parametrize("case", [case for case in CALLS if case["call"] in REGULAR], ids=named)
def test_re2_says_the_same(case: dict[str, Any]) -> None:
    pytest.importorskip("re2")
    check(case)


def test_every_function_is_recorded() -> None:
    recorded = {case["call"] for case in CALLS}
    never = {name for name in NAMES if isinstance(call(name, [Value("x")], None).data, Unknown)} - recorded
    for name in never:
        answer = call(name, [Value("x")], None).data
        assert isinstance(answer, Unknown)
        assert "is not evaluated" in answer.reasons[0].what, f"{name} has no recorded call"
    assert len(CALLS) > 400


def test_the_table_of_modules_is_complete() -> None:
    for name in NAMES:
        call(name, [], None)
    package = Path(functions.__file__).parent
    for path in package.glob("*.py"):
        if path.stem != "__init__":
            import_module(f"{functions.__name__}.{path.stem}")
    assert FUNCTIONS.keys() <= NAMES
    assert all(
        name in FUNCTIONS or "is not evaluated" in str(call(name, [Value(1)], None).data) for name in NAMES
    )
