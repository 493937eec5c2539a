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
from typing import Any, NamedTuple

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOME = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
GROUPS: dict[str, list[str]] = PROJECT["dependency-groups"]
# What each lock holds of pyproject.toml.
LOCKS = {
    "build": GROUPS["build"],
    "dev": [*RUNTIME, *EXTRAS["dev"], *GROUPS["build"]],
    "docs": [*RUNTIME, *EXTRAS["docs"]],
    "facts": GROUPS["facts"],
    "release": [*GROUPS["build"], *GROUPS["release"]],
    "runtime": RUNTIME,
}
DIRECT = re.compile(r"fabriclint \(pyproject\.toml(:\w+)?\)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
WORKFLOWS = sorted((HOME / ".github" / "workflows").glob("*.yml"))


class Entry(NamedTuple):
    """One package of a lock: what pip is asked for, its hashes, and who asked for it."""

    wanted: Requirement
    hashes: list[str]
    via: list[str]

    @property
    def name(self) -> str:
        return canonicalize_name(self.wanted.name)

    @property
    def version(self) -> str:
        return next(iter(self.wanted.specifier)).version

    @property
    def direct(self) -> bool:
        return any(DIRECT.fullmatch(one) for one in self.via)


def entries(text: str) -> Iterator[Entry]:
    """The packages of a lock; every line of it is one's, or a remark above the first."""
    blocks = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)
    assert all(line.startswith("#") for line in blocks[0].splitlines())
    for block in blocks[1:]:
        first, *rest = (line.strip().removesuffix("\\").strip() for line in block.splitlines())
        via = [line.lstrip("# ").removeprefix("via").strip() for line in rest if line.startswith("#")]
        hashes = [line for line in rest if not line.startswith("#")]
        yield Entry(Requirement(first), hashes, [one for one in via if one and not one.startswith("-c ")])


def lock(name: str) -> list[Entry]:
    found = list(entries((HOME / "requirements" / f"{name}.txt").read_text(encoding="utf-8")))
    assert found
    return found


def stale(wanted: list[str], locked: list[Entry]) -> list[str]:
    """What a lock misses of what is asked for directly, holds at a version that is not admitted, or holds for nobody."""
    asked = [Requirement(text) for text in wanted]
    names = {canonicalize_name(one.name) for one in asked}
    return [
        *(str(one) for one in asked if canonicalize_name(one.name) not in {entry.name for entry in locked}),
        *(
            f"{one} is locked at {entry.version}"
            for one in asked
            for entry in locked
            if entry.name == canonicalize_name(one.name) and not one.specifier.contains(entry.version)
        ),
        *(
            f"{entry.name} is asked for no more"
            for entry in locked
            if entry.direct and entry.name not in names
        ),
    ]


def test_every_lock_has_its_place_here() -> None:
    assert {path.stem for path in (HOME / "requirements").iterdir()} == LOCKS.keys()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_pyproject_asks_for(name: str) -> None:
    assert stale(LOCKS[name], lock(name)) == [], "run `make lock`"


def test_a_stale_lock_is_told() -> None:
    locked = lock("runtime")
    assert stale([*RUNTIME, "left-pad>=1"], locked) == ["left-pad>=1"]
    (now,) = (entry for entry in locked if entry.name == "msgspec")
    others = [text for text in RUNTIME if not text.startswith("msgspec")]
    assert stale([*others, "msgspec>=99"], locked) == [f"msgspec>=99 is locked at {now.version}"]
    assert stale(others, locked) == ["msgspec is asked for no more"]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_exact_versions_by_hash_and_no_place(name: str) -> None:
    text = (HOME / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "//" not in text
    for entry in entries(text):
        assert entry.wanted.url is None
        assert [one.operator for one in entry.wanted.specifier] == ["=="], entry.wanted
        assert entry.hashes, entry.wanted
        assert all(HASH.fullmatch(one) for one in entry.hashes), entry.wanted


@pytest.mark.parametrize("name", LOCKS)
def test_whoever_asked_for_a_package_is_in_its_lock(name: str) -> None:
    locked = lock(name)
    names = {entry.name for entry in locked}
    assert [entry.name for entry in locked if not entry.via] == []
    for entry in locked:
        for one in entry.via:
            assert DIRECT.fullmatch(one) or canonicalize_name(one) in names, f"{entry.name} via {one}"


@pytest.mark.parametrize("name", sorted(LOCKS.keys() - {"dev", "facts"}))
def test_what_two_locks_share_has_one_version(name: str) -> None:
    tested = {(entry.name, str(entry.wanted.marker)): entry.version for entry in lock("dev")}
    shared = [entry for entry in lock(name) if (entry.name, str(entry.wanted.marker)) in tested]
    assert shared
    for entry in shared:
        assert entry.version == tested[entry.name, str(entry.wanted.marker)], entry.name


def test_the_builder_is_the_one_that_is_locked() -> None:
    assert set(PROJECT["build-system"]["requires"]) <= set(GROUPS["build"])


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


def test_the_requirements_of_a_release_pin_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("make_dist", HOME / "tools" / "make_dist.py")
    assert spec is not None
    assert spec.loader is not None
    make_dist = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_dist)
    for name in ("a.whl", "a.tar.gz"):
        (tmp_path / name).write_text(name)
    *packages, last = entries(make_dist.requirements("9.9.9", sorted(tmp_path.iterdir())))
    assert [entry.name for entry in packages] == [entry.name for entry in lock("runtime")]
    assert (last.name, last.version) == ("fabriclint", "9.9.9")
    assert len(set(last.hashes)) == 2
    assert all(HASH.fullmatch(one) for one in last.hashes)


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
    text = path.read_text(encoding="utf-8")
    called = [one for one in uses(yaml.safe_load(text)) if not one.startswith("./")]
    assert called
    for one in called:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", one), one
        assert re.search(rf"uses: {re.escape(one)} # v\d+\.\d+\.\d+$", text, re.MULTILINE), (
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
