"""Ask the Terraform on PATH for the answers that the tests below tests/languages/terraform hold fabriclint to.

* `functions/calls.txt` → `functions/console.json`: calls of functions with given arguments;
* `console/picked.txt` and the expressions of a seeded grammar → `console/answers.json`: expressions of the whole language.

Run it after a change of those: `python tools/record_console.py`. Terraform 1.9 or later; no provider is needed.
"""

from __future__ import annotations

import base64
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent / "tests/languages/terraform"
CALLS = TESTS / "functions"
CONSOLE = TESTS / "console"
SEED = 2026
BATCH = 60
REFUSED = "refused"
Make = Callable[["Grammar", int], str]
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
    return list(dict.fromkeys(found))


class Grammar:
    """Writes expressions of every construct of the language, the same for the same seed; `depth` bounds how they nest.

    The values they name stand in console/main.tf. Some are meant to be refused.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.serial = 0

    def pick(self, *choices: str) -> str:
        """One of a few texts."""
        return self.random.choice(choices)

    def some(self, make: Callable[[], str], least: int, most: int) -> list[str]:
        """A few texts, each made anew."""
        return [make() for _ in range(self.random.randint(least, most))]

    def name(self) -> str:
        """A name that is used nowhere else."""
        self.serial += 1
        return f"x{self.serial}"

    # ---------------------------------------------------------------- scalars

    def number(self, depth: int) -> str:
        """A number, sometimes spelled as a string."""
        if depth <= 0 or self.random.random() < 0.3:
            return self.pick(
                "0", "1", "2", "3", "7", "10", "-1", "-4", "1.5", "2.25", "0.5", "100", "1e3", "2.5e-1",
                '"4"', '"2.5"', "var.number", "local.numbers[0]", "local.numbers[1]", "1000000007", "9007199254740993",
            )  # fmt: skip
        kind = self.random.randrange(8)
        deeper = depth - 1
        if kind < 4:
            sign = self.pick("+", "-", "*", "+", "-", "*", "/", "%")
            right = self.number(deeper) if sign not in "/%" else self.pick("2", "4", "5", "-2", "8")
            text = f"{self.number(deeper)} {sign} {right}"
            return text if self.random.random() < 0.5 else f"({text})"
        if kind == 4:
            return f"-({self.number(deeper)})"
        if kind == 5:
            return f"length({self.sequence(deeper)})"
        if kind == 6:
            return f"({self.boolean(deeper)} ? {self.number(deeper)} : {self.number(deeper)})"
        return f"{self.pick('max', 'min')}({self.number(deeper)}, {self.number(deeper)})"

    def string(self, depth: int) -> str:
        """A string."""
        if depth <= 0 or self.random.random() < 0.35:
            return self.pick(
                '"a"', '"b"', '"c"', '""', '"x y"', '"12"', '"true"', "local.key", "var.text", '"k"', '"Ä\\u00e9"',
                '"tab\\tend"', '"$${not}"', '"%%{no}"', '"q\\"q"', '"\\\\"', '"\\U0001F600"',
            )  # fmt: skip
        kind = self.random.randrange(6)
        deeper = depth - 1
        if kind < 3:
            return self.template(deeper)
        if kind == 3:
            return f"({self.boolean(deeper)} ? {self.string(deeper)} : {self.string(deeper)})"
        if kind == 4:
            return f"{self.pick('upper', 'lower', 'trimspace', 'tostring')}({self.string(deeper)})"
        return f'join("{self.pick(",", "-", "")}", {self.strings(deeper)})'

    def boolean(self, depth: int) -> str:
        """A bool, sometimes spelled as a string."""
        if depth <= 0 or self.random.random() < 0.25:
            return self.pick("true", "false", "true", "false", '"true"', '"false"', "local.yes")
        kind = self.random.randrange(6)
        deeper = depth - 1
        if kind == 0:
            return f"!{self.pick('true', 'false', f'({self.boolean(deeper)})')}"
        if kind == 1:
            return f"({self.boolean(deeper)} {self.pick('&&', '||')} {self.boolean(deeper)})"
        if kind == 2:
            return (
                f"{self.number(deeper)} {self.pick('<', '<=', '>', '>=', '==', '!=')} {self.number(deeper)}"
            )
        if kind == 3:
            return f"{self.string(deeper)} {self.pick('==', '!=')} {self.string(deeper)}"
        if kind == 4:
            return f"can({self.any(deeper)})"
        return f"contains({self.strings(deeper)}, {self.string(0)})"

    # ---------------------------------------------------------------- templates

    def template(self, depth: int) -> str:
        """A quoted template."""
        return '"' + "".join(self.some(lambda: self.part(depth, '"'), 1, 4)) + '"'

    def part(self, depth: int, quote: str) -> str:
        """Literal text, an interpolation or a directive, with strip markers here and there."""
        kind = self.random.randrange(8)
        left, right = self.pick("", "", "", "~"), self.pick("", "", "", "~")
        if kind < 3 or depth <= 0:
            words = ["a", " b ", "c", "  ", "-", "é", "1"]
            words += ["\\n", "\\t", '\\"', "$${k}", "$", "%"] if quote else ["$${k}", "$ ", "% ", '"']
            return self.random.choice(words)
        if kind < 6:
            return f"${{{left} {self.pick(self.string(depth - 1), self.number(depth - 1), self.boolean(depth - 1))} {right}}}"
        if kind == 6:
            otherwise = f"%{{{left} else {right}}}{self.part(depth - 1, quote)}" if right or left else ""
            return (
                f"%{{{left} if {self.boolean(depth - 1)} {right}}}{self.part(depth - 1, quote)}"
                f"{otherwise}%{{{right} endif {left}}}"
            )
        name = self.name()
        names, hole = (name, name) if right else (f"{name}k, {name}", f"{name}k")
        return (
            f"%{{{left} for {names} in {self.strings(depth - 1)} {right}}}{self.part(0, quote)}${{{hole}}}"
            f"%{{{right} endfor {left}}}"
        )

    def heredoc(self, depth: int) -> str:
        """A heredoc, flush or not."""
        flush = self.pick("<<-", "<<", "<<-")
        lines: list[str] = []
        for _ in range(self.random.randint(1, 5)):
            indent = self.pick("", "  ", "    ", "      ", "\t")
            lines.append(indent + "".join(self.some(lambda: self.part(depth, ""), 0, 3)))
        if self.random.random() < 0.5:
            left, right = self.pick("", "~"), self.pick("", "~")
            at = self.random.randint(0, len(lines))
            name = self.name()
            body = ["  " + self.part(0, "") + f" ${{{name}}}"]
            lines[at:at] = [
                f"  %{{ for {name} in {self.strings(0)} {right}}}", *body, f"  %{{{left} endfor {right}}}"
            ]  # fmt: skip
        return "\n".join([f"{flush}EOT", *lines, self.pick("", "  ") + "EOT", ""])

    # ---------------------------------------------------------------- collections

    def strings(self, depth: int) -> str:
        """A list or set of strings."""
        if depth <= 0 or self.random.random() < 0.4:
            return self.pick(
                "local.list",
                '["b", "a"]',
                "var.set",
                "[]",
                '["x"]',
                "var.strings",
                'toset(["b", "a"])',
                '["a", "a", ""]',
            )
        kind = self.random.randrange(4)
        deeper = depth - 1
        if kind == 0:
            return "[" + ", ".join(self.some(lambda: self.string(deeper), 0, 3)) + "]"
        if kind == 1:
            return f"{self.pick('tolist', 'toset', 'distinct', 'sort', 'compact')}({self.strings(deeper)})"
        if kind == 2:
            return f"concat({self.strings(deeper)}, {self.strings(deeper)})"
        name = self.name()
        return f'[for {name} in {self.strings(deeper)} : "${{{name}}}{self.pick("!", "", "-")}"]'

    def sequence(self, depth: int) -> str:
        """A tuple, list or set of anything."""
        if depth <= 0 or self.random.random() < 0.3:
            return self.pick(
                "local.list", "local.numbers", "local.objects", "[]", "var.tuple", "var.set", '[1, "a", true]', "[null]",
                "local.nested", "var.numbers",
            )  # fmt: skip
        kind = self.random.randrange(5)
        deeper = depth - 1
        if kind == 0:
            return "[" + ", ".join(self.some(lambda: self.any(deeper), 0, 3)) + "]"
        if kind == 1:
            return self.for_list(deeper)
        if kind == 2:
            return self.strings(deeper)
        if kind == 3:
            return self.splat(deeper)
        return f"{self.pick('values', 'keys')}({self.mapping(deeper)})"

    def mapping(self, depth: int) -> str:
        """An object or map."""
        if depth <= 0 or self.random.random() < 0.3:
            return self.pick(
                "local.map", "{}", '{ a = "x", b = 2 }', "var.typed", "var.objects", '{ "k k" = null }', "local.deep",
                "var.tags", "{ (local.key) = local.list }",
            )  # fmt: skip
        kind = self.random.randrange(5)
        deeper = depth - 1
        if kind == 0:
            keys = self.random.sample(
                ["a", "b", '"c d"', "(local.key)", '"${local.key}2"', "1"], self.random.randint(0, 3)
            )
            return "{ " + ", ".join(f"{key} {self.pick('=', ':')} {self.any(deeper)}" for key in keys) + " }"
        if kind == 1:
            return self.for_map(deeper)
        if kind == 2:
            return f"merge({self.mapping(deeper)}, {self.mapping(deeper)})"
        if kind == 3:
            return f"tomap({self.mapping(deeper)})"
        return f"({self.boolean(deeper)} ? {self.mapping(deeper)} : {self.mapping(deeper)})"

    def for_list(self, depth: int) -> str:
        """`[for … in … : … if …]`."""
        value, key = self.name(), self.name()
        over = self.pick(self.sequence(depth), self.mapping(depth), self.strings(depth))
        names = self.pick(value, f"{key}, {value}")
        result = self.pick(
            value, f"[{value}]", f"{{ v = {value} }}", self.any(depth - 1),
            *((key, f"{{ k = {key}, v = {value} }}", f'"${{{key}}}-"') if "," in names else ()),
        )  # fmt: skip
        condition = self.pick("", "", f" if {value} != null", f' if {value} != "a"', f" if {self.boolean(0)}")
        return f"[for {names} in {over} : {result}{condition}]"

    def for_map(self, depth: int) -> str:
        """`{for … in … : … => … if …}`, grouped or not."""
        value, key = self.name(), self.name()
        if self.random.random() < 0.5:
            over, names = self.mapping(depth), f"{key}, {value}"
            new = self.pick(key, f'"${{{key}}}!"', f"upper({key})")
        else:
            over, names = self.strings(depth), self.pick(value, f"{key}, {value}")
            new = self.pick(value, f'"<${{{value}}}>"', f"length({value})")
        result = self.pick(value, f"[{value}]", new, self.any(depth - 1))
        group = self.pick("", "...")
        condition = self.pick("", "", f" if {value} != null", f" if {self.boolean(0)}")
        return f"{{for {names} in {over} : {new} => {result}{group}{condition}}}"

    def splat(self, depth: int) -> str:
        """A full or legacy splat on a list, set, map, object, null or single value."""
        on = self.pick(
            "local.objects", "local.objects", "local.nested", "var.set", "local.map", "null", "local.nothing",
            "var.rows", "var.rows", "[]", '"one"', "local.deep", f"({self.sequence(depth)})", "[local.objects, []]",
        )  # fmt: skip
        steps = self.pick(
            "", ".name", ".tags", ".tags.env", '["name"]', "[0]", ".tags[*]", ".tags.env", ".name"
        )
        return f"{on}{self.pick('[*]', '[*]', '.*')}{steps}"

    def access(self, depth: int) -> str:
        """Indexes and attributes into objects, maps, tuples and lists."""
        return self.pick(
            f"local.list[{self.number(depth - 1)}]", "local.objects[1].tags.env", 'local.map["a"]', "local.map.b",
            f"local.map[{self.string(depth - 1)}]", "var.tuple[1]", 'local.deep["one"].inner[0]', "local.deep.one.inner.1",
            'var.objects["two"].a', "var.objects.two.b", "var.objects.one", "local.nested[0][1]", "local.list.2", "local.list[3]",
            "local.map.none", "var.set[0]", "local.nothing.x", "local.nothing[0]", "var.tags.none", 'var.tags["env"]',
            f"({self.sequence(depth - 1)})[0]", f"({self.mapping(depth - 1)}).a", f'({self.mapping(depth - 1)})["a"]',
            "local.numbers[-1]", "local.numbers[0.5]", 'local.list["1"]', "local.key[0]", "local.key.x", "var.rows[0].name",
            f"element({self.sequence(depth - 1)}, {self.number(0)})", f"({self.splat(depth - 1)})[0]",
        )  # fmt: skip

    def conversion(self, depth: int) -> str:
        """Explicit conversions, also refused ones."""
        kind = self.pick(
            "tostring", "tonumber", "tobool", "tolist", "toset", "tomap", "tolist", "toset", "tomap"
        )
        return f"{kind}({self.any(depth - 1)})"

    def conditional(self, depth: int) -> str:
        """`c ? a : b` of branches whose types differ."""
        return f"{self.boolean(depth - 1)} ? {self.any(depth - 1)} : {self.any(depth - 1)}"

    def attempt(self, depth: int) -> str:
        """try and can."""
        if self.random.random() < 0.3:
            return f"can({self.any(depth - 1)})"
        return f"try({', '.join(self.some(lambda: self.any(depth - 1), 1, 3))}, {self.string(0)})"

    def equality(self, depth: int) -> str:
        """Equality of values whose types may differ."""
        left = self.any(depth - 1)
        right = self.pick(left, self.any(depth - 1), f"tolist({left})", f"tomap({left})", f"tostring({left})")
        return f"({left}) {self.pick('==', '!=')} ({right})"

    def any(self, depth: int) -> str:
        """Anything."""
        if depth <= 0:
            return self.pick(
                self.number(0), self.string(0), self.boolean(0), "null", "[]", "{}", "[1, 2]", '["a", 1]', "{ a = 1 }",
                '{ a = "x", b = true }', "local.list", "local.map", "var.set", "local.nothing", "var.strings", "var.tags",
            )  # fmt: skip
        make = self.random.choice(ANYTHING)
        return f"({make(self, depth)})" if make is Grammar.conditional else make(self, depth)


ANYTHING: tuple[Make, ...] = (
    Grammar.number,
    Grammar.string,
    Grammar.boolean,
    Grammar.sequence,
    Grammar.mapping,
    Grammar.for_list,
    Grammar.for_map,
    Grammar.splat,
    Grammar.access,
    Grammar.conversion,
    Grammar.conditional,
    Grammar.attempt,
    Grammar.template,
    Grammar.equality,
)

SHARES: tuple[tuple[Make, int], ...] = (
    (Grammar.number, 140),
    (Grammar.boolean, 90),
    (Grammar.string, 70),
    (Grammar.template, 130),
    (Grammar.heredoc, 110),
    (Grammar.strings, 60),
    (Grammar.sequence, 80),
    (Grammar.mapping, 80),
    (Grammar.for_list, 110),
    (Grammar.for_map, 100),
    (Grammar.splat, 80),
    (Grammar.access, 90),
    (Grammar.conversion, 110),
    (Grammar.conditional, 130),
    (Grammar.attempt, 70),
    (Grammar.equality, 110),
)
"""How many expressions each rule of the grammar gives."""


def generated(seed: int) -> list[str]:
    """The expressions of a seed, each once, none longer than a page."""
    grammar = Grammar(seed)
    found: dict[str, None] = {}
    for make, count in SHARES:
        target = len(found) + count
        tries = 0
        while len(found) < target and tries < 20 * count:
            tries += 1
            grammar.serial = 0
            text = make(grammar, grammar.random.choice((1, 2, 2, 3)))
            if len(text) <= 400:
                found[text] = None
    return list(found)


def answers(expressions: list[str], folder: Path) -> list[Any]:
    """What Terraform says to each: the result in a list of one, or `refused`."""
    asked = "".join(f'  answer{n} = try([(\n{text}\n)], "{REFUSED}")\n' for n, text in enumerate(expressions))
    (folder / "asked.tf").write_text(f"locals {{\n{asked}}}\n", encoding="utf-8")
    names = ", ".join(f"local.answer{n}" for n in range(len(expressions)))
    environment = {
        **os.environ,
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_ARGS": "",
        "TF_CLI_CONFIG_FILE": str(folder / "rc"),
    }
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
    made = [text for text in generated(SEED) if text not in picked]
    texts = [*picked, *made]
    found = ask(texts, (CONSOLE / "main.tf").read_text(encoding="utf-8"))
    origins = ["picked"] * len(picked) + ["generated"] * len(made)
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
