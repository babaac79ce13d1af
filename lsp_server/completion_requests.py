"""Answering requests for completion: where it helps, and nowhere else.

Many editors ask after every letter, and say so no otherwise than when somebody presses a key to be offered
something. So a request that follows an edit at once counts as made by typing: in prose it is answered with
nothing. A later one, or a second one at the same place, was made by a person.
"""

from dataclasses import dataclass

from lsprotocol import types

from core.recogniser.mention import Evidence
from core.recogniser.recognise import LINES_ABOVE, mention_at
from lsp_server.boundary import answers, contained, no_completions, unchanged
from lsp_server.completion import Where, suggest, where_is, with_choices
from lsp_server.completion_items import completion_item, resolved, with_documentation
from lsp_server.configuration import Insert
from lsp_server.session import CodeServer

#: A blank is none of them: in running text a list would open behind every word.
TRIGGER_CHARACTERS = [*"0123456789", "."]
_AT_ONCE = 0.3  # seconds from an edit in which nobody presses a key to ask
_TYPED = types.CompletionTriggerKind.TriggerCharacter
_CONTINUED = types.CompletionTriggerKind.TriggerForIncompleteCompletions


def register(server: CodeServer) -> None:
    """Answer requests for completion, and for the documentation of an item."""
    asking = Asking(server)

    @answers(no_completions)
    def completion(ls: CodeServer, params: types.CompletionParams) -> types.CompletionList:
        return complete(ls, params, asking)

    options = types.CompletionOptions(trigger_characters=TRIGGER_CHARACTERS, resolve_provider=True)
    server.feature(types.TEXT_DOCUMENT_COMPLETION, options)(completion)
    server.feature(types.COMPLETION_ITEM_RESOLVE)(resolve)


@dataclass(frozen=True, slots=True)
class _Answered:
    """The last answer: to which text, and whether it offered something."""

    uri: str
    serial: int
    offered: bool


class Asking:
    """Tells who asks: a person, or an editor after a letter."""

    def __init__(self, server: CodeServer) -> None:
        self._server = server
        self._edited: dict[str, float] = {}
        self._last: _Answered | None = None
        documents = server.protocol.documents
        documents.changed.append(contained(self._changed))
        documents.closed.append(contained(self._closed))

    def is_by_person(self, uri: str, context: types.CompletionContext | None) -> bool:
        """Whether somebody wants to be offered something, or goes on with what was offered."""
        kind = context.trigger_kind if context else types.CompletionTriggerKind.Invoked
        if kind == _TYPED:
            return False
        last = self._last if self._last and self._last.uri == uri else None
        if kind == _CONTINUED:
            return bool(last and last.offered)
        if last and last.serial == self._serial(uri):
            return True
        edited = self._edited.get(uri)
        return edited is None or self._server.timing.clock() - edited > _AT_ONCE

    def answered(self, uri: str, *, offered: bool) -> None:
        """Remember the last answer."""
        self._last = _Answered(uri, self._serial(uri), offered)

    def _changed(self, uri: str) -> None:
        self._edited[uri] = self._server.timing.clock()

    def _closed(self, uri: str) -> None:
        self._edited.pop(uri, None)
        if self._last and self._last.uri == uri:
            self._last = None

    def _serial(self, uri: str) -> int:
        document = self._server.protocol.documents.get(uri)
        return document.serial if document else 0


def complete(ls: CodeServer, params: types.CompletionParams, asking: Asking) -> types.CompletionList:
    """The codes for what stands before the cursor."""
    uri = params.text_document.uri
    located, library = ls.locate(uri, params.position), ls.opening.library
    if located is None or library is None:
        return no_completions(params)
    document, number, index = located
    line = document.line(number)
    above = [document.line(n) for n in range(max(0, number - LINES_ABOVE), number)]
    where, on, settings = where_is(line, index, above), ls.date_for(uri, number, index), ls.configuration(uri)
    library = library.in_force(on)
    by_person = asking.is_by_person(uri, params.context)
    asking.answered(uri, offered=False)
    if where is Where.CLOSED:
        return no_completions(params)
    if where is Where.PROSE and not by_person:
        # While somebody writes "vitamin B12", its code is not what is wanted.
        mention = mention_at(line, index, library.catalog, on, above=above)
        if mention and mention.evidence is Evidence.CONTRARY:
            return no_completions(params)
    # A digit or a dot was typed, perhaps in running text: only codes are wanted there.
    is_typed = params.context is not None and params.context.trigger_kind == _TYPED
    words = not is_typed and (by_person or where is not Where.PROSE or settings.in_prose)
    found = suggest(library, line, index, on, words=words)
    if ls.client.snippets and where is not Where.PLACEHOLDER:
        found = with_choices(library, found, on)
    replaced = ls.range(document, number, found.start, index)
    insert = Insert.CODE if where is Where.PLACEHOLDER else settings.insert
    items = [completion_item(s, n, replaced, on, ls.client, insert) for n, s in enumerate(found.items)]
    asking.answered(uri, offered=bool(items))
    # Incomplete always: more letters bring codes that this list was cut before.
    return types.CompletionList(is_incomplete=True, items=with_documentation(items, library, ls.client))


@answers(unchanged)
def resolve(ls: CodeServer, item: types.CompletionItem) -> types.CompletionItem:
    library = ls.opening.library
    return resolved(item, library, ls.client) if library else item
