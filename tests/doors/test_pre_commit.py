"""The hook as a user gets it: the real pre-commit, installing this repository, on a repository of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
NO_ENDPOINT = """\
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_instance" "train" {
  count         = 2
  instance_type = "p4d.24xlarge"
  subnet_id     = aws_subnet.a.id
}
"""


def run(folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        timeout=500,
        check=False,
    )


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A repository with a faulty root, a clean file of ours and a file that is nobody's; the hook installed."""
    repository = tmp_path_factory.mktemp("repository")
    (repository / "infra").mkdir()
    (repository / "infra" / "main.tf").write_text(NO_ENDPOINT)
    (repository / "infra" / "names.tf").write_text('locals {\n  name = "train"\n}\n')
    (repository / "values.yaml").write_text("replicas: 2\n")
    for command in (
        ("git", "init", "-q"),
        ("git", "add", "."),
        ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "first"),
    ):
        assert run(repository, *command).returncode == 0
    return repository, {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("home"))}


def tried(hook: tuple[Path, dict[str, str]], *files: str) -> subprocess.CompletedProcess[str]:
    repository, env = hook
    return run(
        repository,
        sys.executable,
        "-m",
        "pre_commit",
        "try-repo",
        str(HERE),
        "fabriclint",
        "--files",
        *files,
        **env,
    )


def test_a_changed_file_brings_the_findings_of_its_root(hook: tuple[Path, dict[str, str]]) -> None:
    done = tried(hook, "infra/names.tf")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "s3-without-gateway-endpoint" in done.stdout
    assert "infra/main.tf" in done.stdout
    assert done.stdout.count("[s3-without-gateway-endpoint]") == 1


def test_files_of_others_pass(hook: tuple[Path, dict[str, str]]) -> None:
    done = tried(hook, "values.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_the_fixing_hook_changes_the_file_and_stops_the_commit(hook: tuple[Path, dict[str, str]]) -> None:
    repository, env = hook
    task = 'resource "aws_datasync_task" "t" {\n  options {\n    verify_mode = "NONE"\n  }\n}\n'
    (repository / "copy.tf").write_text(task)
    assert run(repository, "git", "add", "copy.tf").returncode == 0
    command = (
        sys.executable,
        "-m",
        "pre_commit",
        "try-repo",
        str(HERE),
        "fabriclint-fix",
        "--files",
        "copy.tf",
    )
    done = run(repository, *command, **env)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "files were modified by this hook" in done.stdout
    assert (repository / "copy.tf").read_text() == task.replace("NONE", "ONLY_FILES_TRANSFERRED")
    assert run(repository, "git", "add", "copy.tf").returncode == 0
    assert run(repository, *command, **env).returncode == 0
