"""Stubs: small modules in HCL that say what a public module makes, read where the module itself is not on disk.

A stub lies in `<namespace>/<name>/<provider>/<major>/`, submodules under `modules/`, as the registry addresses them. A file
`base` beside the HCL names the major version whose files are read as well; files of the same name, and override files, then say
what differs. Folders given with `--stubs` come before those of the package.

Inside the evaluator a stub's path begins with `stub:`, so that nothing in it is taken for a place in the user's files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from fabriclint.languages.base import Files, Unreadable
from fabriclint.patterns import late
from fabriclint.text import Source, Span, remembered
from fabriclint.values import Map, OneOf, Seq, Value

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

MARK: Final = "stub:"
_HOSTS: Final = frozenset({"registry.terraform.io", "registry.opentofu.org"})
_WORD: Final = late(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_REPOSITORY: Final = late(
    r"(?:git::)?(?:https://|ssh://)?(?:[\w.-]+@)?github\.com[/:]"
    r"(?P<namespace>[\w-]+)/terraform-(?P<provider>[a-z0-9]+)-(?P<name>[\w-]+?)(?:\.git)?"
    r"(?://(?P<sub>[\w./-]+))?(?:\?(?P<query>\S*))?"
)
_CONSTRAINT: Final = late(
    r"(?P<sign>=|!=|>=|<=|>|<|~>)?\s*v?(?P<version>\d{1,6}(?:\.\d{1,6}){0,2})(?:[-+][\w.+-]*)?"
)
_MOST_BASES: Final = 8


def is_stub(span: Span | None) -> bool:
    """Whether a place lies inside a stub."""
    return span is not None and span.source.path.startswith(MARK)


def member_place(names: Mapping[str, Value]) -> Span | None:
    """Where the user wrote the member of `for_each` that an instance in a stub is made for; None where that is not told.

    A stub that lays defaults under a member keeps the member itself beside them, as `written`.
    """
    each = names.get("each")
    member = each.data.entries.get("value") if each is not None and isinstance(each.data, Map) else None
    if member is not None and isinstance(member.data, Map):
        member = member.data.entries.get("written", member)
    if member is None or member.place is None or is_stub(member.place):
        return None
    return member.place.first_line()


def placed(value: Value, place: Span) -> Value:
    """The value with every place inside a stub turned into `place`, which lies in the user's file."""
    data = value.data
    if isinstance(data, Seq):
        data = Seq(tuple([placed(item, place) for item in data.items]), data.more, data.kind)
    elif isinstance(data, Map):
        data = Map({key: placed(item, place) for key, item in data.entries.items()}, data.more, data.kind)
    elif isinstance(data, OneOf):
        data = OneOf(tuple([placed(item, place) for item in data.options]), data.because)
    where = place if value.place is None or is_stub(value.place) else value.place
    return Value(data, where, value.origin, value.reference, value.inputs)


class StubFiles:
    """The stub folders as `Files`: the user's own first, then the package's."""

    def __init__(self, files: Files, folders: tuple[str, ...]) -> None:
        self._files = files
        self._folders = folders

    def find(self, source: str, version: str | None) -> str | None:
        """The path of the stub for a module's source and version constraint; None where none describes it."""
        address = _address(source)
        if address is None:
            return None
        module, sub, pinned = address
        major = _major(self._majors(module), pinned if pinned is not None else version)
        if major is None:
            return None
        path = posixpath.join(f"{MARK}{module}", str(major), *([sub] if sub else []))
        return path if self.names(path) else None

    def knows(self, source: str) -> bool:
        """Whether there is a stub for some version of the module."""
        address = _address(source)
        return address is not None and bool(self._majors(address[0]))

    def _majors(self, module: str) -> frozenset[int]:
        found = [name for name in self._listed(module, files=False) if name.isdecimal() and len(name) < 6]
        return frozenset(int(name) for name in found)

    def _listed(self, path: str, *, files: bool) -> list[str]:
        """The names in a folder of all stub trees together."""
        found: dict[str, None] = {}
        for top in self._folders:
            full = posixpath.join(top, path)
            found.update(dict.fromkeys(self._files.names(full) if files else self._files.folders(full)))
        found.update(dict.fromkeys(_packaged(path)[0 if files else 1]))
        return sorted(found)

    def _bases(self, path: str) -> Iterator[str]:
        """The folder, and those it is based on."""
        *module, major, sub = [*path.split("/", 4), ""][:5]
        for _ in range(_MOST_BASES):
            top = posixpath.join(*module, major)
            yield posixpath.join(top, sub) if sub else top
            base = self._read(posixpath.join(top, "base"))
            if base is None:
                return
            major = base.data.decode("utf-8", "replace").strip()

    def _read(self, path: str) -> Source | None:
        for top in self._folders:
            full = posixpath.join(top, path)
            if self._files.is_file(full):
                source = self._files.source(full)
                return _renamed(source).setdefault(path, Source(MARK + path, source.data))
        return _content(path)

    # languages.base.Files

    def source(self, path: str) -> Source:
        """The file's bytes; raises Unreadable."""
        folder, name = posixpath.split(path.removeprefix(MARK))
        for base in self._bases(folder):
            found = self._read(posixpath.join(base, name))
            if found is not None:
                return found
        raise Unreadable(path, "there is no such stub file")

    def glance(self, path: str) -> bytes:
        """The file's bytes; raises Unreadable."""
        return self.source(path).data

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the files of a stub, with those of the stubs it is based on."""
        if folder.count("/") < 3:
            return ()
        found = {
            name for base in self._bases(folder.removeprefix(MARK)) for name in self._listed(base, files=True)
        }
        return tuple(sorted(found - {"base"}))

    def folders(self, folder: str) -> tuple[str, ...]:
        """The sorted names of the folders in a stub's folder."""
        return tuple(self._listed(folder.removeprefix(MARK), files=False))

    def is_file(self, path: str) -> bool:
        """Whether `source` could read it."""
        folder, name = posixpath.split(path)
        return name in self.names(folder)

    def is_folder(self, path: str) -> bool:
        """Whether a stub has this folder."""
        return bool(self.names(path) or self.folders(path))


def _top() -> Traversable:
    from importlib.resources import files as resources

    return resources("fabriclint.languages.terraform") / "stubs"


@cache
def _packaged(path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the files and of the folders at a path of the package's stubs."""
    here = _top()
    for name in path.split("/"):
        here = here / name
    if not here.is_dir():
        return (), ()
    files: list[str] = []
    folders: list[str] = []
    for entry in here.iterdir():
        (folders if entry.is_dir() else files).append(entry.name)
    return tuple(sorted(files)), tuple(sorted(folders))


@remembered(2048)
def _renamed(_: Source) -> dict[str, Source]:
    """A file of the user's as a stub, by the path it has as one: always the same source, so that it is parsed once."""
    return {}


@cache
def _content(path: str) -> Source | None:
    """A file of the package's stubs: always the same source, so that it is parsed once."""
    folder, name = posixpath.split(path)
    if name not in _packaged(folder)[0]:
        return None
    here = _top()
    for part in path.split("/"):
        here = here / part
    return Source(MARK + path, here.read_bytes())


def registry_module(source: str) -> str | None:
    """The module that a source names, as `namespace/name/provider`; None where it names none of a registry or GitHub."""
    address = _address(source)
    return None if address is None else address[0]


def _address(source: str) -> tuple[str, str, str | None] | None:
    """The registry address a source names, the submodule, and the version that a git source pins ("" for any)."""
    if len(source) > 300:
        return None
    git = _REPOSITORY.fullmatch(source)
    if git is not None:
        query = str(git["query"] or "").split("&")
        refs = [part.removeprefix("ref=") for part in query if part.startswith("ref=")]
        module = f"{git['namespace']}/{git['name']}/{git['provider']}"
        return module, _sub(git["sub"]), refs[0] if refs else ""
    whole, _, sub = source.partition("//")
    words = whole.split("/")
    if len(words) == 4 and words[0] in _HOSTS:
        words = words[1:]
    if len(words) != 3 or not all(_WORD.fullmatch(word) for word in words):
        return None
    return "/".join(words), _sub(sub), None


def _sub(path: str | None) -> str:
    return "" if not path else posixpath.normpath(path.strip("/"))


def _major(there: frozenset[int], constraint: str | None) -> int | None:
    """The newest major version that a constraint admits, where there is a stub of it.

    Nothing newer than the newest stub is known to exist; a major older than that and without a stub has none near it.
    """
    if not there:
        return None
    low: tuple[int, int, int] = (0, 0, 0)
    high: tuple[int, int, int] | None = None  # the first version that is too new
    for part in (constraint or "").split(","):
        if not part.strip():
            continue
        match = _CONSTRAINT.fullmatch(part.strip())
        if match is None:
            return None
        numbers = [int(number) for number in match["version"].split(".")]
        version = (*numbers, 0, 0, 0)
        exact = (version[0], version[1], version[2])
        after = (exact[0], exact[1], exact[2] + 1)
        sign = match["sign"] or "="
        if sign == "!=":
            continue
        if sign in ("=", ">=", "~>"):
            low = max(low, exact)
        elif sign == ">":
            low = max(low, after)
        end: tuple[int, int, int] | None = None
        if sign in ("=", "<="):
            end = after
        elif sign == "<":
            end = exact
        elif sign == "~>":
            end = (exact[0], exact[1] + 1, 0) if len(numbers) > 2 else (exact[0] + 1, 0, 0)
        if end is not None and (high is None or end < high):
            high = end
    newest = max(there)
    top = newest if high is None else min(newest, high[0] if high[1:] > (0, 0) else high[0] - 1)
    return top if top in there and top >= low[0] else None
