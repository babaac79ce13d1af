"""Recognising the files of a release, and unpacking zips that anybody may have made."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from core.release import InvalidRelease, Release
from core.sources import SourceError
from core.sources.release_files import FileKind, gather, kind_of, release_of
from tests.small_releases import FY2022, FY2026, SmallRelease, write_zip

OCTOBER_2026 = Release(date(2026, 10, 1))
APRIL_2026 = Release(date(2026, 4, 1))


# Names as they stand on the official sites and in their zips; the last of them belong to nothing here.
@pytest.mark.parametrize(
    ("name", "kind", "effective"),
    [
        ("icd10cm-order-2024.txt", FileKind.ORDER, date(2023, 10, 1)),
        ("icd10cm-order-April-2024.txt", FileKind.ORDER, date(2024, 4, 1)),
        ("icd10cm_order_2027.txt", FileKind.ORDER, date(2026, 10, 1)),
        ("icd10cm-order-addenda-2026.txt", FileKind.ADDENDA, date(2025, 10, 1)),
        ("icd10cm_order_addenda_2027.txt", FileKind.ADDENDA, date(2026, 10, 1)),
        ("icd10cm-codes-addenda-2023.txt", FileKind.CODES_ADDENDA, date(2022, 10, 1)),
        ("icd10cm-tabular-2024.xml", FileKind.TABULAR, date(2023, 10, 1)),
        ("icd10c-tabular-April-1-2026.xml", FileKind.TABULAR, date(2026, 4, 1)),
        ("icd10cm-tabular_-2027.xml", FileKind.TABULAR, date(2026, 10, 1)),
        ("icd-10-cm-index-2025.xml", FileKind.INDEX, date(2024, 10, 1)),
        ("icd10cm-index-April-1-2026-XML.xml", FileKind.INDEX, date(2026, 4, 1)),
        ("icd10cm-eindex-April-1-2026-XML.xml", FileKind.EXTERNAL_CAUSES, date(2026, 4, 1)),
        ("icd10cm_eindex_2027.xml", FileKind.EXTERNAL_CAUSES, date(2026, 10, 1)),
        ("icd-10-cm-neoplasm-2025.xml", FileKind.NEOPLASMS, date(2024, 10, 1)),
        ("icd-10-cm-drug-2025.xml", FileKind.DRUGS, date(2024, 10, 1)),
        ("icd10cm_codes_2027.txt", None, None),
        ("icd10pcs_order_2027.txt", None, None),
        ("POAexemptCodesFY27.txt", None, None),
        ("icd-10-cm-drug-neoplasm-2025.xsd", None, None),
        ("icd10cm-index-2026.pdf", None, None),
    ],
)
def test_files_are_recognised_by_their_names(
    name: str, kind: FileKind | None, effective: date | None
) -> None:
    assert kind_of(name) is kind
    if kind:
        assert release_of([name]) == Release(effective or date.min)


def test_cms_names_april_on_the_zip_alone() -> None:
    zip_name = "april-1-2026-code-descriptions-tabular-order.zip"
    assert release_of([zip_name, "icd10cm_order_2026.txt"]) == APRIL_2026


@pytest.mark.parametrize(
    ("written", "effective"),
    [("FY2027", date(2026, 10, 1)), ("fy 2026", date(2025, 10, 1)), ("2026-04-01", date(2026, 4, 1))],
)
def test_releases_are_named(written: str, effective: date) -> None:
    assert Release.parse(written) == Release(effective)
    assert Release.parse(Release(effective).short_name) == Release(effective)


@pytest.mark.parametrize("written", ["", "2027", "FY27", "2026-10-02", "2026-07-01", "FY2027\n2"])
def test_what_names_no_release(written: str) -> None:
    with pytest.raises(InvalidRelease, match="write FY2027, or the day"):
        Release.parse(written)


def test_zips_in_zips_with_folders_underscores_and_strange_files(tmp_path: Path) -> None:
    files = SmallRelease(FY2026).files()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("Table and Index/icd10cm_tabular_2026.xml", files["icd10cm-tabular-2026.xml"])
        archive.writestr("Table and Index/icd10cm_index_2026.pdf", b"%PDF")
    outer = write_zip(
        tmp_path / "2026.zip",
        {
            "tables.zip": inner.getvalue(),
            "Code Descriptions\\icd10cm_order_2026.txt": files["icd10cm-order-2026.txt"],
            "__MACOSX/Code Descriptions/._icd10cm_order_2026.txt": b"resource fork",
            "older/icd10cm_order_2026.txt": b"a smaller file",
        },
    )
    work = tmp_path / "work"
    work.mkdir()
    [(release, found)] = gather([outer], work).items()
    assert release == Release(FY2026)
    assert set(found.files) == {FileKind.TABULAR, FileKind.ORDER}
    assert found.files[FileKind.ORDER].read_bytes() == files["icd10cm-order-2026.txt"].encode()
    assert not found.missing


def test_a_folder_of_downloads_with_other_things_in_it(tmp_path: Path) -> None:
    SmallRelease(FY2026).write(tmp_path)
    SmallRelease(FY2022).write(tmp_path)
    (tmp_path / "photos.zip").write_bytes(b"not looked at")
    (tmp_path / "notes.txt").write_text("M54.5")
    work = tmp_path / ".work"
    work.mkdir()
    assert list(gather([tmp_path], work)) == [Release(FY2022), Release(FY2026)]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"../icd10cm-order-2026.txt": b"x"}, "leads outside of it"),
        ({"/etc/icd10cm-order-2026.txt": b"x"}, "leads outside of it"),
        ({"a\\..\\..\\icd10cm-order-2026.txt": b"x"}, "leads outside of it"),
        ({"C:/icd10cm-order-2026.txt": b"x"}, "leads outside of it"),
        ({"icd10cm-order-2026.txt": b"0" * 20_000_000}, "packed further than any official file"),
        ({f"{n}.txt": b"x" for n in range(1_001)}, "1001 files, more than any official zip"),
    ],
    ids=["up", "root", "backslash", "drive", "bomb", "many"],
)
def test_hostile_zips_are_refused(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(SourceError, match=message):
        gather([write_zip(tmp_path / "2026.zip", dict(files))], work)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path == tmp_path / "2026.zip" or path.is_relative_to(work) for path in written)
    assert sum(path.stat().st_size for path in work.rglob("*") if path.is_file()) < 2_000_000


def test_zips_within_zips_without_end_are_refused(tmp_path: Path) -> None:
    content = b""
    for _ in range(6):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("2026.zip", content)
        content = packed.getvalue()
    path = tmp_path / "2026.zip"
    path.write_bytes(content)
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(SourceError, match="zips within 3 others"):
        gather([path], work)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><html>Access denied</html>", "this is a web page and no zip"),
        (b"\n <html><body>Please verify you are human", "this is a web page and no zip"),
        (b"", "this is no zip"),
        (b"PK\x03\x04 and then nothing", "cannot be unpacked"),
    ],
)
def test_what_is_no_zip(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "icd10cm-code-descriptions-2027.zip"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"^icd10cm-code-descriptions-2027.zip: {message}"):
        gather([path], tmp_path)


def test_a_zip_that_broke_off_is_refused_at_any_byte(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "whole.zip", SmallRelease(FY2026).files()).read_bytes()
    for number, size in enumerate(range(0, len(whole), 131)):
        path = tmp_path / f"2026-{number}.zip"
        path.write_bytes(whole[:size])
        work = tmp_path / f"work-{number}"
        work.mkdir()
        with pytest.raises(SourceError, match=r"no zip|cannot be unpacked"):
            gather([path], work)


def test_a_zip_whose_bytes_were_changed_is_refused(tmp_path: Path) -> None:
    order = SmallRelease(FY2026).order().encode()
    path = tmp_path / "2026.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("icd10cm-order-2026.txt", order)
    path.write_bytes(path.read_bytes().replace(b"Low back pain", b"Low back Pain"))
    with pytest.raises(SourceError, match=r"cannot be unpacked .*CRC"):
        gather([path], tmp_path)


def test_a_release_before_the_first_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "icd10cm-order-2014.txt"
    path.write_text("")
    with pytest.raises(SourceError, match="ICD-10-CM is used for dates from 2015-10-01 on"):
        gather([path], tmp_path)
