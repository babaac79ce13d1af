"""A card as JSON-ready data. The keys are stable and documented in ``docs/json.md``."""

from collections.abc import Iterable
from typing import Any

from core.alphabetic_index import TermsOfCode
from core.card import CardCode, CardLevel, CardNote, CodeCard, Source
from core.documentation import Documentation
from core.full_card import FullCard, OwnCodes
from core.icd9 import GEM_SOURCE, Equivalence, Icd9History
from core.practice import Practice
from core.reimbursement import (
    HCC_SOURCE,
    MCE_SOURCE,
    MS_DRG_SOURCE,
    MS_DRG_THROUGH,
    MceStanding,
    poa_source,
)
from core.sources import mce
from core.succession import Successor

#: Raised when a key changes its meaning or goes; new keys do not raise it.
SCHEMA = 1


def card_to_dict(card: CodeCard) -> dict[str, Any]:
    """Plain dictionaries, lists and strings; dates in ISO form."""
    return {
        "schema": SCHEMA,
        "found": True,
        "code": card.code.text,
        "title": card.title,
        "level": card.level.value,
        "standing": card.standing.value,
        "billable": card.billable,
        "billable_from": _iso(card.billable_from),
        "billable_through": _iso(card.billable_through),
        "billable_periods": [{"from": _iso(p.first), "through": _iso(p.through)} for p in card.periods],
        "known_through": _iso(card.known_through),
        "release": card.release.name,
        "release_effective": _iso(card.release.effective),
        "as_of": _iso(card.as_of),
        "reason": card.reason.text,
        "cautions": [{"text": c.text, "source": c.source.key} for c in card.cautions],
        "path": [_level(level) for level in card.path],
        "within": [_level(level) for level in card.within],
        "notes": [_note(note) for note in card.notes],
        "children": [_code(code) for code in card.children],
        "siblings": [_code(code) for code in card.siblings],
        "seventh_characters": [
            {
                "character": c.character,
                "meaning": c.meaning,
                "also": list(c.also),
                "code": c.code.text if c.code else None,
                "at": {"level": c.at.level.value, "name": c.at.name},
                "source": c.source.key,
            }
            for c in card.seventh_characters
        ],
        "sources": _sources(card.sources),
    }


def full_card_to_dict(full: FullCard) -> dict[str, Any]:
    """A full card: the keys of the card, then those of its sections."""
    return {
        **card_to_dict(full.card),
        "short_title": full.short_title and full.short_title.text,
        "short_title_source": full.short_title and full.short_title.source.key,
        "title_change": full.title_change
        and {
            "before": full.title_change.before,
            "last": full.title_change.last.name,
            "since": full.title_change.since.name,
            "source": full.title_change.source.key,
        },
        "succession": {
            "replaced_on": _iso(full.succession.replaced_on),
            "replaced_by": [_successor(code) for code in full.succession.replaced_by],
            "split_on": _iso(full.succession.split_on),
            "split_from": [_changed(code) for code in full.succession.split_from],
            "leads_to": [code.text for code in full.succession.leads_to],
        },
        "documentation": _documentation(full.documentation),
        "index_terms": full.index_terms and _index_terms(full.index_terms),
        "related": [
            {
                "relation": code.relation.value,
                "name": code.name,
                "title": code.title,
                "standing": code.standing.value if code.standing else None,
                "via": code.via,
                "source": code.source.key,
            }
            for code in full.related
        ],
        "complexity": {
            "level": full.complexity.level.value,
            "points": [{"reason": p.reason, "source": p.source.key} for p in full.complexity.points],
        },
        "audit_factors": [
            {"name": f.name, "explanation": f.explanation, "source": f.source.key} for f in full.audit_factors
        ],
        "practice": _practice(full.practice),
        "reimbursement": _reimbursement(full),
        "listed": [
            {"list": listing.source.key, "text": listing.text, "source": listing.source.key}
            for listing in full.listed
        ],
        "icd9": _icd9(full.icd9) if full.icd9 else None,
        "own_codes": _own(full.own_codes) if full.own_codes else None,
        "specialties": [{"name": s.name, "source": s.source.key} for s in full.specialties],
        "questions": [
            {"question": q.question, "answer": q.answer, "source": q.source.key} for q in full.questions
        ],
        "resources": [{"title": r.title, "url": r.url, "purpose": r.purpose} for r in full.resources],
        "sources": _sources(full.sources),
    }


def _documentation(found: Documentation) -> dict[str, Any]:
    return {
        "open": [
            {
                "axis": axis.axis.value,
                "what_to_document": axis.what_to_document,
                "choices": [
                    {
                        "value": c.value,
                        "code": c.code.text,
                        "title": c.title,
                        "billable": c.billable,
                        "codes": [code.text for code in c.codes],
                    }
                    for c in axis.choices
                ],
                "source": axis.source.key,
            }
            for axis in found.open_axes
        ],
        "settled": [
            {"axis": axis.axis.value, "value": axis.value, "source": axis.source.key}
            for axis in found.settled
        ],
    }


def _index_terms(found: TermsOfCode) -> dict[str, Any]:
    return {
        "fiscal_year": found.fiscal_year,
        "terms": [
            {
                "path": list(term.path),
                "nonessential_modifiers": [list(modifiers) for modifiers in term.modifiers],
                "code": term.printed,
                "manifestation": term.manifestation,
                "see": term.via_see,
                "see_also": term.see_also,
                "source": found.source.key,
            }
            for term in found.terms
        ],
    }


def _reimbursement(full: FullCard) -> dict[str, Any]:
    drg, hccs, poa = full.reimbursement.drg, full.reimbursement.hccs, full.poa
    if not full.is_in_tables:
        drg, hccs, poa = None, None, None
    return {
        "ms_drg": drg
        and {
            "as_principal_diagnosis": [{"number": g.number, "title": g.title} for g in drg.drgs],
            "mdcs": list(drg.mdcs),
            "severity": drg.severity.value if drg.severity else None,
            "hospital_acquired_conditions": list(drg.hacs),
            "only_if_alive": drg.only_if_alive,
            "in_force_through": _iso(MS_DRG_THROUGH),
            "source": MS_DRG_SOURCE.key,
        },
        "hccs": None
        if hccs is None
        else [
            {
                "model": hcc.model.value,
                "category": hcc.category,
                "label": hcc.label,
                "payment_years": list(hcc.payment_years),
                "source": HCC_SOURCE.key,
            }
            for hcc in hccs
        ],
        "mce": full.reimbursement.mce and _mce(full.reimbursement.mce),
        "poa_exempt": poa
        and {
            "exempt": poa.exempt,
            "fiscal_year": poa.fiscal_year,
            "source": poa_source(poa.fiscal_year).key,
        },
    }


def _mce(standing: MceStanding) -> dict[str, Any]:
    return {
        "listed": standing.listed,
        "edits": [
            {"edit": edit.value, "label": edit.label, "ages": list(edit.ages) if edit.ages else None}
            for edit in standing.edits
        ],
        "in_force_from": _iso(mce.FROM),
        "in_force_through": _iso(mce.THROUGH),
        "source": MCE_SOURCE.key,
    }


def _icd9(history: Icd9History) -> dict[str, Any]:
    return {
        "to_icd9": [_equivalence(row) for row in history.to_icd9],
        "from_icd9": [
            {**_equivalence(row), "other_targets": [c.text for c in history.other_targets[row.icd9]]}
            for row in history.from_icd9
            if row.icd9
        ],
        "source": GEM_SOURCE.key,
    }


def _own(codes: OwnCodes) -> dict[str, Any]:
    rows = [
        {"cpt": row.cpt, "label": row.label, "group": row.group, "note": row.note, "line": row.line}
        for row in codes.rows
    ]
    return {"rows": rows, "source": codes.source.key}


def _equivalence(row: Equivalence) -> dict[str, Any]:
    return {
        "icd9": row.icd9.text if row.icd9 else None,
        "icd10": row.icd10.text if row.icd10 else None,
        "approximate": row.approximate,
        "combination": row.combination,
        "scenario": row.scenario,
        "choice_list": row.choice_list,
    }


def _practice(practice: Practice) -> dict[str, Any]:
    section = practice.guideline
    return {
        "guideline": section
        and {"section": section.section, "title": section.title, "source": section.source.key},
        "conventions": [
            {"section": c.section, "title": c.title, "reason": c.reason, "source": c.source.key}
            for c in practice.conventions
        ],
    }


def _successor(code: Successor) -> dict[str, Any]:
    return {
        **_changed(code),
        "replaced_on": _iso(code.replaced_on),
        "replaced_by": [_successor(other) for other in code.replaced_by],
    }


def _changed(code: Successor) -> dict[str, Any]:
    return {
        "code": code.code.text,
        "title": code.title,
        "standing": code.standing.value if code.standing else None,
        "billable": code.standing == "billable",
        "source": code.source.key,
    }


def _note(note: CardNote) -> dict[str, Any]:
    return {
        "kind": note.kind.value,
        "text": note.text,
        "group": note.group,
        "at": {"level": note.at.level.value, "name": note.at.name},
        "inherited": note.inherited,
        "source": note.source.key,
    }


def _level(level: CardLevel) -> dict[str, Any]:
    source = level.source.key
    return {"level": level.level.value, "name": level.name, "title": level.title, "source": source}


def _code(code: CardCode) -> dict[str, Any]:
    return {
        "code": code.code.text,
        "title": code.title,
        "standing": code.standing.value if code.standing else None,
        "billable": code.standing == "billable",
        "source": code.source.key,
    }


def _sources(sources: Iterable[Source]) -> dict[str, Any]:
    return {s.key: {"name": s.name, "publisher": s.publisher, "edition": s.edition} for s in sources}


def _iso(day: object) -> str | None:
    return str(day) if day else None
