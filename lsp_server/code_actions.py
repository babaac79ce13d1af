"""Code actions: the fixes of what was found, all of one kind at once, and what can be made of a code.

Edits are made for the text as it is when they are asked for, and name its version where the client takes
that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from core.findings.finding import Edit, Finding, Fix
from index.library import Library
from lsp_server.boundary import answers_later, empty_list
from lsp_server.client import Client
from lsp_server.diagnostics import SOURCE
from lsp_server.revision import Revision
from lsp_server.rewrites import Rewrite, rewrites_at
from lsp_server.session import CodeServer

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_QUICK, _REWRITE = types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite
_KINDS: list[types.CodeActionKind | str] = [_QUICK, _REWRITE, FIX_ALL]


def register(server: CodeServer) -> None:
    """Answer requests for code actions."""
    # The list is copied: pygls checks its own.
    options = types.CodeActionOptions(code_action_kinds=list(_KINDS), resolve_provider=False)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_actions)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a range of the text, and the kinds of actions that are wanted, if not all."""

    start: int
    end: int
    only: tuple[str, ...] | None = None

    def wants(self, kind: str) -> bool:
        """Kinds are hierarchical: who asks for ``source`` wants ``source.fixAll`` too."""
        if self.only is None:
            return kind != FIX_ALL  # made on request or on save, never offered at a place
        return any(not o or kind == o or kind.startswith(f"{o}.") for o in self.only)

    def touches(self, finding: Finding) -> bool:
        return finding.start <= self.end and self.start <= finding.end


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done to the text; ``finding`` is what it mends."""

    title: str
    kind: str
    edits: tuple[Edit, ...]
    finding: Finding | None = None
    is_preferred: bool = False


def actions(asked: Asked, findings: Sequence[Finding], rewrites: Iterable[Rewrite]) -> list[Action]:
    """Everything that can be done at a place, the likeliest first."""
    found: list[Action] = []
    if asked.wants(_QUICK.value):
        here = [finding for finding in findings if asked.touches(finding)]
        found += _quick_fixes(here)
        found += _fixes_of_a_kind(here, findings)
    if asked.wants(_REWRITE.value):
        made = {action.edits for action in found}
        found += [
            Action(rewrite.title, _REWRITE.value, rewrite.edits)
            for rewrite in rewrites
            if rewrite.edits not in made
        ]
    if asked.wants(FIX_ALL) and (edits := apart(_preferred(findings))):
        found.append(Action("Fix all that needs no choice", FIX_ALL, edits))
    return found


def apart(fixes: Iterable[Fix]) -> tuple[Edit, ...]:
    """The edits of fixes that do not touch each other; of two that do, the first fix counts."""
    taken: list[Edit] = []
    for fix in fixes:
        if not any(_meet(edit, other) for edit in fix.edits for other in taken):
            taken += fix.edits
    return tuple(sorted(taken, key=lambda edit: (edit.start, edit.end)))


def _meet(one: Edit, other: Edit) -> bool:
    if one.start == other.start:
        return True
    return one.start < other.end and other.start < one.end


def _quick_fixes(here: Iterable[Finding]) -> list[Action]:
    found = [
        Action(fix.title, _QUICK.value, fix.edits, finding, fix.is_preferred)
        for finding in here
        for fix in finding.fixes
    ]
    return sorted(found, key=lambda action: not action.is_preferred)


def _fixes_of_a_kind(here: Iterable[Finding], findings: Sequence[Finding]) -> Iterator[Action]:
    """For each kind of fix at the place that needs no choice: it, all over the file."""
    kinds = dict.fromkeys(fix.kind for fix in _preferred(here))
    everywhere = list(_preferred(findings))
    count = Counter(fix.kind for fix in everywhere)
    for kind in kinds:
        if count[kind] > 1:
            edits = apart(fix for fix in everywhere if fix.kind == kind)
            named = kind.replace("-", " ")
            yield Action(f"Fix all {count[kind]} in the file: {named}", _QUICK.value, edits)


def _preferred(findings: Iterable[Finding]) -> Iterator[Fix]:
    return (fix for finding in findings for fix in finding.fixes if fix.is_preferred)


@answers_later(empty_list)
async def code_actions(ls: CodeServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    revision, library = ls.revision(uri), ls.opening.catalogue
    if revision is None or library is None or not ls.client.code_actions:
        return []
    asked = _asked(params, revision)
    found = await _findings(ls, revision)
    rewrites: Iterable[Rewrite] = ()
    if asked.wants(_REWRITE.value) and not ls.card_files.has(uri):
        rewrites = _rewrites(ls, library, revision, asked)
    return [_action(a, revision, ls.client, params.context) for a in actions(asked, found, rewrites)]


def _asked(params: types.CodeActionParams, revision: Revision) -> Asked:
    only = params.context.only
    kinds = None if only is None else tuple(getattr(kind, "value", kind) for kind in only)
    return Asked(revision.offset(params.range.start), revision.offset(params.range.end), kinds)


async def _findings(ls: CodeServer, revision: Revision) -> tuple[Finding, ...]:
    if ls.note(revision.uri) is not revision or not ls.checker.is_ready:
        return ()
    return await ls.checker.findings(revision, ls.basis(revision.uri)) or ()


def _rewrites(ls: CodeServer, library: Library, revision: Revision, asked: Asked) -> Sequence[Rewrite]:
    number = revision.line_of(asked.start)
    on = ls.date_for(revision.uri, number, asked.start - revision.start_of(number))
    return rewrites_at(library, revision, asked.start, on)


def _action(
    action: Action, revision: Revision, client: Client, context: types.CodeActionContext
) -> types.CodeAction:
    mended = _mended(action.finding, revision, context) if action.finding else []
    return types.CodeAction(
        title=action.title,
        kind=action.kind,
        diagnostics=mended or None,
        is_preferred=True if action.is_preferred and client.preferred_actions else None,
        edit=workspace_edit(action.edits, revision, client),
    )


def _mended(finding: Finding, revision: Revision, context: types.CodeActionContext) -> list[types.Diagnostic]:
    """The client's own diagnostics of a finding."""
    where = revision.range(finding.start, finding.end)
    return [
        shown
        for shown in context.diagnostics
        if shown.source == SOURCE and shown.code == finding.rule and shown.range == where
    ]


def workspace_edit(edits: Iterable[Edit], revision: Revision, client: Client) -> types.WorkspaceEdit:
    """Edits of one text, for its version where the client takes that."""
    changes = [types.TextEdit(revision.range(edit.start, edit.end), edit.new) for edit in edits]
    if not client.versioned_edits:
        return types.WorkspaceEdit(changes={revision.uri: changes})
    document = types.OptionalVersionedTextDocumentIdentifier(uri=revision.uri, version=revision.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(changes))])
