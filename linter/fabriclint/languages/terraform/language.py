"""Terraform and OpenTofu as a language of fabriclint."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from fabriclint.languages.base import Diagnostic, Files, Reading, Root, Roots, Settings
from fabriclint.model.change import Change
from fabriclint.model.element import Element
from fabriclint.patterns import late
from fabriclint.text import Edit, Source
from fabriclint.values import Reason

_NAMES: Final = late(r"(?:^|/)[^/]+\.(?:tf|tofu|tfvars)(?:\.json)?$")


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
        decided = roots.together(roots.roots(written, named, files), files)
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
        from fabriclint.languages.terraform.lookups import Lookups
        from fabriclint.languages.terraform.roots import folder_of
        from fabriclint.languages.terraform.siblings import (
            Together,
            prefix_of,
            root_module,
            share,
            state_kept,
        )
        from fabriclint.languages.terraform.vocabulary import SHAPES

        folders = list(dict.fromkeys([root.path, *(folder_of(path) for path in root.files)]))
        modules = [
            root_module(folder, files, settings, prefix_of(folder) if len(folders) > 1 else "")
            for folder in folders
        ]
        if len(modules) > 1:
            looked_up = root.looked_up if isinstance(root, Together) else frozenset[str]()
            share(modules, Lookups(modules, looked_up) if looked_up else None)
            kept = [(state_kept(module), module) for module in modules]
            modules[0].run.siblings.update((key, module) for key, module in kept if key is not None)
        secrets: set[str] = set()
        for module in modules:
            module.run.secrets = secrets
        found: list[Element] = []
        diagnostics: list[Diagnostic] = []
        sources: list[Source] = []
        open_: list[Reason] = []
        for module in modules:
            found.extend(elements(module, SHAPES))
        for module in modules:
            for folder in module.run.folders:
                diagnostics.extend(folder.problems)
                diagnostics.extend(cycles(folder))
                open_.extend(folder.open)
                sources.extend(file.source for file in folder.files)
            if module.given is not None:
                sources.extend(module.given.sources)
            diagnostics.extend(module.run.diagnostics)
            open_.extend(module.run.open)
        said = [module.region("aws") for module in modules]
        regions = {one.data for one in said if one is not None and isinstance(one.data, str)}
        return Reading(
            tuple(found),
            tuple(dict.fromkeys(diagnostics)),
            tuple(dict.fromkeys(open_)),
            regions.pop() if len(regions) == 1 else None,
            tuple(dict.fromkeys(sources)),
            secrets=secrets,
        )

    def write(self, changes: Sequence[Change], near: Element) -> str:
        """The changes as Terraform code."""
        from fabriclint.languages.terraform.write import write

        return write(changes, near)

    def patch(
        self, changes: Sequence[Change], near: Element, elements: Sequence[Element], files: Files
    ) -> tuple[Edit, ...]:
        """The changes as edits of the `.tf` files; raises NoEdit where they cannot be written there."""
        from fabriclint.languages.terraform.patch.patch import patch

        return patch(changes, near, elements, files)
