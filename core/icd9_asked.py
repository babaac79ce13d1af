"""A text that looks like an ICD-9-CM code where an ICD-10-CM code was asked for: what to say of it."""

from dataclasses import dataclass

from core.catalog import Catalog
from core.code import Code
from core.icd9 import GEM_TABLE, Icd9Code, InvalidIcd9Code, read_icd10_of

_MOST_TARGETS = 5  # V54.12 has more than 500
_MAPPINGS = "the General Equivalence Mappings of 2018"


@dataclass(frozen=True, slots=True)
class AskedIcd9:
    """``targets`` are the ICD-10-CM codes that the mappings lead to; ``None`` where they are not loaded."""

    code: Icd9Code
    targets: tuple[Code, ...] | None

    def sentence(self, to_see_all: str = "") -> str:
        """What it is, and where it leads or how to find that out. ``to_see_all`` is a command."""
        looks = f"It looks like the ICD-9-CM code {self.code}"
        if self.targets is None:
            return f"{looks}; load {_MAPPINGS} to see where it leads: icdlens build --gem DIR"
        if not self.targets:
            return f"{looks}, of which {_MAPPINGS} have no equivalent."
        shown = ", ".join(code.text for code in self.targets[:_MOST_TARGETS])
        left = len(self.targets) - _MOST_TARGETS
        more = f" and {left} more{f' ({to_see_all})' if to_see_all else ''}" if left > 0 else ""
        return f"{looks}, which leads to {shown}{more} in {_MAPPINGS}, which follow no later change."


def asked_icd9(catalog: Catalog, written: str) -> AskedIcd9 | None:
    """``None`` for a text that is not shaped like an ICD-9-CM code. Raises ``CatalogUnavailable``."""
    try:
        code = Icd9Code.parse(written)
    except InvalidIcd9Code:
        return None
    if not catalog.holds(GEM_TABLE):
        return AskedIcd9(code, None)
    rows = catalog.read(read_icd10_of, code)
    return AskedIcd9(code, tuple(dict.fromkeys(row.icd10 for row in rows if row.icd10)))
