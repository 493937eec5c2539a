"""The pre-commit hooks, as data. `.pre-commit-hooks.yaml` is generated from here by `make docs`."""

from __future__ import annotations

from typing import Any

HOOKS: tuple[dict[str, Any], ...] = (
    {
        "id": "fabriclint",
        "name": "fabriclint",
        "description": "Find what starves generative-AI training of network on AWS.",
        # The text report, because whoever is stopped needs the why and the fix; `args` may choose another.
        "entry": "fabriclint check",
        "language": "python",
        "files": r"\.(tf|tofu|tfvars|ya?ml|json|template)$",
        "exclude": r"(^|/)\.terraform/",
        # A finding may need files that did not change: one process judges the stacks of all given files.
        "require_serial": True,
    },
)
