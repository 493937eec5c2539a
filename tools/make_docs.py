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
from fabriclint.model.stack import SUBJECTS
from fabriclint.policies.read import schema as policy_schema
from fabriclint.policies.words import subject, variable, words

HOME = Path(__file__).parent.parent
TARGET = HOME / "docs" / "rules"
SCHEMA = HOME / "docs" / "configuration.schema.json"
POLICY_SCHEMA = HOME / "docs" / "policy.schema.json"
WORDS = HOME / "docs" / "policy-words.md"
WORDS_NOTE = "<!-- GENERATED from the model by `make docs`. Do not edit. -->\n"
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


def words_page() -> str:
    """What policies may ask, class by class: the subjects first, then what their words lead to."""
    todo = [subject(name) for name in SUBJECTS]
    for cls in todo:  # it grows while it is walked
        for word in words(cls).values():
            kind = word.kind
            while kind.item is not None:
                kind = kind.item
            if kind.cls is not None and kind.cls not in todo:
                todo.append(kind.cls)
    text = f"{WORDS_NOTE}\n# The words of policies\n\n"
    text += f"What [policies](policies.md) may ask. The first {len(SUBJECTS)} are subjects.\n"
    for cls in todo:
        called = (
            f"\n`{variable(cls)}` in a policy `for: {cls.__name__}`.\n" if cls.__name__ in SUBJECTS else ""
        )
        text += f"\n## {cls.__name__}\n{called}\n| word | kind | |\n| --- | --- | --- |\n"
        for word in words(cls).values():
            options = f": {', '.join(word.kind.options)}" if word.kind.options else ""
            text += f"| `{word.name}` | {word.kind}{options} | {word.meaning} |\n"
    return text


def others() -> dict[Path, str]:
    """What is generated beside the pages of rules: the schemas that files are held to, and the words of policies."""
    return {
        SCHEMA: json.dumps(schema(), indent=2) + "\n",
        POLICY_SCHEMA: json.dumps(policy_schema(), indent=2) + "\n",
        WORDS: words_page(),
    }


def stale(*, write: bool) -> list[Path]:
    """Those of them that are not as they should be; written anew where that may be."""
    found: list[Path] = []
    for path, text in others().items():
        if write:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            found.append(path)
    return found


def main(arguments: list[str]) -> int:
    rules = [*builtin_rules(), *SUPPRESSION_RULES]
    if not rules:
        sys.exit("no rules found: nothing to document")
    old = stale(write="--check" not in arguments)
    for path in old:
        print(f"docs/{path.name} is not fresh: run `make docs`", file=sys.stderr)
    if old:
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
