"""Document links: each code of a note leads to its whole card. Off by default: a hover says enough."""

from datetime import date

import attrs
from lsprotocol import types

from core.code import Code, InvalidCode
from lsp_server.boundary import answers, answers_later, empty_list, unchanged
from lsp_server.session import CodeServer


def register(server: CodeServer) -> None:
    """Answer requests for links, and for where one leads."""
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)(document_links)
    server.feature(types.DOCUMENT_LINK_RESOLVE)(resolve_link)


@answers_later(empty_list)
async def document_links(ls: CodeServer, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    uri = params.text_document.uri
    revision = ls.note(uri)
    if revision is None or not ls.configuration(uri).document_links:
        return []
    default = ls.date_for(uri)
    return [
        types.DocumentLink(
            range=revision.range(mention.start, mention.end),
            tooltip=f"The whole card of {mention.code}" if ls.client.link_tooltips else None,
            data=[mention.code.text, revision.stated.date_at(mention.start, default).isoformat()],
        )
        for mention in await ls.checker.mentions(revision, ls.basis(uri)) or ()
        if mention.code
    ]


@answers(unchanged)
def resolve_link(ls: CodeServer, link: types.DocumentLink) -> types.DocumentLink:
    """A link with the file that it leads to; one that is not ours stays as it is."""
    library = ls.opening.catalogue
    match link.data:
        case [str(code), str(on)] if library:
            try:
                target = ls.card_files.uri(library, Code.parse(code), date.fromisoformat(on))
            except (InvalidCode, ValueError):
                return link
            return attrs.evolve(link, target=target) if target else link
    return link
