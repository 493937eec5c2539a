"""What `fabriclint inspect` shows: every fleet as it was understood, so that a user sees why a rule spoke or kept silent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fabriclint.engine.inspection import Inspection
from fabriclint.model.overview import FleetOverview
from fabriclint.reporters import json as report_json
from fabriclint.reporters.paint import WIDTH, Paint, json_text, lines, plural, safe
from fabriclint.reporters.text import LANGUAGES, diagnostic

_TITLE = 11
MOST_TYPES = 12  # a pool may take dozens of families


def render(inspection: Inspection, *, color: bool = False) -> str:
    """The fleets, root by root; roots without a fleet are counted."""
    paint = Paint(color)
    rows: list[str] = []
    without = 0
    for seen in inspection.roots:
        if not seen.fleets:
            without += 1
            continue
        language = LANGUAGES.get(seen.root.language, seen.root.language)
        rows += [f"{paint.bold(safe(seen.root.path))}  {paint.dim(language)}", ""]
        for fleet in seen.fleets:
            rows += [*_fleet(fleet, paint), ""]
    if inspection.diagnostics:
        rows += [*(diagnostic(one, paint) for one in inspection.diagnostics), ""]
    count = sum(len(seen.fleets) for seen in inspection.roots)
    empty = f", {plural(without, 'root')} without a fleet" if without else ""
    rows.append(f"{plural(count, 'fleet')} in {plural(len(inspection.roots) - without, 'root')}{empty}")
    return "\n".join(rows) + "\n"


def _fleet(fleet: FleetOverview, paint: Paint) -> Iterator[str]:
    place = fleet.place
    yield f"  {paint.name(safe(fleet.label))}  {paint.dim(safe(f'{place.path}:{place.line}'))}"
    for title, text in told(fleet):
        head = f"    {title:<{_TITLE}}"
        yield from lines(text, f"    {paint.bold(f'{title:<{_TITLE}}')}", " " * len(head), WIDTH - len(head))


def told(fleet: FleetOverview) -> Iterator[tuple[str, str]]:
    """What is known of a fleet, title by title."""
    yield "kind", fleet.kind.replace("_", " ").replace("-", " ")
    shown, left = fleet.types[:MOST_TYPES], len(fleet.types) - MOST_TYPES
    yield "type", ", ".join([*shown, f"and {left} more"] if left > 0 else shown) or "not known"
    if fleet.maximum is not None:
        yield "nodes", f"up to {fleet.maximum:,}"
    else:
        yield "nodes", f"not known: {fleet.maximum_open}" if fleet.maximum_open else "not known"
    because = "; ".join(fleet.reasons if fleet.trains == "unknown" and fleet.reasons else fleet.evidence)
    yield "trains", f"{fleet.trains}: {because}" if because else fleet.trains
    yield "EFA", fleet.efa_interfaces
    yield "fabric", fabric(fleet)
    zones = ", ".join(fleet.zones) or "not known"
    spread = {"yes": "several", "no": "one", "unknown": "one or several"}[fleet.several_zones]
    yield "zones", f"{zones} ({spread})"
    yield "placement", fleet.placement
    yield "S3 by", fleet.s3_path
    yield "storage", "; ".join(fleet.storage) or "none in these sources"


def fabric(fleet: FleetOverview) -> str:
    """How much of its fabric a fleet uses."""
    if fleet.fabric_gbps is None:
        return "not known"
    used = "not known how much" if fleet.used_gbps is None else _number(fleet.used_gbps)
    return f"{used} of {_number(fleet.fabric_gbps)} Gbps"


def _number(gbps: float) -> str:
    return f"{gbps:,.0f}" if gbps == int(gbps) else f"{gbps:,.1f}"


def as_json(inspection: Inspection) -> str:
    """The same as JSON."""
    data = {
        "version": 1,
        "roots": [
            {
                "language": seen.root.language,
                "path": seen.root.path,
                "fleets": [_data(fleet) for fleet in seen.fleets],
            }
            for seen in inspection.roots
        ],
        "diagnostics": [report_json.diagnostic(one) for one in inspection.diagnostics],
    }
    return json_text(data)


def _data(fleet: FleetOverview) -> dict[str, Any]:
    return {
        "label": fleet.label,
        "address": fleet.address,
        "kind": fleet.kind,
        "location": report_json.location(fleet.place),
        "types": list(fleet.types),
        "maximum": fleet.maximum,
        "maximum_open": fleet.maximum_open or None,
        "trains": {"state": fleet.trains, "evidence": list(fleet.evidence), "reasons": list(fleet.reasons)},
        "efa_interfaces": fleet.efa_interfaces,
        "fabric_gbps": fleet.fabric_gbps,
        "used_gbps": fleet.used_gbps,
        "zones": list(fleet.zones),
        "several_zones": fleet.several_zones,
        "placement": fleet.placement,
        "s3_path": fleet.s3_path,
        "storage": list(fleet.storage),
    }
