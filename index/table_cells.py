"""What the tables of neoplasms and of drugs say to a query: site and behaviour, substance and intent.

Only where the query's words are those of one line and of a column: then the table is the official answer,
whatever titles say. Without an intent a poisoning is accidental (Official Guidelines, I.C.19.e.5.b).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.catalog import Catalog
from core.code import Code
from core.index_answer import exact_lines
from core.index_lines import IndexLine, LoadedPart, targets_of
from core.index_parts import IndexPart
from index.hit import RowKind
from index.words import SIDES, words

_TUMOUR = r"(?:neoplasms?|tumou?rs?|cancers?|carcinomas?)"
#: The column that words ask for; the first that fits counts.
_BEHAVIORS: Mapping[int, re.Pattern[str]] = {
    1: re.compile(rf"\bsecondary (?:malignant )?{_TUMOUR}|\bmetastas[ie]s\b"),
    2: re.compile(r"\b(?:carcinoma|cancer|neoplasm|ca) in situ\b"),
    3: re.compile(r"\bbenign (?:neoplasms?|tumou?rs?)\b"),
    4: re.compile(r"\bneoplasms? of uncertain behaviou?r\b"),
    5: re.compile(r"\bneoplasms? of unspecified behaviou?r\b"),
    0: re.compile(r"\b(?:primary )?malignant (?:neoplasms?|tumou?rs?)\b"),
}
_POISONING = re.compile(r"\bpoison(?:ing|ed)\b|\boverdosed?\b|\btoxic effects?\b")
#: Likewise of the Table of Drugs; a poisoning is accidental where nothing else is said.
_INTENTS: Mapping[int, re.Pattern[str]] = {
    5: re.compile(r"\bunderdos(?:e|ed|ing)\b"),
    4: re.compile(r"\badverse (?:drug )?(?:effects?|reactions?)\b"),
    1: re.compile(r"\b(?:intentional )?self[- ]harm\b|\bsuicid(?:e|al)(?: attempt)?\b|(?<!un)intentional\b"),
    2: re.compile(r"\bassault\b"),
    3: re.compile(r"\bundetermined(?: intent)?\b"),
    0: re.compile(r"\baccident(?:al|ally)?\b|\bunintentional\b"),
}
_OF_POISONINGS = range(4)
_ENCOUNTER = re.compile(r"\b(?:initial|subsequent) encounter\b|\bsequelae?\b")


@dataclass(frozen=True, slots=True)
class TableCell:
    """The code that a table has for a query, and where it stands."""

    code: Code
    text: str  # of the line, and the heading of its column
    kind: RowKind
    side: str | None  # that the query names


def table_cell(
    catalog: Catalog, parts: Mapping[IndexPart, LoadedPart], query: str, meanings: Collection[str] = ()
) -> TableCell | None:
    """The cell that a query asks for; ``None`` where it asks for none, or the tables are not loaded.

    ``meanings`` are what the search vocabulary says that the whole query means: blood poisoning is sepsis,
    and no poisoning by blood.
    """
    text = _ENCOUNTER.sub(" ", query.lower())
    if IndexPart.NEOPLASMS in parts:
        for column, pattern in _BEHAVIORS.items():
            if pattern.search(text):
                return _cell(catalog, parts[IndexPart.NEOPLASMS], column, pattern.sub(" ", text))
    intent = _intent(text)
    if IndexPart.DRUGS not in parts or intent is None:
        return None
    if any(_intent(meaning.lower()) is None for meaning in meanings):
        return None
    for pattern in (_POISONING, *_INTENTS.values()):
        text = pattern.sub(" ", text)
    return _cell(catalog, parts[IndexPart.DRUGS], intent, text)


def _intent(text: str) -> int | None:
    found = [column for column, pattern in _INTENTS.items() if pattern.search(text)]
    if _POISONING.search(text):
        return next((column for column in found if column in _OF_POISONINGS), 0)
    return next((column for column in found if column not in _OF_POISONINGS), None)


def _cell(catalog: Catalog, part: LoadedPart, column: int, rest: str) -> TableCell | None:
    asked = words(rest)
    side = next((word for word in asked if word in SIDES), None)
    site = " ".join(word for word in asked if word not in SIDES)
    found = {
        code: line for line in exact_lines(catalog, part, site) if (code := _code(catalog, line, column))
    }
    if len(found) != 1:
        return None
    [(code, line)] = found.items()
    kind = RowKind.NEOPLASM_TABLE if part.part is IndexPart.NEOPLASMS else RowKind.DRUG_TABLE
    return TableCell(code, f"{line.text}: {part.columns[column]}", kind, side)


def _code(catalog: Catalog, line: IndexLine, column: int) -> Code | None:
    """The code of a line, or of the only one that its *see* leads to."""
    if line.see and not line.codes:
        targets = [target.line for target in targets_of(catalog, line, also=False)]
        if len(targets) != 1 or targets[0] is None or targets[0].part != line.part:
            return None
        line = targets[0]
    printed = line.codes[column] if line.codes else None
    return printed.code if printed else None
