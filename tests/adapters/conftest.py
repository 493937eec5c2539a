"""checkov and cfn-lint as their users run them: the real command lines, in the environments of tools/test_adapters.py.

Without those environments nothing here is collected; with them nothing here is skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parent.parent.parent
GIVEN = dict(
    pair.split("=", 1) for pair in os.environ.get("FABRICLINT_ADAPTERS", "").split(os.pathsep) if pair
)
# checkov is given --skip-download by the tests; here it is told to look nothing up either.
QUIET = {"BC_SKIP_MAPPING": "TRUE"}

collect_ignore_glob = [] if GIVEN else ["test_*.py"]

Record = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def engine_runs(self) -> int:
        """How often the engine was run, as the adapter says at the level `info`."""
        return self.err.count("fabriclint judged")


@dataclass(frozen=True)
class Tool:
    """A command line in an environment of its own."""

    name: str
    folder: Path

    @property
    def old(self) -> bool:
        return self.name.endswith("-old")

    def __call__(self, cwd: Path, *arguments: str, **more: str) -> Ran:
        command = self.folder / "bin" / self.name.removesuffix("-old")
        done = subprocess.run(
            [str(command), *arguments],
            cwd=cwd,
            capture_output=True,
            check=False,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **QUIET, "XDG_CONFIG_HOME": str(self.folder / "no-configuration"), **more},
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def adapter(self, linter: str) -> str:
        """What `fabriclint adapter` prints in that environment."""
        command = [str(self.folder / "bin" / "fabriclint"), "adapter", linter]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`checkov` and `cfn_lint` are each version in turn; `newest_…` is the newest alone."""
    for fixture, kind in (("checkov", "checkov"), ("cfn_lint", "cfn-lint")):
        names = [name for name in GIVEN if name.removesuffix("-old") == kind]
        for wanted, chosen in ((fixture, names), (f"newest_{fixture}", [n for n in names if n == kind])):
            if wanted in metafunc.fixturenames:
                if not chosen:
                    raise pytest.UsageError(f"{metafunc.function.__name__} needs the environment {kind}")
                metafunc.parametrize(wanted, [Tool(name, Path(GIVEN[name])) for name in chosen], ids=chosen)


@pytest.fixture
def expected() -> Any:
    """What `fabriclint check` finds in a folder or file, as its JSON report tells it."""

    def found(cwd: Path, path: str) -> list[Record]:
        done = subprocess.run(
            [sys.executable, "-m", "fabriclint", "check", path, "--format", "json", "--exit-zero"],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "XDG_CONFIG_HOME": str(HOME / "no-configuration")},
        )
        findings: list[Record] = json.loads(done.stdout)["findings"]
        assert findings
        return findings

    return found
