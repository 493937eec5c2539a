"""Let the Terraform on PATH plan the stacks below tests/languages/terraform/plan/data, and keep what it says.

Each folder `data/<name>` holds a stack of `terraform_data` resources, which need no provider from outside; `plan.json` beside
it is the output of `terraform show -json`. A folder `before` inside is applied first, so that the plan changes something real.
Each folder `planned/<name>` holds a root too; of its plan only the addresses and arguments are kept, in `planned.json`, which
the evaluator is held to. A file `workspace` names the workspace in which it is planned.
Run it after editing a stack: `python tools/record_plans.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent / "tests/languages/terraform"
DATA = TESTS / "plan/data"
PLANNED = TESTS / "planned"


def terraform(folder: Path, *arguments: str) -> str:
    """The output of one Terraform command; its complaint ends the recording."""
    rc = folder.parent / "terraformrc"
    rc.touch()
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": "", "TF_CLI_CONFIG_FILE": str(rc)}
    named = folder / "workspace"
    if named.is_file():
        environment["TF_WORKSPACE"] = named.read_text(encoding="utf-8").strip()
    done = subprocess.run(
        ["terraform", *arguments], capture_output=True, text=True, cwd=folder, env=environment, check=False
    )
    if done.returncode:
        raise SystemExit(f"terraform {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def record(stack: Path) -> dict[str, Any]:
    """The plan of a stack, without the time of planning."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "stack"
        if (stack / "before").is_dir():
            shutil.copytree(stack / "before", folder)
            terraform(folder, "init", "-no-color")
            terraform(folder, "apply", "-auto-approve", "-no-color")
        shutil.copytree(
            stack,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("before", "plan.json", "planned.json"),
        )
        terraform(folder, "init", "-no-color")
        terraform(folder, "plan", "-no-color", "-out=plan.bin")
        plan: dict[str, Any] = json.loads(terraform(folder, "show", "-json", "plan.bin"))
    plan.pop("timestamp", None)
    return plan


def arguments(plan: dict[str, Any]) -> dict[str, Any]:
    """Of a plan what each instance is given, and which of it is known only after it is applied."""
    found: dict[str, Any] = {"terraform": plan["terraform_version"], "resources": {}}
    for change in plan["resource_changes"]:
        if change["mode"] == "managed":
            after, unknown = change["change"]["after"], change["change"]["after_unknown"]
            names = ("input", "triggers_replace")
            found["resources"][change["address"]] = {
                "known": {name: after[name] for name in names if name in after},
                "unknown": {name: unknown[name] for name in names if name in unknown},
            }
    return found


def main() -> int:
    """Record every stack."""
    for stack in sorted(path for path in PLANNED.iterdir() if path.is_dir()):
        found = arguments(record(stack))
        (stack / "planned.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"{stack.name}: {len(found['resources'])} resources")
    for stack in sorted(path for path in DATA.iterdir() if path.is_dir()):
        plan = record(stack)
        (stack / "plan.json").write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")
        print(
            f"{stack.name}: Terraform {plan['terraform_version']}, {len(plan['resource_changes'])} resources"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
