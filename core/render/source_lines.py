"""The closing lines of a whole card: which part of it comes from which official file."""

from collections.abc import Iterator, Sequence

from core.card import OURS, Source

#: What a reader finds on the card of each source, in the words of the card's sections.
_PARTS = {
    "tabular": "titles, path, notes, codes and 7th characters",
    "tabular-elsewhere": "the title",
    "tabular-before": "the former title",
    "billable-periods": "the status on the date and the billable dates",
    "order-file": "the short title",
    "alphabetic-index": "terms of the Alphabetic Index",
    "guidelines": "sections of the Official Guidelines",
    "ms-drg": "MS-DRG, MDC, CC, MCC and hospital-acquired conditions",
    "hcc": "HCC",
    "mce": "edits of the Medicare Code Editor",
    "conversion-table": "what replaced it, or what it replaced",
    "ccsr": "CCSR categories",
    "hcc-mappings": "HCCs of a payment year",
    "mce-definitions": "listed edits of the Medicare Code Editor",
    "poa-exempt": "exemption from POA reporting",
    "gem": "ICD-9-CM codes",
    "crosswalk": "procedures",
}

#: What is worked out here from the official files above, by the key of the source that says so.
_DERIVED = {
    "calendar": "cautions about releases",
    "succession": "what replaced it, or what it was split from",
    "documentation": "what to document",
    "titles": "points of complexity and audit factors that rest on titles",
    "specialties": "specialties",
}


def source_lines(sources: Sequence[Source]) -> tuple[str, ...]:
    """A line for each official source, and one for all that is derived."""
    return (*map(_official, (s for s in sources if s.publisher != OURS)), *_derived(sources))


def _official(source: Source) -> str:
    where = f"{source.publisher}, {source.name}"
    if source.key != "crosswalk":  # a user's file has no edition
        where += f", {source.edition}"
    part = _PARTS.get(source.key)
    return f"Source of {part}: {where}" if part else f"Source: {where}"


def _derived(sources: Sequence[Source]) -> Iterator[str]:
    keys = {source.key for source in sources if source.publisher == OURS}
    if parts := [part for key, part in _DERIVED.items() if key in keys]:
        yield f"Ours, derived from these and not official: {'; '.join(parts)}"
