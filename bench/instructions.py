"""How many machine instructions a run takes, as callgrind counts them: a figure that no other load on the machine moves.

`python bench/instructions.py` prints the figures as JSON; `--write` keeps them in bench/figures.json; `--keep DIR` leaves
the profiles there, for callgrind_annotate or KCachegrind. It needs valgrind, and takes fifty times as long as the runs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import stacks
from figures import keep
from peers import BIN, FABRICLINT, HOME, SMALL, quiet

COLLECTED = re.compile(r"Collected : (\d+)")
CHECK = [*FABRICLINT, "check", ".", "--jobs", "1"]


def counted(command: Sequence[str], folder: Path, profile: Path) -> int:
    """The instructions of a command. Hashes are not seeded, so that two counts are of the same work."""
    subprocess.run(
        command, cwd=folder, capture_output=True, check=False, env=quiet()
    )  # byte code is there now
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=quiet() | {"PYTHONHASHSEED": "0"},
    )
    found = COLLECTED.search(done.stderr)
    if found is None:
        raise SystemExit(done.stderr)
    return int(found[1])


def measured(profiles: Path) -> Iterator[dict[str, Any]]:
    """The runs that are counted, with millions of instructions each."""
    with tempfile.TemporaryDirectory() as place:
        runs: list[tuple[str, Sequence[str], Path]] = [
            ("`python -c pass`", [str(BIN / "python"), "-c", "pass"], HOME),
            ("`fabriclint --version`", [*FABRICLINT, "--version"], HOME),
        ]
        for name, file in (("one small Terraform root", "main.tf"), ("one small template", "template.yaml")):
            folder = Path(place) / file.partition(".")[0]
            folder.mkdir()
            (folder / file).write_bytes((SMALL / file).read_bytes())
            runs.append((name, CHECK, folder))
        runs.append(("the demo", CHECK, HOME / "fixtures" / "demo"))
        usual = stacks.ENVIRONMENTS
        for number in (2, 4, 8, 16):
            stacks.ENVIRONMENTS = tuple(f"env{one}" for one in range(number))
            folder = Path(place) / f"generated-{number}"
            lines = sum(stacks.write_root(folder).values())
            runs.append((f"a generated root of {lines:,} lines", CHECK, folder))
        stacks.ENVIRONMENTS = usual
        for number, (name, command, folder) in enumerate(runs):
            count = counted(command, folder, profiles / f"{number}.callgrind")
            yield {"name": name, "millions": round(count / 1e6, 1)}


def main() -> int:
    """Count, print, and keep where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the figures in bench/figures.json")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the profiles there")
    asked = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: its callgrind counts the instructions", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as aside:
        profiles = asked.keep or Path(aside)
        profiles.mkdir(parents=True, exist_ok=True)
        figures = {"runs": list(measured(profiles))}
    print(json.dumps(figures, indent=2))
    if asked.write:
        keep("instructions", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
