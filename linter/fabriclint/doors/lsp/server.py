"""The server of one client: what the client can do, and what it asks."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from fabriclint import __version__
from fabriclint.doors.lsp import hover as shown
from fabriclint.doors.lsp.actions import Client, Desk
from fabriclint.doors.lsp.configuration import fields, wishes
from fabriclint.doors.lsp.links import links
from fabriclint.doors.lsp.positions import offset_of, range_of
from fabriclint.doors.lsp.session import Session, path_of
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES

if TYPE_CHECKING:
    from pygls.server import ServerErrors

SECTION: Final = "fabriclint"
WATCHED: Final = "**/*.{tf,tofu,tfvars,json,yaml,yml,template,toml,tftpl,tpl,sh,txt}"
_RULE: Final = "---"
_PATIENCE: Final = 2  # seconds
log = logging.getLogger("fabriclint.lsp")


class Server(LanguageServer):
    """The language server of one client."""

    def __init__(self) -> None:
        super().__init__("fabriclint", __version__)  # pyright: ignore[reportUnknownMemberType]
        self.rules = builtin_rules()
        self.session = Session(self.rules, self.text_document_publish_diagnostics)
        self.client = Client()
        self.folders: dict[str, str] = {}

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """A fault is logged, and ends nothing."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def warn(self, message: str) -> None:
        """Show a message to the user."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    # the life of the server

    def begin(self, params: types.InitializeParams) -> None:
        """Learn what the client can do, and which folders it works in."""
        can = params.capabilities
        text = can.text_document or types.TextDocumentClientCapabilities()
        space = can.workspace or types.WorkspaceClientCapabilities()
        action = text.code_action or types.CodeActionClientCapabilities()
        resolved = list(action.resolve_support.properties) if action.resolve_support else []
        self.client = Client(
            resolves="edit" in resolved and bool(action.data_support),
            disables=bool(action.disabled_support),
            versions=bool(space.workspace_edit and space.workspace_edit.document_changes),
        )
        told = text.publish_diagnostics
        self.session.related = bool(told and told.related_information)
        self.session.encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        self.session.watched = bool(
            space.did_change_watched_files and space.did_change_watched_files.dynamic_registration
        )
        self.session.wishes, problems = wishes(params.initialization_options, self.rules)
        for problem in problems:
            self.warn(problem)
        named = [folder.uri for folder in params.workspace_folders or ()]
        if not named and (root := params.root_uri or self.workspace.root_uri):
            named = [root]
        self.placed(named, [])

    async def begun(self) -> None:
        """Ask the client for its settings and to watch files, and begin to judge."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.asked_settings()
        except TimeoutError:
            log.warning("the client did not tell its settings")
        self.session.begin()
        space = self.client_capabilities.workspace or types.WorkspaceClientCapabilities()
        wanted: list[types.Registration] = []
        if self.session.watched:
            watchers = [types.FileSystemWatcher(WATCHED)]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            wanted.append(
                types.Registration("watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            )
        changing = space.did_change_configuration
        if changing and changing.dynamic_registration:
            section = types.DidChangeConfigurationRegistrationOptions(SECTION)
            wanted.append(
                types.Registration("configuration", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section)
            )
        if wanted:
            try:
                await self.client_register_capability_async(types.RegistrationParams(wanted))
            except JsonRpcException as error:
                log.warning("the client registered nothing: %s", error)

    async def asked_settings(self) -> None:
        """The settings of each folder, if the client tells them."""
        space = self.client_capabilities.workspace
        if not (space and space.configuration and self.folders):
            return
        folders = dict(self.folders)
        items = [types.ConfigurationItem(uri, SECTION) for uri in folders]
        try:
            answers = await self.workspace_configuration_async(types.ConfigurationParams(items))
        except JsonRpcException as error:
            log.warning("the client told no settings: %s", error)
            return
        for home, said in zip(folders.values(), answers, strict=False):
            self.wished(home, said)

    def wished(self, home: str, said: object) -> None:
        """Settings of a folder, as the client sends them."""
        if not said:
            self.session.wish(home, self.session.wishes)
            return
        made, problems = wishes(said, self.rules)
        for problem in problems:
            self.warn(problem)
        self.session.wish(home, made)

    def placed(self, added: list[str], removed: list[str]) -> None:
        """Workspace folders come and go."""
        gone = [self.folders.pop(uri) for uri in removed if uri in self.folders]
        come = {uri: path for uri in added if (path := path_of(uri)) is not None}
        self.folders.update(come)
        self.session.folders(come.values(), gone)

    # requests

    async def desk(self, uri: str, stop: threading.Event) -> tuple[Desk, int] | None:
        """The desk for a document, when all that changed is judged, and the turn it belongs to."""
        await self.session.settled()
        project = self.session.owner(uri)
        if project is None or project.judgement is None:
            return None
        versions = self.session.versions()
        desk = Desk(
            project, project.judgement, self.session.shown(project), versions, self.client, stop.is_set
        )
        return desk, self.session.turn

    def still(self, turn: int) -> None:
        """Refuse an answer that is about text that has changed since."""
        if turn != self.session.turn:
            raise JsonRpcException("the text has changed", code=types.LSPErrorCodes.ContentModified)

    async def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """What can be done at a place."""
        stop = threading.Event()
        try:
            uri = params.text_document.uri
            found = await self.desk(uri, stop)
            buffer = self.session.buffers.get(uri)
            if found is None or buffer is None:
                return []
            desk, turn = found
            path = desk.project.name(buffer.full)
            start = offset_of(buffer.source, params.range.start, self.session.encoding)
            end = offset_of(buffer.source, params.range.end, self.session.encoding)
            asked = params.context.only
            only = None if asked is None else [str(getattr(kind, "value", kind)) for kind in asked]
            made = await self.session.apart(desk.listed, path or "", start, end, only)
            self.still(turn)
            return made
        except asyncio.CancelledError:
            stop.set()
            raise

    async def resolved(self, action: types.CodeAction) -> types.CodeAction:
        """The edit of an action."""
        stop = threading.Event()
        try:
            uri = fields(action.data).get("uri")
            found = await self.desk(uri, stop) if isinstance(uri, str) else None
            if found is None:
                return action
            desk, turn = found
            made = await self.session.apart(desk.resolved, action)
            self.still(turn)
            if made.disabled is not None:
                self.warn(f"{action.title}: {made.disabled.reason}")
            return made
        except asyncio.CancelledError:
            stop.set()
            raise

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """The pages of the rules that found something here, and the facts of an instance type that is named here."""
        uri, at = params.text_document.uri, params.position
        pages: list[str] = []
        place: types.Range | None = None
        by_name = {rule.name: rule for rule in (*self.rules, *SUPPRESSION_RULES)}
        for diagnostic in self.session.published(uri):
            rule = by_name.get(str(diagnostic.code))
            if rule is not None and diagnostic.range.start <= at <= diagnostic.range.end:
                page = shown.rule_page(rule)
                if page not in pages:
                    pages.append(page)
                place = place or diagnostic.range
        buffer = self.session.buffers.get(uri)
        if buffer is not None:
            source = buffer.source
            offset = offset_of(source, at, self.session.encoding)
            start = source.line_start(source.line_of(offset))
            end = source.data.find(b"\n", offset)
            found = shown.type_at(source.data[start : end if end >= 0 else None], offset - start)
            if found is not None:
                kind, first, last = found
                pages.insert(0, shown.facts(kind))
                place = range_of(source.span(start + first, start + last), self.session.encoding)
        if not pages:
            return None
        text = f"\n{_RULE}\n\n".join(pages)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place)

    def links(self, uri: str) -> list[types.DocumentLink]:
        """The links of a document."""
        buffer = self.session.buffers.get(uri)
        if buffer is None:
            return []
        names = {name: rule.name for rule in self.rules for name in (rule.name, *rule.aliases)}
        made: list[types.DocumentLink] = []
        for link in links(buffer.source, buffer.full, names):
            target = link.page or Path(link.file).as_uri()
            made.append(types.DocumentLink(range_of(link.span, self.session.encoding), target))
        return made
