"""The outline of a full card: the glance's outline, then the other sections in reading order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from core.audit import AuditFactor
from core.card import CodeCard
from core.code import Code
from core.documentation import Choice, Documentation, OpenAxis
from core.full_card import FullCard, OwnCodes
from core.icd9 import FROZEN, Equivalence, Icd9History
from core.lives import Standing
from core.practice import Practice, guideline
from core.reimbursement import (
    EXTRA,
    HAC_TITLES,
    HCC_LIMITS,
    HCC_SOURCE,
    MCE_SOURCE,
    MDC_TITLES,
    MS_DRG_SOURCE,
    MS_DRG_THROUGH,
    DrgStanding,
    MceStanding,
)
from core.related import RelatedCode, Relation
from core.render.note_lines import Line
from core.render.outline import (
    NO_TITLE,
    Draft,
    Outline,
    Section,
    as_of,
    cut,
    drafts,
    head,
    note_heading,
    plain,
    standing_note,
)
from core.render.source_lines import source_lines
from core.sources import mce
from core.succession import Successor

if TYPE_CHECKING:  # only where an Index is loaded
    from core.alphabetic_index import TermsOfCode

_MOST_OTHERS = 5  # other targets of an ICD-9-CM code; V54.12 has more than 500

#: The hierarchy is shown already: the path, and the codes below or beside.
_SHOWN_RELATIONS = (Relation.NAMED_IN_ITS_NOTES, Relation.ITS_NOTES_NAME_IT, Relation.SAME_INDEX_TERM)


def full_outline(full: FullCard, *, limit: int | None = None) -> Outline:
    """Outline a full card, with at most ``limit`` lines in each section."""
    sections = tuple(cut(draft.write(), limit) for draft in full_drafts(full))
    return replace(full_head(full), sections=sections, footer=(as_of(full.card), *source_lines(full.sources)))


def full_head(full: FullCard) -> Outline:
    """The outline without sections and without a footer."""
    top = head(full.card)
    return replace(top, short_title=_short_title(full)) if full.short_title else top


def full_drafts(full: FullCard) -> Iterator[Draft]:
    """All sections, in the order in which people read them."""
    yield from map(_written, _changes(full))
    yield from map(_written, _documentation(full.documentation))
    yield from drafts(full.card)
    yield from _more(full)


def _written(section: Section) -> Draft:
    """A section that few cards have, or that is short: it is written at once."""
    return Draft(section.heading, lambda: section)


def _short_title(full: FullCard) -> str | None:
    """The short title, with its fiscal year where titles are of another one."""
    if full.short_title is None:
        return None
    text, release = full.short_title.text, full.short_title.release
    same = release.fiscal_year == full.card.release.fiscal_year
    return text if same else f"{text} (FY{release.fiscal_year})"


def _changes(full: FullCard) -> Iterator[Section]:
    if (retitled := full.title_change) is not None:
        yield plain(
            f"Title since {retitled.since.name}", [f"Before, in {retitled.last.name}: {retitled.before}"]
        )
    change = full.succession
    if change.replaced_by:
        heading = f"Replaced on {change.replaced_on} by ({change.replaced_by[0].told_by})"
        yield Section(heading, tuple(_successors(change.replaced_by)))
    if change.split_from:
        heading = f"New on {change.split_on}, split from ({change.split_from[0].told_by})"
        yield Section(heading, tuple(_successors(change.split_from)))


def _documentation(found: Documentation) -> Iterator[Section]:
    for axis in found.open_axes:
        label = axis.axis.label
        lines = map(_choice, axis.choices) if axis.choices else (_values(axis),)
        yield plain(f"To document: {label}", lines)


def _values(axis: OpenAxis) -> str:
    """What to document, without the name of the axis, which stands above it."""
    return axis.what_to_document.removeprefix(f"{axis.axis.label}: ")


def _choice(choice: Choice) -> str:
    """The value and its code; a title that is the value is said once."""
    named = f"{choice.code} {choice.title}"
    is_title = choice.value.casefold() == choice.title.casefold()
    return named if is_title else f"{choice.value}: {named}"


def _successors(codes: Sequence[Successor], depth: int = 0) -> Iterator[Line]:
    """The codes; under one that was replaced itself, what replaced it."""
    for code in codes:
        text = f"{code.code} {code.title or NO_TITLE}"
        if code.replaced_by:
            after = code.replaced_by[0]
            told_by = "" if after.source == code.source else f" ({after.told_by})"
            yield Line(f"{text}; itself replaced on {code.replaced_on} by{told_by}:", depth)
            yield from _successors(code.replaced_by, depth + 1)
        else:
            is_to_come = code.standing is Standing.NOT_YET_VALID
            yield Line(text if is_to_come else f"{text}{standing_note(code.standing)}", depth)


def _more(full: FullCard) -> Iterator[Draft]:
    """What a glance hardly ever has room for."""
    if full.index_terms and full.index_terms.terms:
        yield Draft("Alphabetic Index terms", partial(_index_terms, full.index_terms))
    yield from _related(full)
    yield Draft("Complexity", partial(_complexity, full))
    if full.audit_factors:
        yield Draft("Audit factors", partial(_audit_factors, full))
    if guideline(full.card) or full.practice.conventions:
        yield Draft("Coding practice", partial(_practice, full))
    yield Draft("Reimbursement", lambda: Section("Reimbursement", tuple(_reimbursement(full))))
    if full.listed:
        yield Draft("Further official lists", partial(_further_lists, full))
    if full.icd9:
        yield Draft("ICD-9-CM", partial(_icd9_codes, full.icd9))
    if full.own_codes:
        yield Draft("Procedures", partial(_procedures, full.own_codes))
    if full.specialties:
        yield Draft("Specialties", partial(_specialties, full))
    yield Draft("Questions", partial(_questions, full))
    yield Draft("Resources", partial(_resources, full))


def _index_terms(found: "TermsOfCode") -> Section:
    return plain("Alphabetic Index terms", (f"{term.line} (FY{found.fiscal_year})" for term in found.terms))


def _complexity(full: FullCard) -> Section:
    points = full.complexity.points
    counted = f"{len(points)} point" if len(points) == 1 else f"{len(points)} points"
    heading = f"Complexity: {full.complexity.level.value}, {counted} (our formula)"
    return plain(heading, [point.reason for point in points] or ["No point applies"])


def _audit_factors(full: FullCard) -> Section:
    return plain("Audit factors", (_audit_factor(full, factor) for factor in full.audit_factors))


def _further_lists(full: FullCard) -> Section:
    return plain(
        "Further official lists", (f"{x.source.name} {x.source.edition}: {x.text}" for x in full.listed)
    )


def _specialties(full: FullCard) -> Section:
    names = ", ".join(specialty.name for specialty in full.specialties)
    return plain("Specialties (a table of ours, not official)", (names,))


def _questions(full: FullCard) -> Section:
    # Each answer can stand alone; here the card's last lines say its date and release for all.
    said = f" As of {full.card.as_of}, release {full.card.release.name}."
    return plain("Questions", (f"{q.question} {q.answer.removesuffix(said)}" for q in full.questions))


def _resources(full: FullCard) -> Section:
    return plain("Resources", (f"{r.title}: {r.url}" for r in full.resources))


def _audit_factor(full: FullCard, factor: AuditFactor) -> str:
    """A rule that fires, with its source and year; what the explanation says is not said twice."""
    explanation, source = factor.explanation, factor.source
    is_named = explanation == full.card.reason.text or factor.name in explanation
    said = explanation if is_named else f"{factor.name}: {explanation}"
    return f"{said} Source: {source.edition if source.name in said else f'{source.name}, {source.edition}'}"


def _reimbursement(full: FullCard) -> Iterator[Line]:
    drg, hccs = full.reimbursement.drg, full.reimbursement.hccs
    if missing := full.reimbursement.missing:
        yield Line(f"Not installed: {'; '.join(missing)}. For it: pip install '.[{EXTRA}]'")
    if not full.is_in_tables:
        drg, hccs = None, None
        release = full.card.release.name
        yield Line(
            f"Tables of MS-DRGs, HCCs and POA do not list {full.card.code}: it is not billable in {release}"
        )
    if drg is not None:
        yield Line(f"MS-DRG {MS_DRG_SOURCE.edition}, in force through {MS_DRG_THROUGH}:", is_head=True)
        yield from (Line(text, depth=1) for text in _drg(drg))
    for hcc in hccs or ():
        years = ", ".join(map(str, hcc.payment_years))
        yield Line(f"{hcc.model.value} {hcc.category} {hcc.label} (payment years {years})")
    if hccs:
        yield Line(f"HCC: {HCC_LIMITS[0].lower()}{HCC_LIMITS[1:]}")
    if hccs == ():
        yield Line(f"No HCC ({HCC_SOURCE.edition})")
    if full.reimbursement.mce:
        yield from _mce(full.reimbursement.mce)
    if full.poa and full.is_in_tables:
        exempt = "Exempt from reporting" if full.poa.exempt else "To be reported"
        yield Line(f"{exempt} as present on admission or not, FY{full.poa.fiscal_year}")


def _drg(drg: DrgStanding) -> Iterator[str]:
    groups = ", ".join(f"{group.number} {group.title}" for group in drg.drgs) or "none"
    yield f"As principal diagnosis, without procedures: {groups}"
    yield f"MDC: {', '.join(f'{mdc} {MDC_TITLES.get(mdc, str())}'.strip() for mdc in drg.mdcs) or 'none'}"
    alive = ", only if the patient is discharged alive" if drg.severity and drg.only_if_alive else ""
    yield f"As secondary diagnosis: {drg.severity.value if drg.severity else 'no CC or MCC'}{alive}"
    yield from (f"Hospital-acquired condition {hac}: {HAC_TITLES[hac]}" for hac in drg.hacs)


def _mce(standing: MceStanding) -> Iterator[Line]:
    if not standing.listed:
        return
    edition = f"{MCE_SOURCE.edition}, from {mce.PACKAGE}, in force {mce.FROM} through {mce.THROUGH}"
    if standing.edits:
        yield Line(f"{MCE_SOURCE.name} {edition}:", is_head=True)
        yield from (Line(f"Edit: {edit.label}", depth=1) for edit in standing.edits)
    else:
        yield Line(f"{MCE_SOURCE.name} {edition}: no edit of this code")


def _procedures(codes: OwnCodes) -> Section:
    return plain(f"Procedures, from your file {codes.source.name}", _own(codes))


def _own(codes: OwnCodes) -> Iterator[str]:
    for row in codes.rows:
        more = ", ".join(text for text in (row.group, row.note) if text)
        yield f"{row.cpt} {row.label} ({more})" if more else f"{row.cpt} {row.label}"


def _icd9_codes(history: Icd9History) -> Section:
    return plain("ICD-9-CM (General Equivalence Mappings)", _icd9(history))


def _icd9(history: Icd9History) -> Iterator[str]:
    yield FROZEN
    if not (history.to_icd9 or history.from_icd9):
        yield "They do not have this code"
    for row in history.to_icd9:
        yield f"To ICD-9-CM: {row.icd9} ({_flags(row)})" if row.icd9 else "To ICD-9-CM: no equivalent"
    for row in history.from_icd9:
        others = history.other_targets[row.icd9] if row.icd9 else ()
        yield f"From ICD-9-CM: {row.icd9} ({_flags(row)}){_other_targets(row, others)}"


def _other_targets(row: Equivalence, codes: Sequence[Code]) -> str:
    if not codes:
        return ""
    shown = ", ".join(code.text for code in codes[:_MOST_OTHERS])
    left = len(codes) - _MOST_OTHERS
    more = f" and {left} more (icdlens search {row.icd9})" if left > 0 else ""
    return f"; other targets of {row.icd9}: {shown}{more}"


def _flags(row: Equivalence) -> str:
    flag = "approximate" if row.approximate else "exact"
    if not row.combination:
        return flag
    return f"{flag}, combination, scenario {row.scenario}, choice list {row.choice_list}"


def _practice(full: FullCard) -> Section:
    return plain("Coding practice: sections of the Official Guidelines", _guidelines(full.practice))


def _guidelines(practice: Practice) -> Iterator[str]:
    if section := practice.guideline:
        yield f"{section.section} {section.title}"
    for convention in practice.conventions:
        yield f"{convention.section} {convention.title}: {convention.reason}"


def _related(full: FullCard) -> Iterator[Draft]:
    for relation, found in groupby(full.related, key=lambda code: code.relation):
        if relation in _SHOWN_RELATIONS:
            yield Draft(relation.label, partial(_related_codes, full.card, relation, tuple(found)))


def _related_codes(card: CodeCard, relation: Relation, codes: Sequence[RelatedCode]) -> Section:
    lines = [_related_code(card, code) for code in codes]
    return plain(f"{relation.label}{_cut_to(len(lines), relation)}", lines)


def _cut_to(shown: int, relation: Relation) -> str:
    if relation is not Relation.SAME_INDEX_TERM:
        return ""
    from core.alphabetic_index import MOST_BESIDE  # only where an Index is loaded

    return f" (the nearest {MOST_BESIDE})" if shown == MOST_BESIDE else ""


def _related_code(card: CodeCard, code: RelatedCode) -> str:
    """A code by its title, and what relates it. A note that stands on the card is only pointed at."""
    chapter = "Chapter " if code.name.isdigit() else ""
    named = f"{chapter}{code.name} {code.title or NO_TITLE}"
    if code.relation is Relation.SAME_INDEX_TERM:
        return f"{named} ({code.via})"
    place = _place(card, code.via) if code.relation is Relation.NAMED_IN_ITS_NOTES else None
    return f"{named} ({place})" if place else f"{named} – {code.via}"


def _place(card: CodeCard, via: str | None) -> str | None:
    """Where the card has the note that relates a code: ``Excludes2, chapter 13``."""
    note = next((note for note in card.notes if note.kind.printed(note.text) == via), None)
    return note_heading(note.kind, note).replace(" (", ", ").rstrip(")") if note else None
