"""The outline of a full card: the glance's outline, then the other sections in reading order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from core.documentation import Documentation
from core.full_card import FullCard, OwnCodes
from core.icd9 import FROZEN, Icd9History
from core.practice import Practice
from core.reimbursement import (
    HAC_TITLES,
    HCC_LIMITS,
    HCC_SOURCE,
    MCE_SOURCE,
    MDC_TITLES,
    MS_DRG_SOURCE,
    MS_DRG_THROUGH,
    MceStanding,
)
from core.related import RelatedCode, Relation
from core.render.outline import NO_TITLE, Outline, Section, cut, outline, sources_line
from core.sources import mce
from core.succession import Successor

#: The hierarchy is shown already: the path, and the codes below or beside.
_SHOWN_RELATIONS = (Relation.NAMED_IN_ITS_NOTES, Relation.ITS_NOTES_NAME_IT, Relation.SAME_INDEX_TERM)


def full_outline(full: FullCard, *, limit: int | None = None) -> Outline:
    """Outline a full card, with at most ``limit`` lines in each section."""
    out = outline(full.card, limit=limit)
    before = tuple(cut(section, limit) for section in (*_changes(full), *_documentation(full.documentation)))
    after = tuple(cut(section, limit) for section in _more(full))
    footer = (out.footer[0], sources_line(full.sources))
    return replace(out, sections=(*before, *out.sections, *after), footer=footer)


def _changes(full: FullCard) -> Iterator[Section]:
    change = full.succession
    if change.replaced_by:
        yield Section(f"Replaced on {change.replaced_on} by (derived)", _successors(change.replaced_by))
    if change.split_from:
        yield Section(f"New on {change.split_on}, split from (derived)", _successors(change.split_from))


def _documentation(found: Documentation) -> Iterator[Section]:
    for axis in found.open_axes:
        lines = tuple(f"{c.value}: {c.code} {c.title}" for c in axis.choices)
        yield Section(f"To document: {axis.axis.label}", lines or (axis.what_to_document,))


def _successors(codes: Sequence[Successor]) -> tuple[str, ...]:
    return tuple(f"{code.code} {code.title or NO_TITLE}" for code in codes)


def _more(full: FullCard) -> Iterator[Section]:
    if full.index_terms and full.index_terms.terms:
        edition = f"FY{full.index_terms.fiscal_year}"
        lines = (f"{term.line} ({edition})" for term in full.index_terms.terms)
        yield Section("Alphabetic Index terms", tuple(lines))
    yield from _related(full.related)
    points = full.complexity.points
    counted = f"{len(points)} point" if len(points) == 1 else f"{len(points)} points"
    heading = f"Complexity: {full.complexity.level.value}, {counted} (our formula)"
    yield Section(heading, tuple(point.reason for point in points) or ("No point applies",))
    if full.audit_factors:
        lines = (f"{f.name}: {f.explanation} ({f.source.edition})" for f in full.audit_factors)
        yield Section("Audit factors", tuple(lines))
    if sections := tuple(_practice(full.practice)):
        yield Section("Coding practice: sections of the Official Guidelines", sections)
    yield Section("Reimbursement", tuple(_reimbursement(full)))
    if full.icd9:
        yield Section("ICD-9-CM (General Equivalence Mappings)", tuple(_icd9(full.icd9)))
    if full.own_codes:
        yield Section(f"Procedures, from your file {full.own_codes.source.name}", tuple(_own(full.own_codes)))
    if full.specialties:
        names = ", ".join(specialty.name for specialty in full.specialties)
        yield Section("Specialties (a table of ours, not official)", (names,))
    yield Section("Questions", tuple(f"{q.question} {q.answer}" for q in full.questions))
    yield Section("Resources", tuple(f"{r.title}: {r.url}" for r in full.resources))


def _reimbursement(full: FullCard) -> Iterator[str]:
    drg, hccs = full.reimbursement.drg, full.reimbursement.hccs
    if missing := full.reimbursement.missing:
        brings = "; ".join(package.brings for package in missing)
        names = " ".join(package.distribution for package in missing)
        yield f"Not all of it is installed; for {brings}: pip install {names}"
    if not full.is_in_tables:
        drg, hccs = None, None
        release = full.card.release.name
        yield f"Tables of MS-DRGs, HCCs and POA do not list {full.card.code}: it is not billable in {release}"
    if drg is not None:
        yield f"MS-DRG {MS_DRG_SOURCE.edition}, in force through {MS_DRG_THROUGH}:"
        groups = ", ".join(f"{group.number} {group.title}" for group in drg.drgs) or "none"
        yield f"As principal diagnosis, without procedures: {groups}"
        yield f"MDC: {', '.join(f'{mdc} {MDC_TITLES.get(mdc, str())}'.strip() for mdc in drg.mdcs) or 'none'}"
        alive = ", only if the patient is discharged alive" if drg.severity and drg.only_if_alive else ""
        yield f"As secondary diagnosis: {drg.severity.value if drg.severity else 'no CC or MCC'}{alive}"
        yield from (f"Hospital-acquired condition {hac}: {HAC_TITLES[hac]}" for hac in drg.hacs)
    for hcc in hccs or ():
        years = ", ".join(map(str, hcc.payment_years))
        yield f"{hcc.model.value} {hcc.category} {hcc.label} (payment years {years}). {HCC_LIMITS}"
    if hccs == ():
        yield f"No HCC ({HCC_SOURCE.edition})"
    if full.reimbursement.mce:
        yield from _mce(full.reimbursement.mce)
    if full.poa and full.is_in_tables:
        exempt = "Exempt from reporting" if full.poa.exempt else "To be reported"
        yield f"{exempt} as present on admission or not, FY{full.poa.fiscal_year}"


def _mce(standing: MceStanding) -> Iterator[str]:
    if standing.listed:
        edition = f"{MCE_SOURCE.edition}, from {mce.PACKAGE}, in force {mce.FROM} through {mce.THROUGH}"
        yield f"{MCE_SOURCE.name} {edition}:" + ("" if standing.edits else " no edit of this code")
        yield from (f"Edit: {edit.label}" for edit in standing.edits)


def _own(codes: OwnCodes) -> Iterator[str]:
    for row in codes.rows:
        more = ", ".join(text for text in (row.group, row.note) if text)
        yield f"{row.cpt} {row.label} ({more})" if more else f"{row.cpt} {row.label}"


def _icd9(history: Icd9History) -> Iterator[str]:
    yield FROZEN
    for label, rows in (("To ICD-9-CM", history.to_icd9), ("From ICD-9-CM", history.from_icd9)):
        for row in rows:
            flags = ["approximate"] if row.approximate else ["exact"]
            if row.combination:
                flags.append(f"combination, scenario {row.scenario}, choice list {row.choice_list}")
            yield f"{label}: {row.icd9 or 'no equivalent'} ({', '.join(flags)})"


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
