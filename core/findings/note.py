"""A note as the rules see it: its text, its mentions, and the facts about their codes on their dates."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from core.catalog import Catalog
from core.code import Code
from core.findings.code_facts import CodeFacts, facts_of
from core.recogniser.document import Document
from core.recogniser.mention import Mention
from core.recogniser.service_dates import StatedDates
from core.recogniser.word_lists import word_lists

_UNDOTTED = re.compile(r"[A-Z][0-9A-Z]{3,6}")
_CATEGORY = 3  # characters, which stand before the dot
_MANY = 3  # codes without a dot make it the file's own way of writing


#: The catalogue of the release that is in force on a date of service.
CatalogOn = Callable[[date], Catalog]


class NamesOf(Protocol):
    """Further names of a code that a vocabulary knows: synonyms, terms of the Alphabetic Index."""

    def __call__(self, code: Code) -> Iterable[str]: ...


@dataclass(frozen=True)
class Note:
    """One text with its reportable mentions, from left to right."""

    text: str
    mentions: tuple[Mention, ...]
    catalog: Catalog
    on: date
    stated: StatedDates | None
    names: NamesOf | None
    catalog_on: CatalogOn | None = None

    def date_of(self, mention: Mention) -> date:
        """The date of service that holds for a place: the last one stated above it, else the note's."""
        return (self.stated.at(mention.start) if self.stated else None) or self.on

    def catalog_for(self, mention: Mention) -> Catalog:
        """The catalogue that answers for a mention: that of the release in force on its date."""
        return self.catalog_on(self.date_of(mention)) if self.catalog_on else self.catalog

    def facts(self, mention: Mention) -> CodeFacts | None:
        """What is known of a mention's code on its date; ``None`` where it has none."""
        return self.facts_about(mention.code, mention) if mention.code else None

    def facts_about(self, code: Code, mention: Mention) -> CodeFacts:
        """What is known of another code on the date of a mention."""
        return facts_of(self.catalog_for(mention), code, self.date_of(mention))

    @cached_property
    def document(self) -> Document:
        return Document(self.text, word_lists())

    def line_bounds(self, position: int) -> tuple[int, int]:
        """Where the line of a position starts and ends, without its line end."""
        return self.document.bounds(self.document.line_number(position))

    @cached_property
    def writes_undotted(self) -> bool:
        """Whether the note leaves the dot out everywhere, as claims and tables of codes do."""
        if any("." in mention.written for mention in self.mentions):
            return False
        return sum(_UNDOTTED.fullmatch(m.written) is not None for m in self.mentions) >= _MANY

    def wants_dot(self, mention: Mention) -> bool:
        """Whether a code without its dot is out of form: in claims and messages (X12, HL7 v2) it is not."""
        return not self.writes_undotted and not rules_of(mention) & {"x12", "hl7"}

    def written_here(self, code: Code, mention: Mention) -> str:
        """A code in the way that fits the place of a mention; X12 has no dots."""
        if "." in mention.written or self.wants_dot(mention):
            return code.text
        is_plain = len(mention.written) > _CATEGORY or "x12" in rules_of(mention) or self.writes_undotted
        return code.undotted if is_plain else code.text


def rules_of(mention: Mention) -> frozenset[str]:
    """The names of the recogniser's rules that spoke for a mention."""
    return frozenset(reason.rule for reason in mention.reasons)
