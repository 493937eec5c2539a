"""A seeded grammar of Terraform expressions: the same seed gives the same expressions, of every construct of the language.

The values named in them stand in tests/languages/terraform/console/main.tf. Some expressions are meant to be refused.
"""

from __future__ import annotations

import random
from collections.abc import Callable

Make = Callable[["Grammar", int], str]


class Grammar:
    """Writes expressions; `depth` bounds how deep they nest."""

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
                "local.list", '["b", "a"]', "var.set", "[]", '["x"]', "var.strings", 'toset(["b", "a"])', '["a", "a", ""]'
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
            return (
                "{ "
                + ", ".join(f"{key} {self.pick('=', ':')} {self.any(deeper)}" for key in keys)
                + " }"
            )
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
        steps = self.pick("", ".name", ".tags", ".tags.env", '["name"]', "[0]", ".tags[*]", ".tags.env", ".name")
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
        kind = self.pick("tostring", "tonumber", "tobool", "tolist", "toset", "tomap", "tolist", "toset", "tomap")
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
        make: Make = self.random.choice(
            (Grammar.number, Grammar.string, Grammar.boolean, Grammar.sequence, Grammar.mapping, Grammar.for_list)
            + (Grammar.for_map, Grammar.splat, Grammar.access, Grammar.conversion, Grammar.conditional)
            + (Grammar.attempt, Grammar.template, Grammar.equality)
        )
        return f"({make(self, depth)})" if make is Grammar.conditional else make(self, depth)


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


def expressions(seed: int) -> list[str]:
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
