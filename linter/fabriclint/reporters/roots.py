"""The decision over the given paths: what is judged, as what, and what is judged through its callers."""

from __future__ import annotations

from fabriclint.engine.discover import Plan
from fabriclint.reporters.paint import Paint, json_text, plural, safe
from fabriclint.reporters.text import diagnostic


def render(plan: Plan, *, as_json: bool = False) -> str:
    """The roots, one a line, then what was folded into them."""
    if as_json:
        data = {
            "roots": [
                {"language": root.language, "path": root.path, "why": root.why, "files": list(root.files)}
                for _, root in plan.roots
            ],
            "folded": [{"path": fold.path, "callers": list(fold.callers)} for fold in plan.folded],
            "diagnostics": [
                {"level": one.level, "message": one.message, "path": one.path} for one in plan.diagnostics
            ],
        }
        return json_text(data)
    wide = max((len(root.path) for _, root in plan.roots), default=0)
    rows = [
        f"{safe(root.path):<{min(wide, 60)}}  {root.language}: {safe(root.why)} ({plural(len(root.files), 'file')})"
        for _, root in plan.roots
    ]
    rows += [f"{safe(fold.path)}  is judged through {safe(', '.join(fold.callers))}" for fold in plan.folded]
    rows += [diagnostic(one, Paint()) for one in plan.diagnostics]
    folded = f", {len(plan.folded)} judged through their callers" if plan.folded else ""
    rows.append(f"{plural(len(plan.roots), 'root')}{folded}")
    return "\n".join(rows) + "\n"
