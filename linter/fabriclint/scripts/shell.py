"""A shell script, walked in the order in which it runs.

What it does is told by `commands`; here is only who runs what with which words, input and output files. Nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.patterns import late
from fabriclint.scripts.collect import Collector, Job
from fabriclint.scripts.command import Command
from fabriclint.scripts.commands import understand
from fabriclint.scripts.conditions import decide, is_number
from fabriclint.scripts.expand import LONGEST, Expander, Frame, Word, topmost
from fabriclint.scripts.interest import INTERESTING
from fabriclint.scripts.output import output_of
from fabriclint.scripts.places import Body
from fabriclint.scripts.remote import read_broken_line
from fabriclint.scripts.wrappers import unwrap

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_BRANCHES = frozenset(["case_item", "elif_clause", "else_clause"])
_SCOPES = frozenset(
    ["subshell", "command_substitution", "process_substitution", "pipeline", "case_item", "do_group"]
)
_ASSIGNMENTS = frozenset(
    ["variable_assignment", "variable_assignments", "declaration_command", "unset_command"]
)
_MOST_CALLS = 500
# Where many of these do not fit together, the grammar takes time in the square of their number.
_SLOW = late(rb"[()|<>\x00]")
_MOST_SLOW = 5_000
_MOST_LOOPS = 16
_WIDE = late(rb"[\xc4-\xdf].|[\xe0-\xef]..|[\xf0-\xf7]...", re.DOTALL)
_NARROW = {2: b"\xc2\xa7", 3: b"\xc2\xa7_", 4: b"\xc2\xa7\xc2\xa7"}


@cache
def _parser() -> Parser:
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


def _parsable(data: bytes) -> bytes:
    """UTF-8 text of the same length with no character above U+00FF.

    The grammar's scanner calls C's `isdigit` with whole characters, which reads outside its table for any above U+00FF
    (a hole is one) and can end the process.
    """
    return _WIDE.sub(lambda found: _NARROW[len(found[0])], data)


class _Context(Struct, frozen=True):
    """Under what a statement runs: `sinks` are the files its output goes to, with whether it is added to them."""

    frame: Frame
    conditional: bool = False
    stdin: Body | None = None
    piped: bool = False
    sinks: tuple[str, ...] = ()


class Shell:
    """One script."""

    def __init__(self, collector: Collector, job: Job) -> None:
        self._collector = collector
        self._job = job
        self._body = job.body
        self._words = Expander(job.body)
        self._words.globals.update(job.variables)
        self._functions: dict[str, Node] = {}
        self._called: set[str] = set()
        self._calls = 0
        self._stack: list[tuple[Node, _Context]] = []

    def read(self) -> None:
        """Tell the collector everything the script does."""
        data = _parsable(self._words.data)
        if len(_SLOW.findall(data)) > _MOST_SLOW:
            self._collector.not_seen(
                "the script has too many brackets and pipes to be read", self._body.place
            )
            return
        root = _parser().parse(data).root_node
        self._survey(root)
        frame = Frame(arguments=list(self._job.arguments) or None)
        self._stack.append((root, _Context(frame, self._job.conditional)))
        while self._stack:
            if not self._collector.spend():
                return
            node, context = self._stack.pop()
            self._statement(node, context)
            while self._words.pending:
                self._push(self._words.pending.pop().children, context)
        if root.has_error:
            self._errors(root)

    # ------------------------------------------------------------ before the walk

    def _survey(self, root: Node) -> None:
        """Find functions and the variables that are assigned exactly once, outside branches and loops."""
        assigned: dict[str, list[tuple[Node, bool]]] = {}
        todo: list[tuple[Node, bool]] = [(root, True)]
        while todo:
            node, plain = todo.pop()
            kind = node.type
            if kind == "variable_assignment":
                name = node.child_by_field_name("name")
                if name is not None:
                    prefix = (
                        node.parent is not None and node.parent.type == "command" and not self._own_line(node)
                    )
                    if not prefix:
                        adds = (
                            any(child.type == "+=" for child in node.children) or name.type != "variable_name"
                        )
                        bare = re.split(r"\[", self._words.raw(name))[0]
                        assigned.setdefault(bare, []).append((node, plain and not adds))
            elif kind == "for_statement":
                name = node.child_by_field_name("variable")
                if name is not None:
                    assigned.setdefault(self._words.raw(name), []).append((node, False))
            elif kind == "function_definition":
                name = node.child_by_field_name("name")
                if name is not None:
                    self._functions[self._words.raw(name)] = node
            elif kind == "command":
                self._survey_command(node, assigned)
            inner = (
                plain
                and kind not in _SCOPES
                and kind not in ("if_statement", "while_statement", "function_definition")
            )
            todo.extend((child, inner) for child in reversed(node.children))
        frame = Frame()
        for variable, places in assigned.items():
            self._words.assigned_at[variable] = self._words.span(places[0][0])
            self._words.globals.pop(variable, None)
        for variable, places in assigned.items():
            if len(places) == 1 and places[0][1]:
                node = places[0][0]
                array = node.child_by_field_name("value")
                if array is not None and array.type == "array":
                    items = (
                        word for child in array.named_children for word in self._words.words(child, frame)
                    )
                    self._words.arrays[variable] = [item.text for item in items]
                value = self._assigned(node, frame)
                if value is not None:
                    self._words.globals[variable] = value
        self._words.pending.clear()

    def _survey_command(self, node: Node, assigned: dict[str, list[tuple[Node, bool]]]) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        called = self._words.raw(name)
        self._called.add(called)
        arguments = [self._words.raw(child) for child in node.children_by_field_name("argument")]
        if called in ("read", "mapfile", "readarray", "getopts", "unset"):
            for word in arguments:
                if re.fullmatch(r"\w+", word):
                    assigned.setdefault(word, []).append((node, False))
        elif called == "printf" and arguments[:1] == ["-v"] and len(arguments) > 1:
            assigned.setdefault(arguments[1], []).append((node, False))
        else:
            self._called.update(word for word in arguments if re.fullmatch(r"\w+", word))

    def _own_line(self, node: Node) -> bool:
        """Whether an assignment that the grammar takes for the start of a command ends its line."""
        while True:
            after = node.next_sibling
            if after is None:
                return True
            if b"\n" in self._words.data[node.end_byte : after.start_byte].replace(b"\\\n", b""):
                return True
            if after.type != "variable_assignment":
                return False
            node = after

    def _assigned(self, node: Node, frame: Frame) -> str | None:
        """The text that an assignment gives; None where it is set at run time."""
        value = node.child_by_field_name("value")
        if value is None:
            return ""
        if value.type == "array" or any(child.type == "+=" for child in node.children):
            return None
        before = len(self._words.pending)
        text = self._words.text(value, frame)
        if len(self._words.pending) > before and len(text) == 1:
            return None
        return text if len(text) <= LONGEST else None

    # ------------------------------------------------------------ statements

    def _push(self, nodes: list[Node], context: _Context) -> None:
        self._stack.extend((node, context) for node in reversed(nodes))

    def _statement(self, node: Node, context: _Context) -> None:
        kind = node.type
        if kind == "command":
            self._run(node, (), context)
        elif kind == "redirected_statement":
            self._redirected(node, context)
        elif kind == "pipeline":
            self._pipeline(node, context)
        elif kind in _ASSIGNMENTS:
            self._assign(node, context)
        elif kind == "if_statement":
            self._if(node, context)
        elif kind == "for_statement":
            self._for(node, context)
        elif kind == "while_statement":
            self._while(node, context)
        elif kind == "list":
            self._list(node, context)
        elif kind == "function_definition":
            name = node.child_by_field_name("name")
            if name is None or self._words.raw(name) not in self._called:
                self._push(node.children, replace(context, conditional=True))
        elif kind in _BRANCHES:
            self._push(node.children, replace(context, conditional=True))
        elif node.child_count and kind != "comment":
            self._push(node.children, context)

    def _list(self, node: Node, context: _Context) -> None:
        children = node.children
        fallback = any(child.type == "||" for child in children)
        if fallback and len(children) == 3:
            self._stack.append((children[2], replace(context, conditional=True)))
            self._stack.append((children[0], context))
        else:
            self._push(children, context)

    def _if(self, node: Node, context: _Context) -> None:
        """Only the branch that is taken, where the test is decided (a template writes such tests)."""
        under = replace(context, conditional=True)
        steps: list[tuple[Node, _Context]] = []
        taken: bool | None = False
        for clause in [
            node,
            *(child for child in node.children if child.type in ("elif_clause", "else_clause")),
        ]:
            condition, branch = _split(clause)
            if clause.type == "else_clause":
                verdict: bool | None = True
            else:
                verdict = decide(self._words, condition, context.frame)
                steps.extend((child, context if taken is False else under) for child in condition)
            if verdict is not False:
                sure = verdict is True and taken is False
                steps.extend((child, context if sure else under) for child in branch)
            if verdict is True:
                break
            if verdict is None:
                taken = None
        self._stack.extend(reversed(steps))

    def _for(self, node: Node, context: _Context) -> None:
        variable = node.child_by_field_name("variable")
        body = node.child_by_field_name("body")
        if variable is None or body is None:
            self._push(node.children, context)
            return
        name = self._words.raw(variable)
        items: list[Word] = []
        for child in node.children_by_field_name("value"):
            items.extend(self._words.words(child, context.frame))
        literal = all(
            self._body.holes.literal(item.text) and not re.search(r"\.\.|[*?]", item.text) for item in items
        )
        if not items or not literal or len(items) > _MOST_LOOPS:
            texts = [self._words.unset(name, node)]
        else:
            texts = [item.text for item in items]
        for text in reversed(texts):
            frame = context.frame
            inner = Frame({**frame.variables, name: text}, frame.arguments, frame.depth)
            self._stack.append((body, replace(context, frame=inner)))

    def _while(self, node: Node, context: _Context) -> None:
        condition = [child for child in node.children if child.type != "do_group"]
        endless = (
            node.children[0].type == "while" and decide(self._words, condition[1:-1], context.frame) is True
        )
        for child in reversed(node.children):
            inside = child.type == "do_group" and not endless
            self._stack.append((child, replace(context, conditional=True) if inside else context))

    # ------------------------------------------------------------ commands

    def _redirected(self, node: Node, context: _Context) -> None:
        body = node.child_by_field_name("body")
        redirects = [child for child in node.children if child.type.endswith("_redirect")]
        if body is not None and body.type == "command":
            self._run(body, redirects, context)
            return
        inner, after = self._redirect(redirects, context)
        self._push(after, context)
        if body is not None:
            self._stack.append((body, inner))

    def _redirect(
        self, redirects: tuple[Node, ...] | list[Node], context: _Context
    ) -> tuple[_Context, list[Node]]:
        """The context with the redirections, and the statements that follow a here-document's opening on its line."""
        after: list[Node] = []
        for node in redirects:
            if node.type == "heredoc_redirect":
                inner = [child for child in node.children if child.type == "file_redirect"]
                context = self._redirect(inner, context)[0]
                context = replace(context, stdin=self._words.heredoc(node, context.frame), piped=True)
                after.extend(
                    child
                    for child in node.children
                    if child.is_named
                    and child.type not in ("heredoc_start", "heredoc_body", "heredoc_end", "file_redirect")
                )
            elif node.type == "herestring_redirect":
                value = node.named_children[-1] if node.named_children else None
                if value is not None:
                    text = self._words.text(value, context.frame)
                    context = replace(
                        context, stdin=self._body.inner(*self._words.span(value), text), piped=True
                    )
            elif node.type == "file_redirect" and node.children:
                target = node.children[-1]
                signs = {child.type for child in node.children}
                if signs & {">", ">>", ">|", "&>", "&>>"} and node.children[0].type != "file_descriptor":
                    context = replace(context, sinks=(self._words.text(target, context.frame),))
                elif "<" in signs:
                    self._words.text(target, context.frame)
                    context = replace(context, stdin=None, piped=True)
        return context, after

    def _pipeline(self, node: Node, context: _Context) -> None:
        stages = [child for child in node.children if child.is_named and child.type != "comment"]
        self._stages(stages, context, context.stdin, context.piped)

    def _stages(self, stages: list[Node], context: _Context, stream: Body | None, piped: bool) -> None:
        later: list[tuple[Node, _Context]] = []
        for number, stage in enumerate(stages):
            last = number == len(stages) - 1
            under = replace(context, stdin=stream, piped=piped, sinks=context.sinks if last else ())
            piped = True
            redirects: list[Node] = []
            command = stage
            if stage.type == "redirected_statement":
                redirects = [child for child in stage.children if child.type.endswith("_redirect")]
                command = stage.child_by_field_name("body") or stage
            if command.type == "command":
                stream = self._run(command, redirects, under)
            elif command.type in ("pipeline", "compound_statement", "subshell") and command is not stage:
                inner, after = self._redirect(redirects, under)
                later.extend([(command, inner), *((each, context) for each in after)])
                stream = None
            else:
                later.append((stage, under))
                stream = None
        self._stack.extend(reversed(later))

    def _run(self, node: Node, redirects: tuple[Node, ...] | list[Node], context: _Context) -> Body | None:
        """A simple command; what it prints, where that is decided."""
        own, after = self._redirect(
            [*redirects, *(c for c in node.children if c.type.endswith("_redirect"))], context
        )
        words: list[Word] = []
        prefixes: list[Node] = []
        for child in node.children:
            if child.type == "variable_assignment":
                if self._own_line(child):
                    self._assign(child, context)
                else:
                    prefixes.append(child)
            elif (
                child.is_named
                and not child.type.endswith("_redirect")
                and child.type not in ("comment", "ERROR")
            ):
                words.extend(self._words.words(child, context.frame))
        start, end = self._words.span(node)
        if prefixes:
            start = self._words.span(prefixes[0])[0]
        elif words:
            start = words[0].start
        command = Command(self._collector, self._body, words, start, end)
        command.conditional = context.conditional
        command.stdin, command.piped, command.sinks = own.stdin, own.piped, own.sinks
        command.depth, command.frame, command.variables = self._job.depth, context.frame, self._words.globals
        for child in prefixes:
            self._set(child, context, command)
        unwrap(command)
        stream: Body | None = None
        if command.words:
            stream = output_of(command)
            definition = self._functions.get(command.words[0].text)
            if definition is not None:
                self._call(definition, command, own)
            elif command.words[0].text == "shift" and context.frame.arguments is not None:
                count = command.words[1].text if len(command.words) > 1 else "1"
                del context.frame.arguments[: int(count) if is_number(count) else 1]
            else:
                understand(command, stream)
        if after:
            self._stages(after[:1], context, stream, True)
            self._push(after[1:], context)
        return stream

    def _call(self, definition: Node, command: Command, context: _Context) -> None:
        body = definition.child_by_field_name("body")
        self._calls += 1
        if body is None or context.frame.depth >= 5:
            return
        if self._calls > _MOST_CALLS:
            self._collector.not_seen("the script calls too many functions to be read", None)
            return
        arguments = [word.text for word in command.words[1:]]
        frame = Frame(dict(context.frame.variables), arguments, context.frame.depth + 1)
        self._stack.append((body, replace(context, frame=frame)))

    def _assign(self, node: Node, context: _Context) -> None:
        """An assignment as a statement: a fact where it is of the fabric, and known inside a function."""
        for child in [node] if node.type == "variable_assignment" else node.children:
            if child.type == "variable_assignment":
                start, end = self._words.span(child)
                command = Command(self._collector, self._body, [], start, end)
                command.conditional = context.conditional
                name, text = self._set(child, context, command)
                if context.frame.depth and name and text is not None:
                    context.frame.variables[name] = text

    def _set(self, node: Node, context: _Context, command: Command) -> tuple[str, str | None]:
        name = node.child_by_field_name("name")
        if name is None:
            return "", None
        text = self._assigned(node, context.frame)
        key = self._words.raw(name)
        span = self._words.span(node)
        command.sets(key, self._words.unset(key, node) if text is None else text, span)
        return key, text

    # ------------------------------------------------------------ what is not shell

    def _errors(self, root: Node) -> None:
        """Read each line of what the grammar could not take on its own."""
        text = self._body.text
        if "\n" not in text.strip().replace("\\\n", ""):
            read_broken_line(self._collector, self._body, self._job.conditional)
            return
        taken: set[int] = set()
        for error in topmost(root, "ERROR"):
            start, end = self._words.span(error)
            start = text.rfind("\n", 0, start) + 1
            for low, high in _logical_lines(text, start, end):
                line = text[low:high]
                if low in taken or line.lstrip().startswith("#") or not INTERESTING.search(line):
                    continue
                taken.add(low)
                body = self._body.inner(low, high)
                variables = {**self._words.globals}
                self._collector.later(
                    Job("shell", body, self._job.depth, variables=variables, conditional=True)
                )


def _split(clause: Node) -> tuple[list[Node], list[Node]]:
    """The condition and the branch of an if or elif; an else has only a branch."""
    children = [child for child in clause.children if child.type not in ("elif_clause", "else_clause", "fi")]
    then = next((number for number, child in enumerate(children) if child.type == "then"), None)
    if then is None:
        return [], children
    return children[1:then], children[then + 1 :]


def _logical_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The ranges of the lines that begin in [start, end), continued ones with what continues them."""
    while start < end:
        stop = text.find("\n", start)
        while stop > 0 and text[stop - 1] == "\\":
            stop = text.find("\n", stop + 1)
        stop = len(text) if stop < 0 else stop
        yield start, stop
        start = stop + 1
