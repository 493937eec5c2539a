"""CEL text as a tree. The grammar is that of cel-python; what is not understood here is refused, with its place."""

from __future__ import annotations

import re
from functools import cache
from math import isfinite
from typing import Any, Final, cast, get_args

from fabriclint.patterns import late
from fabriclint.policies.tree import (
    BadCondition,
    Calculate,
    Call,
    Choose,
    Compare,
    Has,
    In,
    Index,
    Join,
    Listed,
    Macro,
    Minus,
    Name,
    Node,
    Not,
    Order,
    Scalar,
    Select,
    Sign,
    Test,
)

MISSING: Final = "policies need cel-python: pip install 'fabriclint[policies]'"
LONGEST: Final = 5_000
DEEPEST: Final = 60
TESTS: Final = get_args(Test)
FUNCTIONS: Final = {"size": 1, "contains": 2, "startsWith": 2, "endsWith": 2, "matches": 2}
_ORDERS: Final[dict[str, Order]] = {
    "relation_eq": "==", "relation_ne": "!=", "relation_lt": "<", "relation_le": "<=", "relation_gt": ">",
    "relation_ge": ">=",
}  # fmt: skip
_SIGNS: Final[dict[str, Sign]] = {
    "addition_add": "+", "addition_sub": "-", "multiplication_mul": "*", "multiplication_div": "/",
    "multiplication_mod": "%",
}  # fmt: skip
_RESERVED: Final = frozenset(
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    }
)  # fmt: skip
# A text is closed on its line. The parser's own expressions take exponential time to find that one is not.
_TOKEN: Final = late(
    r"""//[^\n]*|\"\"\"(?:[^\\"]|\\.|"(?!""))*\"\"\"|'''(?:[^\\']|\\.|'(?!''))*'''"""
    r"""|"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|["'()\[\]{}]""",
    re.DOTALL,
)
_ESCAPE: Final = late(
    r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|(.))", re.DOTALL
)
_SIMPLE: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SAME: Final = "\\'\"`?"
_LARGEST: Final = 2**63 - 1


def parse(text: str) -> Node:
    """A condition as a tree; raises BadCondition."""
    _guard(text)
    parser, errors = _parser()
    try:
        tree = parser.parse(text)
    except errors as error:
        ended = getattr(getattr(error.__context__, "token", None), "type", "") == "$END"
        line, column = getattr(error, "line", None), getattr(error, "column", None)
        at = len(text) if ended else _offset(text, line, column)
        near = text[at : at + 20].split("\n")[0].strip()
        why = f"this cannot be read at `{near}`" if near else "this ends too early"
        raise BadCondition(why, at) from error
    return _Reading(text).node(tree, 0)


@cache
def _parser() -> tuple[Any, tuple[type[Exception], ...]]:
    """cel-python's parser and what it raises, imported only when there is a condition."""
    try:
        from celpy.celparser import CELParseError, CELParser
        from lark.exceptions import LarkError
    except ImportError as error:
        raise BadCondition(MISSING, 0) from error
    return CELParser(), (CELParseError, LarkError)


def _guard(text: str) -> None:
    """Refuse what would cost the parser too much: long texts, deep nesting, strings that are not closed."""
    if len(text) > LONGEST:
        raise BadCondition(f"a condition has {LONGEST:,} characters at most", LONGEST)
    if not text.strip():
        raise BadCondition("this is empty", 0)
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in ("'", '"'):
            raise BadCondition("this text is not closed", token.start())
        depth += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
        if depth > DEEPEST:
            raise BadCondition("this is nested too deeply", token.start())


def _offset(text: str, line: object, column: object) -> int:
    if not isinstance(line, int) or not isinstance(column, int) or line < 1:
        return len(text)
    start = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    return min(start + max(column - 1, 0), len(text))


class _Reading:
    """One tree of the parser, on its way to ours."""

    def __init__(self, text: str) -> None:
        self.text = text

    def node(self, tree: Any, depth: int) -> Node:
        """A subtree; chains of rules that say nothing are walked, not recursed into."""
        at = int(getattr(tree.meta, "start_pos", None) or 0)
        if depth > DEEPEST:
            raise BadCondition("this is nested too deeply", at)
        while len(tree.children) == 1 and tree.data in _PLAIN:
            tree = tree.children[0]
        kind = str(tree.data)
        found = getattr(self, f"on_{kind}", None)
        if found is None:
            raise BadCondition(f"{_UNSUPPORTED.get(kind, 'this')} cannot be used in a policy", at)
        made: Node = found(tree, at, depth + 1)
        return made

    def on_expr(self, tree: Any, at: int, depth: int) -> Node:
        when, then, other = (self.node(child, depth) for child in tree.children)
        return Choose(when, then, other, at)

    def on_conditionalor(self, tree: Any, at: int, depth: int) -> Node:
        return Join(False, self._chain(tree, "conditionalor", depth), at)

    def on_conditionaland(self, tree: Any, at: int, depth: int) -> Node:
        return Join(True, self._chain(tree, "conditionaland", depth), at)

    def _chain(self, tree: Any, kind: str, depth: int) -> tuple[Node, ...]:
        """The parts of `a && b && c`, which the grammar nests to the left."""
        parts: list[Any] = []
        while tree.data == kind and len(tree.children) == 2:
            tree, last = tree.children
            parts.append(last)
        return tuple(self.node(part, depth) for part in (tree, *reversed(parts)))

    def on_relation(self, tree: Any, at: int, depth: int) -> Node:
        first, second = tree.children
        one, other = self.node(first.children[0], depth), self.node(second, depth)
        if first.data == "relation_in":
            return In(one, other, at)
        return Compare(_ORDERS[str(first.data)], one, other, at)

    def on_addition(self, tree: Any, at: int, depth: int) -> Node:
        first, second = tree.children
        return Calculate(
            _SIGNS[str(first.data)], self.node(first.children[0], depth), self.node(second, depth), at
        )

    on_multiplication = on_addition

    def on_unary(self, tree: Any, at: int, depth: int) -> Node:
        sign, inner = tree.children
        made = self.node(inner, depth)
        return Not(made, made.at) if sign.data == "unary_not" else Minus(made, made.at)

    def on_member_dot(self, tree: Any, at: int, depth: int) -> Node:
        of, word = tree.children
        return Select(self.node(of, depth), str(word), int(word.start_pos))

    def on_member_index(self, tree: Any, at: int, depth: int) -> Node:
        of, key = tree.children
        return Index(self.node(of, depth), self.node(key, depth), at)

    def on_member_dot_arg(self, tree: Any, at: int, depth: int) -> Node:
        of, word, *rest = tree.children
        name, place = str(word), int(word.start_pos)
        arguments: list[Any] = rest[0].children if rest else []
        if name in TESTS:
            return self._macro(cast("Test", name), of, arguments, place, depth)
        return self._call(name, [of, *arguments], place, depth)

    def on_ident_arg(self, tree: Any, at: int, depth: int) -> Node:
        word, *rest = tree.children
        arguments: list[Any] = rest[0].children if rest else []
        if str(word) == "has":
            if len(arguments) == 1:
                inner = self.node(arguments[0], depth)
                if isinstance(inner, (Select, Index)):
                    return Has(inner, at)
            raise BadCondition("has() takes one word of something: has(fleet.placement)", at)
        if str(word) != "size":
            self._no_function(str(word), at)
        return self._call(str(word), arguments, at, depth)

    def _macro(self, name: Test, of: Any, arguments: list[Any], at: int, depth: int) -> Node:
        if len(arguments) != 2:
            raise BadCondition(
                f"{name}() takes a variable and a condition: {name}(one, one.efa); two variables cannot be used",
                at,
            )
        variable = self.node(arguments[0], depth)
        if not isinstance(variable, Name):
            raise BadCondition(f"{name}() begins with the name of a variable", at)
        return Macro(name, self.node(of, depth), variable.name, self.node(arguments[1], depth), at)

    def _call(self, name: str, arguments: list[Any], at: int, depth: int) -> Node:
        if name not in FUNCTIONS:
            self._no_function(name, at)
        if len(arguments) != FUNCTIONS[name]:
            form = "size(x)" if FUNCTIONS[name] == 1 else f"x.{name}(y)"
            raise BadCondition(f"{name}() is written as {form}", at)
        return Call(name, tuple(self.node(one, depth) for one in arguments), at)

    def _no_function(self, name: str, at: int) -> None:
        from difflib import get_close_matches

        known = [*FUNCTIONS, *TESTS, "has"]
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
        raise BadCondition(f"there is no function {name}; {hint}", at)

    def on_ident(self, tree: Any, at: int, depth: int) -> Node:
        name = str(tree.children[0])
        if name in _RESERVED:
            raise BadCondition(f"{name} is a word of CEL and no name", at)
        return Name(name, at)

    def on_list_lit(self, tree: Any, at: int, depth: int) -> Node:
        items: list[Any] = tree.children[0].children if tree.children else []
        return Listed(tuple(self.node(item, depth) for item in items), at)

    def on_paren_expr(self, tree: Any, at: int, depth: int) -> Node:
        return self.node(tree.children[0], depth)

    def on_literal(self, tree: Any, at: int, depth: int) -> Node:
        token = tree.children[0]
        text = str(token)
        if token.type == "INT_LIT":
            number = int(text, 16 if "x" in text else 10)
            if abs(number) > _LARGEST:
                raise BadCondition("this number is too large", at)
            return Scalar(number, at)
        if token.type == "FLOAT_LIT":
            if not isfinite(float(text)):
                raise BadCondition("this number is too large", at)
            return Scalar(float(text), at)
        if token.type == "BOOL_LIT":
            return Scalar(text == "true", at)
        if token.type == "NULL_LIT":
            return Scalar(None, at)
        if token.type in ("STRING_LIT", "MLSTRING_LIT"):
            return Scalar(_string(text, at), at)
        what = "bytes" if token.type == "BYTES_LIT" else "an unsigned number"
        raise BadCondition(f"{what} cannot be used in a policy", at)


_PLAIN: Final = frozenset(
    {
        "expr", "conditionalor", "conditionaland", "relation", "addition", "multiplication", "unary", "member",
        "primary", "paren_expr",
    }
)  # fmt: skip
_UNSUPPORTED: Final = {
    "member_object": "an object that is made",
    "map_lit": "an object that is written out",
    "dot_ident": "a name with a point before it",
    "dot_ident_arg": "a name with a point before it",
}


def _string(text: str, at: int) -> str:
    """The text of a literal."""
    raw = text[0] in "rR"
    text = text[1:] if raw else text
    wide = 3 if len(text) >= 6 and text[:3] in ('"""', "'''") else 1
    body = text[wide:-wide]
    if raw:
        return body

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code or match[4]:
            number = int(code, 16) if code else int(match[4], 8)
            if number > 0x10FFFF or 0xD800 <= number < 0xE000:
                raise BadCondition("this is no character", at)
            return chr(number)
        sign = match[5]
        if sign not in _SIMPLE and sign not in _SAME:
            raise BadCondition(f"\\{sign} is no character of a text; write r'…' for a pattern", at)
        return _SIMPLE.get(sign, sign)

    return _ESCAPE.sub(plain, body)
