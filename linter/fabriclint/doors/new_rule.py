"""`fabriclint new-rule`: a rule or policy of one's own with its cases, which hold as they are written."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from fabriclint.doors.cli import CLEAN, Usage, complain, speak
from fabriclint.doors.first_forms import FORMS, PARAMETER, POLICY, RULE, VARIABLE, Form
from fabriclint.doors.writing import write_whole
from fabriclint.engine.own import NAME
from fabriclint.engine.packs import builtin_rules

_MARKS = {"bad": " # expect: {name}", "good": "", "unknown": " # unsure: {name}"}


def new_rule(asked: argparse.Namespace) -> int:
    """Write the files of a new rule and show them; raises Usage where one of them is there already."""
    form = FORMS.get(asked.subject)
    if form is None:
        raise Usage(
            f"--subject {asked.subject}: there is no first form for it; there is one for {', '.join(FORMS)}, and the "
            "subject can be changed in the file"
        )
    if not NAME.fullmatch(asked.name):
        raise Usage(f"{asked.name} is no name of a rule: write lower-case words with - between them")
    if any(asked.name in (rule.name, *rule.aliases) for rule in builtin_rules()):
        raise Usage(f"the name {asked.name} is taken: `fabriclint explain {asked.name}` shows that rule")
    into = Path(asked.into)
    made = [(into / path, text) for path, text in files(asked.name, asked.subject, form, policy=asked.policy)]
    for path, _ in made:
        if path.exists() or path.is_symlink():
            raise Usage(f"{path} is there already; nothing was written")
    for path, text in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(str(path), text.encode("utf-8"))
    speak("\n".join(f"{path}\n\n{_indented(text)}" for path, text in made))
    complain(f"`fabriclint test {asked.into}` runs the cases")
    return CLEAN


def files(name: str, subject: str, form: Form, *, policy: bool) -> Iterator[tuple[str, str]]:
    """The paths and texts of a new rule: itself, and a case of each kind in both languages."""
    variable = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", subject).lower()
    words = {
        "name": name,
        "subject": subject,
        "what": variable.replace("_", " "),
        "variable": variable,
        "function": name.replace("-", "_"),
        "fault": form.fault,
        "require": form.require,
        "claim": form.claim,
    }
    yield (
        (f"{name}.yaml", POLICY.format(**words))
        if policy
        else (
            f"{words['function']}.py",
            RULE.format(**words),
        )
    )
    for kind, mark in _MARKS.items():
        folder = f"fixtures/{name}/{kind}/first"
        value = {"bad": form.bad, "good": form.good}.get(kind)
        stacks = (
            ("main.tf", VARIABLE, form.terraform, "var.given"),
            ("template.yaml", PARAMETER, form.cloudformation, "!Ref Given"),
        )
        for file, declared, stack, open_ in stacks:
            text = stack.replace("#", mark.format(name=name)).replace("@", value or open_)
            yield f"{folder}/{file}", text if value else declared + text


def _indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.rstrip().split("\n"))
