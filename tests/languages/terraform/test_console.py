"""Expressions give what `terraform console` gave: every recorded answer, through the parser and the whole evaluator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fabriclint.languages.base import Settings
from fabriclint.languages.terraform.failures import failed, fails
from fabriclint.languages.terraform.module import Module
from fabriclint.languages.terraform.run import Run
from fabriclint.languages.terraform.syntax import parse
from fabriclint.languages.terraform.variables import Given
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source
from fabriclint.values import Map, Seq, Value

HERE = Path(__file__).parent
BATCH = 120


def number(text: str) -> int | float:
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(text)


def recorded(path: str) -> list[dict[str, Any]]:
    """The answers of a file, without the line that names the version of Terraform."""
    first, *rows = json.loads((HERE / path).read_text(encoding="utf-8"), parse_float=number)
    assert first["terraform"]
    return list(rows)


EXPRESSIONS = recorded("console/answers.json")
CALLS = recorded("functions/console.json")
DECLINED = frozenset(
    json.loads(line)
    for line in (HERE / "console/declined.txt").read_text(encoding="utf-8").splitlines()
    if line.startswith('"')
)


class Open(Exception):
    """A value has a part that is not known."""


def plain(value: Value) -> Any:
    data = value.data
    if isinstance(data, Seq) and data.more is None:
        return [plain(item) for item in data.items]
    if isinstance(data, Map) and data.more is None:
        return {key: plain(item) for key, item in data.entries.items()}
    if data is None or isinstance(data, (bool, int, float, str)):
        return data
    raise Open(str(data))


def written(data: Any) -> str:
    """JSON in which 1 and 1.0 are one number, and 1, true and "1" are three things."""
    if isinstance(data, list):
        return "[" + ",".join(written(item) for item in data) + "]"
    if isinstance(data, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{written(data[key])}" for key in sorted(data)) + "}"
    if isinstance(data, float) and data.is_integer():
        data = int(data)
    return json.dumps(data)


def ours(texts: list[str]) -> Iterator[Value]:
    """What the evaluator says to each, in the module of console/main.tf."""
    beside = (HERE / "console/main.tf").read_text(encoding="utf-8")
    for n in range(0, len(texts), BATCH):
        files = MemoryFiles({"main.tf": beside})
        run = Run(".", files, Settings())
        module = Module(run, run.folder("."))
        module.given = Given(run, ".", files, Settings())
        for text in texts[n : n + BATCH]:
            file = parse(Source("asked.tf", f"asked = {text}\n".encode()))
            attribute = file.attributes.get("asked")
            if file.problems or attribute is None:
                yield failed("a syntax error", file.source.span())
            else:
                yield run.pull(attribute.expression, module.scope)


def verdict(row: dict[str, Any], value: Value) -> str:
    """`agrees`, `declined`, or what is wrong."""
    if row.get("refused"):
        if fails(value):
            return "agrees"
        try:
            return f"Terraform refuses; we say {written(plain(value))}"
        except Open:
            return "declined"
    try:
        said = written(plain(value))
    except Open as error:
        return f"we refuse: {error}" if fails(value) else "declined"
    wanted = written(row["result"])
    return "agrees" if said == wanted else f"Terraform says {wanted}; we say {said}"


def verdicts(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {
        row["text"]: verdict(row, value)
        for row, value in zip(rows, ours([row["text"] for row in rows]), strict=True)
    }


@pytest.fixture(scope="module")
def expressions() -> dict[str, str]:
    return verdicts(EXPRESSIONS)


def test_every_expression_agrees_or_is_declined(expressions: dict[str, str]) -> None:
    wrong = {text: said for text, said in expressions.items() if said not in ("agrees", "declined")}
    assert wrong == {}


def test_what_is_declined_is_listed_and_little(expressions: dict[str, str]) -> None:
    declined = {text for text, said in expressions.items() if said == "declined"}
    assert declined == DECLINED
    assert len(declined) < 0.03 * len(EXPRESSIONS)
    assert sum(said == "agrees" for said in expressions.values()) >= 1_500


def test_every_recorded_call_agrees_as_an_expression() -> None:
    left = {row["text"] for row in CALLS if row.get("left")}
    found = verdicts(CALLS)
    assert {t: s for t, s in found.items() if s != "agrees" and not (t in left and s == "declined")} == {}


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_the_console_still_says_so() -> None:
    tools = HERE.parents[2] / "tools"
    if not tools.is_dir():
        pytest.skip("the tools are not beside the tests")
    asked = [row for row in EXPRESSIONS if row["from"] == "picked"][::5]
    script = (
        "import json, sys, record_console as r\n"
        "print(json.dumps(r.ask(json.load(sys.stdin), (r.CONSOLE / 'main.tf').read_text('utf-8'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([row["text"] for row in asked]),
        capture_output=True,
        text=True,
        cwd=tools,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=120,
        check=True,
    )
    answers = json.loads(done.stdout, parse_float=number)
    if all(answer.get("refused") for answer in answers):
        pytest.skip("terraform console does not run here")
    for row, answer in zip(asked, answers, strict=True):
        assert answer == {key: row[key] for key in ("refused", "result") if key in row}, row["text"]
