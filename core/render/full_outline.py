"""The outline of a full card: the glance's outline, then the other sections in reading order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from core.full_card import FullCard
from core.practice import Practice
from core.related import RelatedCode, Relation
from core.render.outline import NO_TITLE, Outline, Section, cut, outline, sources_line
from core.succession import Successor

#: The hierarchy is shown already: the path, and the codes below or beside.
_SHOWN_RELATIONS = (Relation.NAMED_IN_ITS_NOTES, Relation.ITS_NOTES_NAME_IT)


def full_outline(full: FullCard, *, limit: int | None = None) -> Outline:
    """Outline a full card, with at most ``limit`` lines in each section."""
    out = outline(full.card, limit=limit)
    before = tuple(cut(section, limit) for section in _changes(full))
    after = tuple(cut(section, limit) for section in _more(full))
    footer = (out.footer[0], sources_line(full.sources))
    return replace(out, sections=(*before, *out.sections, *after), footer=footer)


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
    points = full.complexity.points
    counted = f"{len(points)} point" if len(points) == 1 else f"{len(points)} points"
    heading = f"Complexity: {full.complexity.level.value}, {counted} (our formula)"
    yield Section(heading, tuple(point.reason for point in points) or ("No point applies",))
    if full.audit_factors:
        lines = (f"{f.name}: {f.explanation} ({f.source.edition})" for f in full.audit_factors)
        yield Section("Audit factors", tuple(lines))
    yield Section("Coding practice: sections of the Official Guidelines", tuple(_practice(full.practice)))
    if full.specialties:
        names = ", ".join(specialty.name for specialty in full.specialties)
        yield Section("Specialties (a table of ours, not official)", (names,))
    yield Section("Questions", tuple(f"{q.question} {q.answer}" for q in full.questions))
    yield Section("Resources", tuple(f"{r.title}: {r.url}" for r in full.resources))


def _practice(practice: Practice) -> Iterator[str]:
    if section := practice.guideline:
        yield f"{section.section} {section.title}"
    for convention in practice.conventions:
        yield f"{convention.section} {convention.title}: {convention.reason}"


def _related(codes: Sequence[RelatedCode]) -> Iterator[Section]:
    for relation, found in groupby(codes, key=lambda code: code.relation):
        if relation in _SHOWN_RELATIONS:
            lines = tuple(f"{code.name} {code.title or NO_TITLE} ({code.via})" for code in found)
            yield Section(relation.label, lines)
