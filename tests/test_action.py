"""The action and the GitLab job, their steps run as a runner would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HOME = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((HOME / "action.yml").read_text(encoding="utf-8"))
HOLE = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
FAULT = """\
resource "aws_datasync_task" "corpus" {
  source_location_arn      = "arn:aws:datasync:us-east-1:111122223333:location/loc-1"
  destination_location_arn = "arn:aws:datasync:us-east-1:111122223333:location/loc-2"

  options {
    verify_mode = "NONE"
  }
}
"""


class Runner:
    """Runs the `run` steps of the action, with the inputs, in a workspace of its own."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.inputs = {name: str(one["default"]) for name, one in ACTION["inputs"].items()} | inputs
        self.folder = folder
        self.temp = folder / "temp"
        self.temp.mkdir()
        self.work = folder / "work"
        self.work.mkdir()
        self.outputs: dict[str, str] = {}
        self.summary = folder / "summary.md"

    def filled(self, text: str) -> str:
        def value(hole: re.Match[str]) -> str:
            name = hole[1]
            if name == "github.action_path":
                return str(HOME)
            if name.startswith("inputs."):
                return self.inputs[name.removeprefix("inputs.")]
            if name.startswith("steps.check.outputs."):
                return self.outputs.get(name.rpartition(".")[2], "")
            raise AssertionError(f"the action asks for {name}")

        return HOLE.sub(value, text)

    def wanted(self, step: dict[str, Any]) -> bool:
        condition = step.get("if", "")
        if "summary" in condition:
            return self.inputs["summary"] == "true"
        return True

    def run(self) -> list[int]:
        codes: list[int] = []
        for step in ACTION["runs"]["steps"]:
            if "run" not in step or not self.wanted(step):
                continue
            written = self.folder / "output"
            written.write_text("")
            done = subprocess.run(
                ["bash", "-c", step["run"]],
                cwd=self.work,
                env={
                    **os.environ,
                    "RUNNER_TEMP": str(self.temp),
                    "GITHUB_OUTPUT": str(written),
                    "GITHUB_STEP_SUMMARY": str(self.summary),
                    **{name: self.filled(str(text)) for name, text in step.get("env", {}).items()},
                },
                capture_output=True,
                text=True,
                timeout=500,
                check=False,
            )
            self.said = done.stdout + done.stderr
            for line in written.read_text().splitlines():
                name, _, text = line.partition("=")
                self.outputs[name] = text
            codes.append(done.returncode)
        return codes


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first step installs, once, beside a workspace whose modules would run if they were found."""
    runner = Runner(tmp_path_factory.mktemp("installed"), paths="nowhere")
    for name in ("logging", "pip", "venv"):
        (runner.work / f"{name}.py").write_text(f"open({str(runner.folder / 'stolen')!r}, 'w')\n")
    assert runner.run()[0] == 0, runner.said
    assert not (runner.folder / "stolen").exists()
    return runner.temp / "fabriclint"


@pytest.fixture
def runner(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch):
    """A runner that finds fabriclint installed already."""

    def made(**inputs: str) -> Runner:
        runner = Runner(tmp_path, **inputs)
        (runner.temp / "fabriclint").symlink_to(installed)
        steps = [step for step in ACTION["runs"]["steps"] if step["name"] != "Install fabriclint"]
        monkeypatch.setitem(ACTION, "runs", {**ACTION["runs"], "steps": steps})
        return runner

    return made


def test_findings_fail_the_job_and_stand_in_summary_and_log(runner) -> None:
    one = runner()
    (one.work / "main.tf").write_text(FAULT)
    assert one.run() == [0, 0, 1]
    assert one.outputs["exit-code"] == "1"
    log = json.loads(Path(one.outputs["sarif-file"]).read_text())
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["datasync-skips-verification"]
    assert "[datasync-skips-verification](" in one.summary.read_text()


def test_inputs_are_arguments_and_never_code(runner) -> None:
    one = runner(paths="a b\n$(touch stolen)", args="--level\nerror\n; touch stolen", **{"fail-on": "never"})
    (one.work / "a b").mkdir()
    (one.work / "a b" / "main.tf").write_text(FAULT)
    one.run()
    assert not list(one.folder.rglob("stolen"))
    assert (
        one.outputs["exit-code"] == "3"
    )  # neither `; touch stolen` nor `$(touch stolen)` is a path that exists


def test_the_job_may_pass_and_say_nothing(runner) -> None:
    one = runner(summary="false", annotations="true", **{"fail-on": "error"})
    (one.work / "main.tf").write_text(FAULT)
    assert one.run() == [0, 0]
    assert not one.summary.exists()


def test_every_step_takes_inputs_by_environment_only() -> None:
    for step in ACTION["runs"]["steps"]:
        assert not HOLE.search(step.get("run", "")), step["name"]


def words(install: str, **variables: str) -> list[str]:
    """What a shell hands to `pip install`."""
    shown = install.replace("pip install", "printf '%s\\n'")
    done = subprocess.run(["sh", "-c", shown], env=variables, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_gitlab_job_writes_what_it_hands_on(tmp_path: Path) -> None:
    job = yaml.safe_load((HOME / "templates" / "fabriclint.gitlab-ci.yml").read_text(encoding="utf-8"))[
        "fabriclint"
    ]
    install, check = job["script"]
    assert words(install, FABRICLINT_VERSION="==0.1.0") == ["--quiet", "fabriclint==0.1.0"]
    assert words(install, FABRICLINT_REQUIREMENTS="a b.txt") == [
        *("--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", "a b.txt"),
    ]
    (tmp_path / "main.tf").write_text(FAULT)
    env = {**os.environ, **job["variables"], "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", check], cwd=tmp_path, env=env, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 1
    for path in (*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()):
        assert (tmp_path / path).stat().st_size > 0
