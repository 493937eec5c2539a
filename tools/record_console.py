"""Ask the Terraform on PATH for the answers that the tests below tests/languages/terraform hold fabriclint to.

* `functions/calls.txt` → `functions/console.json`: calls of functions with given arguments;
* `console/picked.txt` and the grammar in `console_grammar.py` → `console/answers.json`: expressions of the whole language.

Run it after a change of those: `python tools/record_console.py`. Terraform 1.9 or later; no provider is needed.
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

import console_grammar

TESTS = Path(__file__).resolve().parent.parent / "tests/languages/terraform"
CALLS = TESTS / "functions"
CONSOLE = TESTS / "console"
SEED = 2026
BATCH = 60
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
    for line in (CALLS / "calls.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, args = line.removeprefix("~ ").partition(" ")
            calls.append((name, args, line.startswith("~ ")))
    return calls


def call_text(name: str, args: str) -> str:
    """The call as Terraform text."""
    parsed = json.loads(args, parse_float=Digits, parse_int=Digits)
    return f"{name}({', '.join(hcl(arg) for arg in parsed)})"


def read_picked() -> list[str]:
    """The hand-picked expressions: one a line, or several lines between `<<<` and `>>>`."""
    found: list[str] = []
    held: list[str] | None = None
    for line in (CONSOLE / "picked.txt").read_text(encoding="utf-8").splitlines():
        if held is not None:
            if line == ">>>":
                found.append("\n".join(held) + "\n")
                held = None
            else:
                held.append(line)
        elif line == "<<<":
            held = []
        elif line and not line.startswith("#"):
            found.append(line)
    return found


def answers(expressions: list[str], folder: Path) -> list[Any]:
    """What Terraform says to each: the result in a list of one, or `refused`."""
    asked = "".join(f'  answer{n} = try([{text}], "{REFUSED}")\n' for n, text in enumerate(expressions))
    (folder / "asked.tf").write_text(f"locals {{\n{asked}}}\n", encoding="utf-8")
    names = ", ".join(f"local.answer{n}" for n in range(len(expressions)))
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": "", "TF_CLI_CONFIG_FILE": str(folder / "rc")}
    done = subprocess.run(
        ["terraform", "console"],
        input=f"base64encode(jsonencode([{names}]))\n",
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


def ask(expressions: list[str], beside: str = "") -> list[dict[str, Any]]:
    """The answers as they are recorded."""
    results: list[Any] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rc").touch()
        (folder / "main.tf").write_text(beside, encoding="utf-8")
        for n in range(0, len(expressions), BATCH):
            results += answers(expressions[n : n + BATCH], folder)
    return [{"refused": True} if result == REFUSED else {"result": result[0]} for result in results]


def version() -> str:
    """The version of the Terraform that is asked."""
    done = subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["terraform_version"])


def write(path: Path, entries: list[dict[str, Any]]) -> None:
    """Write the answers, one a line; the number of refused ones is printed so that a slip is seen."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=True) for entry in [{"terraform": version()}, *entries])
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{path.name}: {len(entries)} answers, {sum('refused' in entry for entry in entries)} refused")


def main() -> int:
    """Record everything."""
    calls = read_calls()
    texts = [call_text(name, args) for name, args, _ in calls]
    entries: list[dict[str, Any]] = []
    for (name, args, left), text, answer in zip(calls, texts, ask(texts), strict=True):
        entries.append({"call": name, "args": json.loads(args), "text": text} | answer)
        entries[-1] |= {"left": True} if left else {}
    write(CALLS / "console.json", entries)
    picked = read_picked()
    generated = [text for text in console_grammar.expressions(SEED) if text not in picked]
    texts = [*picked, *generated]
    found = ask(texts, (CONSOLE / "main.tf").read_text(encoding="utf-8"))
    origins = ["picked"] * len(picked) + ["generated"] * len(generated)
    write(
        CONSOLE / "answers.json",
        [
            {"text": text, "from": origin} | answer
            for text, origin, answer in zip(texts, origins, found, strict=True)
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
