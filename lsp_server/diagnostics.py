"""Diagnostics: what is to be remarked on in a note, for clients that ask for it and for those that do not.

One client gets them one way only. Those that ask are answered when the note was read; to the others they are
sent, with the version that they are for, a moment after the last edit.
"""

import asyncio
import hashlib
from contextlib import suppress
from functools import cache

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from core.findings.finding import Finding, Severity
from core.findings.settings import RULES
from lsp_server.boundary import answers_later, contained, contained_later
from lsp_server.checker import Basis
from lsp_server.client import Client
from lsp_server.revision import Revision
from lsp_server.rules_page import address
from lsp_server.session import CodeServer, Timer

SOURCE = "icdlens"
_TOO_LARGE = "A file is longer than maxFileSize allows: its codes are shown on hover, but it is not checked."
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
_TAGS = {
    "retired": types.DiagnosticTag.Deprecated,
    "duplicate": types.DiagnosticTag.Unnecessary,
}


def register(server: CodeServer) -> None:
    """Answer requests for diagnostics, and send them to a client that makes none."""
    options = types.DiagnosticOptions(
        inter_file_dependencies=False, workspace_diagnostics=False, identifier=SOURCE
    )
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(pull)
    sender = Sender(server)
    documents = server.protocol.documents
    documents.opened.append(contained(sender.opened))
    documents.changed.append(contained(sender.changed))
    documents.closed.append(contained(sender.closed))
    server.opened.append(contained(sender.renew))
    server.settings.changed.append(contained(sender.renew))


def diagnostic(finding: Finding, revision: Revision, client: Client) -> types.Diagnostic:
    """A finding as the client can show it."""
    tag = _TAGS.get(finding.rule)
    page = _page(finding.rule) if client.code_descriptions else None
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(revision.uri, revision.range(start, end)), message=says
        )
        for start, end, says in finding.related
    ]
    return types.Diagnostic(
        range=revision.range(finding.start, finding.end),
        message=finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        tags=[tag] if tag in client.diagnostic_tags and tag else None,
        related_information=related or None if client.related_information else None,
        data={"fixes": [fix.kind for fix in finding.fixes]} if client.diagnostic_data else None,
    )


@cache
def _page(rule: str) -> str | None:
    return address(RULES[rule]) if rule in RULES else None


def result_id(revision: Revision, basis: Basis) -> str:
    """A name for what is found in a text: the same name, the same diagnostics."""
    return hashlib.blake2b(repr((revision.serial, basis)).encode(), digest_size=8).hexdigest()


def _none(_params: object) -> types.DocumentDiagnosticReport:
    return types.RelatedFullDocumentDiagnosticReport(items=[])


@answers_later(_none)
async def pull(ls: CodeServer, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """The diagnostics of a document; waits for the classification where that is being compiled."""
    uri = params.text_document.uri
    await ls.until_ready()
    while (revision := ls.note(uri)) is not None:
        basis = ls.basis(uri)
        name = result_id(revision, basis)
        if params.previous_result_id == name:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=name)
        if not ls.checker.is_ready:
            break
        found = await ls.checker.findings(revision, basis)
        if found is not None:
            items = [diagnostic(finding, revision, ls.client) for finding in found]
            return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=name)
        await asyncio.sleep(0)  # the note has changed: what is there now is wanted
    return types.RelatedFullDocumentDiagnosticReport(items=[])


class Sender:
    """Sends diagnostics, a moment after the last edit."""

    def __init__(self, server: CodeServer) -> None:
        self._server = server
        self._waiting: dict[str, Timer] = {}

    def opened(self, uri: str) -> None:
        """Check a note at once, and say so where it is too large for that."""
        if (revision := self._expect(uri)) and self._server.is_too_large(revision):
            self._server.warn(_TOO_LARGE)
        self._check(uri)

    def changed(self, uri: str) -> None:
        """Check a note when it has not been edited for a moment."""
        self._expect(uri)
        self._stop(uri)
        if self._is_wanted():
            act = contained(self._check)
            self._waiting[uri] = self._server.timing.after(self._server.timing.pause, lambda: act(uri))

    def closed(self, uri: str) -> None:
        """Take the diagnostics of a note off the screen."""
        self._stop(uri)
        self._server.forget(uri)
        if self._is_wanted():
            self._send(types.PublishDiagnosticsParams(uri, []))

    def renew(self) -> None:
        """Check everything again: settings have changed, or the classification is there."""
        if self._is_wanted():
            for uri in self._server.protocol.documents:
                self._check(uri)
        elif self._server.client.refreshes_diagnostics and self._server.checker.is_ready:
            self._server.start(refresh(self._server))

    def _is_wanted(self) -> bool:
        return self._server.checker.is_ready and not self._server.client.pulls_diagnostics

    def _expect(self, uri: str) -> Revision | None:
        revision = self._server.revision(uri)
        if revision:
            self._server.checker.expect(uri, revision.serial)
        return revision

    def _stop(self, uri: str) -> None:
        if timer := self._waiting.pop(uri, None):
            timer.cancel()

    def _check(self, uri: str) -> None:
        self._stop(uri)
        if self._is_wanted():
            self._server.start(send(self._server, uri))

    def _send(self, params: types.PublishDiagnosticsParams) -> None:
        self._server.text_document_publish_diagnostics(params)


@contained_later
async def send(ls: CodeServer, uri: str) -> None:
    """Send what is found in a note; nothing where it changes meanwhile, for then another check follows."""
    revision = ls.note(uri)
    if revision is None:
        if (left := ls.revision(uri)) is not None:  # it has become too large: what was found is no longer so
            ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, [], left.version))
        return
    basis = ls.basis(uri)
    found = await ls.checker.findings(revision, basis)
    if found is None or ls.note(uri) is not revision or ls.basis(uri) != basis:
        return
    items = [diagnostic(finding, revision, ls.client) for finding in found]
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items, revision.version))


@contained_later
async def refresh(ls: CodeServer) -> None:
    """Ask the client to ask again."""
    with suppress(JsonRpcException):  # a client that refuses asks when the note changes
        await ls.workspace_diagnostic_refresh_async(None)
