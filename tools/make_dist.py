"""Write `dist/` from the commit that is checked out: sdist, wheel, pinned requirements, components (SBOM) and check sums.

Only what is committed is built, with the commit's time, and twice: two builds that differ are an error. The wheel is then
installed beside the packages of the lock, by hash, and lints the demo; the components are what that environment holds.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

HOME = Path(__file__).parent.parent
TARGET = HOME / "dist"
DEMO = ("fixtures/demo/terraform", "fixtures/demo/cloudformation")


def said(*words: str | Path, folder: Path = HOME, epoch: str = "") -> bytes:
    """What a command writes; it raises where the command fails."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": epoch} if epoch else None
    return subprocess.run(words, cwd=folder, env=env, stdout=subprocess.PIPE, check=True).stdout


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def built(tree: Path, folder: Path, epoch: str) -> list[Path]:
    """The sdist and the wheel of a tree, in a folder."""
    said(sys.executable, "-m", "hatchling", "build", "-d", folder, folder=tree, epoch=epoch)
    return sorted(folder.iterdir())


def requirements(version: str, packages: list[Path]) -> str:
    """The lock of the run-time packages, and fabriclint itself by the hashes of both packages."""
    lock = (HOME / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    hashes = sorted(f"--hash=sha256:{digest(path)}" for path in packages)
    return f"{lock.rstrip()}\n" + " \\\n    ".join((f"fabriclint=={version}", *hashes)) + "\n"


def installed(folder: Path, pinned: Path) -> Path:
    """The Python of an environment that holds what a pinned file names, and nothing else: no pip either."""
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-qq", "--disable-pip-version-check")
    said(*pip, "--require-hashes", "--only-binary", ":all:", "--find-links", TARGET, "-r", pinned)
    return python


def components(python: Path, version: str, epoch: str) -> str:
    """The CycloneDX document of an environment, with fabriclint as what it describes."""
    tool = (sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", HOME / "pyproject.toml")
    document = json.loads(said(*tool, "--output-reproducible", python, epoch=epoch))
    about = document["metadata"]["component"]
    about["version"] = version
    about["purl"] = f"pkg:pypi/{about['name']}@{version}"
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def main(tag: str) -> int:
    epoch = said("git", "log", "-1", "--format=%ct").decode().strip()
    with tempfile.TemporaryDirectory() as made:
        here = Path(made)
        tree = here / "tree"
        with tarfile.open(fileobj=io.BytesIO(said("git", "archive", "HEAD"))) as archive:
            archive.extractall(tree, filter="data")
        version = said(sys.executable, "-m", "hatchling", "version", folder=tree).decode().strip()
        if tag and tag != f"v{version}":
            print(f"the tag is {tag}, the version {version}", file=sys.stderr)
            return 1
        shutil.rmtree(TARGET, ignore_errors=True)
        packages = built(tree, TARGET, epoch)
        again = built(tree, here / "again", epoch)
        if [(path.name, digest(path)) for path in packages] != [(path.name, digest(path)) for path in again]:
            print("two builds of one commit differ", file=sys.stderr)
            return 1
        pinned = TARGET / f"fabriclint-{version}.requirements.txt"
        pinned.write_text(requirements(version, packages), encoding="utf-8")
        python = installed(here / "installed", pinned)
        said(python, "-m", "fabriclint", "check", *DEMO, "--exit-zero")
        listed = TARGET / f"fabriclint-{version}.cdx.json"
        listed.write_text(components(python, version, epoch), encoding="utf-8")
    sums = "".join(f"{digest(path)}  {path.name}\n" for path in sorted(TARGET.iterdir()))
    (TARGET / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(sums, end="")
    return 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tag", default="", help="fail unless this is the version with a v before it")
    sys.exit(main(arguments.parse_args().tag))
