"""The session without a process: what is judged when, what is told, and that a fault ends nothing."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from fabriclint.doors.lsp import session as module
from fabriclint.doors.lsp.session import Session

pytestmark = pytest.mark.asyncio
Judge = Callable[..., dict[str, list[types.Diagnostic]]]


class Desk:
    """A session over a folder whose judging is done by a function of the test."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[types.PublishDiagnosticsParams] = []
        self.judged: list[dict[str, bytes]] = []
        self.judge: Callable[[], None] = lambda: None
        self.uri = (folder / "a.tf").as_uri()
        monkeypatch.setattr(module, "_judged", self._judged)
        self.session = Session((), self.told.append)
        self.session.folders([str(folder)], [])
        self.session.begin()

    def _judged(self, project: Any, shown: Any, buffers: dict[str, bytes], *_: Any) -> dict[str, Any]:
        self.judged.append(buffers)
        self.judge()
        text = next(iter(buffers.values()), b"").decode()
        return {self.uri: [types.Diagnostic(types.Range(types.Position(0, 0), types.Position(0, 1)), text)]}

    def open(self, text: str) -> None:
        self.session.opened(types.TextDocumentItem(self.uri, "terraform", 1, text))

    def change(self, version: int, text: str) -> None:
        document = types.VersionedTextDocumentIdentifier(version, self.uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.session.edited(types.DidChangeTextDocumentParams(document, [change]))

    def last(self) -> tuple[int | None, list[str]]:
        return self.told[-1].version, [one.message for one in self.told[-1].diagnostics]


@pytest_asyncio.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Desk(tmp_path, monkeypatch)
    yield made
    await made.session.settled()
    made.session.close()


async def test_changes_that_come_while_a_judgement_runs_are_judged_together_and_it_is_not_told(
    desk: Desk,
) -> None:
    await desk.session.settled()
    runs = threading.Event()
    go = threading.Event()

    def wait() -> None:
        runs.set()
        go.wait(10)

    desk.judge = wait
    desk.open("one")
    await asyncio.to_thread(runs.wait, 10)
    for version in range(2, 102):
        desk.change(version, f"text {version}")
    before = len(desk.judged)
    go.set()
    await desk.session.settled()
    assert len(desk.judged) == before + 1
    assert desk.last() == (101, ["text 101"])
    assert not [one for one in desk.told if one.version not in (None, 101)]


async def test_a_fault_is_logged_and_the_next_change_is_judged(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("one over nothing")

    desk.judge = fail
    with caplog.at_level(logging.ERROR):
        desk.open("one")
        await desk.session.settled()
    assert "one over nothing" in caplog.text
    desk.judge = lambda: None
    desk.change(2, "two")
    await desk.session.settled()
    assert desk.last() == (2, ["two"])


async def test_what_stays_the_same_is_not_told_again(desk: Desk) -> None:
    desk.open("one")
    await desk.session.settled()
    before = len(desk.told)
    desk.session.touched(["/elsewhere/b.tf"])
    await desk.session.settled()
    assert len(desk.told) == before
    desk.change(2, "one")
    await desk.session.settled()
    assert desk.last() == (2, ["one"])
    desk.session.closed(desk.uri)
    await desk.session.settled()
    assert desk.last() == (None, [""])
