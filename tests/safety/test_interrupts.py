"""Whenever a run ends, what it writes is the old file or the new one, and nothing else is left beside it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIXABLE = FIXTURES / "datasync-skips-verification" / "bad" / "verify-none"
OLD = "what stood here before\n" * 500
START = (
    "import sys\n"
    "from fabriclint.doors import cli, writing\n"
    "import os, signal, resource\n"
    # Where the tests run in the background, the shell has let them ignore it.
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "{patch}\n"
    "sys.exit(cli.main(sys.argv[1:]))\n"
)
PATCH = (
    "real = os.{name}\n"
    "def patched(*a, **k):\n    {before}\n    done = real(*a, **k)\n    {after}\n    return done\n"
    "os.{name} = patched"
)
# At each of these moments the process is ended: before or after one of these calls.
MOMENTS = [("fdopen", "before"), ("fsync", "after"), ("replace", "before"), ("replace", "after")]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
COMMANDS: dict[str, tuple[str, ...]] = {
    "fix": ("check", "--fix=all", "."),
    "output": ("check", ".", "--output", "written.txt"),
    "baseline": ("baseline", ".", "--output", "written.txt"),
    "init": ("init", "--yes"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with something to mend."""
    (tmp_path / ".git").mkdir()
    shutil.copy(FIXABLE / "main.tf", tmp_path / "main.tf")
    (tmp_path / "written.txt").write_text(OLD)
    (tmp_path / "written.txt").chmod(0o640)
    (tmp_path / ".pre-commit-config.yaml").write_text("repos:\n  - repo: local\n    hooks: []\n")
    return tmp_path


def content(tree: Path) -> dict[str, bytes]:
    return {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def finished(tree: Path, command: tuple[str, ...]) -> dict[str, bytes]:
    """What stands there after the command has run to its end, in a copy."""
    copy = tree.parent / f"{tree.name}-finished"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(tree, copy)
    done = subprocess.run(
        [sys.executable, "-m", "fabriclint", *command], cwd=copy, capture_output=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return content(copy)


def whole(tree: Path, before: dict[str, bytes], after: dict[str, bytes], *, litter: bool) -> None:
    """Each file is the old one or the new one."""
    for path, data in content(tree).items():
        if litter and Path(path).name.startswith(".fabriclint-"):
            continue
        assert path in before or path in after, f"{path} was left behind"
        assert data in (before.get(path), after.get(path)), f"{path} is half-written"
    assert content(tree).keys() >= before.keys()


@pytest.mark.parametrize("moment", MOMENTS, ids="-".join)
@pytest.mark.parametrize(
    ("command", "number"),
    # They share one writer, so all the ways to end are tried with one of them.
    [("output", number) for number in SIGNALS]
    + [(name, signal.SIGTERM) for name in ("fix", "baseline", "init")],
)
def test_ended_while_it_writes(
    tree: Path, command: str, number: signal.Signals, moment: tuple[str, str]
) -> None:
    before, after = content(tree), finished(tree, COMMANDS[command])
    assert before != after
    name, when = moment
    ends = {"before": "pass", "after": "pass", when: f"os.kill(os.getpid(), {int(number)})"}
    program = START.format(patch=PATCH.format(name=name, **ends))
    done = subprocess.run(
        [sys.executable, "-c", program, *COMMANDS[command]],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    codes = {signal.SIGINT: (130,), signal.SIGTERM: (143, -15), signal.SIGKILL: (-9,)}
    assert done.returncode in codes[number], done.stderr
    assert "Traceback" not in done.stderr
    whole(tree, before, after, litter=number is signal.SIGKILL)


@pytest.mark.parametrize("command", COMMANDS)
def test_ended_at_any_moment(tree: Path, command: str) -> None:
    before = content(tree)
    start = time.monotonic()
    after = finished(tree, COMMANDS[command])
    usual = time.monotonic() - start
    chance = random.Random(command)
    for number in SIGNALS:
        process = subprocess.Popen(
            [sys.executable, "-m", "fabriclint", *COMMANDS[command]],
            cwd=tree,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        time.sleep(usual * chance.uniform(0.5, 1))
        process.send_signal(number)
        process.communicate(timeout=60)
        whole(tree, before, after, litter=number is signal.SIGKILL)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_that_is_full(tree: Path, command: str) -> None:
    before, after = content(tree), finished(tree, COMMANDS[command])
    program = START.format(patch="resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))")
    done = subprocess.run(
        [sys.executable, "-B", "-c", program, *COMMANDS[command]],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (1, 2), done.stderr
    assert "too large" in done.stderr
    assert "Traceback" not in done.stderr
    whole(tree, before, after, litter=False)
    assert content(tree) == before


def lint(tree: Path, *arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fabriclint", *arguments],
        cwd=tree,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_an_output_that_takes_nothing(tree: Path) -> None:
    done = lint(tree, "check", ".", "--output", "/dev/full")
    assert (done.returncode, done.stderr) == (2, "fabriclint: --output /dev/full: No space left on device\n")
    with open("/dev/full", "wb") as full:
        done = lint(tree, "check", ".", stdout=full.fileno())
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_mode_and_links_stay(tree: Path) -> None:
    (tree / "link.txt").symlink_to("written.txt")
    assert lint(tree, "check", ".", "--output", "link.txt").returncode == 1
    assert (tree / "link.txt").is_symlink()
    assert (tree / "written.txt").read_text() != OLD
    assert stat.S_IMODE((tree / "written.txt").stat().st_mode) == 0o640
    assert lint(tree, "check", ".", "--output", "new.txt").returncode == 1
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tree / "new.txt").stat().st_mode) == 0o666 & ~umask


def test_what_is_no_file_is_written_to(tree: Path) -> None:
    done = lint(tree, "check", ".", "--output", "/dev/stdout")
    assert done.stdout.startswith(("error", "warning", "advice"))
    os.mkfifo(tree / "pipe")
    with subprocess.Popen(["cat", "pipe"], cwd=tree, stdout=subprocess.PIPE, text=True) as reader:
        assert lint(tree, "check", ".", "--output", "pipe").returncode == 1
        assert reader.communicate(timeout=60)[0] == done.stdout
    assert stat.S_ISFIFO((tree / "pipe").stat().st_mode)


def test_an_interrupt_is_130_without_a_traceback(tmp_path: Path) -> None:
    program = START.format(
        patch="import fabriclint.engine.run as run\nrun.judged_root = lambda *a: os.kill(os.getpid(), 2)"
    )
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "v" {}\n')
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
