"""`fabriclint inspect`: every fleet as fabriclint understands it."""

from __future__ import annotations

import argparse

from fabriclint.doors.cli import CLEAN, NOTHING, WRONG, colored, speak
from fabriclint.doors.configuration import configured
from fabriclint.doors.files import DiskFiles
from fabriclint.doors.inputs import planned_for, settings_for
from fabriclint.engine import inspection
from fabriclint.languages import languages
from fabriclint.reporters import fleets


def inspect(asked: argparse.Namespace) -> int:
    """Show the fleets of the given paths; the exit code."""
    files = DiskFiles()
    planned = planned_for(asked.paths, files, languages())
    seen = inspection.inspect(planned, files, settings_for(asked, configured(asked, files), files))
    if asked.format == "json":
        speak(fleets.as_json(seen), machine=True)
    else:
        speak(fleets.render(seen, color=colored(asked.color)))
    return WRONG if seen.crashed else NOTHING if seen.missing else CLEAN
