"""Edits of the Medicare Code Editor, as complexity and audit factors count them.

They count from the edition's first day on: earlier editions are not installed, and
may have other lists. The card names the edition beside each.
"""

from core.audit import AuditFactor
from core.card import CardLine, CodeCard
from core.reimbursement import MCE_SOURCE, MceStanding
from core.sources import mce
from core.sources.mce import MceEdit

#: Edits by which a code is no principal diagnosis. Manifestations are apart there: complexity counts
#: them by their title and by code first.
_PRINCIPAL = frozenset({MceEdit.EXTERNAL_CAUSE, MceEdit.UNACCEPTABLE, MceEdit.REQUIRES_SECONDARY})

#: The audit factor that an edit is. Where a rule of ours has the name, the edit takes its place.
_FACTORS = {
    MceEdit.EXTERNAL_CAUSE: "Not a principal diagnosis",
    MceEdit.MANIFESTATION: "Manifestation",
    MceEdit.UNACCEPTABLE: "Not a principal diagnosis",
    MceEdit.REQUIRES_SECONDARY: "Not a principal diagnosis alone",
    MceEdit.QUESTIONABLE: "Questionable admission",
    MceEdit.NEWBORN: "Age conflict",
    MceEdit.PEDIATRIC: "Age conflict",
    MceEdit.MATERNITY: "Age conflict",
    MceEdit.ADULT: "Age conflict",
    MceEdit.WRONG_PROCEDURE: "Wrong procedure performed",
    MceEdit.UNSPECIFIED: "Unspecified code",
}


def principal_edit(card: CodeCard, standing: MceStanding | None) -> CardLine | None:
    """The edit by which the code is no principal diagnosis on the card's date."""
    for edit in _counting(card, standing):
        if edit in _PRINCIPAL:
            return CardLine(_sentence(edit), MCE_SOURCE)
    return None


def edit_factors(card: CodeCard, standing: MceStanding | None) -> tuple[AuditFactor, ...]:
    """The edits that the code can set off on the card's date, as audit factors."""
    edits = _counting(card, standing)
    return tuple(AuditFactor(_FACTORS[edit], _sentence(edit), MCE_SOURCE) for edit in edits)


def _counting(card: CodeCard, standing: MceStanding | None) -> tuple[MceEdit, ...]:
    return standing.edits if standing and card.as_of >= mce.FROM else ()


def _sentence(edit: MceEdit) -> str:
    return f"Edit of the {MCE_SOURCE.name}: {edit.label}."
