"""Write `.pre-commit-hooks.yaml` from `fabriclint.doors.hooks`; with `--check`, fail if it is not fresh."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from fabriclint.doors.hooks import HOOKS

TARGET = Path(__file__).parent.parent / ".pre-commit-hooks.yaml"
NOTE = "# GENERATED from linter/fabriclint/doors/hooks.py by `make docs`. Do not edit.\n"


def render() -> str:
    """The hooks file, whole."""
    return NOTE + yaml.safe_dump([dict(hook) for hook in HOOKS], sort_keys=False, width=1000)


def main(arguments: list[str]) -> int:
    text = render()
    if "--check" not in arguments:
        TARGET.write_text(text, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        print(f"{TARGET.name} is not fresh: run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
