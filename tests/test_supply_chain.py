"""What is installed, built and run on the way to a user: locks, packages, workflows."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

HOME = Path(__file__).parent.parent
WORKFLOWS = sorted((HOME / ".github" / "workflows").glob("*.yml"))


def tool(name: str) -> ModuleType:
    """A module of tools/."""
    spec = importlib.util.spec_from_file_location(name, HOME / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_locks = tool("make_locks")


def text(name: str) -> str:
    return (HOME / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def test_the_locks_are_those_of_pyproject(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_locks.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("name", make_locks.LOCKS)
def test_a_lock_holds_something(name: str) -> None:
    assert make_locks.asked(name)
    assert len(list(make_locks.entries(text(name)))) >= len(make_locks.asked(name))


def msgspec(version: str, via: str = "fabriclint (pyproject.toml)", more: str = "") -> str:
    return f"# made\nmsgspec{version} \\\n    --hash=sha256:{'0' * 64}\n    # via {via}\n{more}"


@pytest.mark.parametrize(
    ("wanted", "locked", "told"),
    [
        (["msgspec>=0.20"], msgspec("==0.20"), []),
        (["msgspec>=0.20"], msgspec("==0.20", more="# via\n"), []),
        (["msgspec>=0.20", "Left_Pad>=1"], msgspec("==0.20"), ["Left_Pad>=1 is not locked"]),
        (["msgspec>=99"], msgspec("==0.20"), ["msgspec>=99 is locked at 0.20"]),
        ([], msgspec("==0.20"), ["msgspec is asked for no more"]),
        (["msgspec>=0.20"], msgspec(">=0.20"), ["msgspec>=0.20 is no exact version"]),
        (["msgspec"], msgspec("==0.20").replace("0" * 64, "0" * 63), ["msgspec has no hash"]),
        (["msgspec"], "msgspec==0.20\n    # via fabriclint (pyproject.toml)\n", ["msgspec has no hash"]),
        ([], msgspec("==0.20", via="left-pad"), ["msgspec is there for nobody"]),
        (
            ["msgspec"],
            msgspec("==0.20", more="--index-url https://x.example\n"),
            ["it names a place to fetch from"],
        ),
    ],
)
def test_a_stale_lock_is_told(wanted: list[str], locked: str, told: list[str]) -> None:
    assert list(make_locks.faults(wanted, locked)) == told


def test_the_builder_is_locked() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["build-system"]["requires"]) <= set(make_locks.asked("build"))


@pytest.mark.parametrize("name", ["build", "docs", "release", "runtime"])
def test_what_two_locks_share_has_one_version(name: str) -> None:
    tested = {
        (entry.name, str(entry.wanted.marker)): entry.version for entry in make_locks.entries(text("dev"))
    }
    found = {
        (entry.name, str(entry.wanted.marker)): entry.version for entry in make_locks.entries(text(name))
    }
    shared = tested.keys() & found.keys()
    assert shared
    assert {one: found[one] for one in shared} == {one: tested[one] for one in shared}


# ---------------------------------------------------------------- packages


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """What git knows of the two packages, as it lies in the wheel."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "linter/fabriclint", "rules/fabriclint_rules"],
        cwd=HOME, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = [name.partition("/")[2] for name in done.stdout.split("\0") if name]
    assert names
    return names


@pytest.fixture(scope="module")
def dists(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two builds of this tree."""
    folders = [tmp_path_factory.mktemp("dist") for _ in range(2)]
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    for folder in folders:
        build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
        subprocess.run(build, cwd=HOME, env=env, capture_output=True, check=True)
    return folders


def test_two_builds_are_the_same_bytes(dists: list[Path]) -> None:
    one, other = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        for folder in dists
    )
    assert sorted(Path(name).suffix for name in one) == [".gz", ".whl"]
    assert one == other


def test_the_wheel_holds_the_packages_and_nothing_else(dists: list[Path], tracked: list[str]) -> None:
    (wheel,) = dists[0].glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    about = {name for name in names if re.match(r"fabriclint-[^/]+\.dist-info/", name)}
    assert about
    assert not [name for name in names if name.endswith(".pth")]
    assert {name.partition("/")[0] for name in set(names) - about} == {"fabriclint", "fabriclint_rules"}
    here = {name for name in tracked if (HOME / "linter" / name).exists() or (HOME / "rules" / name).exists()}
    assert here <= set(names)
    assert {"fabriclint/py.typed", "fabriclint/facts/instances.json", "fabriclint/config/schema.json"} <= here


def test_the_requirements_of_a_release_pin_it_too(tmp_path: Path) -> None:
    make_dist = tool("make_dist")
    for name in ("a.whl", "a.tar.gz"):
        (tmp_path / name).write_text(name)
    pinned = make_dist.requirements("9.9.9", sorted(tmp_path.iterdir()))
    *packages, last = make_locks.entries(pinned)
    assert packages == list(make_locks.entries(text("runtime")))
    assert str(last.wanted) == "fabriclint==9.9.9"
    assert len(set(last.hashes)) == 2
    assert all(make_locks.HASH.fullmatch(one) for one in last.hashes)


# ---------------------------------------------------------------- workflows


def uses(node: object) -> Iterator[str]:
    """Every action or workflow that a document calls."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "uses":
                yield value
            else:
                yield from uses(value)
    elif isinstance(node, list):
        for one in node:
            yield from uses(one)


def test_there_are_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


@pytest.mark.parametrize("path", [*WORKFLOWS, HOME / "action.yml"], ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    called = [one for one in uses(yaml.safe_load(written)) if not one.startswith("./")]
    assert called
    for one in called:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", one), one
        assert re.search(rf"uses: {re.escape(one)} # v\d+\.\d+\.\d+$", written, re.MULTILINE), (
            "its version stands beside it"
        )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_and_keeps_no_credentials(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        for step in job.get("steps", ()):
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize(
    ("name", "rights"),
    [
        ("ci.yml", {}),
        (
            "release.yml",
            {
                "attest": {"id-token": "write", "attestations": "write"},
                "publish": {"contents": "read", "id-token": "write"},
                "tell": {"contents": "write"},
            },
        ),
    ],
)
def test_a_job_has_no_more_rights_than_its_work_needs(name: str, rights: dict[str, object]) -> None:
    workflow = yaml.safe_load((HOME / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    jobs = workflow["jobs"].items()
    assert {job: known["permissions"] for job, known in jobs if "permissions" in known} == rights


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_no_text_from_outside(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    runs = [
        step["run"] for job in workflow["jobs"].values() for step in job.get("steps", ()) if "run" in step
    ]
    assert runs
    assert not [run for run in runs if "${{" in run]


def test_the_workflows_ask_for_targets_that_are_there() -> None:
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    asked = {
        word
        for path in WORKFLOWS
        for word in re.findall(r"run: make (\w+)", path.read_text(encoding="utf-8"))
    }
    assert asked == {"audit", "dist", "publish"}
    for word in asked:
        assert re.search(rf"^{word}:", makefile, re.MULTILINE)
