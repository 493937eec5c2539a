"""What is shown where the pointer rests: the page of a rule, and the facts of an instance type."""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from typing import Final

from fabriclint.engine.report import RULE_PAGE
from fabriclint.facts.instances import InstanceType, instance
from fabriclint.patterns import late
from fabriclint.sdk import Rule, gbps

_TYPE: Final = late(
    rb"(?<![\w.-])(?:ml\.)?[a-z][a-z0-9]*(?:-[a-z0-9]+)*\.(?:\d*x?large|medium|small|micro|nano|metal(?:-\w+)?)(?![\w-])"
)


def rule_page(rule: Rule) -> str:
    """The page of a rule in Markdown."""
    sources = "\n".join(f"- <{source}>" for source in rule.sources)
    return (
        f"**[{rule.name}]({RULE_PAGE.format(rule=rule.name)})** ({rule.severity}, precision {rule.precision})\n\n"
        f"{rule.page.strip()}\n\n## Sources\n\n{sources}\n"
    )


def type_at(line: bytes, at: int) -> tuple[InstanceType, int, int] | None:
    """The instance type whose name stands at a byte of a line, with the bytes it takes up."""
    for found in _TYPE.finditer(line):
        if found.start() <= at <= found.end():
            known = instance(found[0].decode())
            if known is not None:
                return known, found.start(), found.end()
    return None


def facts(kind: InstanceType) -> str:
    """What is known of an instance type's network, in Markdown."""
    rows: list[tuple[str, str]] = []
    if kind.accelerator:
        count = f"{kind.accelerators} × " if kind.accelerators else "a fraction of one "
        rows.append(("Accelerators", f"{count}{kind.accelerator}"))
    rows.append(("Network cards", str(len(kind.cards))))
    rows.append(("EFA interfaces at most", str(kind.max_efa) if kind.max_efa else "none: it has no EFA"))
    up_to = "up to " if kind.burst else ""
    if kind.gbps is not None:
        rows.append(("Network with EFA" if kind.efa_capable else "Network", f"{up_to}{gbps(kind.gbps)}"))
    if kind.efa_capable and kind.ethernet_gbps is not None:
        rows.append(("One interface without EFA", gbps(kind.ethernet_gbps)))
    if kind.ip_gbps is not None:
        rows.append(("IP traffic over all cards", gbps(kind.ip_gbps)))
    if kind.efa_capable:
        rows.append(("GPUDirect RDMA read", "yes" if kind.rdma_read else "no"))
    if kind.placement is not None:
        rows.append(("Placement groups", ", ".join(sorted(kind.placement)) or "none"))
    if not kind.current:
        rows.append(("Availability", "no longer listed by EC2"))
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"**{kind.name}**\n\n| | |\n| --- | --- |\n{table}\n\n_{_dated()}_\n"


@cache
def _dated() -> str:
    """Where the facts come from, and of which day they are."""
    about = json.loads(pkgutil.get_data("fabriclint.facts", "instances.json") or b"{}")["about"]
    return f"EC2 DescribeInstanceTypes of {about['data']}, corrected on {about['corrections']}"
