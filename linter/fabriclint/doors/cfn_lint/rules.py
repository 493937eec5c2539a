"""The rules as cfn-lint's: one class for each id, all of which look into one run of the engine a template.

cfn-lint's classes are reached by name and held as `Any`: it is installed beside fabriclint or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from logging import getLogger
from typing import Any, cast

from msgspec import Struct, field

from fabriclint.doors.adapter import Outcome, full, judge
from fabriclint.doors.cfn_lint_ids import numbers, own_id, rule_id
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import RULE_PAGE, SEVERITIES, Finding
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.languages.base import Diagnostic, Run
from fabriclint.sdk import Rule
from fabriclint.text import Span

# Below cfn-lint's own logger, so that its --debug and --info speak for us too.
log = getLogger("cfnlint.fabriclint")

PAGE = "https://github.com/fabriclint/fabriclint/blob/main/docs/adapters.md"


class Told(Struct, frozen=True):
    """One thing to tell: what, where, and the path inside the template by which cfn-lint's metadata ignores it."""

    message: str
    file: str
    place: Span | None
    path: list[str | int]


class Judged(Struct, frozen=True):
    """A template with what is told of it, by the id that tells it."""

    template: Any
    told: dict[str, list[Told]] = field(default_factory=dict[str, list[Told]])


_last: list[Judged] = []


def rule_classes() -> Iterator[type]:
    """A class for every rule at every severity: a claim or the configuration may change it, and only the letter tells it."""
    base: type = import_module("cfnlint.rules").CloudFormationLintRule
    for severity in SEVERITIES:
        yield _class(
            base, own_id(severity), "What fabriclint tells apart from its rules.", PAGE, ("fabriclint",)
        )
    for rule in (*builtin_rules(), *SUPPRESSION_RULES):
        for severity in SEVERITIES:
            tags = ("fabriclint", rule.name, rule.area)
            page = RULE_PAGE.format(rule=rule.name)
            yield _class(base, rule_id(rule.name, severity), rule.summary, page, tags, rule)


def _class(
    base: type, number: str, summary: str, page: str, tags: tuple[str, ...], rule: Rule | None = None
) -> type:
    words = {
        "id": number,
        "shortdesc": rule.name if rule is not None else "fabriclint",
        "description": summary,
        "source_url": page,
        "tags": list(tags),
        "matchall": matchall,
    }
    return type(f"Fabric{number}", (base,), words)


def matchall(self: Any, filename: str | None, cfn: Any) -> Iterator[Any]:
    """What an id has to say of a template, each at the bytes that it is about."""
    matches: Any = import_module("cfnlint.match").Match
    rules: Any = import_module("cfnlint.rules")
    for one in _judged(filename, cfn).told.get(self.id, ()):
        place = one.place
        lines = (
            (place.line, place.column, place.end_line, place.end_column) if place is not None else (1,) * 4
        )
        yield matches.create(
            message=one.message,
            filename=one.file,
            rule=self,
            linenumber=lines[0],
            columnnumber=lines[1],
            linenumberend=lines[2],
            columnnumberend=lines[3],
            rulematch_obj=rules.RuleMatch(one.path, one.message),
        )


def _judged(filename: str | None, cfn: Any) -> Judged:
    """The template as it was judged for the first of the rules that cfn-lint asks."""
    if not _last or _last[0].template is not cfn:
        made = Judged(cfn)
        _last[:] = [made]
        if filename is None or not os.path.isfile(filename):
            log.warning("fabriclint checks files only, so nothing of this template is checked")
        else:
            outcome = judge([filename], "cloudformation", log, runs=_runs(cfn))
            for finding in outcome.report.findings:
                made.told.setdefault(_id(finding), []).append(_told(finding, filename, cfn))
            made.told.setdefault(own_id("error"), []).extend(_faults(filename, outcome))
    return _last[0]


def _runs(cfn: Any) -> tuple[Run, ...]:
    """The parameters that cfn-lint was given, as a named run each."""
    given = getattr(getattr(cfn, "context", None), "parameter_sets", None) or ()
    return tuple(
        Run(str(one.source or "parameters"), tuple((str(k), _text(v)) for k, v in one.parameters.items()))
        for one in given
    )


def _text(value: object) -> str:
    """A parameter as it is typed: a list of them is joined by commas."""
    return ",".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)


def _id(finding: Finding) -> str:
    """The id of a finding; a rule of a pack of the user's own has no number."""
    known = finding.rule in numbers()
    return rule_id(finding.rule, finding.severity) if known else own_id(finding.severity)


def _told(finding: Finding, filename: str, cfn: Any) -> Told:
    """A finding as cfn-lint is told it: in the template, or in the nested one that it is in."""
    message = f"{_sentence(finding.message)} {_sentence(finding.fix)}"
    file = _shown(finding.place.path, filename)
    places = (finding.place, finding.header, *(call.place for call in finding.calls))
    here = next((one for one in places if _shown(one.path, filename) == filename), None)
    resource = None if here is None else _resource(cfn, here.line)
    if finding.rule not in numbers():
        message = f"{finding.rule}: {message}"
    return Told(message, file, finding.place, ["Resources", resource] if resource else [])


def _faults(filename: str, outcome: Outcome) -> Iterator[Told]:
    if outcome.fault:
        yield Told(_sentence(outcome.fault), filename, None, [])
    for one in outcome.report.diagnostics:
        if one.level == "error":
            yield Told(_sentence(one.message), _shown(_path(one), filename), one.place, [])


def _path(diagnostic: Diagnostic) -> str:
    return diagnostic.place.path if diagnostic.place is not None else diagnostic.path


def _shown(path: str, filename: str) -> str:
    """A path of the report as cfn-lint would call it."""
    whole = full(path)
    if not path or whole == full(filename):
        return filename
    return whole if os.path.isabs(filename) else os.path.relpath(whole)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _resource(cfn: Any, line: int) -> str | None:
    """The resource that stands round a line; cfn-lint's nodes know their lines from 0."""
    found: str | None = None
    names: list[object] = list(cfn.template.get("Resources") or ())
    for name in names:
        mark: Any = getattr(name, "start_mark", None)
        if mark is not None and mark.line < line:
            found = str(name)
    return found
