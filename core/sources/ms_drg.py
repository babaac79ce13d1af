"""Reader of the MS-DRG definitions that the package ``drgpy`` carries (``runtime_data/v43.1.json.xz``).

The file holds the lists of CMS's MS-DRG Definitions Manual: the MS-DRGs (Appendix A), the CC and MCC
levels (Appendix C), and for each diagnosis the headings of the manual that it is listed under, written
``551&552|PDX``: DRG 551 and 552, principal diagnosis. The manual's logic is not in it, so this module
says which headings make a code a principal diagnosis that needs no procedure.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from core.code import Code, dotted
from core.sources import SourceError
from core.sources.pinned import Locate, PinnedFile, package_folder, pinned_path

FILE = PinnedFile(
    package="drgpy",
    distribution="drgpy==0.2.1",
    path="runtime_data/v43.1.json.xz",
    size=279_336,
    sha256="d2110904e819426d1eecdf8a45e3a49451445d495740079a15ff1769f3244ee7",
)

VERSION = "v43.1"

_LAYOUT = 1  # the file's own number for its format
_LONGEST_TEXT = 64 << 20  # the real text has 13 MB; a damaged file must not fill the memory

#: Headings under which a principal diagnosis leads to the MS-DRGs, and to which of those listed: of
#: 175 and 176, 175 is "with MCC or acute cor pulmonale"; of 380-384, 380-382 are complicated ulcers.
_PRINCIPAL: Mapping[str, slice] = {
    "PDX": slice(None),
    "OR PDX": slice(None),
    "PDX OR SDX": slice(None),
    "PSDX": slice(None),
    "ACUTE COR PULMONALE": slice(0, 1),
    "CHEMOTHERAPY PDX": slice(None),
    "COMPLICATED PEPTIC ULCER PDX": slice(0, 3),
    "UNCOMPLICATED PEPTIC ULCER PDX": slice(3, 5),
    "EXTENSIVE BURNS PSDX": slice(None),
    "MAJOR PROBLEMS PSDX": slice(None),
    "MALIGNANT BREAST DISORDERS PDX": slice(None),
    "NON-MALIGNANT BREAST DISORDERS PDX": slice(None),
    "PREMATURITY PSDX": slice(None),
    "PSDX OF HIV INFECTION": slice(None),
    "PSDX OF NEWBORN OR NEONATE,WITH OTHER SIGNIFICANT PROBLEMS, "
    "NOT ASSIGNED TO DRG 789 THROUGH 793 OR 795 PSDX": slice(None),
    "SEPTICEMIA PDX": slice(None),
    "URINARY STONES PDX": slice(None),
}

#: Medical MS-DRGs that only a treatment leads to: a thrombolytic agent (061-063), ventilation over 96
#: hours (870).
_BY_TREATMENT = frozenset({"061", "062", "063", "870"})

#: MS-DRGs that take any principal diagnosis of their MDC, so the manual lists no diagnosis for them.
_WHOLE_MDC: Mapping[str, tuple[str, ...]] = {
    "15": ("789",),  # neonates who died or were transferred
    "20": ("894", "896", "897"),  # 895 needs rehabilitation therapy, a procedure
    "25": ("977",),
}

#: Medical or not, these need no procedure: inhalation injury leads to 928 and 929, a bare delivery to 998.
_WITHOUT_PROCEDURE = frozenset({"928", "929", "998"})

#: Lists that count only beside a listed second diagnosis: other head injuries beside a coma of over an
#: hour, influenza beside a pneumonia of certain germs.
_BESIDE_ANOTHER = frozenset({"082&083&084|OR PDX", "177&178&179|PDX"})

_MULTIPLE_TRAUMA = "24"  # an MDC that takes two or more injuries, so no code alone
_HIV = "25"
_HIV_ITSELF = "PSDX OF HIV INFECTION"

#: Rows of Appendix C whose column of exclusions says "No Excl"; drgpy 0.2.1 loses them.
_WITHOUT_EXCLUSIONS = {
    "MCC": "J1282",
    "CC": "D89833 D89834 D89835 K77 L493 L494 L495 L496 L497 L498 L499 "
    "Z1610 Z1611 Z1612 Z1613 Z1619 Z1620 Z1621 Z1622 Z1623 Z1624 Z1629 "
    "Z1630 Z1631 Z1632 Z1633 Z16341 Z16342 Z1635 Z1639 "
    "Z5900 Z5901 Z5902 Z5910 Z5911 Z5912 Z5919 Z59811 Z59812 Z59819",
}

#: Infections that Appendix C lists once for each of three HACs; drgpy 0.2.1 keeps the last.
_INFECTIONS = frozenset("K6811 T8140XA T8141XA T8142XA T8143XA T8144XA T8149XA".split())
_INFECTION_HACS = ("11", "12", "13")


class Severity(StrEnum):
    """What a code adds as a secondary diagnosis: a complication or comorbidity, or a major one."""

    CC = "CC"
    MCC = "MCC"


@dataclass(frozen=True, order=True, slots=True)
class MsDrg:
    """A diagnosis related group: its three digits and its official title."""

    number: str
    title: str


class DrgRow(NamedTuple):
    """What the manual says about one diagnosis.

    ``mdcs`` and ``drgs`` are those of the code as principal diagnosis without a procedure, whatever the
    discharge status; which of them it is depends on the other diagnoses, some of which lead elsewhere
    (injuries of several sites to MDC 24, a newborn's to 791-794). Both are empty for what is no
    principal diagnosis to the manual, such as external causes. MDC 12 and 13 stand side by side where
    the patient's sex decides. ``hacs`` are the categories of hospital-acquired conditions, which do not
    count as CC or MCC. ``only_if_alive``: the level counts only for a patient discharged alive.
    """

    code: Code
    mdcs: tuple[str, ...]
    drgs: tuple[MsDrg, ...]
    severity: Severity | None
    hacs: tuple[str, ...]
    only_if_alive: bool


def read_ms_drg(path: Path) -> tuple[DrgRow, ...]:
    """Read the definitions: one row for each diagnosis they list, by code. Raises ``SourceError``."""
    data = _load(path)
    try:
        drgs = {number: MsDrg(number, row["desc"]) for number, row in data["drgmap"].items()}
        tables = _Tables(data["dxmap"], data["ccmap"], data["drgmap"], drgs)
        return tuple(tables.rows())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}".rstrip(".")
        raise SourceError(path, f"not in the format of {FILE.distribution} ({problem})") from error


def packaged_ms_drg(locate: Locate = package_folder) -> tuple[DrgRow, ...]:
    """Read the pinned file of the installed package. Raises ``SourceError``."""
    return read_ms_drg(pinned_path(FILE, locate))


def _load(path: Path) -> dict[str, Any]:
    import lzma  # a look-up needs the names of this module, and need not wait for it

    try:
        with lzma.open(path) as file:
            text = file.read(_LONGEST_TEXT + 1)
        if len(text) > _LONGEST_TEXT:
            raise SourceError(path, f"the text is longer than {_LONGEST_TEXT >> 20} MB")
        data = json.loads(text)
    except (OSError, EOFError, lzma.LZMAError, ValueError, RecursionError) as error:
        raise SourceError(path, f"cannot be read ({error})") from error
    if not isinstance(data, dict) or data.get("schema_version") != _LAYOUT:
        raise SourceError(path, f"not in the format of {FILE.distribution}")
    if data.get("version") != VERSION:
        raise SourceError(path, f"it holds MS-DRG {data.get('version')!s:.20}, not {VERSION}")
    return data


@dataclass(frozen=True, slots=True)
class _Tables:
    """The file's own tables, with undotted codes."""

    headings: Mapping[str, list[str]]
    levels: Mapping[str, Mapping[str, Any]]
    definitions: Mapping[str, Mapping[str, Any]]
    drgs: Mapping[str, MsDrg]

    def rows(self) -> Iterator[DrgRow]:
        """One row for each diagnosis of any table, by code."""
        lost = {code: level for level, codes in _WITHOUT_EXCLUSIONS.items() for code in codes.split()}
        led_to: dict[
            tuple[str, ...], tuple[tuple[str, ...], tuple[MsDrg, ...]]
        ] = {}  # most codes share theirs
        for code in sorted(self.headings.keys() | self.levels.keys() | lost.keys()):
            headings = tuple(self.headings.get(code, ()))
            if headings not in led_to:
                led_to[headings] = self._led_to(headings)
            level = self.levels.get(code) or {"level": lost.get(code), "hac": None, "aowa": False}
            yield DrgRow(
                Code(dotted(code)),
                *led_to[headings],
                Severity(level["level"]) if level["level"] else None,
                _hacs(code, level["hac"]),
                level["aowa"],
            )

    def _led_to(self, headings: Sequence[str]) -> tuple[tuple[str, ...], tuple[MsDrg, ...]]:
        """The MDCs and MS-DRGs of a principal diagnosis under some headings."""
        mdcs = _mdcs(headings)
        numbers = self._principal(headings, mdcs)
        # drgpy 0.2.1 overlooks the MDC of codes that start with two letters (QA0).
        mdcs = mdcs or tuple(sorted({self.definitions[number]["mdc"] for number in numbers}))
        return mdcs, tuple(self.drgs[number] for number in numbers)

    def _principal(self, headings: Sequence[str], mdcs: tuple[str, ...]) -> list[str]:
        """The MS-DRGs that the code leads to as principal diagnosis, in order."""
        numbers = {number for mdc in mdcs for number in _WHOLE_MDC.get(mdc, ())}
        for heading in headings:
            listed, _, name = heading.partition("|")
            if name in _PRINCIPAL and heading not in _BESIDE_ANOTHER:
                numbers.update(n for n in listed.split("&")[_PRINCIPAL[name]] if self._is_bare(n))
        return sorted(numbers)

    def _is_bare(self, number: str) -> bool:
        """Whether an MS-DRG can be reached without a procedure."""
        medical = self.definitions[number]["is_medical"] is True
        return number in _WITHOUT_PROCEDURE or (medical and number not in _BY_TREATMENT)


def _hacs(code: str, listed: str | None) -> tuple[str, ...]:
    if code in _INFECTIONS and listed in _INFECTION_HACS:
        return _INFECTION_HACS
    return (listed,) if listed else ()


def _mdcs(headings: Sequence[str]) -> tuple[str, ...]:
    """The MDCs of a principal diagnosis, without those that take it only beside other diagnoses.

    The list of MDC 25 holds HIV itself and what goes with it, which has an MDC of its own.
    """
    found = {h.removeprefix("_MDC") for h in headings if h.startswith("_MDC")}
    is_hiv = any(h.endswith(f"|{_HIV_ITSELF}") for h in headings)
    return tuple(sorted(mdc for mdc in found if mdc[:2] != _MULTIPLE_TRAUMA and (is_hiv or mdc != _HIV)))
