"""One reading of a root: its files, its budget of work and depth, and everything that has an address."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from fabriclint.languages.base import Diagnostic, Files, Settings
from fabriclint.languages.terraform.failures import failed
from fabriclint.languages.terraform.folder import Folder, load
from fabriclint.text import Span
from fabriclint.values import Reason, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.expressions import Expression, Scope
    from fabriclint.languages.terraform.lookups import Lookups
    from fabriclint.languages.terraform.module import Module
    from fabriclint.languages.terraform.stub_index import StubFiles
    from fabriclint.languages.terraform.traversal import Step

_MOST_WORK = 2_000_000
_MOST_FRAMES: Final = 560  # of Python's 1,000: the caller's own frames, building and functions need the rest
_FRAMES_OF_A_NAME: Final = 6


def _too_deep(place: Span) -> Value:
    return failed("the values nest too deeply to be followed", place)


class Readable(Protocol):
    """Something with an address whose attributes can be read: an instance, a data source, a module."""

    def read_steps(self, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """The value at the first steps, and how many that took; None where the handle itself is meant."""
        ...


class Run:
    """The state that all modules of one root share."""

    def __init__(self, root: str, files: Files, settings: Settings) -> None:
        self.root = root
        self.files = files
        self.settings = settings
        self.prefix = ""
        self.things: dict[str, Readable] = {}
        self.siblings: dict[tuple[str, ...], Module] = {}
        self.lookups: Lookups | None = None
        self.diagnostics: list[Diagnostic] = []
        self.open: list[Reason] = []
        self.secrets: set[str] = set()
        self.frames = 0
        self._work = _MOST_WORK
        self._folders: dict[str, Folder] = {}
        self._stubs: StubFiles | None = None
        self._module_map: dict[str, str] | None = None
        self._told: set[tuple[str, Span | None]] = set()

    def folder(self, path: str) -> Folder:
        """The module definition in a folder, read once."""
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = load(path, self.stubs if path.startswith("stub:") else self.files)
        return found

    @property
    def stubs(self) -> StubFiles:
        """What is said of modules that are not on disk."""
        if self._stubs is None:
            from fabriclint.languages.terraform.stub_index import StubFiles

            self._stubs = StubFiles(self.files, self.settings.stubs)
        return self._stubs

    @property
    def folders(self) -> list[Folder]:
        """Every folder that was read, in the order of reading."""
        return list(self._folders.values())

    def tell(self, diagnostic: Diagnostic) -> None:
        """Report a diagnostic once."""
        key = (diagnostic.message, diagnostic.place)
        if key not in self._told:
            self._told.add(key)
            self.diagnostics.append(diagnostic)

    def spend(self, work: int) -> Unknown | None:
        """Take work from the budget; the reason to stop where it is used up."""
        self._work -= work
        if self._work < 0:
            return Unknown.because("reading this root takes too much work; the rest of it is not evaluated")
        return None

    def pull(self, expression: Expression, scope: Scope) -> Value:
        """Evaluate what a name stands for, within the budget of work and stack."""
        stop = self.spend(expression.weight)
        if stop is not None:
            return Value(stop, expression.span)
        frames = expression.height + _FRAMES_OF_A_NAME
        if self.frames and self.frames + frames > _MOST_FRAMES:
            return _too_deep(expression.span)
        self.frames += frames
        try:
            return expression.evaluate(scope)
        except RecursionError:  # the caller's own stack was deeper than is usual
            return _too_deep(expression.span)
        finally:
            self.frames -= frames

    def deeper(self, frames: int, evaluate: Callable[[], Value], place: Span) -> Value:
        """Run an evaluation that needs about so many frames of stack, or refuse it."""
        if self.frames and self.frames + frames > _MOST_FRAMES:
            return _too_deep(place)
        self.frames += frames
        try:
            return evaluate()
        except RecursionError:
            return _too_deep(place)
        finally:
            self.frames -= frames

    def installed(self, key: str) -> str | None:
        """The folder where `terraform init` put the module with this key (`net.subnets`), where it is inside the tree."""
        if self._module_map is None:
            self._module_map = {}
            path = posixpath.normpath(posixpath.join(self.root, ".terraform/modules/modules.json"))
            if self.files.is_file(path):
                from fabriclint.languages.terraform.json_syntax import module_folders

                self._module_map = module_folders(path, self.files)
        found = self._module_map.get(key)
        if found is None:
            return None
        folder = posixpath.normpath(posixpath.join(self.root, found))
        return folder if self.files.is_folder(folder) else None
