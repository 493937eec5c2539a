"""CloudFormation as a language of the linter: which files are templates, which are roots, and reading one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from fabriclint.languages.base import Diagnostic, Files, Folded, Reading, Root, Roots, Settings, Unreadable
from fabriclint.model.change import Change
from fabriclint.model.element import Element
from fabriclint.text import Edit

EXTENSIONS: Final = (".yaml", ".yml", ".json", ".template", ".cfn", ".cform", ".cloudformation")


class CloudFormation:
    """Templates in YAML and JSON, SAM and synthesised CDK among them."""

    name = "cloudformation"

    def may_own(self, path: str) -> bool:
        """Whether a file's name can be a template's."""
        return path.endswith(EXTENSIONS) and not path.endswith(".tf.json")

    def roots(self, candidates: Sequence[str], named: Collection[str], files: Files) -> Roots:
        """The templates among the candidates that no other one nests; a nested one is judged through its callers.

        Templates that import what others of them export are one root together.
        """
        from fabriclint.languages.cloudformation.assembly import Assemblies, unsynthesised
        from fabriclint.languages.cloudformation.template import may_be_template

        templates: list[str] = []
        stacked: list[str] = []
        owned = [path for path in sorted(set(candidates)) if self.may_own(path)]
        assemblies = Assemblies(owned, files)
        diagnostics = unsynthesised(owned, files)
        for path in owned:
            if not (path in named or assemblies.template(path)):
                continue
            try:
                data = files.glance(path)
            except Unreadable as error:
                if path in named:
                    diagnostics.append(Diagnostic("error", error.message, path=path))
                else:
                    what = f"{error.message}, so whether it is a template is not known"
                    diagnostics.append(Diagnostic("note", what, path=path))
                continue
            if may_be_template(data):
                templates.append(path)
                if b"AWS::CloudFormation::Stack" in data or b"AWS::Serverless::Application" in data:
                    stacked.append(path)
        callers: dict[str, list[str]] = {}
        if stacked and len(templates) > 1:
            from fabriclint.languages.cloudformation.calls import callers_of

            callers = callers_of(stacked, templates, files)
        found = _decided(templates, callers, named, tuple(diagnostics))
        return _joined(found, files) if len(found.roots) > 1 else found

    def read(self, root: Root, files: Files, settings: Settings) -> Reading:
        """Evaluate a template with the stacks it nests."""
        from fabriclint.languages.cloudformation.reading import read_root
        from fabriclint.languages.cloudformation.vocabulary import SHAPES

        return read_root(root.files or (root.path,), files, settings, SHAPES)

    def write(self, changes: Sequence[Change], near: Element) -> str:
        """The changes as the template would say them."""
        from fabriclint.languages.cloudformation.write import write

        return write(changes, near)

    def patch(
        self, changes: Sequence[Change], near: Element, elements: Sequence[Element], files: Files
    ) -> tuple[Edit, ...]:
        """The changes as edits of the templates."""
        from fabriclint.languages.cloudformation.patch import patch

        return patch(changes, near, elements, files)


def _decided(
    templates: list[str],
    callers: dict[str, list[str]],
    named: Collection[str],
    diagnostics: tuple[Diagnostic, ...],
) -> Roots:
    """Roots are what nothing calls; where templates only call each other in a ring, its first one."""
    calls: dict[str, list[str]] = {}
    for called, by in callers.items():
        for caller in by:
            calls.setdefault(caller, []).append(called)
    chosen = [path for path in templates if path not in callers]
    reached: set[str] = set()

    def reach(path: str) -> None:
        todo = [path]
        while todo:
            found = todo.pop()
            if found not in reached:
                reached.add(found)
                todo.extend(calls.get(found, ()))

    for path in chosen:
        reach(path)
    for path in templates:
        if path not in reached:
            chosen.append(path)
            reach(path)
    roots: list[Root] = []
    folded: list[Folded] = []
    for path in templates:
        if path in chosen:
            why = "named" if path in named else "no template given here nests it"
            roots.append(Root("cloudformation", path, why, (path,)))
        else:
            folded.append(Folded(path, tuple(callers[path])))
    return Roots(tuple(roots), tuple(folded), diagnostics)


def _joined(found: Roots, files: Files) -> Roots:
    """The same decision, with one root for the templates that import from each other."""
    paths = {root.path for root in found.roots}
    if not any(
        b"ImportValue" in files.source(path).data for path in (*paths, *(f.path for f in found.folded))
    ):
        return found
    from fabriclint.languages.cloudformation.exports import sets_of
    from fabriclint.languages.cloudformation.vocabulary import SHAPES

    callers = {fold.path: fold.callers for fold in found.folded}
    judged_by: dict[str, list[str]] = {}
    for path in callers:
        todo, seen = [path], {path}
        for step in todo:
            above = [caller for caller in callers.get(step, ()) if caller not in seen]
            seen.update(above)
            todo.extend(above)
        judged_by[path] = [step for step in todo if step in paths]
    sets = sets_of([root.path for root in found.roots], judged_by, files, SHAPES)
    first = {paths[0]: paths for paths in sets}
    others = {path for paths in sets for path in paths[1:]}
    roots: list[Root] = []
    for root in found.roots:
        if root.path in first:
            members = first[root.path]
            why = f"{len(members)} templates that import what others of them export"
            roots.append(Root(root.language, root.path, why, members))
        elif root.path not in others:
            roots.append(root)
    return Roots(tuple(roots), found.folded, found.diagnostics)


LANGUAGE = CloudFormation()
