"""`fabriclint transfer`: how long a dataset takes over a link, and which road is the better one."""

from __future__ import annotations

import argparse
import json

from fabriclint.doors.cli import CLEAN, Usage, speak
from fabriclint.facts.transfer_time import (
    OFFLINE,
    BadQuantity,
    Transfer,
    TransferLink,
    advice,
    days,
    parse_link,
    parse_size,
    told_days,
    told_size,
)


def transfer(asked: argparse.Namespace) -> int:
    """Say what a transfer comes to; the exit code."""
    try:
        link = parse_link(asked.link)
        made = Transfer(parse_size(asked.size), link.gbps, asked.utilisation, asked.days)
    except BadQuantity as error:
        raise Usage(str(error)) from error
    if not 0 < made.utilisation <= 1:
        raise Usage(f"--utilisation {made.utilisation:g}: a share of the link, above 0 and at most 1")
    if not made.allowed_days > 0:
        raise Usage(f"--days {made.allowed_days:g}: write a number above 0")
    speak(
        as_json(made, link) if asked.format == "json" else render(made, link), machine=asked.format == "json"
    )
    return CLEAN


def render(made: Transfer, link: TransferLink) -> str:
    """The answer for a person."""
    over = f"{made.gbps:g} Gbps" + (f" ({link.words})" if link.words != "link" else "")
    verdict = "fits into" if made.fits else "does not fit into"
    return (
        f"{told_size(made.size)} over {over} at {made.utilisation:.0%}: {told_days(made.days)}\n"
        f"{verdict} the {made.allowed_days:g} days that are allowed\n"
        f"{advice(made)}\n"
    )


def as_json(made: Transfer, link: TransferLink) -> str:
    """The answer for a program."""
    port = made.port_gbps
    answer = {
        "size_bytes": made.size,
        "link": {"gbps": made.gbps, "what": link.words},
        "utilisation": made.utilisation,
        "days": round(made.days, 2),
        "allowed_days": made.allowed_days,
        "fits": made.fits,
        "road": made.road,
        "port": None
        if port is None
        else {"gbps": port, "days": round(days(made.size, port, made.utilisation), 2)},
        "offline": list(OFFLINE),
        "advice": advice(made),
    }
    return json.dumps(answer, indent=2) + "\n"
