"""The pre-commit hooks, as data. `.pre-commit-hooks.yaml` is generated from here by `make docs`."""

from __future__ import annotations

from typing import Any

# A finding may need files that did not change: one process judges the stacks of all given files.
_EVERY: dict[str, Any] = {
    "language": "python",
    "files": r"\.(tf|tofu|tfvars|ya?ml|json|template)$",
    "exclude": r"(^|/)\.terraform/",
    "require_serial": True,
}
HOOKS: tuple[dict[str, Any], ...] = (
    {
        "id": "fabriclint",
        "name": "fabriclint",
        "description": "Find what starves generative-AI training of network on AWS.",
        # The text report, because whoever is stopped needs the why and the fix; `args` may choose another.
        "entry": "fabriclint check",
        **_EVERY,
    },
    {
        "id": "fabriclint-fix",
        "name": "fabriclint (fix)",
        "description": "Make the edits that prove themselves and need nobody's leave, and tell the rest.",
        "entry": "fabriclint check --fix",
        **_EVERY,
    },
)
