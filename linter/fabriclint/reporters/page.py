"""What a terminal shows of a rule: its page, or its line in the list of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fabriclint.engine.report import page_of
from fabriclint.reporters.paint import WIDTH, Paint, json_text, lines, plural, wrapped
from fabriclint.sdk import Rule


def render(rule: Rule, *, color: bool = False) -> str:
    """The page of a rule."""
    paint = Paint(color)
    since = "" if rule.origin else f"; since {rule.since}"
    rows = [
        f"{paint.bold(rule.name)}  {paint.grave(rule.severity, rule.severity)}",
        f"{rule.area}; looks at each {rule.subject.__name__}; precision {rule.precision}{since}",
        "",
        *markdown(rule.page.strip(), paint),
        "",
        paint.bold("Sources"),
        "",
        *(f"  {source}" for source in rule.sources),
        f"  {rule.origin or page_of(rule)}",
    ]
    return "\n".join(rows) + "\n"


def markdown(text: str, paint: Paint) -> Iterator[str]:
    """The little Markdown that pages are written in: headings, paragraphs, lists, tables and code."""
    paragraph: list[str] = []
    fenced = False

    def flush() -> Iterator[str]:
        if paragraph:
            first = paragraph[0]
            bullet = (
                first[: len(first) - len(first.lstrip("-* "))]
                if first.lstrip().startswith(("- ", "* "))
                else ""
            )
            words = " ".join(line.strip() for line in paragraph)[len(bullet.lstrip()) :]
            yield from lines(words, f"  {bullet}", f"  {' ' * len(bullet)}", WIDTH - 2 - len(bullet))
            paragraph.clear()

    for line in text.split("\n"):
        if line.startswith("```"):
            yield from flush()
            fenced = not fenced
        elif fenced or (line.startswith(("    ", "|")) and not paragraph):
            yield f"    {line}".rstrip()
        elif line.startswith("#"):
            yield from flush()
            yield paint.bold(line.lstrip("# "))
        elif not line.strip():
            yield from flush()
            yield ""
        else:
            if line.lstrip().startswith(("- ", "* ")):
                yield from flush()
            paragraph.append(line)
    yield from flush()


def table(rules: Sequence[Rule], *, color: bool = False) -> str:
    """All rules, by area."""
    paint = Paint(color)
    wide = max((len(rule.name) for rule in rules), default=0)
    rows: list[str] = []
    for area in sorted({rule.area for rule in rules}):
        rows += [paint.bold(area), *_rows((rule for rule in rules if rule.area == area), wide, paint), ""]
    rows.append(plural(len(rules), "rule"))
    return "\n".join(rows) + "\n"


def _rows(rules: Iterable[Rule], wide: int, paint: Paint) -> Iterator[str]:
    for rule in rules:
        start = f"  {rule.name:<{wide}}  {rule.severity:<7}  "
        first, *rest = wrapped(rule.summary, max(40, WIDTH - len(start)))
        yield f"  {paint.name(f'{rule.name:<{wide}}')}  {paint.grave(rule.severity, f'{rule.severity:<7}')}  {first}"
        yield from (f"{' ' * len(start)}{line}" for line in rest)


def as_json(rules: Sequence[Rule]) -> str:
    """All rules as a JSON array."""
    data = [
        {
            "name": rule.name,
            "severity": rule.severity,
            "precision": rule.precision,
            "area": rule.area,
            "subject": rule.subject.__name__,
            "since": rule.since,
            "summary": rule.summary,
            "url": page_of(rule),
            "sources": list(rule.sources),
        }
        for rule in rules
    ]
    return json_text(data)
