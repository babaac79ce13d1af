"""Loaded files: validated before they are kept, kept for later compilations, and part of the identity."""

import shutil
from pathlib import Path

import pytest

from core.code import Code
from core.index_parts import IndexPart
from core.sources import SourceError
from core.supplements import LoadedFiles
from index.identity import packaged_identity
from tests.core.flat_index import NAME, line, write_index
from tests.core.further_files import ccsr_file, conversion_file, hcc_file, mce_file
from tests.core.order_lines import LINES, write_order_file
from tests.core.order_lines import NAME as ORDER_NAME
from tests.core.printed_index import write_parts
from tests.small_releases import write_zip

POA = "Order26\tPOAexemptCode\tDescription\r\n01243\tB91\tSequelae of poliomyelitis\r\n"
TO_ICD10 = "7249  M539    10000\r\n"
TO_ICD9 = "M539    7249  10000\r\n"


def poa_file(folder: Path, text: str = POA) -> Path:
    path = folder / "POAexemptCodesFY26.txt"
    path.write_text(text, encoding="utf-8")
    return path


def gem_folder(folder: Path, text: str = TO_ICD9) -> Path:
    (folder / "2018_I9gem.txt").write_text(TO_ICD10, encoding="ascii")
    (folder / "2018_I10gem.txt").write_text(text, encoding="ascii")
    return folder


def index_file(folder: Path, code: str = "M54.50") -> Path:
    return write_index(folder / NAME, [line(0, "Lumbago, lumbalgia", code)])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def test_nothing_is_loaded_at_first(tmp_path: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    assert loaded.identity() == {}
    supplements = loaded.read()
    assert (supplements.poa_exempt, supplements.equivalences, supplements.index) == (None, None, None)
    assert supplements.order is None


def test_what_is_loaded_is_found_again(tmp_path: Path, files: Path) -> None:
    LoadedFiles(tmp_path / "data").load_poa_list(poa_file(files))
    LoadedFiles(tmp_path / "data").load_gems(gem_folder(files))
    LoadedFiles(tmp_path / "data").load_index(index_file(files))
    LoadedFiles(tmp_path / "data").load_order_file(write_order_file(files / ORDER_NAME))
    supplements = LoadedFiles(tmp_path / "data").read()
    assert supplements.poa_exempt is not None
    assert supplements.poa_exempt.codes == (Code("B91"),)
    assert supplements.equivalences is not None
    assert {row.icd10 for row in supplements.equivalences} == {Code("M53.9")}
    assert supplements.index is not None
    assert [term.path for term in supplements.index.terms if term.code] == [("Lumbago, lumbalgia",)]
    assert supplements.order is not None
    assert supplements.order.release.fiscal_year == 2023
    assert [row.code.text for row in supplements.order.rows()] == ["B37.3", "B37.31", "C84.40", "C84.41"]


def test_a_file_that_went_is_named(tmp_path: Path, files: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    loaded.load_poa_list(poa_file(files))
    [kept] = loaded.folder.glob("poa-*")
    (kept / ".DS_Store").touch()  # as file managers leave behind
    assert loaded.read().poa_exempt is not None
    shutil.rmtree(kept)
    with pytest.raises(SourceError, match=r"^poa-.*load it again\.$"):
        loaded.read()


def test_loading_changes_the_identity_and_loading_again_does_not(tmp_path: Path, files: Path) -> None:
    data = tmp_path / "data"
    before = packaged_identity(data)
    LoadedFiles(data).load_poa_list(poa_file(files))
    after = packaged_identity(data)
    LoadedFiles(data).load_poa_list(poa_file(files))
    assert before != after == packaged_identity(data)


def test_what_nothing_names_any_more_is_removed(tmp_path: Path, files: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    loaded.load_poa_list(poa_file(files))
    first = index_file(files)
    loaded.load_index(first)
    (loaded.folder / "notes").mkdir()  # not ours
    loaded.load_index(first.rename(files / NAME.replace("2025", "2027")))
    there = {path.name for path in loaded.folder.iterdir() if not path.name.startswith(".")}
    assert there == {"loaded.json", "notes", *map(str, loaded.identity().values())}


def test_an_index_of_another_edition_replaces_the_one_before(tmp_path: Path, files: Path) -> None:
    """The edition stands in the file's name; the contents may be the same."""
    loaded = LoadedFiles(tmp_path / "data")
    first = index_file(files)
    loaded.load_index(first)
    loaded.load_index(first.rename(files / NAME.replace("2025", "2027")))
    found = loaded.read().index
    assert found is not None
    assert found.fiscal_year == 2027


def test_parts_of_the_index_are_loaded_beside_each_other(tmp_path: Path, files: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    loaded.load_index(index_file(files))
    causes, neoplasms, drugs = list(write_parts(files, year=2026).values())[1:]
    loaded.load_index(neoplasms)
    loaded.load_index(causes, write_zip(tmp_path / "tables-2026.zip", {drugs.name: drugs.read_bytes()}))
    editions = {part: edition.fiscal_year for part, edition in loaded.read().parts.editions()}
    assert editions == dict.fromkeys(IndexPart, 2026) | {IndexPart.DISEASES: 2025}
    loaded.load_index(*write_parts(files / "next", year=2027).values())
    assert {edition.fiscal_year for _, edition in loaded.read().parts.editions()} == {2027}


def test_a_folder_is_loaded_with_all_its_parts(tmp_path: Path, files: Path) -> None:
    write_parts(files, year=2026)
    loaded = LoadedFiles(tmp_path / "data")
    loaded.load_index(files)
    assert [part for part, _ in loaded.read().parts.editions()] == list(IndexPart)


def test_parts_are_refused_together_and_what_was_there_stays(tmp_path: Path, files: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    loaded.load_index(index_file(files))
    before = loaded.identity()
    parts = write_parts(files, year=2026)
    good, bad = parts[IndexPart.EXTERNAL_CAUSES], parts[IndexPart.NEOPLASMS]
    bad.write_text(bad.read_text(encoding="utf-8").replace("C44.501", "C4"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"icd10cm-neoplasm-2026.xml, line 9: 'C4' is not a code"):
        loaded.load_index(good, bad)
    other = (files / "notes.xml").resolve()
    other.write_text("<a/>", encoding="utf-8")
    with pytest.raises(SourceError, match="its name must say which part of the Index it is"):
        loaded.load_index(good, other)
    with pytest.raises(SourceError, match=r"icd10cm-eindex-2026\.xml is of the External Cause Index too"):
        loaded.load_index(good, write_parts(files / "next", year=2027)[IndexPart.EXTERNAL_CAUSES])
    with pytest.raises(SourceError, match="it holds no file of the Index"):
        loaded.load_index(write_zip(tmp_path / "order-2026.zip", {"icd10cm-order-2026.txt": b""}))
    assert loaded.identity() == before


def test_a_bad_file_is_refused_and_what_was_there_stays(tmp_path: Path, files: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    loaded.load_poa_list(poa_file(files))
    loaded.load_gems(gem_folder(files))
    loaded.load_index(index_file(files))
    loaded.load_order_file(write_order_file(files / ORDER_NAME))
    before = loaded.identity()
    with pytest.raises(SourceError, match=r"POAexemptCodesFY26.txt, line 2"):
        loaded.load_poa_list(poa_file(files, POA.replace("B91", "E888.9")))
    with pytest.raises(SourceError, match=r"2018_I10gem.txt, line 1"):
        loaded.load_gems(gem_folder(files, "nonsense\n"))
    with pytest.raises(SourceError, match=r"ICD10CM_2025_Index.csv, line 13"):
        loaded.load_index(index_file(files, "M5450"))
    with pytest.raises(SourceError, match=rf"{ORDER_NAME}, line 2: not in the columns"):
        loaded.load_order_file(write_order_file(files / ORDER_NAME, (LINES[0], LINES[1][1:])))
    assert loaded.identity() == before
    assert loaded.read().poa_exempt is not None
    assert loaded.read().index is not None
    order = loaded.read().order
    assert order is not None
    assert len(list(order.rows())) == len(LINES)


@pytest.mark.parametrize("record", ["", "[]", "{", "17"])
def test_a_damaged_record_counts_as_nothing_loaded(tmp_path: Path, record: str) -> None:
    (tmp_path / "loaded").mkdir()
    (tmp_path / "loaded" / "loaded.json").write_text(record, encoding="utf-8")
    assert LoadedFiles(tmp_path).identity() == {}


def test_a_conversion_table_and_further_lists_are_found_again(tmp_path: Path, files: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    loaded.load_conversion_table(conversion_file(files))
    loaded.load_ccsr(ccsr_file(files))
    loaded.load_hcc_mappings(hcc_file(files))
    loaded.load_mce_definitions(mce_file(files))
    supplements = LoadedFiles(tmp_path / "data").read()
    found = supplements.conversion, supplements.ccsr, supplements.hcc_mappings, supplements.mce_definitions
    assert None not in found
    assert set(loaded.identity()) == {"conversion", "ccsr", "hcc-mappings", "mce-definitions"}


def test_a_damaged_table_is_not_loaded(tmp_path: Path, files: Path) -> None:
    loaded = LoadedFiles(tmp_path / "data")
    damaged = files / "ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx"
    damaged.write_bytes(b"PK\x03\x04")
    with pytest.raises(SourceError):
        loaded.load_conversion_table(damaged)
    assert loaded.identity() == {}
