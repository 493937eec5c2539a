"""The report: what was found, what was not checked, what was wrong with the input; in one total order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from fabriclint.engine.withhold import NO_SECRETS, Secrets
from fabriclint.languages.base import Diagnostic, Folded, Root
from fabriclint.model.element import Call
from fabriclint.sdk import Precision, Rule, Severity
from fabriclint.text import Edit, Span
from fabriclint.values import Input, Reason, State

RULE_PAGE = "https://github.com/fabriclint/fabriclint/blob/main/docs/rules/{rule}.md"
# What is told of a rule of one's own that names no source.
OWN_PAGE = "https://github.com/fabriclint/fabriclint/blob/main/docs/policies.md"

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")


def page_of(rule: Rule) -> str:
    """The page of a rule: ours, or for a rule of one's own the first source that it names."""
    if not rule.origin:
        return RULE_PAGE.format(rule=rule.name)
    return rule.sources[0] if rule.sources else OWN_PAGE


def at_least(severity: Severity, bound: Severity) -> bool:
    """Whether a severity is as grave as the bound, or graver."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(bound)


class Related(Struct, frozen=True):
    """Another place that belongs to a finding, and what is there."""

    place: Span
    message: str


class Code(Struct, frozen=True):
    """A fix as code of one language, to be read by a person."""

    language: str
    text: str


class Offer(Struct, frozen=True):
    """Edits that make a finding go away and nothing new come; `warning` is what to know before they are made."""

    edits: tuple[Edit, ...]
    safety: Literal["safe", "unsafe"]
    warning: str = ""


class Finding(Struct, frozen=True):
    """One fault, told once.

    `offer` and `no_offer` (why there is none) are set where edits were asked for. `page` is that of a rule of one's own.
    `place` is where to look, `header` the first line of the resource it is about. `also` are the addresses of further
    instances with the same fault. `fingerprint` stays the same while lines move. `holds_under` are the root variables
    and parameters it rests on.
    """

    rule: str
    severity: Severity
    precision: Precision
    message: str
    why: str
    place: Span
    header: Span
    address: str
    label: str
    language: str
    root: str
    fingerprint: str
    fix: str
    code: Code | None = None
    related: tuple[Related, ...] = ()
    evidence: tuple[str, ...] = ()
    holds_under: tuple[Input, ...] = ()
    calls: tuple[Call, ...] = ()
    also: tuple[str, ...] = ()
    offer: Offer | None = None
    no_offer: str = ""
    page: str = ""

    @property
    def url(self) -> str:
        """The page of the rule."""
        return self.page or RULE_PAGE.format(rule=self.rule)


class NotChecked(Struct, frozen=True):
    """One rule that could not be decided for one subject, and why."""

    rule: str
    place: Span
    address: str
    label: str
    language: str
    root: str
    reasons: tuple[Reason, ...]
    also: tuple[str, ...] = ()
    page: str = ""

    @property
    def url(self) -> str:
        """The page of the rule."""
        return self.page or RULE_PAGE.format(rule=self.rule)


class Verdict(Struct, frozen=True):
    """What one check came to: one rule on one subject."""

    rule: str
    subject: str
    address: str
    language: str
    place: Span
    root: str
    state: State


class Summary(Struct, frozen=True):
    """The numbers. `checks` is the sum of the next three; `hidden` findings are counted among `findings`.

    What `suppressed` and `baselined` count is not counted elsewhere.
    """

    checks: int = 0
    findings: int = 0
    clean: int = 0
    not_checked: int = 0
    errors: int = 0
    warnings: int = 0
    advice: int = 0
    hidden: int = 0
    suppressed: int = 0
    baselined: int = 0


class Report(Struct, frozen=True):
    """Everything a run came to.

    `missing` is set where a path does not exist or a given folder holds nothing of ours; `crashed` where fabriclint
    itself failed on something (a diagnostic says on what). `secrets` are what its texts no longer hold and lines of source
    must not show.
    """

    roots: tuple[Root, ...] = ()
    folded: tuple[Folded, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    summary: Summary = Summary()
    missing: bool = False
    crashed: bool = False
    secrets: Secrets = NO_SECRETS

    def from_level(self, level: Severity) -> Report:
        """The same report without the findings below a level; the summary says how many are hidden."""
        shown = tuple(finding for finding in self.findings if at_least(finding.severity, level))
        hidden = self.summary.hidden + len(self.findings) - len(shown)
        return replace(self, findings=shown, summary=replace(self.summary, hidden=hidden))


def counted(findings: Sequence[Finding], clean: int, not_checked: int, suppressed: int = 0) -> Summary:
    """The summary of a run."""
    per = {severity: sum(finding.severity == severity for finding in findings) for severity in SEVERITIES}
    return Summary(
        checks=len(findings) + clean + not_checked,
        findings=len(findings),
        clean=clean,
        not_checked=not_checked,
        errors=per["error"],
        warnings=per["warning"],
        advice=per["advice"],
        suppressed=suppressed,
    )


def position(place: Span) -> tuple[str, int, int, int]:
    """The one order of places: by path, then by where they begin and end."""
    return (place.path, place.start, place.end, len(place.source.data))


def diagnostic_order(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    """The one order of diagnostics: by path and place, then by words."""
    place = diagnostic.place
    return (
        place.path if place else diagnostic.path,
        place.start if place else -1,
        diagnostic.level,
        diagnostic.message,
    )
