"""Where a query says that a neoplasm spread: two conditions, each with a code of its own (I.C.2.b)."""

import re
from dataclasses import dataclass

_METASTASES = r"(?:mets|metastas[ei]s)"
_SITE = r"(?P<site>\w{1,20}(?: \w{1,20})?)"
#: "Lung cancer with mets to the brain", "metastasis in brain".
_SPREAD_TO = re.compile(
    rf"\b(?:(?:with|and) )?(?:{_METASTASES} in(?:to)?|(?:mets|metasta\w{{1,5}}|(?P<loosely>spread(?:ing)?))"
    r" to) (?:the )?(?P<site>\w.*)",
    re.IGNORECASE,
)
#: "Lung cancer with brain metastases".
_SPREAD = re.compile(rf"\b(?:with|and) {_SITE} {_METASTASES}\W*$", re.IGNORECASE)
#: "Metastatic lung cancer to the brain".
_METASTATIC = re.compile(
    r"^\W*(?P<written>metastatic) (?P<primary>\w[^,]{0,80}?) to (?:the )?(?P<site>\w.*)", re.IGNORECASE
)
#: "Brain metastases from lung cancer".
_FROM = re.compile(
    rf"^\W*(?P<written>{_SITE} {_METASTASES}) (?:from|of|due to) (?P<primary>\w.*)", re.IGNORECASE
)
#: What an infection does too is said of a neoplasm only where one is named.
_NEOPLASM = re.compile(
    r"\b(?:cancer|ca\b|tumou?r|neoplas|malignan|leuka?emia|\w*(?:carcinoma|sarcoma|melanoma|lymphoma|blastoma))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spread:
    """A neoplasm, the words that say where it spread to, and what these mean."""

    primary: str
    written: str
    meaning: str


def spread_in(query: str) -> Spread | None:
    """The spread of a neoplasm that a query tells of."""
    for pattern in (_METASTATIC, _FROM):
        if (found := pattern.search(query)) and _NEOPLASM.search(found["primary"]):
            return Spread(found["primary"], found["written"], _secondary(found["site"]))
    found = _SPREAD_TO.search(query) or _SPREAD.search(query)
    if not found:
        return None
    primary = query[: found.start()]
    if found.groupdict().get("loosely") and not _NEOPLASM.search(primary):
        return None
    return Spread(primary, found[0].strip(" ."), _secondary(found["site"]))


def _secondary(site: str) -> str:
    return f"secondary malignant neoplasm of {site}"
