"""Run fabriclint under every other Python that can be found, and compare what it reports of all fixtures, byte for byte.

`python tools/test_pythons.py [PYTHON…]`: interpreters by name or path; without any, those of a supported version on PATH and
of pyenv. Each gets an environment of its own (.venv-3.12) with exactly what the lock names. A version that is not here is told.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
SUPPORTED = ("3.11", "3.12", "3.13")
DIGEST = HOME / "tests" / "safety" / "digest.py"
LOCKS = ("build.txt", "runtime.txt")
STAMP = ".made-from"


def version_of(python: str) -> str:
    """The version of an interpreter, `3.12`; nothing where it does not run."""
    told = "import sys; print(*sys.version_info[:2], sep='.')"
    try:
        done = subprocess.run([python, "-c", told], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def candidates() -> Iterator[str]:
    """Interpreters of the supported versions, on PATH and of pyenv."""
    for version in SUPPORTED:
        found = shutil.which(f"python{version}")
        if found is not None:
            yield found
    if shutil.which("pyenv") is not None:
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip()
        yield from sorted(map(str, Path(root, "versions").glob("*/bin/python3"))) if root else ()


def chosen(pythons: Iterable[str]) -> dict[str, str]:
    """One interpreter a supported version."""
    found: dict[str, str] = {}
    for python in pythons:
        version = version_of(python)
        if version in SUPPORTED:
            found.setdefault(version, python)
    return found


def environment(version: str, python: str) -> str:
    """The interpreter of an environment with fabriclint and what the locks name, made where it is not there or not fresh."""
    folder = HOME / f".venv-{version}"
    locks = [HOME / "requirements" / name for name in LOCKS]
    made_from = hashlib.sha256(
        b"\0".join([python.encode(), *(lock.read_bytes() for lock in locks)])
    ).hexdigest()
    stamp = folder / STAMP
    inside = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from):
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(inside), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        named = [part for lock in locks for part in ("-r", str(lock))]
        subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", *named], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], cwd=HOME, check=True)
        stamp.write_text(made_from, encoding="utf-8")
    return str(inside)


def digest(python: str) -> str:
    """What a Python reports of all fixtures, in one word."""
    done = subprocess.run([python, str(DIGEST)], cwd=HOME, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Compare; exit code 1 where two Pythons report otherwise."""
    here = ".".join(map(str, sys.version_info[:2]))
    ours = digest(sys.executable)
    print(f"Python {here}: {ours[:16]}", flush=True)
    others = chosen(arguments or candidates())
    wrong = 0
    for version in SUPPORTED:
        if version == here:
            continue
        if version not in others:
            print(f"Python {version}: not here")
            continue
        theirs = digest(environment(version, others[version]))
        wrong += theirs != ours
        print(f"Python {version}: {theirs[:16]}{' differs' if theirs != ours else ''}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
