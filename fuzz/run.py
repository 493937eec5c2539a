"""Fuzzing with atheris: `python fuzz/run.py TARGET --runs 1000000`. Crashes are kept in build/fuzz/TARGET.

Inputs are fixtures, changed in two ways: bytes, as libFuzzer does, and structure, by lines and words that change places
within a fixture and between them.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
with atheris.instrument_imports(include=["fabriclint", "fabriclint_rules"]):
    import targets

WORK = HERE.parent / "build" / "fuzz"
WORD = re.compile(rb"[A-Za-z0-9_.\-]+|[^A-Za-z0-9_.\-\s]")
LONGEST = 20_000


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


def main() -> None:
    """Fuzz one target; the last line is what was done, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(targets.TARGETS))
    parser.add_argument("--runs", type=int, default=100_000)
    asked = parser.parse_args()
    target, pattern = targets.TARGETS[asked.target]
    folder = WORK / asked.target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    known = [data for data in targets.seeds(pattern) if len(data) <= LONGEST]
    for number, data in enumerate(known):
        (corpus / f"fixture-{number:04}").write_bytes(data)
    done = 0
    begun = time.monotonic()

    def one(data: bytes) -> None:
        nonlocal done
        done += 1
        target(data)
        if done >= asked.runs:
            seconds = time.monotonic() - begun
            told = {
                "target": asked.target,
                "executions": done,
                "seconds": round(seconds),
                "seeds": len(known),
            }
            print(json.dumps(told), flush=True)

    arguments = [
        sys.argv[0], f"-runs={asked.runs}", f"-max_len={LONGEST}", "-timeout=20", "-rss_limit_mb=4096",
        f"-artifact_prefix={folder}/", "-print_final_stats=0", "-verbosity=0", str(corpus),
    ]  # fmt: skip
    atheris.Setup(arguments, one, custom_mutator=structured(known))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
