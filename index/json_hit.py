"""A hit as JSON-ready data. The keys are stable and documented in ``docs/json.md``."""

from datetime import date
from typing import Any

from index.hit import Hit
from index.library import Library


def hit_to_dict(library: Library, hit: Hit, on: date) -> dict[str, Any]:
    """A hit as JSON-ready data, with the keys of a card where they mean the same."""
    library = library.in_force(on)
    period = library.catalog.lives([hit.code.text])[hit.code.text].billable_period(on)
    return {
        "code": hit.code.text,
        "title": hit.title,
        "standing": hit.standing.value,
        "billable": hit.billable,
        "billable_from": str(period.first) if period else None,
        "billable_through": str(period.through) if period and period.through else None,
        "release": library.release.name,
        "as_of": str(on),
        "score": round(hit.score, 4),
        "matched": hit.matched,
        "kind": hit.kind.key,
        "edition": hit.edition,
        "of": hit.of,
        "corrected": [{"written": written, "read": read} for written, read in hit.corrected],
        "expanded": [{"written": written, "meaning": meaning} for written, meaning in hit.expanded],
        "score_parts": dict(hit.parts),
        "more_beside": hit.more_beside,
    }
