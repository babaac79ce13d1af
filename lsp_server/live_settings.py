"""Following the settings while a session lasts: the editor's, and those of the workspace's files."""

from collections.abc import Sequence
from contextlib import suppress

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.boundary import answers, contained, contained_later, nothing
from lsp_server.configuration import SECTION
from lsp_server.session import CodeServer
from lsp_server.settings_files import FILES


def register(server: CodeServer) -> None:
    """Follow every way in which settings change."""
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(changed)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(folders_changed)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(files_changed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(saved)
    # Not every client watches files: then a change counts from the next document on that is opened or saved.
    server.protocol.documents.opened.append(contained(lambda _uri: server.settings.follow_files()))


def begin(ls: CodeServer, params: types.InitializeParams) -> None:
    """Take in the workspace and what the editor says at the start."""
    ls.settings.begin(params.initialization_options)
    ls.settings.follow_folders(_folders(params))


@contained_later
async def ask(ls: CodeServer) -> None:
    """Ask the editor for its settings, and to tell when they, or the files of the workspace, change."""
    await _register(ls)
    await _ask(ls)


@answers(nothing)
def changed(ls: CodeServer, params: types.DidChangeConfigurationParams) -> None:
    ls.settings.follow_client(params.settings)
    ls.start(_asked_again(ls))


@answers(nothing)
def folders_changed(ls: CodeServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
    added, removed = params.event.added, params.event.removed
    ls.settings.follow_folders([folder.uri for folder in added], [folder.uri for folder in removed])
    ls.start(_asked_again(ls))


@answers(nothing)
def files_changed(ls: CodeServer, _params: types.DidChangeWatchedFilesParams) -> None:
    ls.settings.follow_files()


@answers(nothing)
def saved(ls: CodeServer, _params: types.DidSaveTextDocumentParams) -> None:
    ls.settings.follow_files()


@contained_later
async def _asked_again(ls: CodeServer) -> None:
    await _ask(ls)


def _folders(params: types.InitializeParams) -> Sequence[str]:
    if params.workspace_folders is not None:
        return [folder.uri for folder in params.workspace_folders]
    return [params.root_uri] if params.root_uri else []


async def _ask(ls: CodeServer) -> None:
    """The editor's settings, in all and for each folder. A client may refuse, or answer with less."""
    if not ls.client.answers_settings:
        return
    folders = ls.settings.folders
    items = [types.ConfigurationItem(section=SECTION)]
    items += [types.ConfigurationItem(scope_uri=folder, section=SECTION) for folder in folders]
    try:
        answered = await ls.workspace_configuration_async(types.ConfigurationParams(items))
    except JsonRpcException:
        return
    if isinstance(answered, Sequence) and answered:
        own, *others = answered
        ls.settings.follow_answers(own, dict(zip(folders, others, strict=False)))


async def _register(ls: CodeServer) -> None:
    wanted = []
    if ls.client.registers_settings:
        section = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        wanted.append(
            types.Registration("icdlens-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section)
        )
    if ls.client.watches_files:
        watchers = [types.FileSystemWatcher(f"**/{name}") for name in FILES]
        files = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        wanted.append(types.Registration("icdlens-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, files))
    if wanted:
        with suppress(JsonRpcException):  # where it refuses, opening and saving documents are enough
            await ls.client_register_capability_async(types.RegistrationParams(wanted))
