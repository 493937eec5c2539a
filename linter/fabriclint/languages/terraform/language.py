"""Terraform and OpenTofu as a language of fabriclint."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from fabriclint.languages.base import Diagnostic, Files, Reading, Root, Roots, Settings
from fabriclint.model.change import Change
from fabriclint.model.element import Element
from fabriclint.text import Source

_NAMES: Final = re.compile(r"(?:^|/)[^/]+\.(?:tf|tofu|tfvars)(?:\.json)?$")


class Terraform:
    """The language; it holds no state."""

    name = "terraform"

    def may_own(self, path: str) -> bool:
        """Whether a file of this name can be Terraform's: configuration, variables, or a plan in JSON."""
        return _NAMES.search(path) is not None or path.endswith(".json")

    def roots(self, candidates: Sequence[str], named: Collection[str], files: Files) -> Roots:
        """The folders that are judged as a whole, and the plans."""
        from fabriclint.languages.terraform import roots

        written = [path for path in candidates if _NAMES.search(path)]
        decided = roots.roots(written, named, files)
        rest = [path for path in candidates if not _NAMES.search(path)]
        if not rest:
            return decided
        from fabriclint.languages.terraform.plan.roots import roots as plans_among

        plans = plans_among(rest, named, files)
        return Roots(decided.roots + plans.roots, decided.folded, decided.diagnostics + plans.diagnostics)

    def read(self, root: Root, files: Files, settings: Settings) -> Reading:
        """The elements of a root; nothing inside them is evaluated before it is asked for."""
        if root.files == (root.path,):  # a plan; of configuration the path is a folder
            from fabriclint.languages.terraform.plan.reading import read as read_plan
            from fabriclint.languages.terraform.vocabulary import SHAPES as KNOWN

            return read_plan(root, files, settings, KNOWN)
        from fabriclint.languages.terraform.elements import elements
        from fabriclint.languages.terraform.locals import cycles
        from fabriclint.languages.terraform.module import Module
        from fabriclint.languages.terraform.run import Run
        from fabriclint.languages.terraform.variables import Given
        from fabriclint.languages.terraform.vocabulary import SHAPES

        run = Run(root.path, files, settings)
        module = Module(run, run.folder(root.path))
        module.given = Given(run, root.path, files, settings)
        found = elements(module, SHAPES)
        diagnostics: list[Diagnostic] = []
        sources: list[Source] = []
        for folder in run.folders:
            diagnostics.extend(folder.problems)
            diagnostics.extend(cycles(folder))
            run.open.extend(folder.open)
            sources.extend(file.source for file in folder.files)
        sources.extend(module.given.sources)
        diagnostics.extend(run.diagnostics)
        region = module.region("aws")
        return Reading(
            tuple(found),
            tuple(dict.fromkeys(diagnostics)),
            tuple(dict.fromkeys(run.open)),
            region.data if region is not None and isinstance(region.data, str) else None,
            tuple(dict.fromkeys(sources)),
        )

    def write(self, changes: Sequence[Change], near: Element) -> str:
        """The changes as Terraform code."""
        from fabriclint.languages.terraform.write import write

        return write(changes, near)
