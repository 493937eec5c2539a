"""The sha256 of what fabriclint reports on all fixtures, to be compared between Pythons: `python tests/safety/digest.py`."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from fabriclint.doors.files import DiskFiles
from fabriclint.doors.output import rendered
from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings

HOME = Path(__file__).parents[2]
FORMS = ("json", "sarif", "text")


def digest_of(*paths: str) -> str:
    """The digest of the reports on some folders, seen from the root of the repository."""
    files = DiskFiles(str(HOME))
    named = [files.allow(path) for path in paths]
    rules = builtin_rules()
    report = run(plan(named, files, languages()), files, Settings(), rules)
    told = "".join(rendered(report, form, rules, show=("not-checked",)) for form in FORMS)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def digest_of_demo() -> str:
    """The digest of the reports on the demo platform."""
    return digest_of("fixtures/demo")


if __name__ == "__main__":
    os.chdir(HOME)
    sys.stdout.write(f"{digest_of('fixtures')}\n")
