"""The report for a person: what is wrong and where, why, what to do, and what was left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fabriclint.engine.report import Finding, NotChecked, Report
from fabriclint.engine.withhold import Secrets
from fabriclint.languages.base import Diagnostic
from fabriclint.reporters.frame import Mark, frame
from fabriclint.reporters.paint import WIDTH, Paint, lines, plural, safe, wrapped
from fabriclint.values import Reason

LANGUAGES = {"terraform": "Terraform", "cloudformation": "CloudFormation"}
# Places and instances beyond these are counted, not listed.
MAX_PLACES = 8
MAX_INSTANCES = 6
MAX_REASONS = 6


def render(report: Report, *, color: bool = False, show_not_checked: bool = False) -> str:
    """The whole report; its last line is always `N checks: F findings, C clean, U not checked`."""
    paint = Paint(color)
    blocks = ["\n".join(finding(one, paint, report.secrets)) for one in report.findings]
    if show_not_checked and report.not_checked:
        blocks.append("\n".join(not_checked(report.not_checked, paint)))
    if report.diagnostics:
        blocks.append("\n".join(diagnostic(one, paint) for one in report.diagnostics))
    blocks.append("\n".join(closing(report, paint, show_not_checked=show_not_checked)))
    return "\n\n".join(blocks) + "\n"


def finding(one: Finding, paint: Paint, secrets: Secrets) -> Iterator[str]:
    """One finding."""
    head = f"{one.severity}[{one.rule}]"
    first, *rest = wrapped(f"{head}: {one.message}", WIDTH)
    yield paint.grave(one.severity, head) + paint.bold(first.removeprefix(head))
    for line in rest:
        yield f"  {paint.bold(line)}"
    marks = [Mark(one.place, primary=True)]
    marks += [Mark(related.place, related.message) for related in one.related[:MAX_PLACES]]
    yield from frame(marks, one.header, one.severity, paint, secrets)
    more = len(one.related) - MAX_PLACES
    if more > 0:
        yield from note("places", f"and {plural(more, 'more place')}", paint)
    if one.also:
        yield from note("also", also(one.also), paint)
    yield from note("why", one.why, paint)
    if one.evidence:
        yield from note("because", "; ".join(one.evidence), paint)
    if one.holds_under:
        yield from note("holds for", "; ".join(str(used) for used in one.holds_under), paint)
    yield from note("fix", one.fix, paint, good=True)
    if one.offer is not None:
        option = "--fix" if one.offer.safety == "safe" else "--fix=all"
        yield from note("edit", f"{one.offer.safety}, {option} makes it. {one.offer.warning}".strip(), paint)
    elif one.no_offer:
        yield from note("no edit", one.no_offer, paint)
    if one.code is not None:
        yield ""
        for line in one.code.text.split("\n"):
            yield f"      {paint.good(expand(line))}".rstrip()


def expand(line: str) -> str:
    """A line of code to copy: nothing that steers the terminal, tabs and spaces as they are."""
    return "\t".join(safe(part) for part in line.split("\t"))


def also(addresses: tuple[str, ...]) -> str:
    """The further instances of a fault."""
    shown = ", ".join(addresses[:MAX_INSTANCES])
    more = len(addresses) - MAX_INSTANCES
    return shown if more <= 0 else f"{shown} and {more:,} more"


def note(title: str, text: str, paint: Paint, *, good: bool = False) -> Iterator[str]:
    """A titled paragraph under a frame."""
    head = f"{title:>9}: "
    shown = paint.good(head) if good else paint.bold(head)
    return lines(text, shown, " " * len(head), WIDTH - len(head))


def not_checked(entries: Iterable[NotChecked], paint: Paint) -> Iterator[str]:
    """What was left open, by rule, with the reasons."""
    yield paint.bold("Not checked, because the sources do not decide it")
    per_rule: dict[str, list[NotChecked]] = {}
    for entry in entries:
        per_rule.setdefault(entry.rule, []).append(entry)
    for rule in sorted(per_rule):
        yield ""
        yield f"  {paint.name(rule)}"
        for entry in per_rule[rule]:
            others = f" and {plural(len(entry.also), 'more instance')}" if entry.also else ""
            place = entry.place
            yield f"    {safe(place.path)}:{place.line}:{place.column}  {safe(entry.label)}{others}"
            for reason in entry.reasons[:MAX_REASONS]:
                yield from lines(because(reason, place.path), "        ", "          ", WIDTH - 10)
            if len(entry.reasons) > MAX_REASONS:
                yield f"        and {plural(len(entry.reasons) - MAX_REASONS, 'more reason')}"


def because(reason: Reason, path: str) -> str:
    """A reason and where to look; in the file that is already named, the line is enough."""
    if reason.place is None:
        return reason.what
    if reason.place.path == path:
        return f"{reason.what} (line {reason.place.line})"
    return str(reason)


def diagnostic(one: Diagnostic, paint: Paint) -> str:
    """Something about the input itself, in one line (more where it is long)."""
    where = f"{one.place.path}:{one.place.line}:{one.place.column}" if one.place else one.path
    text = f"{where}: {one.message}" if where else one.message
    first, *rest = lines(text, "", "", WIDTH - len(one.level) - 2)
    return "\n".join([f"{paint.grave(one.level, one.level)}: {first}", *(f"  {line}" for line in rest)])


def closing(report: Report, paint: Paint, *, show_not_checked: bool) -> Iterator[str]:
    """The last lines: how to see more, and the numbers."""
    summary = report.summary
    if summary.hidden:
        verb = "is" if summary.hidden == 1 else "are"
        yield paint.dim(f"{plural(summary.hidden, 'finding')} below --level {verb} hidden")
    if summary.suppressed:
        verb = "is" if summary.suppressed == 1 else "are"
        yield paint.dim(f"{plural(summary.suppressed, 'finding')} {verb} suppressed in the sources")
    if summary.baselined:
        verb = "is" if summary.baselined == 1 else "are"
        yield paint.dim(f"{plural(summary.baselined, 'finding')} {verb} in the baseline")
    if report.findings:
        rules = {one.rule for one in report.findings}
        name = min(rules) if len(rules) == 1 else "RULE"
        yield paint.dim(f"`fabriclint explain {name}` tells more about a rule")
    if summary.not_checked and not show_not_checked:
        yield paint.dim("`--show not-checked` lists what was left open, and why")
    yield (
        f"{summary.checks} checks: {summary.findings} findings, {summary.clean} clean, {summary.not_checked} not checked"
    )
