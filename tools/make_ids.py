"""Give every rule its number for cfn-lint in `doors/cfn_lint_ids.json`; with `--check`, fail if one is missing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fabriclint.doors.cfn_lint_ids import FILE, with_new
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES

TARGET = Path(__file__).parent.parent / "linter" / "fabriclint" / "doors" / FILE


def render() -> str:
    """The file, whole: what it holds stays as it is, what is new comes last."""
    known: dict[str, int] = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    return json.dumps(with_new(known, (*builtin_rules(), *SUPPRESSION_RULES)), indent=2) + "\n"


def main(arguments: list[str]) -> int:
    text = render()
    if "--check" not in arguments:
        TARGET.write_text(text, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        print(f"{TARGET.name} has no number for a rule: run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
