"""Where measurements are kept: `figures.json`, a section for each kind, from which `make docs` writes docs/measurements.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

FILE = Path(__file__).resolve().parent / "figures.json"


def machine() -> dict[str, Any]:
    """What was measured, and where."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "fabriclint": version("fabriclint"),
    }


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Minimum, median and maximum."""
    return {
        "min": round(min(values), digits),
        "median": round(median(values), digits),
        "max": round(max(values), digits),
    }


def keep(section: str, figures: dict[str, Any]) -> None:
    """Put the figures of a section into the file, with the machine they are of."""
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    known[section] = {"machine": machine(), **figures}
    FILE.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
