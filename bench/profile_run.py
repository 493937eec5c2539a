"""Where the time of a run goes: `python bench/profile_run.py PATH…` prints its phases, its roots and its dearest functions.

Phases and roots are timed without the profiler, which slows some functions more than others. `--sort cumulative` orders the
functions by what they call; `--imports` lists the dearest imports instead (as `python -X importtime` does, of a run of its own).
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import subprocess
import sys
from time import perf_counter

MOST = 40


def imports(paths: list[str]) -> int:
    """The dearest imports of a run, in microseconds of their own."""
    command = [sys.executable, "-X", "importtime", "-m", "fabriclint", "check", *paths, "--exit-zero"]
    told = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    rows = [
        line.removeprefix("import time:").split("|")
        for line in told.stderr.splitlines()
        if line.startswith("import time:")
    ]
    timed = [(int(own), name.strip()) for own, _, name in rows if own.strip().isdecimal()]
    print(f"{len(timed)} modules, {sum(own for own, _ in timed) / 1000:.1f} ms")
    for own, name in sorted(timed, reverse=True)[:MOST]:
        print(f"{own:8} µs  {name}")
    return 0


def run(paths: list[str], order: str) -> int:
    """Time one run by phases and roots, then another one by functions."""
    gc.disable()  # as the command line does
    begun = perf_counter()
    from fabriclint.doors.cli import parser
    from fabriclint.doors.session import opened
    from fabriclint.engine.run import judged_root, report_of
    from fabriclint.reporters import text

    phases = [("import", perf_counter() - begun)]

    def phase(name: str) -> None:
        phases.append((name, perf_counter() - begun - sum(seconds for _, seconds in phases)))

    asked = parser("check").parse_args(["check", *paths])
    session = opened(asked)
    phase("rules, configuration, roots")
    roots: list[tuple[float, str]] = []
    judged = []
    for language, root in session.plan.roots:
        start = perf_counter()
        judged.append(judged_root(language, root, session.files, session.settings, session.rules))
        roots.append((perf_counter() - start, root.path))
    phase(f"judging {len(roots)} roots")
    report, _ = report_of(session.plan, judged, session.settings, session.rules, session.policy)
    phase("the report")
    text.render(report)
    phase("as text")
    for name, seconds in phases:
        print(f"{1000 * seconds:8.1f} ms  {name}")
    for seconds, name in sorted(roots, reverse=True)[:12]:
        print(f"{1000 * seconds:12.1f} ms  {name}")
    profile = cProfile.Profile()
    profile.enable()
    again = opened(asked)
    for language, root in again.plan.roots:
        judged_root(language, root, again.files, again.settings, again.rules)
    profile.disable()
    pstats.Stats(profile).sort_stats(order).print_stats(MOST)
    return 0


def main() -> int:
    """Profile what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", default=["."])
    parser.add_argument("--sort", default="tottime", choices=("tottime", "cumulative", "ncalls"))
    parser.add_argument("--imports", action="store_true", help="list the dearest imports instead")
    asked = parser.parse_args()
    return imports(asked.paths) if asked.imports else run(asked.paths, asked.sort)


if __name__ == "__main__":
    sys.exit(main())
