"""The configuration for a run: the one that is named, else the nearest one of the tree, else none."""

from __future__ import annotations

import argparse

from fabriclint.doors.cli import Usage
from fabriclint.doors.files import DiskFiles
from fabriclint.languages.base import Unreadable
from fabriclint.model.given import NOTHING_GIVEN, Given


def configured(asked: argparse.Namespace, files: DiskFiles) -> Given:
    """What the configuration says; raises Usage where it is wrong. The paths have to be allowed before."""
    from fabriclint.config.find import find
    from fabriclint.config.read import BadConfiguration, read

    try:
        if asked.config is not None:
            if not files.exists(asked.config):
                raise Usage(f"--config {asked.config}: there is no such file")
            return read(files.source(files.allow_file(asked.config)))
        if asked.isolated:
            return NOTHING_GIVEN
        present = [path for path in asked.paths or ["."] if files.exists(path)]
        path = find([files.name(path) for path in present], files) if present else None
        return NOTHING_GIVEN if path is None else read(files.source(path))
    except BadConfiguration as error:
        raise Usage(f"the configuration is wrong\n{error}") from error
    except Unreadable as error:
        raise Usage(f"{error.path}: {error}") from error
