"""Writes `fixtures/*/bad/*/after/`: what the edits of each rule make of its bad cases. Read the difference before you keep it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fabriclint.testing import AFTER, cases, edited

FIXTURES = Path(__file__).parent.parent / "fixtures"


def main() -> int:
    """Write them anew for every rule, or for those that are named."""
    wanted = set(sys.argv[1:])
    for case in cases(FIXTURES):
        if case.kind != "bad" or (wanted and case.rule.name not in wanted):
            continue
        shutil.rmtree(case.folder / AFTER, ignore_errors=True)
        for path, data in edited(case).items():
            place = case.folder / AFTER / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
