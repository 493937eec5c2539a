"""Write `docs/rules/` from the rule files; with `--check`, fail if a page is missing, stale or left over."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from fabriclint.config.read import schema
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES

HOME = Path(__file__).parent.parent
TARGET = HOME / "docs" / "rules"
SCHEMA = HOME / "docs" / "configuration.schema.json"
NOTE = "<!-- GENERATED from the rule files by `make docs`. Do not edit. -->\n"
AREAS = {
    "collection": "getting the data into the Region",
    "access": "reading the data from the nodes",
    "exchange": "traffic among the nodes",
    "suppressions": "what is wrong with suppressions themselves",
}


def example(rule: str) -> str:
    """The first bad case of a rule, as its Terraform and CloudFormation text."""
    shown: list[str] = []
    for file, title, fence in (("main.tf", "Terraform", "hcl"), ("template.yaml", "CloudFormation", "yaml")):
        found = sorted((HOME / "fixtures" / rule / "bad").glob(f"*/{file}"))
        if found:
            shown.append(f"### {title}\n\n```{fence}\n{found[0].read_text(encoding='utf-8').rstrip()}\n```\n")
    return "## What it finds\n\n" + "\n".join(shown) + "\n" if shown else ""


def page(rule: Any) -> str:
    """One rule's page: its facts, its docstring, an example, its sources."""
    body = rule.page.strip().removeprefix(rule.summary)
    subject = getattr(rule.subject, "__name__", rule.subject)
    sources = "".join(f"- <{source}>\n" for source in rule.sources)
    return (
        f"{NOTE}\n# {rule.name}\n\n{rule.summary}\n\n"
        f"| severity | area | looks at | precision |\n| --- | --- | --- | --- |\n"
        f"| {rule.severity} | {rule.area} | {subject} | {rule.precision} |\n\n"
        f"{body.strip()}\n\n{example(rule.name)}## Sources\n\n{sources}"
    )


def index(rules: Iterable[Any]) -> str:
    """The list of all rules, by area, in the order the data travels."""
    text = f"{NOTE}\n# Rules\n"
    for area, members in groupby(sorted(rules, key=place), key=lambda rule: rule.area):
        title = f"{area}: {AREAS[area]}" if area in AREAS else area
        text += f"\n## {title}\n\n| rule | severity | |\n| --- | --- | --- |\n"
        text += "".join(f"| [{r.name}]({r.name}.md) | {r.severity} | {r.summary} |\n" for r in members)
    return text


def place(rule: Any) -> tuple[int, str, str]:
    """Where a rule stands in the index: known areas first, then by name."""
    known = list(AREAS)
    return (known.index(rule.area) if rule.area in known else len(known), rule.area, rule.name)


def schema_is_fresh(*, write: bool) -> bool:
    """Whether the published schema of configurations is the one that they are held to; written anew where it may be."""
    text = json.dumps(schema(), indent=2) + "\n"
    if write:
        SCHEMA.write_text(text, encoding="utf-8")
    return SCHEMA.exists() and SCHEMA.read_text(encoding="utf-8") == text


def main(arguments: list[str]) -> int:
    rules = [*builtin_rules(), *SUPPRESSION_RULES]
    if not rules:
        sys.exit("no rules found: nothing to document")
    if not schema_is_fresh(write="--check" not in arguments):
        print(f"docs/{SCHEMA.name} is not fresh: run `make docs`", file=sys.stderr)
        return 1
    pages = {f"{rule.name}.md": page(rule) for rule in rules} | {"index.md": index(rules)}
    TARGET.mkdir(parents=True, exist_ok=True)
    there = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("*.md")}
    changed = sorted(name for name in pages.keys() | there.keys() if pages.get(name) != there.get(name))
    if "--check" in arguments:
        for name in changed:
            print(f"docs/rules/{name} is not fresh: run `make docs`", file=sys.stderr)
        return 1 if changed else 0
    for name in changed:
        if name in pages:
            (TARGET / name).write_text(pages[name], encoding="utf-8")
        else:
            (TARGET / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
