"""From tree-sitter's nodes to expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from fabriclint.languages.terraform import expressions as x
from fabriclint.languages.terraform.decimals import parsed as number_of
from fabriclint.languages.terraform.template_tokens import KINDS, Token, strip, strip_indentation
from fabriclint.languages.terraform.templates import Each, Hole, If, Part, Piece, Template
from fabriclint.languages.terraform.traversal import Attr, Index, Splat, Step
from fabriclint.patterns import late
from fabriclint.text import Source, Span, remembered
from fabriclint.values import Value

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_DEPTH: Final = 100
_SIGNS: Final = frozenset({"+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_ESCAPE: Final = late(r'\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$\{|%%\{')
_DOUBLED: Final = late(r"\$\$\{|%%\{")
_PLAIN: Final = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}
_LONE_SIGN: Final = late(
    rb"[$%][^{\n](?=\n)"
)  # after it the line's end is a token of its own, as Terraform scans
_MARKER: Final = b"FABRICLINT_END_OF_TEMPLATE"


def broken(span: Span, what: str) -> x.Expression:
    """An expression that could not be read."""
    return x.Wrong(span, what)


def expression(node: Node, source: Source) -> x.Expression:
    """The expression of an `expression` node."""
    return _Builder(source).expression(node, 0)


@remembered(256)
def template(source: Source) -> x.Expression:
    """A whole file as a template; remembered for each source."""
    if b"${" not in source.data and b"%{" not in source.data:
        return x.Literal(source.span(), source.data.decode("utf-8", "replace"))
    from fabriclint.languages.terraform.syntax import tree

    opening = b"_ = <<" + _MARKER + b"\n"
    root = tree(opening + source.data + b"\n" + _MARKER + b"\n")
    todo = [root]
    heredoc = None
    while todo and heredoc is None:
        node = todo.pop()
        if node.type == "heredoc_template":
            heredoc = node
        else:
            todo.extend(reversed(node.children))
    if heredoc is None or root.has_error:
        return x.Wrong(source.span(), f"{source.path} does not parse as a template")
    builder = _Builder(source, len(opening))
    return Template(source.span(), builder.parts(heredoc, 0, len(source.data), 0, quoted=False, dedent=False))


def text_template(text: str, span: Span) -> x.Expression:
    """A template given as a string; its parts stand at the whole of `span`."""
    inner = template(Source(span.path, text.encode("utf-8")))
    return _Elsewhere(inner, span)


class _Elsewhere(x.Expression):
    """An expression whose own places mean nothing outside: its value stands at `span`."""

    __slots__ = ("inner",)

    def __init__(self, inner: x.Expression, span: Span) -> None:
        super().__init__(span, (inner,))
        self.inner = inner

    def evaluate(self, scope: x.Scope) -> Value:
        return self.inner.evaluate(scope).moved(self.span)


class _Builder:
    def __init__(self, source: Source, shift: int = 0) -> None:
        self.source = source
        self.data = source.data
        self.shift = shift

    def span(self, node: Node) -> Span:
        return Span(self.source, node.start_byte - self.shift, node.end_byte - self.shift)

    def bytes_of(self, node: Node) -> bytes:
        return self.data[node.start_byte - self.shift : node.end_byte - self.shift]

    def text_of(self, node: Node) -> str:
        return self.bytes_of(node).decode("utf-8", "replace")

    def expression(self, node: Node, depth: int) -> x.Expression:
        if depth > MOST_DEPTH:
            return x.Wrong(self.span(node), "the expression nests too deeply")
        if node.has_error:
            return x.Wrong(self.span(node), "this expression does not parse")
        return self.operand([child for child in node.children if child.type != "comment"], node, depth)

    def operand(self, nodes: list[Node], whole: Node, depth: int) -> x.Expression:
        """A primary with its steps; `nodes` are its pieces side by side."""
        if depth > MOST_DEPTH:
            return x.Wrong(self.span(whole), "the expression nests too deeply")
        if not nodes:
            return x.Wrong(self.span(whole), "an expression is missing here")
        first = nodes[0]
        kind = first.type
        if kind == "(":
            inner = next((child for child in nodes if child.type == "expression"), None)
            if inner is None:
                return x.Wrong(self.span(whole), "an expression is missing here")
            rest = nodes[nodes.index(inner) + 2 :]
            base = self.expression(inner, depth + 1)
        else:
            rest = nodes[1:]
            if kind == "variable_expr":
                last = nodes[-1]
                span = Span(self.source, first.start_byte - self.shift, last.end_byte - self.shift)
                return x.Traversal(span, self.text_of(first), self.steps(rest, depth))
            base = self.primary(first, depth)
        if not rest:
            return base
        span = Span(self.source, first.start_byte - self.shift, nodes[-1].end_byte - self.shift)
        return x.Relative(span, base, self.steps(rest, depth))

    def primary(self, node: Node, depth: int) -> x.Expression:
        kind = node.type
        if kind == "expression":
            return self.expression(node, depth)
        if kind == "literal_value":
            return self.literal(node.children[0])
        if kind == "template_expr":
            return self.template_expression(node.children[0], depth)
        if kind == "collection_value":
            inner = node.children[0]
            return self.tuple_(inner, depth) if inner.type == "tuple" else self.object_(inner, depth)
        if kind == "for_expr":
            return self.for_(node.children[0], depth)
        if kind == "function_call":
            return self.call(node, depth)
        if kind == "conditional":
            return self.conditional(node, depth)
        if kind == "operation":
            return self.operation(node.children[0], depth)
        return x.Wrong(self.span(node), "this expression does not parse")

    def conditional(self, node: Node, depth: int) -> x.Expression:
        """`a ? b : c ? d : e`, which means `a ? b : (c ? d : e)`; the grammar groups it to the left."""
        pairs: list[tuple[Node, Node]] = []  # from the outermost: what stands after `?` and after `:`
        first: Node | None = None
        inner: Node | None = node
        while inner is not None:
            parts = [child for child in inner.children if child.type == "expression"]
            if len(parts) != 3 or len(pairs) > MOST_DEPTH:
                return x.Wrong(self.span(node), "this expression does not parse")
            first = parts[0]
            pairs.append((parts[1], parts[2]))
            within = [child for child in first.children if child.type != "comment"]
            inner = within[0] if len(within) == 1 and within[0].type == "conditional" else None
        assert first is not None
        last = self.expression(pairs[0][1], depth + 1)
        for n, (yes, _) in enumerate(pairs):
            condition = pairs[n + 1][1] if n + 1 < len(pairs) else first
            span = Span(self.source, condition.start_byte - self.shift, node.end_byte - self.shift)
            asked, chosen = self.expression(condition, depth + 1), self.expression(yes, depth + 1)
            last = x.Conditional(span, asked, chosen, last)
        return last

    def literal(self, node: Node) -> x.Expression:
        span = self.span(node)
        kind = node.type
        if kind == "string_lit":
            return x.Literal(span, _unescaped(self.data[span.start + 1 : span.end - 1]))
        text = self.text_of(node)
        if kind == "bool_lit":
            return x.Literal(span, text == "true")
        if kind == "null_lit":
            return x.Literal(span, None)
        number = number_of(text)
        return x.Wrong(span, "this number is not understood") if number is None else x.Literal(span, number)

    def operation(self, node: Node, depth: int) -> x.Expression:
        children = [child for child in node.children if child.type != "comment"]
        if node.type == "unary_operation":
            return x.Unary(self.span(node), children[0].type, self.operand(children[1:], node, depth + 1))
        at = next((n for n, child in enumerate(children) if n and child.type in _SIGNS), None)
        if at is None:
            return x.Wrong(self.span(node), "this expression does not parse")
        left = self.operand(children[:at], node, depth + 1)
        right = self.operand(children[at + 1 :], node, depth + 1)
        return x.Binary(self.span(node), children[at].type, left, right)

    def steps(self, nodes: list[Node], depth: int) -> tuple[Step, ...]:
        found: list[Step] = []
        for n, node in enumerate(nodes):
            kind = node.type
            span = self.span(node)
            if kind == "get_attr":
                found.append(Attr(self.text_of(node.children[-1]), span))
            elif kind == "index":
                inner = node.children[0]
                if inner.type == "legacy_index" and n and _is_legacy_index(nodes[n - 1]):
                    found.append(Index(x.Wrong(span, "this is no index: write [0][1]", refused=True), span))
                elif inner.type == "legacy_index":
                    digits = self.data[span.start + 1 : span.end].decode("utf-8", "replace").strip()
                    found.extend(Index(x.Literal(span, number_of(part)), span) for part in digits.split("."))
                else:
                    key = next((child for child in inner.children if child.type == "expression"), None)
                    wrong = x.Wrong(span, "an index is missing here")
                    found.append(Index(wrong if key is None else self.expression(key, depth + 1), span))
            elif kind == "splat":
                inner = node.children[0]
                within = inner.children[1:]
                if inner.type == "full_splat":  # each member takes all the steps that follow
                    found.append(Splat(self.steps([*within, *nodes[n + 1 :]], depth), span))
                    break
                # of the old form each member takes the names that follow, and `[0]` is an index of the whole
                size = next((m for m, step in enumerate(within) if _is_new_index(step)), len(within))
                found.append(Splat(self.steps(within[:size], depth), span))
                found.extend(self.steps(within[size:], depth))
                if size == len(within) and nodes[n + 1 : n + 2] and _is_old_splat(nodes[n + 1]):
                    found.append(
                        Index(x.Wrong(span, "a splat within a splat of the old form", refused=True), span)
                    )
        return tuple(found)

    def tuple_(self, node: Node, depth: int) -> x.Expression:
        items = [self.expression(child, depth + 1) for child in node.children if child.type == "expression"]
        return x.Tuple(self.span(node), tuple(items))

    def object_(self, node: Node, depth: int) -> x.Expression:
        members: list[tuple[x.Expression, x.Expression]] = []
        for element in node.children:
            if element.type != "object_elem":
                continue
            pair = [child for child in element.children if child.type == "expression"]
            if len(pair) == 2:
                members.append((self.key(pair[0], depth), self.expression(pair[1], depth + 1)))
        return x.Object(self.span(node), tuple(members))

    def key(self, node: Node, depth: int) -> x.Expression:
        children = node.children
        if len(children) == 1 and (children[0].type == "variable_expr" or self.bytes_of(node) == b"null"):
            return x.Literal(self.span(node), self.text_of(node))
        return self.expression(node, depth + 1)

    def for_(self, node: Node, depth: int) -> x.Expression:
        intro = condition = None
        results: list[Node] = []
        group = False
        for child in node.children:
            if child.type == "for_intro":
                intro = child
            elif child.type == "for_cond":
                condition = next((inner for inner in child.children if inner.type == "expression"), None)
            elif child.type == "ellipsis":
                group = True
            elif child.type == "expression":
                results.append(child)
        span = self.span(node)
        wanted = 1 if node.type == "for_tuple_expr" else 2
        if intro is None or len(results) != wanted:
            return x.Wrong(span, "this for expression does not parse")
        names, collection = self.intro(intro, depth)
        built = [self.expression(result, depth + 1) for result in results]
        kept = None if condition is None else self.expression(condition, depth + 1)
        return x.For(span, names, collection, built[0] if wanted == 2 else None, built[-1], kept, group)

    def intro(self, node: Node, depth: int) -> tuple[tuple[str | None, str], x.Expression]:
        """The names and the collection of a `for`."""
        words = [self.text_of(child) for child in node.children if child.type == "identifier"]
        inner = next((child for child in node.children if child.type == "expression"), None)
        collection = x.Wrong(self.span(node), "a collection is missing here")
        names = (words[0] if len(words) > 1 else None, words[-1] if words else "_")
        return names, collection if inner is None else self.expression(inner, depth + 1)

    def call(self, node: Node, depth: int) -> x.Expression:
        name = self.text_of(node.children[0])
        arguments: list[x.Expression] = []
        spread = False
        for child in node.children[1:]:
            if child.type == "function_arguments":
                for argument in child.children:
                    if argument.type == "expression":
                        arguments.append(self.expression(argument, depth + 1))
                    elif argument.type == "ellipsis":
                        spread = True
        return x.Call(self.span(node), name, tuple(arguments), spread)

    # ---------------------------------------------------------------- templates

    def template_expression(self, node: Node, depth: int) -> x.Expression:
        span = self.span(node)
        if node.type == "quoted_template":
            return _of(span, self.parts(node, span.start + 1, span.end - 1, depth, quoted=True, dedent=False))
        opening = self.bytes_of(node.children[0])
        line = self.data.find(b"\n", span.start, span.end) + 1
        closing = node.children[-1]
        end = self.data.rfind(b"\n", 0, closing.start_byte - self.shift) + 1
        if line == 0 or end < line:
            return x.Literal(span, "")
        parts = self.parts(node, line, end, depth, quoted=False, dedent=opening.strip() == b"<<-")
        return _of(span, parts, Span(self.source, line, end))

    def parts(
        self, node: Node, start: int, end: int, depth: int, *, quoted: bool, dedent: bool
    ) -> tuple[Part, ...]:
        """The parts of the template between two offsets; tree-sitter drops blanks, so literal text is what lies between."""
        tokens: list[Token] = []
        at = start
        for child in self.signs(node):
            found = self.span(child)
            if found.start > start and self.data[found.start - 1] == self.data[found.start]:
                continue  # `$$${x}`: a dollar sign and an escaped `${x}`, which the grammar takes for a hole
            self.literals(tokens, at, found.start, quoted)
            tokens.append(Token(KINDS[child.type], found.start, found.end, node=child))
            at = found.end
        self.literals(tokens, at, end, quoted)
        strip(tokens)
        if dedent:
            strip_indentation(tokens)
        return self.nested(tokens, depth)

    def signs(self, node: Node) -> list[Node]:
        """The interpolations and directives of a template, flat and in order."""
        found: list[Node] = []
        todo = list(reversed(node.children))
        while todo:
            child = todo.pop()
            kind = child.type
            if kind in KINDS:
                found.append(child)
            elif kind in ("template_directive", "template_if", "template_for"):
                todo.extend(reversed(child.children))
        return found

    def literals(self, tokens: list[Token], start: int, end: int, quoted: bool) -> None:
        """Literal text, a token a line as Terraform's scanner makes them: strip markers reach no further."""
        at = start
        while at < end:
            line = self.data.find(b"\n", at, end)
            stop = end if line < 0 else line + 1
            lone = None if quoted else _LONE_SIGN.search(self.data, at, stop)
            if lone is not None:
                stop = lone.end()
            raw = self.data[at:stop]
            text = _unescaped(raw) if quoted else _undoubled(raw)
            tokens.append(Token("text", at, stop, text))
            at = stop

    def nested(self, tokens: list[Token], depth: int) -> tuple[Part, ...]:
        frames: list[tuple[Token | None, list[Part], list[Part] | None]] = [(None, [], None)]
        for token in _lines_joined(tokens):
            opener, parts, kept = frames[-1]
            if token.kind == "text":
                parts.append(Piece(token.text, Span(self.source, token.start, token.end)))
            elif token.kind == "hole":
                parts.append(Hole(self.inside(token, depth), Span(self.source, token.start, token.end)))
            elif token.kind in ("if", "for"):
                frames.append((token, [], None))
            elif token.kind == "else" and opener is not None:
                frames[-1] = (opener, [], parts)
            elif opener is not None and opener.node is not None and len(frames) > 1:
                frames.pop()
                span = Span(self.source, opener.start, token.end)
                made: Part
                if opener.kind == "if":
                    yes, no = (parts, []) if kept is None else (kept, parts)
                    made = If(self.inside(opener, depth), tuple(yes), tuple(no), span)
                else:
                    names, collection = self.intro(opener.node, depth)
                    made = Each(names, collection, tuple(parts), span)
                if len(frames) > MOST_DEPTH // 2:
                    made = Hole(x.Wrong(span, "the template nests too deeply"), span)
                frames[-1][1].append(made)
            else:
                span = Span(self.source, token.start, token.end)
                what = f"this {token.kind} belongs to nothing"
                parts.append(Hole(x.Wrong(span, what, refused=True), span))
        made_of = frames[0][1]
        if len(made_of) == 1 and len(tokens) > 1 and isinstance(made_of[0], Hole):
            made_of.append(
                Piece("", made_of[0].span)
            )  # blanks were stripped: this is a text and not the value itself
        return tuple(made_of)

    def inside(self, token: Token, depth: int) -> x.Expression:
        assert token.node is not None
        inner = next((child for child in token.node.children if child.type == "expression"), None)
        if inner is None:
            return x.Wrong(Span(self.source, token.start, token.end), "an expression is missing here")
        return self.expression(inner, depth + 1)


def _lines_joined(tokens: list[Token]) -> Iterator[Token]:
    """The tokens, with the lines of a text that follow each other as one and empty texts left out."""
    run: list[Token] = []
    for token in tokens:
        is_text = token.kind == "text"
        if is_text and not token.text:
            continue
        if run and not (is_text and run[-1].end == token.start):
            yield _joined(run)
            run = []
        if is_text:
            run.append(token)
        else:
            yield token
    if run:
        yield _joined(run)


def _joined(run: list[Token]) -> Token:
    return Token("text", run[0].start, run[-1].end, "".join(token.text for token in run))


def _is_legacy_index(node: Node) -> bool:
    return node.type == "index" and node.children[0].type == "legacy_index"


def _is_new_index(node: Node) -> bool:
    return node.type == "index" and node.children[0].type != "legacy_index"


def _is_old_splat(node: Node) -> bool:
    return node.type == "splat" and node.children[0].type == "attr_splat"


def _of(span: Span, parts: tuple[Part, ...], content: Span | None = None) -> x.Expression:
    if not parts:
        return x.Literal(span, "")
    if len(parts) == 1 and isinstance(parts[0], Piece):
        return x.Literal(span, parts[0].text, content)
    return Template(span, parts, content)


def _unescaped(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    if "\\" not in text and "{" not in text:
        return text
    return _ESCAPE.sub(_escape, text)


def _undoubled(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return _DOUBLED.sub(_escape, text) if "{" in text else text


def _escape(found: re.Match[str]) -> str:
    sign = found[0]
    plain = _PLAIN.get(sign)
    if plain is not None:
        return plain
    code = int(sign.lstrip("\\uU"), 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\N{REPLACEMENT CHARACTER}"
