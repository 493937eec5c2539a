"""The command line opens no socket, starts no process, writes nothing, and runs and reads nothing of others.

The wrapper calls the same `main` under an audit hook that ends the process at the first event it does not allow.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parents[2]
FIXTURES = HOME / "fixtures"
FORMS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")
Run = Callable[..., Any]

SEALED = r"""
import os, sys, sysconfig

tree, *arguments = sys.argv[1:]
paths = sysconfig.get_paths()
readable = [tree, os.environ["PROJECT"], sys.prefix, sys.base_prefix, paths["stdlib"], paths["purelib"], "/usr/share/zoneinfo"]
readable = [os.path.realpath(path) for path in readable] + ["/dev/null", "/etc/localtime"]
processes = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.", "ctypes.", "webbrowser.")
if "--jobs" not in arguments:  # which asks for forks of the process itself, and they are sealed like it
    processes += ("os.fork",)
changes = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
           "os.utime", "os.putenv", "os.unsetenv", "shutil.", "tempfile.")
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def refuse(event, arguments):
    os.write(2, f"SEALED: {event} {arguments!r}"[:500].encode())
    os._exit(99)


def hook(event, arguments):
    if event.startswith("socket.") or event.startswith(processes) or event.startswith(changes):
        refuse(event, arguments)
    elif event == "open":
        path, mode, flags = arguments
        if isinstance(path, int):
            return
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & writing):
            refuse(event, arguments)
        path = os.path.realpath(os.fsdecode(path))
        if not any(path == one or path.startswith(one + os.sep) for one in readable):
            refuse(event, arguments)
    elif event in ("exec", "import"):
        code = arguments[1] if event == "import" else getattr(arguments[0], "co_filename", "")
        if code and not code.startswith("<") and os.path.realpath(code).startswith(os.path.realpath(tree) + os.sep):
            refuse(event, arguments)
    elif event == "compile" and isinstance(arguments[1], str) and not arguments[1].startswith("<"):
        if os.path.realpath(arguments[1]).startswith(os.path.realpath(tree) + os.sep):
            refuse(event, arguments)


sys.path[:] = [path for path in sys.path if path]
sys.dont_write_bytecode = True
sys.addaudithook(hook)
from fabriclint.doors.cli import main

sys.exit(main(arguments))
"""


def sealed(cwd: Path, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-c", SEALED, str(cwd), *arguments],
        cwd=cwd, env={**os.environ, "PROJECT": str(HOME)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the demo platform and of others, away from the repository."""
    (tmp_path / ".git").mkdir()
    for name in ("demo", "s3-without-gateway-endpoint/bad", "vpn-carries-training-data"):
        shutil.copytree(FIXTURES / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("form", FORMS)
def test_a_run_touches_nothing_else(tree: Path, form: str) -> None:
    done = sealed(tree, "check", "--format", form, "--show", "not-checked", "demo")
    assert "SEALED" not in done.stderr, done.stderr
    assert done.returncode == 1
    assert done.stdout


def test_forks_that_share_the_work_touch_nothing_else(tree: Path) -> None:
    alone = sealed(tree, "check", "--format", "json", ".")
    shared = sealed(tree, "check", "--format", "json", "--jobs", "3", ".")
    assert "SEALED" not in shared.stderr, shared.stderr
    assert shared.stdout == alone.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--diff", "demo"), ("inspect", "demo"), ("check", "--list-roots", "."), ("rules",), ("config", "show"),
        ("explain", "accelerators-without-efa"), ("transfer", "--size", "1TB", "--link", "1Gbps"), ("init",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_command_touches_anything_else(tree: Path, arguments: tuple[str, ...]) -> None:
    done = sealed(tree, *arguments)
    assert "SEALED" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout


def test_the_seal_holds(tree: Path) -> None:
    """What the other tests rest on: the hook ends a process that does write, and one that starts another."""
    for arguments in (("check", "demo", "--output", "report.txt"), ("check", "demo", "--since", "HEAD")):
        done = sealed(tree, *arguments)
        assert done.returncode == 99, (arguments, done)
        assert "SEALED" in done.stderr


def unshared() -> tuple[str, ...]:
    """A command that runs another one without any network; none where this machine has none."""
    command = ("unshare", "-rn")
    if shutil.which("unshare") is None:
        return ()
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if done.returncode == 0 else ()


def test_without_a_network_the_report_is_the_same(tree: Path) -> None:
    known = sealed(tree, "check", "--format", "json", "demo")
    assert sealed(tree, "check", "--format", "json", "demo", before=unshared()).stdout == known.stdout


MODULES = (
    "yaml", "msgspec", "tree_sitter", "tree_sitter_hcl", "tree_sitter_bash", "json", "re", "argparse", "jsonschema",
    "sitecustomize", "usercustomize", "conftest", "fabriclint_rules/__init__", "fabriclint_rules/mine",
    "celpy", "setup",
)  # fmt: skip


@pytest.mark.parametrize(
    "start", [("-m", "fabriclint"), (str(Path(sys.executable).parent / "fabriclint"),)], ids=str
)
def test_no_module_of_the_tree_is_imported(tree: Path, start: tuple[str, ...]) -> None:
    marker = tree / "imported"
    # `-m` itself looks for the package in the working directory; nothing of fabriclint runs before that.
    own = () if start[0] == "-m" else ("fabriclint/__init__",)
    for name in (*MODULES, *own):
        path = tree / "demo" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"open({str(marker)!r}, 'a').write({name!r})\n")
    (tree / "demo" / "fabriclint.toml").write_text("")
    (tree / "demo" / "x.pth").write_text(f"import os; open({str(marker)!r}, 'a')\n")
    command = [sys.executable, *start] if start[0] == "-m" else list(start)
    for arguments in (("check", "--format", "json", "."), ("inspect", "."), ("config", "show")):
        done = subprocess.run(
            [*command, *arguments], cwd=tree / "demo", capture_output=True, timeout=60, check=False
        )
        assert done.returncode in (0, 1), done.stderr
        assert done.stdout
        assert not marker.exists(), f"{arguments}: {marker.read_text()}"


def test_a_pack_of_the_tree_is_loaded_only_where_it_is_asked_for(tree: Path) -> None:
    marker = tree / "imported"
    (tree / "demo" / "rules").mkdir()
    (tree / "demo" / "rules" / "mine.py").write_text(f"open({str(marker)!r}, 'w')\n")
    for text in ("", 'rules = ["rules"]\n', 'packs = ["rules"]\n'):
        (tree / "demo" / "fabriclint.toml").write_text(text)
        subprocess.run(
            [sys.executable, "-m", "fabriclint", "check", "."],
            cwd=tree / "demo",
            capture_output=True,
            check=False,
        )
        assert not marker.exists()
