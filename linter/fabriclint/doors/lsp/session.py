"""The open buffers and the folders they are judged in: what changes is judged together, and told when it is still true."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from lsprotocol import types
from msgspec import Struct, field
from pygls.uris import to_fs_path

from fabriclint.doors.lsp.configuration import Wishes
from fabriclint.doors.lsp.diagnostics import Shown
from fabriclint.doors.lsp.positions import Encoding, changed
from fabriclint.doors.lsp.project import Project, Stopped
from fabriclint.sdk import Rule
from fabriclint.text import Source

T = TypeVar("T")
P = ParamSpec("P")
Told = dict[str, list[types.Diagnostic]]
_REST: Final = 5  # seconds without a change
log = logging.getLogger("fabriclint.lsp")


class Buffer(Struct):
    """A document that is open in the editor."""

    uri: str
    full: str
    version: int
    source: Source


class Session(Struct, dict=True):
    """All that the event loop holds. Judging is done by one other thread, so that requests are served meanwhile."""

    rules: Sequence[Rule]
    publish: Callable[[types.PublishDiagnosticsParams], None]
    encoding: Encoding = types.PositionEncodingKind.Utf16
    related: bool = True
    watched: bool = False
    wishes: Wishes = field(default_factory=Wishes)
    buffers: dict[str, Buffer] = field(default_factory=dict[str, Buffer])
    projects: dict[str, Project] = field(default_factory=dict[str, Project])
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    turn: int = 0
    _by_folder: dict[str, Wishes] = field(default_factory=dict[str, Wishes])
    _touched: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _dirty: dict[str, None] = field(default_factory=dict[str, None])
    _told: dict[str, Told] = field(default_factory=dict[str, Told])
    _published: dict[str, tuple[int | None, list[types.Diagnostic]]] = field(
        default_factory=dict[str, tuple[int | None, list[types.Diagnostic]]]
    )
    _worker: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="judge")
    )
    _task: asyncio.Task[None] | None = None
    _resting: asyncio.TimerHandle | None = None

    # documents

    def opened(self, document: types.TextDocumentItem) -> None:
        """A document is open from now on."""
        full = path_of(document.uri)
        if full is None:
            return
        source = Source(full, document.text.encode("utf-8", "replace"))
        self.buffers[document.uri] = Buffer(document.uri, full, document.version, source)
        if self._owner(full) is None:
            self._add(os.path.dirname(full), alone=True)
        self.change()

    def edited(self, params: types.DidChangeTextDocumentParams) -> None:
        """The text of an open document changed."""
        buffer = self.buffers.get(params.text_document.uri)
        if buffer is not None:
            buffer.source = changed(buffer.source, params.content_changes, self.encoding)
            buffer.version = params.text_document.version
            self.change()

    def saved(self, uri: str) -> None:
        """A document was written to disk. A client that watches no files is not asked what else changed: the disk is."""
        buffer = self.buffers.get(uri)
        if buffer is not None:
            self.touched([buffer.full], reread=not self.watched)

    def closed(self, uri: str) -> None:
        """A document is as the disk has it again."""
        buffer = self.buffers.pop(uri, None)
        if buffer is None:
            return
        told = self._published.pop(uri, (None, []))[1]
        if told:
            self._published[uri] = (None, told)
        home = os.path.dirname(buffer.full)
        project = self.projects.get(home)
        if (
            project is not None
            and project.alone
            and not any(os.path.dirname(other.full) == home for other in self.buffers.values())
        ):
            self._remove(home)
        self.change()

    def touched(self, files: Iterable[str], *, reread: bool = False) -> None:
        """Files changed on disk."""
        files = list(files)
        for home in self.projects:
            self._touched.setdefault(home, set()).update(files)
            if reread:
                self._touched[home].add("")
        self.change()

    # folders

    def folders(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Folders of the workspace come and go; a file outside all of them is judged with those open beside it."""
        for folder in removed:
            self._remove(folder)
        for folder in added:
            self._remove(folder)
            self._add(folder)
        for home in [home for home, project in self.projects.items() if project.alone]:
            if self._owner(os.path.join(home, "x"), alone=False) is not None:
                self._remove(home)
        for buffer in self.buffers.values():
            if self._owner(buffer.full) is None:
                self._add(os.path.dirname(buffer.full), alone=True)
        self.change()

    def wish(self, home: str, wishes: Wishes) -> None:
        """The client's settings for a folder."""
        if self._by_folder.get(home) != wishes:
            self._by_folder[home] = wishes
            self.change()

    def owner(self, uri: str) -> Project | None:
        """The folder in which a document is judged."""
        full = path_of(uri)
        return None if full is None else self._owner(full)

    def shown(self, project: Project) -> Shown:
        """How a folder's report is told: an open document by the URI that the client gave it."""
        given = {buffer.full: buffer.uri for buffer in self.buffers.values()}

        def uri(path: str) -> str | None:
            return given.get(project.full(path)) or project.uri(path)

        return Shown(self.encoding, uri, self.related)

    def versions(self) -> dict[str, int]:
        """The versions of the open documents, by their paths."""
        return {buffer.full: buffer.version for buffer in self.buffers.values()}

    def published(self, uri: str) -> list[types.Diagnostic]:
        """What was told of a document last."""
        return self._published.get(uri, (None, []))[1]

    def _owner(self, full: str, alone: bool | None = None) -> Project | None:
        holding = [
            project
            for home, project in self.projects.items()
            if full.startswith(home.rstrip(os.sep) + os.sep)
            and (not project.alone or os.path.dirname(full) == home)
            and alone in (None, project.alone)
        ]
        return max(holding, key=lambda project: len(project.home), default=None)

    def _add(self, home: str, *, alone: bool = False) -> None:
        self.projects[home] = Project(home, self.rules, alone=alone)

    def _remove(self, home: str) -> None:
        self.projects.pop(home, None)
        for held in (self._told, self._touched, self._dirty):
            held.pop(home, None)

    # judging

    def begin(self) -> None:
        """Judge from now on: the client is ready, and its settings are known."""
        self.begun.set()
        self.change()

    def change(self) -> None:
        """Something changed: what is being judged is out of date, and all folders are looked at again."""
        self.turn += 1
        self._dirty.update(dict.fromkeys(self.projects))
        if self.begun.is_set() and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def settled(self) -> None:
        """Wait until everything that changed is judged."""
        await self.begun.wait()
        while self._task is not None and not self._task.done():
            await asyncio.shield(self._task)

    async def apart(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in the thread that judges."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, lambda: call(*args, **kwargs))

    def close(self) -> None:
        """Judge no more."""
        self.turn += 1
        self._dirty.clear()
        if self._resting is not None:
            self._resting.cancel()
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _work(self) -> None:
        while True:
            turn = self.turn
            # Whatever has arrived by now is judged together.
            await asyncio.sleep(0)
            if turn != self.turn:
                continue
            await self._round(turn)
            if turn == self.turn:
                try:
                    self._publish()
                except Exception:
                    log.exception("the diagnostics could not be told")
                self._tidy()
                return

    def _tidy(self) -> None:
        """Collect the garbage of a judgement when it was told, and all garbage when nobody types.

        What is kept for long (syntax trees, rules) is set aside, or the collector would walk through it every time.
        """
        if self._resting is None:
            self._worker.submit(_tidy_all)
        else:
            self._resting.cancel()
            self._worker.submit(gc.collect)
        self._resting = asyncio.get_running_loop().call_later(_REST, self._worker.submit, _tidy_all)

    async def _round(self, turn: int) -> None:
        """Judge all folders that are out of date, until a newer change comes."""
        buffers = {buffer.full: buffer.source.data for buffer in self.buffers.values()}
        for home in list(self._dirty):
            project = self.projects.get(home)
            self._dirty.pop(home, None)
            if project is None:
                continue
            touched = self._touched.pop(home, set())
            wishes = self._by_folder.get(home, self.wishes)
            try:
                told = await self.apart(
                    _judged, project, self.shown(project), buffers, touched, wishes, lambda: self.turn != turn
                )
            except Stopped:
                self._dirty[home] = None
            except Exception:
                log.exception("the judging of %s failed", home)
            else:
                if home in self.projects:
                    self._told[home] = told
            if self.turn != turn:
                return

    def _publish(self) -> None:
        """Tell the files whose diagnostics are others than they were, and the open ones that have a new version."""
        now: Told = {uri: [] for uri in (*self._published, *self.buffers)}
        for told in self._told.values():
            for uri, diagnostics in told.items():
                here = now.setdefault(uri, [])
                here.extend(one for one in diagnostics if one not in here)
        for uri, diagnostics in now.items():
            buffer = self.buffers.get(uri)
            version = None if buffer is None else buffer.version
            if self._published.get(uri) == (version, diagnostics):
                continue
            if buffer is None and not diagnostics:
                before = self._published.pop(uri, None)
                if before is None or not before[1]:
                    continue
            else:
                self._published[uri] = (version, diagnostics)
            self.publish(types.PublishDiagnosticsParams(uri, diagnostics, version))


def _judged(
    project: Project,
    shown: Shown,
    buffers: Mapping[str, bytes],
    touched: set[str],
    wishes: Wishes,
    stop: Callable[[], bool],
) -> Told:
    """Judge a folder; its diagnostics by URI."""
    if "" in touched:
        touched = {*touched, *project.disk_changes()} - {""}
    judgement = project.judge(buffers, touched, wishes, stop)
    told: Told = {}
    for path, diagnostics in shown.by_path(judgement.findings, judgement.diagnostics).items():
        uri = shown.uri(path)
        if uri is not None and not os.path.isdir(project.full(path)):
            told[uri] = diagnostics
            continue
        for one in diagnostics:
            log.warning("%s: %s", path, one.message)
    return told


def _tidy_all() -> None:
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def path_of(uri: str) -> str | None:
    """The path of a file on disk; None for what is no file (an unsaved document without a name)."""
    if not uri.startswith("file:"):
        return None
    path = to_fs_path(uri)
    return None if path is None else os.path.normpath(path)
