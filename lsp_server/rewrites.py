"""What can be made of the code at a place, whether or not anything is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.code import Code
from core.findings.finding import Edit
from core.lives import Standing
from core.recogniser.mention import Mention, Verdict
from core.recogniser.recognise import LINES_ABOVE, mention_at
from core.succession import succession
from index.library import Library
from lsp_server.revision import Revision

MOST_CHOICES = 25  # codes that a heading is replaced by


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A change of a code that is in order as well."""

    title: str
    edits: tuple[Edit, ...]


def rewrites_at(library: Library, revision: Revision, offset: int, on: date) -> Sequence[Rewrite]:
    """What can be made of the code that stands at a place, for a date of service."""
    library = library.in_force(on)
    number = revision.line_of(offset)
    line, start = revision.line(number), revision.start_of(number)
    above = [revision.line(n) for n in range(max(0, number - LINES_ABOVE), number)]
    mention = mention_at(line, offset - start, library.catalog, on, above=above)
    if mention is None or not mention.is_reportable:
        return ()
    return tuple(_rewrites(library, mention, line, start, on))


def _rewrites(library: Library, mention: Mention, line: str, start: int, on: date) -> Iterator[Rewrite]:
    first, end = start + mention.start, start + mention.end
    is_dotless = any(reason.rule == "x12" for reason in mention.reasons)  # claims have no dots
    for code, title in _instead(library, mention, on):
        new = code.undotted if is_dotless else code.text
        if new != mention.written:
            said = f"Replace {mention.written} by {new}" + (f" {title}" if title else "")
            yield Rewrite(said, (Edit(first, end, new),))
    title = _title_to_add(library, mention)
    if title and not line[mention.end :].lstrip(" \t-–—:,(").casefold().startswith(title.casefold()):
        yield Rewrite(f"Add the title: {title}", (Edit(end, end, f" {title}"),))


def _title_to_add(library: Library, mention: Mention) -> str | None:
    if mention.code is None or mention.last or mention.verdict in (Verdict.RANGE, Verdict.INVALID):
        return None
    return library.catalog.titles([mention.code]).get(mention.code)


def _instead(library: Library, mention: Mention, on: date) -> Iterable[tuple[Code, str | None]]:
    """The codes that can stand in the place of a mention, each with its title."""
    code = mention.code
    match mention.verdict:
        case Verdict.CODE_NORM if code:
            return _titled(library, [code])
        case Verdict.CATEGORY if code:
            return _titled(library, _below(library, code, on))
        case Verdict.RANGE if code and not mention.last:
            return _titled(library, _below(library, code, on))
        case Verdict.RETIRED if code:
            card = library.card(code, on)
            return _titled(library, succession(library.catalog, card).leads_to if card else ())
        case Verdict.INVALID:
            near = library.near_codes(mention.written, on) if mention.suggestion is None else ()
            return _titled(library, [mention.suggestion] if mention.suggestion else near)
    return ()


def _below(library: Library, code: Code, on: date) -> list[Code]:
    """The codes one level below a heading that are in use on the date, billable or headings themselves."""
    card = library.card(code, on)
    in_use = (Standing.BILLABLE, Standing.HEADING)
    return [child.code for child in card.children if child.standing in in_use][:MOST_CHOICES] if card else []


def _titled(library: Library, codes: Iterable[Code]) -> Iterator[tuple[Code, str | None]]:
    listed = tuple(codes)
    titles = library.catalog.titles(listed)
    return ((code, titles.get(code)) for code in listed)
