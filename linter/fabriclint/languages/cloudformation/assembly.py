"""Cloud assemblies: what `cdk synth` leaves in `cdk.out`, and what of it is a template."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Final, cast

from fabriclint.languages.base import Diagnostic, Files, Unreadable

MANIFEST: Final = "manifest.json"
PROJECT: Final = "cdk.json"
_STACK = "aws:cloudformation:stack"
_ANYWHERE = "unknown-region"


class Assemblies:
    """The assemblies among some files: a folder each, whose manifest says what lies in it."""

    def __init__(self, candidates: Collection[str], files: Files) -> None:
        self._folders: dict[str, frozenset[str]] = {}
        for path in candidates:
            folder, _, name = path.rpartition("/")
            if name == MANIFEST:
                artifacts = _artifacts(path, files)
                if artifacts is not None:
                    self._folders[folder] = frozenset(_templates(artifacts))

    def template(self, path: str) -> bool:
        """Whether a file is no mere asset of an assembly: code and data that a stack takes along are none of ours."""
        folder, name = _split(path)
        if folder in self._folders:
            return name.endswith(".template.json") or name in self._folders[folder]
        above = folder
        while above and self._folders:
            above, below = _split(above)
            if above in self._folders:
                return not below.startswith(("asset.", "."))
        return True


def unsynthesised(candidates: Sequence[str], files: Files) -> list[Diagnostic]:
    """A note for each CDK project whose assembly is not there: its stacks are programs, which are not run."""
    notes: list[Diagnostic] = []
    for path in candidates:
        folder, name = _split(path)
        if name != PROJECT:
            continue
        project = _json(path, files)
        app, output = (project.get(key) for key in ("app", "output")) if project else (None, None)
        if not isinstance(app, str):
            continue
        place = output if isinstance(output, str) else "cdk.out"
        if not files.is_folder(f"{folder}/{place}" if folder else place):
            message = f"a CDK project without {place}: run `cdk synth` to have its stacks read"
            notes.append(Diagnostic("note", message, path=path))
    return notes


def synthesised(path: str, files: Files) -> bool:
    """Whether a template lies in an assembly."""
    folder, name = _split(path)
    manifest = f"{folder}/{MANIFEST}" if folder else MANIFEST
    return (
        name.endswith(".template.json")
        and files.is_file(manifest)
        and _artifacts(manifest, files) is not None
    )


def region_of(path: str, files: Files) -> str | None:
    """The Region that an assembly's manifest deploys a template to, where it says one."""
    folder, name = _split(path)
    manifest = f"{folder}/{MANIFEST}" if folder else MANIFEST
    if not name.endswith(".template.json") or not files.is_file(manifest):
        return None
    for artifact in (_artifacts(manifest, files) or {}).values():
        if name in _templates({"": artifact}):
            environment = artifact.get("environment")
            region = environment.rpartition("/")[2] if isinstance(environment, str) else ""
            return region if region and region != _ANYWHERE else None
    return None


def _templates(artifacts: dict[str, dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for artifact in artifacts.values():
        properties: object = artifact.get("properties")
        if artifact.get("type") == _STACK and isinstance(properties, dict):
            name = cast("dict[str, object]", properties).get("templateFile")
            if isinstance(name, str):
                found.append(name)
    return found


def _artifacts(path: str, files: Files) -> dict[str, dict[str, Any]] | None:
    manifest = _json(path, files)
    artifacts: object = manifest.get("artifacts") if manifest and "version" in manifest else None
    if not isinstance(artifacts, dict):
        return None
    entries = cast("dict[str, object]", artifacts)
    return {name: cast("dict[str, Any]", one) for name, one in entries.items() if isinstance(one, dict)}


def _json(path: str, files: Files) -> dict[str, Any] | None:
    try:
        found: object = json.loads(files.source(path).data)
    except (Unreadable, ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name
