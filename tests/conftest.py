"""A toy language and what to run it with, so that the engine, the reporters and the doors are tested without a real one.

A `.toy` file has one resource a line, `vpc NAME WORD…`; a word is `exists=unknown`, `through=CALL` or an attribute. Lines that
begin with `#` are comments; `broken` makes a diagnostic; `crash` makes the reader raise.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Sequence

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages.base import (
    Diagnostic,
    Files,
    Folded,
    NoEdit,
    Reading,
    Root,
    Roots,
    Settings,
    Unreadable,
)
from fabriclint.model.change import Change, Set
from fabriclint.model.element import Call, Element, Shape
from fabriclint.model.network import Vpc
from fabriclint.sdk import Claim, Claims, Fix, Rule
from fabriclint.testing import MemoryFiles
from fabriclint.text import Edit, Source, Span
from fabriclint.values import NO, YES, Input, Truth, Unknown, Value

SHAPE = Shape("vpc", {})


class ToyLanguage:
    """Reads `.toy` files. Every file is a root, but for those that another names with `call FILE`."""

    name = "toy"

    def may_own(self, path: str) -> bool:
        return path.endswith(".toy")

    def roots(self, candidates: Sequence[str], named: Collection[str], files: Files) -> Roots:
        called: dict[str, list[str]] = {}
        bad: list[Diagnostic] = []
        for path in candidates:
            try:
                text = files.source(path).data.decode()
            except Unreadable as error:
                bad.append(Diagnostic("error", error.message, path=error.path))
                continue
            for line in text.splitlines():
                if line.startswith("call "):
                    called.setdefault(self.target(path, line), []).append(path)
        unread = {one.path for one in bad}
        roots = tuple(
            Root("toy", path, "nothing calls it", (path,))
            for path in candidates
            if (path not in called or path in named) and path not in unread
        )
        return Roots(roots, tuple(Folded(path, tuple(by)) for path, by in sorted(called.items())), tuple(bad))

    def target(self, path: str, line: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), line.split()[1]))

    def read(self, root: Root, files: Files, settings: Settings) -> Reading:
        elements: list[Element] = []
        diagnostics: list[Diagnostic] = []
        sources: list[Source] = []
        todo: list[tuple[str, tuple[Call, ...]]] = [(root.path, ())]
        while todo:
            path, calls = todo.pop(0)
            source = files.source(path)
            sources.append(source)
            for number in range(1, source.data.count(b"\n") + 2):
                line = source.line_text(number)
                start = source.line_start(number)
                place = Span(source, start, start + len(line.encode()))
                if line == "broken":
                    diagnostics.append(Diagnostic("error", "this does not parse", place))
                elif line == "crash":
                    raise RuntimeError("the reader fell over")
                elif line.startswith("call "):
                    step = f"module.{number}" if line.split()[2:] == [] else line.split()[2]
                    todo.append((self.target(path, line), (*calls, Call(step, place))))
                elif line.startswith("vpc "):
                    elements += self.resources(line, place, calls, settings)
        return Reading(tuple(elements), tuple(diagnostics), sources=tuple(sources))

    def resources(self, line: str, place: Span, calls: tuple[Call, ...], settings: Settings) -> list[Element]:
        _, name, *words = line.split()
        told = dict(word.partition("=")[::2] for word in words)
        told |= {key: value for key, value in settings.variables if key in told}
        exists = Truth.unknown("var.make has no value", place) if told.get("exists") == "unknown" else YES
        before = "".join(f"{call.name}." for call in calls)
        count = int(told.get("count", "0"))
        keys = [f"[{n}]" for n in range(count)] or [""]
        return [
            Element(
                "vpc", "toy_vpc", f"{before}vpc.{name}{key}", f"{before}vpc.{name}{key}", place, "toy", SHAPE,
                lambda attribute: Value(told.get(attribute), place), exists, calls=calls,
            )
            for key in keys
        ]  # fmt: skip

    def write(self, changes: Sequence[Change], near: Element) -> str:
        if near.read("unwritable").data is not None:
            raise RuntimeError("no pen")
        return f"vpc {near.label} fixed=yes\n"

    def patch(
        self, changes: Sequence[Change], near: Element, elements: Sequence[Element], files: Files
    ) -> tuple[Edit, ...]:
        """`Set` writes `word=value` over the word that is there; `unpatchable=WHY` refuses, `slip=WORD` also breaks another."""
        why = near.read("unpatchable").data
        if why == "crash":
            raise RuntimeError("no ink")
        if why is not None:
            raise NoEdit(f"it is {why}")
        found: list[Edit] = []
        for change in changes:
            assert isinstance(change, Set)
            element = change.element
            word = f"{change.attribute}={element.read(change.attribute).data}"
            start = element.place.start + element.place.text.encode().index(word.encode())
            new = f"{change.attribute}={change.value}"
            slip = element.read("slip").data
            if slip is not None:
                new += f" {slip}" if "=" in slip else f" {slip}=yes"
            found.append(Edit(Span(element.place.source, start, start + len(word.encode())), new))
        return tuple(found)


def truth(value: object, place: Span) -> Truth:
    """A truth as the toy language writes it: yes, no, unknown, or a root input."""
    if value == "unknown":
        return Truth.unknown(Unknown.because("var.x has no value", place))
    if value == "input":
        return Truth.of(True, frozenset({Input("var.size", "4", place)}))
    return YES if value == "yes" else NO


def toy_rule(name: str = "vpc-is-bad", severity: str = "warning", word: str = "bad", **more: object) -> Rule:
    """A rule that believes what the toy language says of a VPC."""

    def check(vpc: Vpc) -> Claims:
        said = vpc.element.read(word).data
        if said is None:
            return
        if said == "crash":
            raise ZeroDivisionError("one over nothing")
        span = Span(vpc.place.source, vpc.place.start, vpc.place.start + 3)
        yield Claim(
            when=truth(said, vpc.place),
            at=span,
            message=f"{vpc.label} is bad at 3,200 Gbps",
            why="Bad networks starve accelerators",
            fix=Fix(
                f"Make {vpc.label} good.",
                (Set(vpc.element, word, "no"),) if "edit" in more else more.get("changes", ()),  # type: ignore[arg-type]
                edit=more.get("edit"),  # type: ignore[arg-type]
                warning="Think first." if more.get("edit") == "unsafe" else "",
            ),
            related=tuple(more.get("related", ())),  # type: ignore[arg-type]
            severity=more.get("lowered"),  # type: ignore[arg-type]
            evidence=("two nodes of p5.48xlarge",),
        )

    page = "VPCs are bad.\n\n## Why\n\nBecause a test says so.\n\n## How to fix\n\n- Say no.\n\n## Limits\n\nNone."
    return Rule(
        name, Vpc, severity, "high", ("https://docs.aws.amazon.com/vpc/",), "0.1", "access", page, check  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture
def toy() -> ToyLanguage:
    """The toy language."""
    return ToyLanguage()


@pytest.fixture
def make_rule() -> Callable[..., Rule]:
    """Makes rules of the toy language."""
    return toy_rule


@pytest.fixture
def judge(toy: ToyLanguage) -> Callable[..., Report]:
    """Runs rules over files that are given as a mapping."""

    def judged(
        contents: dict[str, str],
        *rules: Rule,
        paths: Sequence[str] = (".",),
        settings: Settings | None = None,
    ) -> Report:
        files = MemoryFiles(contents)
        return run(plan(paths, files, [toy]), files, settings or Settings(), rules or (toy_rule(),))

    return judged
