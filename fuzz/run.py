"""Fuzzing with atheris: `python fuzz/run.py TARGET --runs 1000000`. Crashes are kept in build/fuzz/TARGET.

Inputs are fixtures (and files of `--seeds DIR`, public stacks say), changed in two ways: bytes, as libFuzzer does, and
structure, by lines and words that change places within a file and between files. By default coverage guides the search;
`--blind` leaves the measuring of it out, which runs up to ten times as fast over the corpus that a guided run has left.
What was done is added to fuzz/figures.json with `--record`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
BLIND = "--blind" in sys.argv
with nullcontext() if BLIND else atheris.instrument_imports(include=["fabriclint", "fabriclint_rules"]):
    import targets

WORK = HERE.parent / "build" / "fuzz"
FIGURES = HERE / "figures.json"
WORD = re.compile(rb"[A-Za-z0-9_.\-]+|[^A-Za-z0-9_.\-\s]")


def structured(known: list[bytes]) -> Callable[[bytes, int, int], bytes]:
    """A mutator that half of the time moves lines or words about, and else leaves it to libFuzzer."""
    lines = [line for data in known for line in data.splitlines(keepends=True)] or [b"\n"]
    words = sorted({word for data in known for word in WORD.findall(data)}) or [b"x"]

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.5:
            return atheris.Mutate(data, max_size)
        rows = data.splitlines(keepends=True) or [b""]
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(rows) + 1)
            kind = chance.randrange(5)
            if kind == 0:
                rows.insert(at, chance.choice(lines))
            elif kind == 1 and at < len(rows):
                del rows[at]
            elif kind == 2 and at < len(rows):
                rows.insert(chance.randrange(len(rows) + 1), rows[at])
            elif kind == 3 and at < len(rows):
                found = list(WORD.finditer(rows[at]))
                if found:
                    word = chance.choice(found)
                    rows[at] = rows[at][: word.start()] + chance.choice(words) + rows[at][word.end() :]
            elif known:
                other = chance.choice(known).splitlines(keepends=True)
                start = chance.randrange(max(1, len(other)))
                rows[at:at] = other[start : start + chance.randint(1, 12)]
        return b"".join(rows)[:max_size]

    return mutate


def record(target: str, executions: int, seconds: int) -> None:
    """Add what was done to the figures of the version that was fuzzed."""
    from fabriclint import __version__

    told = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    if told.get("version") != __version__:
        told = {"version": __version__, "targets": {}}
    one = told["targets"].setdefault(target, {"guided": 0, "blind": 0, "seconds": 0})
    one["blind" if BLIND else "guided"] += executions
    one["seconds"] += seconds
    FIGURES.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    """Fuzz one target; the last line is what was done, as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=sorted(targets.TARGETS))
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--blind", action="store_true", help="do not measure coverage: faster")
    parser.add_argument("--longest", type=int, default=20_000, metavar="BYTES", help="of an input")
    parser.add_argument(
        "--seeds", type=Path, default=targets.FIXTURES, metavar="DIR", help="more files to start from"
    )
    parser.add_argument("--record", action="store_true", help=f"add the figures to {FIGURES.name}")
    asked = parser.parse_args()
    target, pattern = targets.TARGETS[asked.target]
    folder = WORK / asked.target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    known = [data for data in targets.seeds(pattern, asked.seeds) if len(data) <= asked.longest]
    for number, data in enumerate(known):
        (corpus / f"seed-{number:05}").write_bytes(data)
    done = 0
    begun = time.monotonic()

    def one(data: bytes) -> None:
        nonlocal done
        done += 1
        target(data)
        if done == asked.runs:
            seconds = round(time.monotonic() - begun)
            told = {
                "target": asked.target,
                "executions": done,
                "seconds": seconds,
                "seeds": len(known),
                "blind": BLIND,
            }
            print(json.dumps(told), flush=True)
            if asked.record:
                record(asked.target, done, seconds)

    arguments = [
        sys.argv[0], f"-runs={asked.runs}", f"-max_len={asked.longest}", "-timeout=20", "-rss_limit_mb=4096",
        f"-artifact_prefix={folder}/", "-print_final_stats=0", "-verbosity=0", str(corpus),
    ]  # fmt: skip
    atheris.Setup(arguments, one, custom_mutator=structured(known))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
