"""How many of the codes that the notes of a release name it has, and which it does not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.catalog import Catalog
from core.notes import NoteKind
from core.references import find_references, resolves


@dataclass(frozen=True, slots=True)
class UnresolvedReference:
    """A reference to what the release does not have, as written, with the level that its note stands at."""

    written: str
    kind: NoteKind
    at: str


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """``found`` counts the references of each kind of note; ``unresolved`` has those that lead nowhere."""

    found: Mapping[NoteKind, int]
    unresolved: tuple[UnresolvedReference, ...]

    @property
    def total(self) -> int:
        return sum(self.found.values())


def report_references(catalog: Catalog) -> ReferenceReport:
    """Follow every reference of every note; a second's work. Raises ``CatalogUnavailable``."""
    found: Counter[NoteKind] = Counter()
    unresolved = []
    for number, kind, _, text in catalog.all_notes():
        for reference in find_references(text):
            found[kind] += 1
            if not resolves(catalog, reference):
                at = catalog.entry_numbered(number).name
                unresolved.append(UnresolvedReference(text[reference.start : reference.end], kind, at))
    return ReferenceReport(dict(found), tuple(unresolved))
