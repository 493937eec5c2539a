"""What can be done about a finding: its proved edit, all edits of its rule, or a comment that leaves it be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from lsprotocol import types
from msgspec import Struct

from fabriclint.doors.lsp.configuration import fields
from fabriclint.doors.lsp.diagnostics import Shown
from fabriclint.doors.lsp.positions import range_of
from fabriclint.doors.lsp.project import Judgement, Project
from fabriclint.engine.edits import Proved, Unproved, mend, prove
from fabriclint.engine.merge import Found
from fabriclint.engine.report import Finding
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.patterns import late
from fabriclint.text import Source, Span

FIX_ALL: Final = "source.fixAll.fabriclint"
KINDS: Final = (types.CodeActionKind.QuickFix, FIX_ALL)
_ABOUT_SUPPRESSIONS: Final = frozenset(rule.name for rule in SUPPRESSION_RULES)
_WORDS: Final = 64
_WARNING: Final = 40
_HEREDOC: Final = late(r"<<[-~]?\s*\"?([A-Za-z_]\w*)\"?\s*$")
_BLOCK: Final = late(r"[|>][+-]?[1-9]?[+-]?\s*(?:#.*)?$")

Group = tuple[Finding, tuple[Found, ...]]


class Client(Struct, frozen=True):
    """What a client can do with code actions."""

    resolves: bool = False
    disables: bool = False
    versions: bool = True  # edits that name the version of the file they are for


class Desk(Struct, frozen=True):
    """Where actions are made: a folder as it was judged, how places are told, and the versions of the open buffers."""

    project: Project
    judgement: Judgement
    shown: Shown
    versions: Mapping[str, int]
    client: Client
    stop: Callable[[], bool]

    def listed(self, path: str, start: int, end: int, only: Sequence[str] | None) -> list[types.CodeAction]:
        """The actions for a part of a file, the most useful first."""
        here = [
            group
            for group in self._groups(path)
            if group[0].place.start <= end and start <= group[0].place.end
        ]
        made: list[types.CodeAction] = []
        if _wanted(types.CodeActionKind.QuickFix, only):
            for group in here:
                made.extend(self._fix(group))
            for rule in dict.fromkeys(finding.rule for finding, _ in here):
                if sum(finding.rule == rule for finding in self._safe(path)) > 1:
                    made.extend(self._all(path, rule))
            for finding, _ in here:
                made.extend(self._ignore(finding))
        if _wanted(FIX_ALL, only) and self._safe(path):
            made.extend(self._all(path, None))
        return made

    def resolved(self, action: types.CodeAction) -> types.CodeAction:
        """An action with its edit, or disabled with the reason why it has none."""
        data = fields(action.data)
        if "fingerprint" in data:
            group = next(
                (g for g in self.judgement.bench.findings if g[0].fingerprint == data["fingerprint"]), None
            )
            proof = "it is not found any more" if group is None else self._proof(group)
            if isinstance(proof, Proved):
                action.edit = self._edit((edit.span, edit.new) for edit in proof.edits)
            else:
                action.disabled = types.CodeActionDisabled(proof)
        elif "path" in data:
            action.edit = self._mended(data["path"], data.get("rule"))
            if action.edit is None:
                action.disabled = types.CodeActionDisabled("no edit proved itself")
        return action

    def _groups(self, path: str) -> Iterator[Group]:
        shown = set(map(id, self.judgement.findings))
        for group in self.judgement.bench.findings:
            if group[0].place.path == path and id(group[0]) in shown:
                yield group

    def _safe(self, path: str) -> list[Finding]:
        """The findings of a file that may have an edit nobody needs to look at."""
        return [
            finding
            for finding, group in self._groups(path)
            if _editable(group) and all(one.claim.fix.edit == "safe" for one in group)
        ]

    def _fix(self, group: Group) -> Iterator[types.CodeAction]:
        finding, claims = group
        if not _editable(claims):
            return
        fixes = [one.claim.fix for one in claims]
        safe = all(fix.edit == "safe" for fix in fixes)
        warning = next((fix.warning for fix in fixes if fix.warning), "")
        title = f"Fix: {_first_words(finding.fix)}"
        if not safe:
            title += f" (unsafe: {_first_words(warning, _WARNING)})" if warning else " (unsafe)"
        action = types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.shown.finding(finding)],
            is_preferred=True if safe else None,
        )
        if self.client.resolves:
            action.data = {
                "uri": self.shown.uri(finding.place.path),
                "fingerprint": finding.fingerprint,
            }
            yield action
            return
        proof = self._proof(group)
        if isinstance(proof, Proved):
            action.edit = self._edit((edit.span, edit.new) for edit in proof.edits)
            yield action
        elif self.client.disables:
            action.disabled = types.CodeActionDisabled(proof)
            action.is_preferred = None
            yield action

    def _proof(self, group: Group) -> Proved | str:
        if self.stop():
            return "it was not asked for any more"
        proof = prove(self.judgement.bench, *group, self.project.editable)
        return proof.reason if isinstance(proof, Unproved) else proof

    def _all(self, path: str, rule: str | None) -> Iterator[types.CodeAction]:
        title = (
            f"Fix all {rule} in this file" if rule else "Fix all that fabriclint can fix safely in this file"
        )
        action = types.CodeAction(title=title, kind=types.CodeActionKind.QuickFix if rule else FIX_ALL)
        if self.client.resolves:
            action.data = {"uri": self.shown.uri(path), "path": path, "rule": rule}
            yield action
            return
        action.edit = self._mended(path, rule)
        if action.edit is not None:
            yield action

    def _mended(self, path: str, rule: str | None) -> types.WorkspaceEdit | None:
        """The safe edits of a file's findings, made one after the other."""

        def wanted(finding: Finding) -> bool:
            return finding.place.path == path and (rule is None or finding.rule == rule) and not self.stop()

        bench = self.judgement.bench
        mended = mend(bench, ("safe",), self.project.editable, wanted)
        if not mended.made:
            return None
        paths = dict.fromkeys(path for one in mended.made for path in one.paths)
        edits: list[tuple[Span, str]] = []
        for changed in paths:
            edits.extend(between(bench.files.source(changed), mended.bench.files.source(changed)))
        return self._edit(edits)

    def _ignore(self, finding: Finding) -> Iterator[types.CodeAction]:
        place = finding.place
        of_suppression = finding.rule in _ABOUT_SUPPRESSIONS
        if of_suppression or _is_json(place.source) or self.project.uri(place.path) is None:
            return
        if _in_text(place):
            place = finding.header
        start = place.source.line_start(place.line)
        line = place.source.line_text(place.line)
        indent = line[: len(line) - len(line.lstrip())]
        comment = f"{indent}# fabriclint: ignore[{finding.rule}] \n"
        yield types.CodeAction(
            title=f"Ignore {finding.rule} here…",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.shown.finding(finding)],
            edit=self._edit([(Span(place.source, start, start), comment)]),
        )

    def _edit(self, edits: Iterator[tuple[Span, str]] | Sequence[tuple[Span, str]]) -> types.WorkspaceEdit:
        by_path: dict[str, list[types.TextEdit]] = {}
        for span, new in edits:
            by_path.setdefault(span.path, []).append(types.TextEdit(range_of(span, self.shown.encoding), new))
        if not self.client.versions:
            plain = {self.shown.uri(path) or "": made for path, made in by_path.items()}
            return types.WorkspaceEdit(changes=plain)
        changes: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = [
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(
                    self.shown.uri(path) or "", self.versions.get(self.project.full(path))
                ),
                [*made],
            )
            for path, made in by_path.items()
        ]
        return types.WorkspaceEdit(document_changes=changes)


def between(before: Source, after: Source) -> Iterator[tuple[Span, str]]:
    """The lines that change from one version of a file to another."""
    old = before.data.splitlines(keepends=True)
    new = after.data.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Span(before, starts[a], starts[b]), b"".join(new[c:d]).decode("utf-8", "replace")


def _editable(group: Sequence[Found]) -> bool:
    """Whether a finding has changes that code can say (one about a suppression has no claim)."""
    return bool(group) and all(one.claim.fix.changes and one.claim.fix.edit for one in group)


def _is_json(source: Source) -> bool:
    return source.path.endswith(".json") or source.data.lstrip()[:1] == b"{"


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    return only is None or any(not one or kind == one or kind.startswith(f"{one}.") for one in only)


def _first_words(text: str, most: int = _WORDS) -> str:
    """The first sentence, cut at a word where it is long, without its full stop."""
    first = re.split(r"(?<=[.:;])\s|\n", text.strip(), maxsplit=1)[0].rstrip(".:;")
    if len(first) <= most:
        return first
    return first[:most].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _in_text(place: Span) -> bool:
    """Whether the place lies inside a heredoc or a block scalar, where a comment would belong to the text."""
    lines = [place.source.line_text(number) for number in range(1, place.line)]
    if place.path.endswith((".yaml", ".yml", ".template")):
        line = place.source.line_text(place.line)
        indent = len(line) - len(line.lstrip())
        for above in reversed(lines):
            deep = len(above) - len(above.lstrip())
            if above.strip() and deep < indent:
                if _BLOCK.search(above):
                    return True
                indent = deep
        return False
    marker = ""
    for line in lines:
        if marker:
            marker = "" if line.strip() == marker else marker
        elif found := _HEREDOC.search(line):
            marker = found[1]
    return bool(marker)
