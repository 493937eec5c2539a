"""An editor that drives the real server process, and small stacks for it to open."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

COMMAND = (sys.executable, "-m", "fabriclint", "lsp", "--stdio")
PATIENCE = 30
VS_CODE, NEOVIM = "visual-studio-code", "neovim@v0.7.0"

LAUNCH = """\
resource "aws_launch_template" "trainer" {
  name          = "trainer"
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = /* 🚀 */ "g5.2xlarge"
}
"""
FLEET = """\
resource "aws_autoscaling_group" "trainer" {
  name                = "trainer"
  min_size            = 4
  max_size            = 4
  vpc_zone_identifier = ["subnet-0a1b2c3d4e5f60718"]
  placement_group     = aws_placement_group.trainer.name

  launch_template {
    id      = aws_launch_template.trainer.id
    version = "$Latest"
  }
}

resource "aws_placement_group" "trainer" {
  name     = "trainer"
  strategy = "cluster"
}
"""
TEMPLATE = """\
Resources:
  Trainer:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-0a1b2c3d4e5f60718
        InstanceType: g5.48xlarge
        NetworkInterfaces:
          - DeviceIndex: 0
            InterfaceType: efa
  TrainerGroup:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "4"
      MaxSize: "4"
      VPCZoneIdentifier:
        - subnet-0a1b2c3d4e5f60718
      LaunchTemplate:
        LaunchTemplateId: !Ref Trainer
        Version: !GetAtt Trainer.LatestVersionNumber
"""


class Editor:
    """A client that opens and edits documents, and remembers all that the server told it."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.texts: dict[Path, str] = {}
        self.versions: dict[Path, int] = {}
        self.told: list[types.PublishDiagnosticsParams] = []
        self.registered: list[types.Registration] = []
        self._news = asyncio.Event()

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register(params: types.RegistrationParams) -> None:
            self.registered.extend(params.registrations)

        client.protocol.fm.features.pop(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.told.append(params)
            self._news.set()

    def open(self, path: Path, text: str | None = None) -> None:
        text = path.read_text(encoding="utf-8") if text is None else text
        self.texts[path], self.versions[path] = text, 1
        item = types.TextDocumentItem(path.as_uri(), path.suffix.lstrip("."), 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def replace(self, path: Path, old: str, new: str) -> None:
        """Replace the first `old` by an incremental change in UTF-16."""
        text = self.texts[path]
        at = text.index(old)
        span = types.Range(place(text, at), place(text, at + len(old)))
        self.texts[path] = text[:at] + new + text[at + len(old) :]
        self.versions[path] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[path], path.as_uri()),
                [types.TextDocumentContentChangePartial(span, new)],
            )
        )

    def save(self, path: Path) -> None:
        path.write_text(self.texts[path], encoding="utf-8")
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document(path)))

    def close(self, path: Path) -> None:
        del self.texts[path], self.versions[path]
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document(path)))

    def disk(self, path: Path, kind: types.FileChangeType = types.FileChangeType.Changed) -> None:
        """Tell that a file changed on disk."""
        change = types.FileEvent(path.as_uri(), kind)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))

    def last(self, path: Path) -> types.PublishDiagnosticsParams | None:
        return next((one for one in reversed(self.told) if one.uri == path.as_uri()), None)

    def codes(self, path: Path) -> list[Any]:
        last = self.last(path)
        return [] if last is None else [one.code or one.message for one in last.diagnostics]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something is true of what was told."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def told_of(self, path: Path) -> list[types.Diagnostic]:
        """The diagnostics of an open document as it is now."""

        def current() -> bool:
            last = self.last(path)
            return last is not None and last.version == self.versions[path]

        await self.until(current)
        last = self.last(path)
        assert last is not None
        return list(last.diagnostics)

    async def actions(
        self, path: Path, at: types.Range, only: list[str] | None = None
    ) -> list[types.CodeAction]:
        context = types.CodeActionContext([], only=only)  # type: ignore[arg-type]
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(document(path), at, context)
        )
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    def apply(self, edit: types.WorkspaceEdit) -> None:
        """Make the edits of an action in the open documents."""
        paths = {path.as_uri(): path for path in self.texts}
        for change in edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            path = paths[change.text_document.uri]
            assert change.text_document.version == self.versions[path]
            text = self.texts[path]
            for one in sorted(change.edits, key=lambda one: one.range.start, reverse=True):
                assert isinstance(one, types.TextEdit)
                start, end = index(text, one.range.start), index(text, one.range.end)
                text = text[:start] + one.new_text + text[end:]
            self.replace(path, self.texts[path], text)


def document(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())


def place(text: str, at: int) -> types.Position:
    """The position of a character in UTF-16."""
    before = text[:at]
    line = before.rpartition("\n")[2]
    return types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def index(text: str, at: types.Position) -> int:
    """The character at a position in UTF-16."""
    lines = text.split("\n")
    line = lines[at.line].encode("utf-16-le")[: 2 * at.character].decode("utf-16-le")
    return sum(len(one) + 1 for one in lines[: at.line]) + len(line)


Start = Callable[..., Awaitable[Editor]]


@pytest_asyncio.fixture
async def start() -> AsyncIterator[Start]:
    """Starts editors on folders; they leave when the test is over."""
    editors: list[Editor] = []

    async def started(
        *folders: Path,
        like: str = VS_CODE,
        options: object = None,
        settings: object = None,
        change: Callable[[types.ClientCapabilities], object] = lambda _: None,
    ) -> Editor:
        client = make_test_lsp_client()
        await client.start_io(*COMMAND, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        editor = Editor(client)
        editors.append(editor)
        can = client_capabilities(like)
        change(can)
        if settings is not None:
            client.set_configuration({"fabriclint": settings})
        await client.initialize_session(
            types.InitializeParams(
                capabilities=can, workspace_folders=workspace(folders) or None, initialization_options=options
            )
        )
        return editor

    yield started
    for editor in editors:
        await editor.client.shutdown_session()
        server = editor.client._server
        assert server is not None
        assert server.returncode == 0
        await editor.client.stop()


def workspace(folders: Iterable[Path]) -> list[types.WorkspaceFolder]:
    return [types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Terraform root of two files: the finding in one rests on the other."""
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "launch.tf").write_text(LAUNCH, encoding="utf-8")
    (folder / "fleet.tf").write_text(FLEET, encoding="utf-8")
    return folder


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A CloudFormation template."""
    folder = tmp_path / "cfn"
    folder.mkdir()
    path = folder / "train.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path
