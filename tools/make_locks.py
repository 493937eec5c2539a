"""Write `requirements/` from pyproject.toml, with what uv finds on the package index.

Versions that are locked stay while they are admitted; `--upgrade` takes the newest, `--upgrade-package NAME` of one only.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parent.parent
# What each lock resolves. The first holds what the tests run with; the others take its versions where they share a package.
LOCKS = {
    "dev": ("pyproject.toml", "--extra", "dev", "--group", "build"),
    "runtime": ("pyproject.toml",),
    "build": ("--group", "build"),
    "docs": ("pyproject.toml", "--extra", "docs"),
    "facts": ("--group", "facts", "--no-deps"),
    "release": ("--group", "build", "--group", "release"),
}
PLAIN = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--quiet")
COMPILE = (sys.executable, "-m", "uv", "pip", "compile", *PLAIN, "--custom-compile-command", "make lock")


def main(chosen: list[str]) -> int:
    for name, sources in LOCKS.items():
        shared = () if name == "dev" else ("--constraint", "requirements/dev.txt")
        wanted = (*shared, *sources, "--output-file", f"requirements/{name}.txt", *chosen)
        subprocess.run((*COMPILE, *wanted), cwd=HOME, stdout=subprocess.DEVNULL, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
