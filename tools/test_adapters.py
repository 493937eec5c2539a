"""Run tests/adapters against the real checkov and cfn-lint, the newest and an older one, each in an environment of its own.

An environment is made again when what it is made from changes. uv installs where it can be had, pip where it cannot.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

HOME = Path(__file__).parent.parent
# What is installed beside fabriclint and its extra; the newest that the extra takes where nothing is pinned.
ENVIRONMENTS = {
    "checkov": ("checkov", ""),
    "checkov-old": ("checkov", "checkov==3.2.200"),
    "cfn-lint": ("cfn-lint", ""),
    "cfn-lint-old": ("cfn-lint", "cfn-lint==1.20.0"),
}
STAMP = ".made-from"


def made_from(name: str) -> str:
    """What an environment is made from, in one word."""
    text = (HOME / "pyproject.toml").read_text(encoding="utf-8")
    return hashlib.sha256(f"{sys.version}\0{ENVIRONMENTS[name]}\0{text}".encode()).hexdigest()


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def environment(name: str) -> Path:
    """The virtual environment of a name, made where it is not there or not fresh."""
    folder = HOME / f".venv-{name}"
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from(name):
        return folder
    began = time.monotonic()
    venv.create(folder, clear=True, with_pip=True)
    extra, pinned = ENVIRONMENTS[name]
    wanted = ["-e", f".[{extra}]", *([pinned] if pinned else [])]
    tool = installed(python_of(folder), wanted)
    stamp.write_text(made_from(name), encoding="utf-8")
    print(f"{folder.name}: installed with {tool} in {time.monotonic() - began:.0f} s", flush=True)
    return folder


def installed(python: Path, wanted: list[str]) -> str:
    """Install with uv if it can be had, else with pip; which of them it was."""
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    uv = [str(python), "-m", "uv", "pip", "install", "-q", "--python", str(python), *wanted]
    if not os.environ.get("FABRICLINT_WITHOUT_UV") and all(quietly(step) for step in ([*pip, "uv"], uv)):
        return "uv"
    subprocess.run([*pip, *wanted], cwd=HOME, check=True)
    return "pip"


def quietly(command: list[str]) -> bool:
    """Whether a command succeeds; it says nothing."""
    nothing = subprocess.DEVNULL
    return subprocess.run(command, cwd=HOME, stdout=nothing, stderr=nothing, check=False).returncode == 0


def main(names: list[str]) -> int:
    chosen = names or list(ENVIRONMENTS)
    folders = {name: environment(name) for name in chosen}
    told = os.pathsep.join(f"{name}={folder}" for name, folder in folders.items())
    began = time.monotonic()
    kinds = sorted({name.removesuffix("-old") for name in chosen})
    # Each linter in a process of its own, at the same time. What the tests do not find in the variable, they do not skip:
    # they fail.
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "pytest", f"tests/adapters/test_{kind.replace('-', '_')}.py"],
            cwd=HOME,
            env={**os.environ, "FABRICLINT_ADAPTERS": told},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for kind in kinds
    ]
    said = [process.communicate()[0] for process in running]
    sys.stdout.buffer.write(b"".join(said))
    print(f"tests/adapters: {time.monotonic() - began:.0f} s", flush=True)
    return max(process.returncode for process in running)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
