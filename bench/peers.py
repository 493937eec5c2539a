"""How long a run takes beside other tools, and how the time grows: whole processes, in turn, as ratios of one run.

`python bench/peers.py` prints the figures as JSON; `--write` keeps them in bench/figures.json. Peers are installed from the
package index into build/peers; `--stacks DIR` also measures checkouts of public repositories that lie there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import stacks
from figures import keep, spread

HERE = Path(__file__).resolve().parent
HOME = HERE.parent
PEERS = HOME / "build" / "peers"
BIN = Path(sys.executable).parent
FABRICLINT = [str(BIN / "fabriclint")]
SMALL = HOME / "fixtures" / "s3-without-gateway-endpoint" / "bad" / "nat-only"
RUNS = 7
LOAD = "import sys, tfparse\nfor root in sys.argv[1:]:\n    tfparse.load_from_path(root)\n"
VERSION = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


def peer(package: str, command: str) -> list[str]:
    """A command of a peer, installed where it is not yet; each in an environment of its own."""
    folder = PEERS / package
    if not (folder / "bin" / command).exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", package], check=True)
    return [str(folder / "bin" / command)]


def version_of(package: str) -> str:
    """The version of a peer that is measured."""
    python = str(PEERS / package / "bin" / "python")
    done = subprocess.run([python, "-c", VERSION, package], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def once(command: Sequence[str], folder: Path) -> float:
    """The seconds that a command takes; its exit code is its own affair."""
    start = time.perf_counter()
    subprocess.run(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=quiet()
    )
    return time.perf_counter() - start


def quiet() -> dict[str, str]:
    """The environment of a run: byte code is kept, as it is for users."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def ratio(ours: Sequence[str], theirs: Sequence[str], folder: Path, runs: int) -> tuple[list[float], float]:
    """How many times as long theirs takes as ours, pair by pair, and the median seconds of ours."""
    once(ours, folder), once(theirs, folder)
    pairs = [(once(ours, folder), once(theirs, folder)) for _ in range(runs)]
    return [b / a for a, b in pairs], statistics.median(a for a, _ in pairs)


def start(places: Sequence[tuple[str, Path]]) -> Iterator[dict[str, Any]]:
    """What a run costs before it does anything, against the interpreter alone."""
    bare = [str(BIN / "python"), "-c", "pass"]
    for name, folder in places:
        yield {"name": name, "times": started(bare, ["check", "."], folder)}
    yield {"name": "`fabriclint --version`", "times": started(bare, ["--version"], HOME)}


def started(bare: Sequence[str], arguments: Sequence[str], folder: Path) -> dict[str, float]:
    """How many times as long as the interpreter a command takes."""
    return spread(ratio(bare, [*FABRICLINT, *arguments], folder, 3 * RUNS)[0])


def beside(places: Sequence[tuple[str, Path]]) -> Iterator[dict[str, Any]]:
    """How many times as long checkov, cfn-lint and tfparse take; tfparse only loads, it checks nothing."""
    checkov, cfn_lint = peer("checkov", "checkov"), peer("cfn-lint", "cfn-lint")
    tfparse = [*peer("tfparse", "python"), "-c", LOAD]
    for name, folder in places:
        ours = [*FABRICLINT, "check", "."]
        roots = sorted({str(path.parent) for path in folder.rglob("*.tf") if ".terraform" not in path.parts})
        templates = [
            str(path)
            for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml"), *folder.rglob("*.template")])
            if path.is_file() and b"AWSTemplateFormatVersion" in path.read_bytes()[:20_000]
        ]
        frameworks = ["terraform"] * bool(roots) + ["cloudformation"] * bool(templates)
        scan = [*checkov, "-d", ".", "--framework", *frameworks, "--skip-download", "--quiet", "--compact"]
        row: dict[str, Any] = {"name": name, "memory_mb": round(memory(ours, folder))}
        for tool, command, runs in (
            ("checkov", scan, 3),
            ("cfn-lint", [*cfn_lint, *templates] if templates else [], 3),
            ("tfparse", [*tfparse, *roots] if roots else [], RUNS),
        ):
            if command:
                found, seconds = ratio(ours, command, folder, runs)
                row[tool] = spread(found)
                row["seconds"] = round(seconds, 2)
        yield row


def growth() -> Iterator[dict[str, Any]]:
    """Time and memory over generated roots of one shape, from ten to a hundred thousand lines."""
    usual = stacks.ENVIRONMENTS
    for number in (4, 8, 16, 38):
        stacks.ENVIRONMENTS = tuple(f"env{one}" for one in range(number))
        with tempfile.TemporaryDirectory() as place:
            lines = sum(stacks.write_root(Path(place)).values())
            command = [*FABRICLINT, "check", ".", "--output", os.devnull]
            seconds = [once(command, Path(place)) for _ in range(RUNS)]
            yield {
                "lines": lines,
                "seconds": spread(seconds, 2),
                "memory_mb": round(memory(command, Path(place))),
            }
    stacks.ENVIRONMENTS = usual


def memory(command: Sequence[str], folder: Path) -> float:
    """The peak memory of a command's largest process in MB."""
    code = (
        "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env=quiet(),
    )
    unit = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout) * unit / 1e6


def main() -> int:
    """Measure, print, and keep where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the figures in bench/figures.json")
    parser.add_argument("--stacks", type=Path, help="a folder of checkouts, each measured as a whole")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as place:
        small = []
        for name, file in (("one small Terraform root", "main.tf"), ("one small template", "template.yaml")):
            folder = Path(place) / file.partition(".")[0]
            folder.mkdir()
            (folder / file).write_bytes((SMALL / file).read_bytes())
            small.append((name, folder))
        generated = Path(place) / "generated"
        lines = sum(stacks.write_root(generated).values())
        places = [
            *small,
            ("the demo", HOME / "fixtures" / "demo"),
            (f"a generated root of {lines:,} lines", generated),
        ]
        if asked.stacks:
            checkouts = [one for one in sorted(asked.stacks.iterdir()) if one.is_dir()]
            places += [(one.name.replace("+", "/"), one) for one in checkouts]
        figures = {
            "start": list(start(small)),
            "beside": list(beside(places)),
            "growth": list(growth()),
            "versions": {name: version_of(name) for name in ("checkov", "cfn-lint", "tfparse")},
        }
    print(json.dumps(figures, indent=2))
    if asked.write:
        keep("peers", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
