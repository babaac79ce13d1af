"""The outline of a full card: the glance's outline, then the other sections in reading order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from core.full_card import FullCard
from core.related import RelatedCode, Relation
from core.render.outline import NO_TITLE, Outline, Section, cut, outline
from core.succession import Successor

#: The hierarchy is shown already: the path, and the codes below or beside.
_SHOWN_RELATIONS = (Relation.NAMED_IN_ITS_NOTES, Relation.ITS_NOTES_NAME_IT)


def full_outline(full: FullCard, *, limit: int | None = None) -> Outline:
    """Outline a full card, with at most ``limit`` lines in each section."""
    out = outline(full.card, limit=limit)
    before = tuple(cut(section, limit) for section in _changes(full))
    after = tuple(cut(section, limit) for section in _more(full))
    return replace(out, sections=(*before, *out.sections, *after))


def _changes(full: FullCard) -> Iterator[Section]:
    change = full.succession
    if change.replaced_by:
        yield Section(f"Replaced on {change.replaced_on} by (derived)", _successors(change.replaced_by))
    if change.split_from:
        yield Section(f"New on {change.split_on}, split from (derived)", _successors(change.split_from))


def _successors(codes: Sequence[Successor]) -> tuple[str, ...]:
    return tuple(f"{code.code} {code.title or NO_TITLE}" for code in codes)


def _more(full: FullCard) -> Iterator[Section]:
    yield from _related(full.related)


def _related(codes: Sequence[RelatedCode]) -> Iterator[Section]:
    for relation, found in groupby(codes, key=lambda code: code.relation):
        if relation in _SHOWN_RELATIONS:
            lines = tuple(f"{code.name} {code.title or NO_TITLE} ({code.via})" for code in found)
            yield Section(relation.label, lines)
