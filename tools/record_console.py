"""Ask the Terraform on PATH for the answers that tests/languages/terraform/functions/console.json holds.

Run it after adding to calls.txt beside it: `python tools/record_console.py`. Terraform 1.9 or later; no provider is needed.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent / "tests/languages/terraform/functions"
BATCH = 40
REFUSED = "refused"
_ESCAPES = {"b": "\\u0008", "f": "\\u000c"}  # the two that JSON has and Terraform has not


class Digits(str):
    """A number's own digits, so that none is lost on the way."""

    __slots__ = ()


def hcl(value: Any) -> str:
    """A JSON value as a Terraform expression; {"$list": …}, {"$set": …} and {"$null": TYPE} stand for typed values."""
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text)
    if isinstance(value, list):
        return "[" + ", ".join(hcl(item) for item in value) + "]"
    if isinstance(value, dict):
        if value.keys() <= {"$list", "$set", "$null"} and value:
            ((kind, inner),) = value.items()
            return f"to{inner}(null)" if kind == "$null" else f"to{kind[1:]}({hcl(inner)})"
        return "{" + ", ".join(f"({hcl(key)}) = {hcl(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def read_calls() -> list[tuple[str, str, bool]]:
    """Each call's name and its arguments as JSON text, and whether it is left unknown on purpose."""
    calls: list[tuple[str, str, bool]] = []
    for line in (HERE / "calls.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, args = line.removeprefix("~ ").partition(" ")
            calls.append((name, args, line.startswith("~ ")))
    return calls


def expression(name: str, args: str) -> str:
    """The call as Terraform text."""
    parsed = json.loads(args, parse_float=Digits, parse_int=Digits)
    return f"{name}({', '.join(hcl(arg) for arg in parsed)})"


def answers(expressions: list[str], folder: str) -> list[Any]:
    """What Terraform says to each: the result in a list of one, or `refused`."""
    tried = ", ".join(f'try([{text}], "{REFUSED}")' for text in expressions)
    line = f"base64encode(jsonencode([{tried}]))"
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": ""}
    done = subprocess.run(
        ["terraform", "console"],
        input=line + "\n",
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    found = re.findall(r'^"([A-Za-z0-9+/=]+)"$', done.stdout, re.MULTILINE)
    if len(found) == 1:
        return list(json.loads(base64.b64decode(found[0])))
    if len(expressions) == 1:
        return [REFUSED]  # rejected before anything is evaluated, such as a call with too few arguments
    half = len(expressions) // 2
    return answers(expressions[:half], folder) + answers(expressions[half:], folder)


def main() -> int:
    """Record all calls; the number of refused ones is printed so that a slip in a call is seen."""
    calls = read_calls()
    results: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(0, len(calls), BATCH):
            results += answers([expression(name, args) for name, args, _ in calls[n : n + BATCH]], folder)
    lines = []
    for (name, args, left), result in zip(calls, results, strict=True):
        entry: dict[str, Any] = {"call": name, "args": json.loads(args)}
        entry |= {"refused": True} if result == REFUSED else {"result": result[0]}
        entry |= {"left": True} if left else {}
        lines.append(json.dumps(entry, ensure_ascii=True))
    (HERE / "console.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    print(f"{len(calls)} calls, {sum(result == REFUSED for result in results)} refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
