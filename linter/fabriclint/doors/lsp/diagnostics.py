"""A report as the protocol's diagnostics, by the path of the file they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from lsprotocol import types
from msgspec import Struct

from fabriclint.doors.lsp.positions import Encoding, shown
from fabriclint.engine.report import Finding
from fabriclint.languages.base import Diagnostic, Level
from fabriclint.sdk import Severity
from fabriclint.text import Span

SOURCE: Final = "fabriclint"
_FINDING: Final[dict[Severity, types.DiagnosticSeverity]] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "advice": types.DiagnosticSeverity.Information,
}
_INPUT: Final[dict[Level, types.DiagnosticSeverity]] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
_START: Final = types.Range(types.Position(0, 0), types.Position(0, 0))


class Shown(Struct, frozen=True):
    """How a folder's report is told to one client: in which units, at which URIs, and whether with related places."""

    encoding: Encoding
    uri: Callable[[str], str | None]
    related: bool = True

    def by_path(
        self, findings: Iterable[Finding], diagnostics: Iterable[Diagnostic]
    ) -> dict[str, list[types.Diagnostic]]:
        """Everything that is to be told, by path. What has no file (a folder with nothing in it) is left out."""
        told: dict[str, list[types.Diagnostic]] = {}
        for finding in findings:
            told.setdefault(finding.place.path, []).append(self.finding(finding))
        for one in diagnostics:
            path = one.place.path if one.place else one.path
            if path:
                told.setdefault(path, []).append(self.input(one))
        return told

    def finding(self, finding: Finding) -> types.Diagnostic:
        """A finding; its second line is what to do."""
        related = [(one.place, one.message) for one in finding.related]
        return types.Diagnostic(
            range=shown(finding.place, self.encoding),
            message=f"{finding.message}\n{finding.fix}" if finding.fix else finding.message,
            severity=_FINDING[finding.severity],
            code=finding.rule,
            code_description=types.CodeDescription(finding.url),
            source=SOURCE,
            related_information=self._related(related) if self.related else None,
            data=finding.fingerprint,
        )

    def input(self, diagnostic: Diagnostic) -> types.Diagnostic:
        """Something about the input itself."""
        place = diagnostic.place
        return types.Diagnostic(
            range=_START if place is None else shown(place, self.encoding),
            message=diagnostic.message,
            severity=_INPUT[diagnostic.level],
            source=SOURCE,
        )

    def _related(self, places: Iterable[tuple[Span, str]]) -> list[types.DiagnosticRelatedInformation] | None:
        made: list[types.DiagnosticRelatedInformation] = []
        for place, message in places:
            uri = self.uri(place.path)
            if uri is not None:
                at = types.Location(uri, shown(place.first_line(), self.encoding))
                made.append(types.DiagnosticRelatedInformation(at, message))
        return made or None
