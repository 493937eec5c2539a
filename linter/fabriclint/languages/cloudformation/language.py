"""CloudFormation as a language of the linter: which files are templates, which are roots, and reading one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fabriclint.languages.base import Diagnostic, Files, Folded, Reading, Root, Roots, Settings, Unreadable
from fabriclint.languages.cloudformation.template import EXTENSIONS, may_be_template
from fabriclint.model.change import Change
from fabriclint.model.element import Element


class CloudFormation:
    """Templates in YAML and JSON, SAM and synthesised CDK among them."""

    name = "cloudformation"

    def may_own(self, path: str) -> bool:
        """Whether a file's name can be a template's."""
        return path.endswith(EXTENSIONS) and not path.endswith(".tf.json")

    def roots(self, candidates: Sequence[str], named: Collection[str], files: Files) -> Roots:
        """The templates among the candidates that no other one nests; a nested one is judged through its callers."""
        templates: list[str] = []
        stacked: list[str] = []
        diagnostics: list[Diagnostic] = []
        for path in sorted(set(candidates)):
            if not self.may_own(path) or not files.is_file(path):
                continue
            try:
                data = files.source(path).data
            except Unreadable as error:
                if path in named:
                    diagnostics.append(Diagnostic("error", error.message, path=path))
                continue
            if may_be_template(data):
                templates.append(path)
                if b"AWS::CloudFormation::Stack" in data or b"AWS::Serverless::Application" in data:
                    stacked.append(path)
        callers: dict[str, list[str]] = {}
        if stacked and len(templates) > 1:
            from fabriclint.languages.cloudformation.calls import callers_of

            callers = callers_of(stacked, templates, files)
        return _decided(templates, callers, named, tuple(diagnostics))

    def read(self, root: Root, files: Files, settings: Settings) -> Reading:
        """Evaluate a template with the stacks it nests."""
        from fabriclint.languages.cloudformation.reading import read_root
        from fabriclint.languages.cloudformation.vocabulary import SHAPES

        return read_root(root.path, files, settings, SHAPES)

    def write(self, changes: Sequence[Change], near: Element) -> str:
        """The changes as the template would say them."""
        from fabriclint.languages.cloudformation.write import write

        return write(changes, near)


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


LANGUAGE = CloudFormation()
