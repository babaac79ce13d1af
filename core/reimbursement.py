"""What payment makes of a code: MS-DRGs, CC and MCC, HCCs, edits of the MCE, exemption from POA reporting.

The facts are compiled into the catalogue's file once and looked up by code. The tables are always
there; where a part was not installed or loaded they are empty, and look-ups say so with ``None``.
No amounts of money: they depend on hospital, plan and year, and no official file states them by code.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.card import Source
from core.code import Code
from core.release import fiscal_year
from core.sources import hcc, mce, ms_drg
from core.sources.hcc import HccModel, HccRow
from core.sources.mce import MceEdit, MceRow
from core.sources.ms_drg import DrgRow, MsDrg, Severity
from core.sources.pinned import Locate, package_folder

if TYPE_CHECKING:
    from core.sources.poa import PoaExemptList

MS_DRG_SOURCE = Source("ms-drg", "MS-DRG Definitions Manual", "CMS", f"{ms_drg.VERSION} (April 1, 2026)")

#: The last day of discharge that the MS-DRG edition is in force.
MS_DRG_THROUGH = date(2026, 9, 30)

HCC_SOURCE = Source(
    "hcc",
    "Risk adjustment mappings, CMS-HCC V28 and RxHCC V08",
    "CMS",
    f"payment years {min(hcc.MAPPINGS)} to {max(hcc.MAPPINGS)}",
)

MCE_SOURCE = Source("mce", "Medicare Code Editor", "CMS", f"{mce.VERSION}, FY{fiscal_year(mce.THROUGH)}")

#: To be said beside HCCs: the mappings are by code alone.
HCC_LIMITS = "The models' hierarchies and their edits by age and sex are not applied."

#: Major diagnostic categories, titled as in the MS-DRG Definitions Manual.
MDC_TITLES = {
    "01": "Diseases and Disorders of the Nervous System",
    "02": "Diseases and Disorders of the Eye",
    "03": "Diseases and Disorders of the Ear, Nose, Mouth and Throat",
    "04": "Diseases and Disorders of the Respiratory System",
    "05": "Diseases and Disorders of the Circulatory System",
    "06": "Diseases and Disorders of the Digestive System",
    "07": "Diseases and Disorders of the Hepatobiliary System and Pancreas",
    "08": "Diseases and Disorders of the Musculoskeletal System and Connective Tissue",
    "09": "Diseases and Disorders of the Skin, Subcutaneous Tissue and Breast",
    "10": "Endocrine, Nutritional and Metabolic Diseases and Disorders",
    "11": "Diseases and Disorders of the Kidney and Urinary Tract",
    "12": "Diseases and Disorders of the Male Reproductive System",
    "13": "Diseases and Disorders of the Female Reproductive System",
    "14": "Pregnancy, Childbirth and the Puerperium",
    "15": "Newborns and Other Neonates with Conditions Originating in Perinatal Period",
    "16": "Diseases and Disorders of Blood, Blood Forming Organs and Immunologic Disorders",
    "17": "Myeloproliferative Diseases and Disorders, Poorly Differentiated Neoplasms",
    "18": "Infectious and Parasitic Diseases, Systemic or Unspecified Sites",
    "19": "Mental Diseases and Disorders",
    "20": "Alcohol or Drug Use or Induced Organic Mental Disorders",
    "21": "Injuries, Poisonings and Toxic Effects of Drugs",
    "22": "Burns",
    "23": "Factors Influencing Health Status and Other Contacts with Health Services",
    "25": "Human Immunodeficiency Virus Infections",
}

#: Hospital-acquired conditions, titled as in CMS's list. A listed code does not count as CC or MCC when
#: it was not present on admission; 08 and 10 to 14 only after certain procedures.
HAC_TITLES = {
    "01": "Foreign Object Retained After Surgery",
    "02": "Air Embolism",
    "03": "Blood Incompatibility",
    "04": "Stage III and IV Pressure Ulcers",
    "05": "Falls and Trauma",
    "06": "Catheter-Associated Urinary Tract Infection (UTI)",
    "07": "Vascular Catheter-Associated Infection",
    "08": "Surgical Site Infection-Mediastinitis After Coronary Bypass Graft (CABG)",
    "09": "Manifestations of Poor Glycemic Control",
    "10": "Deep Vein Thrombosis (DVT) / Pulmonary Embolism (PE) with Total Knee or Hip Replacement",
    "11": "Surgical Site Infection - Bariatric Surgery",
    "12": "Surgical Site Infection - Certain Orthopedic Procedures of Spine, Shoulder and Elbow",
    "13": "Surgical Site Infection (SSI) Following Cardiac Implantable Electronic Device (CIED) Procedures",
    "14": "Iatrogenic Pneumothorax with Venous Catheterization",
}

#: Filled where a POA exempt list is loaded.
POA_TABLE = "poa_list"

REIMBURSEMENT_SCHEMA = """
CREATE TABLE reimbursement_part (name TEXT PRIMARY KEY) WITHOUT ROWID;  -- 'ms-drg', 'hcc', 'mce': loaded
CREATE TABLE drg_group (          -- the few hundred combinations that 67,000 codes lead to
    number INTEGER PRIMARY KEY,
    mdcs   TEXT NOT NULL,         -- a JSON list of numbers
    drgs   TEXT NOT NULL          -- a JSON list of [number, title]
);
CREATE TABLE drg_of (
    code          TEXT PRIMARY KEY,
    drg_group     INTEGER NOT NULL REFERENCES drg_group,
    severity      TEXT,           -- CC, MCC or NULL
    hacs          TEXT NOT NULL,  -- a JSON list of numbers
    only_if_alive INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE hcc_of (
    code     TEXT NOT NULL,
    model    TEXT NOT NULL,
    category INTEGER NOT NULL,
    label    TEXT NOT NULL,
    years    TEXT NOT NULL,       -- a JSON list of payment years
    PRIMARY KEY (code, model, category)
) WITHOUT ROWID;
CREATE TABLE mce_of (             -- every code that the edition has
    code  TEXT PRIMARY KEY,
    edits TEXT NOT NULL           -- a JSON list, empty for most
) WITHOUT ROWID;
CREATE TABLE poa_list (fiscal_year INTEGER NOT NULL);  -- one row where a list is loaded
CREATE TABLE poa_exempt (code TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_DRG_PART = MS_DRG_SOURCE.key
_HCC_PART = HCC_SOURCE.key
_MCE_PART = MCE_SOURCE.key


#: The extra that brings all of it.
EXTRA = "reimbursement"

#: What each package brings, in the order of the fields of ``Reimbursement``.
_BROUGHT = ("MS-DRG, CC and MCC", "HCC", "edits of the Medicare Code Editor")


@dataclass(frozen=True, slots=True)
class ReimbursementRows:
    """What the installed packages say; a part is ``None`` where its package is not installed."""

    drgs: tuple[DrgRow, ...] | None
    hccs: tuple[HccRow, ...] | None
    mce: tuple[MceRow, ...] | None


@dataclass(frozen=True, slots=True)
class DrgStanding:
    """A code in the MS-DRG system; the fields are those of ``DrgRow``, empty for a code in no list."""

    mdcs: tuple[str, ...]
    drgs: tuple[MsDrg, ...]
    severity: Severity | None
    hacs: tuple[str, ...]
    only_if_alive: bool


@dataclass(frozen=True, slots=True)
class HccStanding:
    """A category of a risk-adjustment model that a code maps to in some payment years."""

    model: HccModel
    category: int
    label: str
    payment_years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MceStanding:
    """The edits that a code can set off. Of a code that is not ``listed`` the edition says nothing."""

    listed: bool
    edits: tuple[MceEdit, ...]


@dataclass(frozen=True, slots=True)
class Reimbursement:
    """What payment makes of a code. ``None``: not loaded; an empty ``hccs``: maps to no category."""

    drg: DrgStanding | None
    hccs: tuple[HccStanding, ...] | None
    mce: MceStanding | None

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not loaded, because its package is not installed."""
        found = zip((self.drg, self.hccs, self.mce), _BROUGHT, strict=True)
        return tuple(brought for part, brought in found if part is None)


@dataclass(frozen=True, slots=True)
class PoaStanding:
    """Whether a code is exempt from POA reporting in the fiscal year of the loaded list."""

    exempt: bool
    fiscal_year: int


def reimbursement_rows(locate: Locate = package_folder) -> ReimbursementRows:
    """Read what the installed packages carry. Raises ``SourceError`` for a package of another version."""
    return ReimbursementRows(
        ms_drg.packaged_ms_drg(locate) if locate(ms_drg.FILE.package) else None,
        hcc.packaged_hcc(locate) if locate(hcc.LABELS.package) else None,
        mce.packaged_mce(locate) if locate(mce.FILE.package) else None,
    )


def installed_identity() -> Mapping[str, str]:
    """Which optional packages are installed, with the hashes their files must have."""
    pinned = {"ms-drg": ms_drg.FILE, "hcc": hcc.LABELS, "mce": mce.FILE}
    return {name: file.sha256 for name, file in pinned.items() if package_folder(file.package)}


def write_reimbursement(db: sqlite3.Connection, rows: ReimbursementRows) -> None:
    """Fill the tables of ``REIMBURSEMENT_SCHEMA``, which must be there and empty."""
    if rows.drgs is not None:
        db.execute("INSERT INTO reimbursement_part VALUES (?)", (_DRG_PART,))
        _write_drgs(db, rows.drgs)
    if rows.hccs is not None:
        db.execute("INSERT INTO reimbursement_part VALUES (?)", (_HCC_PART,))
        db.executemany(
            "INSERT INTO hcc_of VALUES (?, ?, ?, ?, ?)",
            (
                (row.code.text, str(row.model), row.category, row.label, json.dumps(row.payment_years))
                for row in rows.hccs
            ),
        )
    if rows.mce is not None:
        db.execute("INSERT INTO reimbursement_part VALUES (?)", (_MCE_PART,))
        written = {edits: json.dumps(edits) for edits in {row.edits for row in rows.mce}}
        db.executemany(
            "INSERT INTO mce_of VALUES (?, ?)", ((row.code.text, written[row.edits]) for row in rows.mce)
        )


def read_reimbursement(db: sqlite3.Connection, code: Code) -> Reimbursement:
    """What payment makes of a code. Raises ``sqlite3.Error``."""
    parts = {name for (name,) in db.execute("SELECT name FROM reimbursement_part")}
    return Reimbursement(
        _read_drg(db, code) if _DRG_PART in parts else None,
        _read_hccs(db, code) if _HCC_PART in parts else None,
        _read_mce(db, code) if _MCE_PART in parts else None,
    )


# A look-up for each table: joining them takes three times as long.
def _read_drg(db: sqlite3.Connection, code: Code) -> DrgStanding:
    row = db.execute(
        "SELECT mdcs, drgs, severity, hacs, only_if_alive FROM drg_of "
        "JOIN drg_group ON number = drg_group WHERE code = ?",
        (code.text,),
    ).fetchone()
    return _drg_standing(*row) if row else _IN_NO_LIST


def _read_hccs(db: sqlite3.Connection, code: Code) -> tuple[HccStanding, ...]:
    rows = db.execute(
        "SELECT model, category, label, years FROM hcc_of WHERE code = ? ORDER BY model, category",
        (code.text,),
    )
    return tuple(_hcc_standing(*row) for row in rows)


def _read_mce(db: sqlite3.Connection, code: Code) -> MceStanding:
    row = db.execute("SELECT edits FROM mce_of WHERE code = ?", (code.text,)).fetchone()
    return _mce_standing(row[0] if row else None)


_IN_NO_LIST = DrgStanding((), (), None, (), False)


# The standing of a code is that of many others.
@lru_cache(maxsize=1024)
def _drg_standing(mdcs: str, drgs: str, severity: str | None, hacs: str, only_if_alive: int) -> DrgStanding:
    return DrgStanding(
        mdcs=_listed(mdcs),
        drgs=tuple(MsDrg(number, title) for number, title in json.loads(drgs)),
        severity=Severity(severity) if severity else None,
        hacs=_listed(hacs),
        only_if_alive=bool(only_if_alive),
    )


@lru_cache(maxsize=1024)
def _hcc_standing(model: str, category: int, label: str, years: str) -> HccStanding:
    return HccStanding(HccModel(model), category, label, _listed(years))


@lru_cache(maxsize=1024)
def _mce_standing(edits: str | None) -> MceStanding:
    return MceStanding(edits is not None, tuple(map(MceEdit, json.loads(edits or "[]"))))


def _listed(written: str) -> tuple[Any, ...]:
    return tuple(json.loads(written))


def write_poa_exempt(db: sqlite3.Connection, listed: "PoaExemptList") -> None:
    """Fill the POA tables of ``REIMBURSEMENT_SCHEMA``, which must be there and empty."""
    db.execute("INSERT INTO poa_list VALUES (?)", (listed.fiscal_year,))
    db.executemany("INSERT INTO poa_exempt VALUES (?)", ((code.text,) for code in sorted(listed.codes)))


def read_poa_exempt(db: sqlite3.Connection, code: Code) -> PoaStanding | None:
    """Whether a code is exempt; ``None`` where no list is loaded. Raises ``sqlite3.Error``."""
    row = db.execute(
        "SELECT fiscal_year, EXISTS (SELECT 1 FROM poa_exempt WHERE code = ?) FROM poa_list", (code.text,)
    ).fetchone()
    return PoaStanding(bool(row[1]), row[0]) if row else None


def poa_source(fiscal_year: int) -> Source:
    """The source of a ``PoaStanding``."""
    return Source("poa-exempt", "POA exempt list", "CMS", f"FY{fiscal_year}")


def _write_drgs(db: sqlite3.Connection, rows: Iterable[DrgRow]) -> None:
    groups: dict[tuple[tuple[str, ...], tuple[MsDrg, ...]], int] = {}
    db.executemany("INSERT INTO drg_of VALUES (?, ?, ?, ?, ?)", _drg_rows(rows, groups))
    db.executemany(
        "INSERT INTO drg_group VALUES (?, ?, ?)",
        (
            (number, json.dumps(mdcs), json.dumps([(drg.number, drg.title) for drg in drgs]))
            for (mdcs, drgs), number in groups.items()
        ),
    )


def _drg_rows(
    rows: Iterable[DrgRow], groups: dict[tuple[tuple[str, ...], tuple[MsDrg, ...]], int]
) -> Iterator[tuple[str, int, str | None, str, int]]:
    """The rows of ``drg_of``; the combinations that they lead to are numbered in ``groups``."""
    hacs: dict[tuple[str, ...], str] = {}
    for row in rows:
        number = groups.setdefault((row.mdcs, row.drgs), len(groups) + 1)
        severity = row.severity.value if row.severity else None
        if row.hacs not in hacs:
            hacs[row.hacs] = json.dumps(row.hacs)
        yield row.code.text, number, severity, hacs[row.hacs], int(row.only_if_alive)
