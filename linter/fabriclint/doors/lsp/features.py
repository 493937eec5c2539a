"""The methods of the protocol that the server answers."""

from __future__ import annotations

from lsprotocol import types

from fabriclint.doors.lsp.actions import KINDS
from fabriclint.doors.lsp.configuration import fields
from fabriclint.doors.lsp.server import SECTION, Server
from fabriclint.doors.lsp.session import path_of


def serving() -> Server:
    """A server with all that it answers."""
    server = Server()
    _life(server)
    _documents(server)
    _workspace(server)
    _requests(server)
    return server


def _life(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.begin(params)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        await server.begun()

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.session.close()


def _documents(server: Server) -> None:
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        session.opened(params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def edited(params: types.DidChangeTextDocumentParams) -> None:
        session.edited(params)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        session.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)


def _workspace(server: Server) -> None:
    session = server.session

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def touched(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path_of(change.uri) for change in params.changes]
        session.touched(path for path in paths if path is not None)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def placed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.placed([one.uri for one in params.event.added], [one.uri for one in params.event.removed])
        await server.asked_settings()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(params: types.DidChangeConfigurationParams) -> None:
        space = server.client_capabilities.workspace
        if space and space.configuration:
            await server.asked_settings()
            return
        said = fields(params.settings).get(SECTION)
        for home in server.folders.values():
            server.wished(home, said)


def _requests(server: Server) -> None:
    options = types.CodeActionOptions(code_action_kinds=list(KINDS), resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return await server.code_actions(params)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolved(action: types.CodeAction) -> types.CodeAction:
        return await server.resolved(action)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def links(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        return server.links(params.text_document.uri)
