"""Let the Terraform on PATH plan the stacks below tests/languages/terraform/plan/data, and keep what it says.

Each folder `data/<name>` holds a stack of `terraform_data` resources, which need no provider from outside; `plan.json` beside
it is the output of `terraform show -json`. A folder `before` inside is applied first, so that the plan changes something real.
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

DATA = Path(__file__).resolve().parent.parent / "tests/languages/terraform/plan/data"


def terraform(folder: Path, *arguments: str) -> str:
    """The output of one Terraform command; its complaint ends the recording."""
    rc = folder.parent / "terraformrc"
    rc.touch()
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": "", "TF_CLI_CONFIG_FILE": str(rc)}
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
            stack, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("before", "plan.json")
        )
        terraform(folder, "init", "-no-color")
        terraform(folder, "plan", "-no-color", "-out=plan.bin")
        plan: dict[str, Any] = json.loads(terraform(folder, "show", "-json", "plan.bin"))
    plan.pop("timestamp", None)
    return plan


def main() -> int:
    """Record every stack."""
    for stack in sorted(path for path in DATA.iterdir() if path.is_dir()):
        plan = record(stack)
        (stack / "plan.json").write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")
        print(
            f"{stack.name}: Terraform {plan['terraform_version']}, {len(plan['resource_changes'])} resources"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
