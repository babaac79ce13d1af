"""Fixes of single codes: each replaces exactly the characters of its mention."""

from collections.abc import Iterable, Iterator

from core.code import Code
from core.findings.finding import Edit, Fix
from core.findings.note import Note
from core.recogniser.mention import Mention

#: The kinds of fixes; those that need no choice can be made all over a file.
OFFICIAL_FORM = "official-form"
PLACEHOLDER = "placeholder"
SUCCESSOR = "successor"
SPECIFY = "specify"
SEVENTH_CHARACTER = "seventh-character"
NEAR_CODE = "near-code"
LATERALITY = "laterality"
REMOVE = "remove-duplicate"
TITLE = "official-title"

MOST = 20


def replacement(
    note: Note,
    mention: Mention,
    code: Code,
    kind: str,
    *,
    says: str | None = None,
    is_preferred: bool = False,
) -> Fix:
    """Write another code in the place of a mention. ``says`` is what the title adds to the code."""
    new = note.written_here(code, mention)
    title = f"Replace by {new}" + (f" – {says}" if says else "")
    return Fix(title, kind, (Edit(mention.start, mention.end, new),), is_preferred)


def replacements(
    note: Note, mention: Mention, codes: Iterable[Code], kind: str, *, prefers_only_one: bool = True
) -> tuple[Fix, ...]:
    """Codes to choose from, each with its title; the only one is preferred."""
    listed = list(dict.fromkeys(codes))[:MOST]
    titles = note.catalog_for(mention).titles(listed)
    only = len(listed) == 1 and prefers_only_one
    return tuple(
        replacement(note, mention, code, kind, says=titles.get(code), is_preferred=only) for code in listed
    )


def completions(note: Note, mention: Mention, complete: Iterable[tuple[Code, str]]) -> Iterator[Fix]:
    """Complete codes to choose from, each with the meaning of its 7th character."""
    for code, meaning in list(complete)[:MOST]:
        yield replacement(note, mention, code, SEVENTH_CHARACTER, says=meaning)
