"""What is read of the Index's parts, to be compiled: an edition of each, and its lines in one form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from core.alphabetic_index import AlphabeticIndex, PrintedCode
from core.index_parts import IndexPart
from core.sources.code_tables import CodeTable


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of a part. ``codes`` has one element, in a table one for each column."""

    number: int  # in the part's order, from 1
    parent: int | None
    term: str
    modifiers: tuple[str, ...]
    codes: tuple[PrintedCode | None, ...]
    manifestation: PrintedCode | None
    see: str | None
    see_also: str | None


@dataclass(frozen=True, slots=True)
class IndexParts:
    """What there is of the Index to be compiled; ``None`` for a part that is not there."""

    diseases: AlphabeticIndex | None = None
    external_causes: AlphabeticIndex | None = None
    neoplasms: CodeTable | None = None
    drugs: CodeTable | None = None

    def editions(self) -> Iterator[tuple[IndexPart, AlphabeticIndex | CodeTable]]:
        """The parts that are there, as printed."""
        found = (self.diseases, self.external_causes, self.neoplasms, self.drugs)
        return ((part, edition) for part, edition in zip(IndexPart, found, strict=True) if edition)

    def with_those_of(self, other: Self) -> Self:
        """Another's parts, and these where the other has none."""
        return type(self)(
            other.diseases or self.diseases,
            other.external_causes or self.external_causes,
            other.neoplasms or self.neoplasms,
            other.drugs or self.drugs,
        )


def printed_lines(edition: AlphabeticIndex | CodeTable) -> Iterator[PrintedLine]:
    """The lines of an edition, as printed."""
    if isinstance(edition, AlphabeticIndex):
        for t in edition.terms:
            own = t.path[-1], t.modifiers[-1]
            yield PrintedLine(t.number, t.parent, *own, (t.code,), t.manifestation, t.see, t.see_also)
    else:
        for r in edition.rows:
            own = r.path[-1], r.modifiers[-1]
            yield PrintedLine(r.number, r.parent, *own, r.codes, None, r.see, r.see_also)
