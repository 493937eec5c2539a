"""How long a run takes beside other tools, and how the time grows: whole processes, in turn, as ratios of one run.

`python bench/peers.py` prints the figures; `--write` puts them into bench/README.md. Peers are installed from the package
index into build/peers; `--stacks DIR` also measures checkouts of public repositories that lie there.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import stacks

HERE = Path(__file__).resolve().parent
HOME = HERE.parent

PAGE = HERE / "README.md"
BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
PEERS = HOME / "build" / "peers"
FABRICLINT = [sys.executable, "-m", "fabriclint"]
SMALL = HOME / "fixtures" / "s3-without-gateway-endpoint" / "bad" / "nat-only"
RUNS = 7
LOAD = "import sys, tfparse\nfor root in sys.argv[1:]:\n    tfparse.load_from_path(root)\n"


def peer(package: str, command: str) -> list[str]:
    """A command of a peer, installed where it is not yet; each in an environment of its own."""
    folder = PEERS / package
    if not (folder / "bin" / command).exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", package], check=True)
    return [str(folder / "bin" / command)]


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
    return sorted(b / a for a, b in pairs), statistics.median(a for a, _ in pairs)


def shown(ratios: Sequence[float]) -> str:
    """Median, with minimum and maximum."""
    return f"{statistics.median(ratios):.1f} × ({ratios[0]:.1f} to {ratios[-1]:.1f})"


def start() -> Iterator[str]:
    """What a run costs before it does anything, against the interpreter alone."""
    bare = [sys.executable, "-c", "pass"]
    yield "| | times `python -c pass` | median |"
    yield "| --- | --- | --- |"
    with tempfile.TemporaryDirectory() as place:
        for name, file in (("one small Terraform root", "main.tf"), ("one small template", "template.yaml")):
            folder = Path(place) / file.partition(".")[0]
            folder.mkdir()
            (folder / file).write_bytes((SMALL / file).read_bytes())
            found, seconds = ratio(bare, [*FABRICLINT, "check", "."], folder, 3 * RUNS)
            yield f"| {name} | {shown(found)} | {seconds * statistics.median(found) * 1000:.0f} ms |"
        found, seconds = ratio(bare, [*FABRICLINT, "--version"], Path(place), 3 * RUNS)
        yield f"| `--version` | {shown(found)} | {seconds * statistics.median(found) * 1000:.0f} ms |"


def beside(places: Sequence[tuple[str, Path]]) -> Iterator[str]:
    """How many times as long checkov, cfn-lint and tfparse take; tfparse only loads, it checks nothing."""
    checkov, cfn_lint = peer("checkov", "checkov"), peer("cfn-lint", "cfn-lint")
    tfparse = [*peer("tfparse", "python"), "-c", LOAD]
    yield "| | fabriclint | checkov | cfn-lint | tfparse, loading |"
    yield "| --- | --- | --- | --- | --- |"
    for name, folder in places:
        ours = [*FABRICLINT, "check", "."]
        roots = sorted({str(path.parent) for path in folder.rglob("*.tf") if ".terraform" not in path.parts})
        templates = [
            str(path)
            for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml"), *folder.rglob("*.template")])
            if path.is_file() and b"AWSTemplateFormatVersion" in path.read_bytes()[:20_000]
        ]
        cells: list[str] = []
        seconds = 0.0
        frameworks = ["terraform"] * bool(roots) + ["cloudformation"] * bool(templates)
        for command, runs in (
            ([*checkov, "-d", ".", "--framework", *frameworks, "--skip-download", "--quiet", "--compact"], 2),
            ([*cfn_lint, *templates] if templates else [], 3),
            ([*tfparse, *roots] if roots else [], RUNS),
        ):
            if not command:
                cells.append("")
                continue
            found, seconds = ratio(ours, command, folder, runs)
            cells.append(shown(found))
        yield f"| {name} | {seconds:.2f} s | {' | '.join(cells)} |"


def growth() -> Iterator[str]:
    """Time and memory over generated roots of one shape, from ten to a hundred thousand lines."""
    yield "| lines | seconds | microseconds a line | peak memory |"
    yield "| --- | --- | --- | --- |"
    usual = stacks.ENVIRONMENTS
    for number in (4, 8, 16, 38):
        stacks.ENVIRONMENTS = tuple(f"env{one}" for one in range(number))
        with tempfile.TemporaryDirectory() as place:
            lines = sum(stacks.write_root(Path(place)).values())
            command = [*FABRICLINT, "check", ".", "--output", os.devnull]
            seconds = statistics.median(once(command, Path(place)) for _ in range(3))
            peak = memory(command, Path(place))
            yield f"| {lines:,} | {seconds:.2f} | {seconds / lines * 1e6:.0f} | {peak:.0f} MB |"
    stacks.ENVIRONMENTS = usual


def memory(command: Sequence[str], folder: Path) -> float:
    """The peak memory of a command in MB."""
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
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the figures into bench/README.md")
    parser.add_argument("--stacks", type=Path, help="a folder of checkouts, each measured as a whole")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as place:
        stacks.write_root(Path(place) / "generated")
        places = [
            ("the generated root of 5,241 lines", Path(place) / "generated"),
            ("the demo", HOME / "fixtures" / "demo"),
        ]
        if asked.stacks:
            places += [
                (one.name.replace("+", "/"), one) for one in sorted(asked.stacks.iterdir()) if one.is_dir()
            ]
        lines = [
            f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores. Ratios are medians of runs in"
            " turn, with minimum and maximum.",
            "",
            *start(),
            "",
            *beside(places),
            "",
            *growth(),
        ]
    print("\n".join(lines))
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        text = f"{BEGIN}\n" + "\n".join(lines) + f"\n{END}"
        PAGE.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: text, page, flags=re.DOTALL), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
