"""The POA-exempt list: made zips and texts in the official format, and the real list of FY2026."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from core.code import Code
from core.sources import SourceError
from core.sources.poa import PoaExemptList, read_poa_list

OFFICIAL = Path(__file__).parents[3] / "shared" / "official" / "poa-fy2026" / "POAexemptCodesFY26.zip"

NAME = "POAexemptCodesFY26.txt"
TEXT = (
    "Order26\tPOAexemptCode\tDescription\r\n"
    "01243\tB91\tSequelae of poliomyelitis\r\n"
    '30487\tQ99.812\t"Usher syndrome, type 2"\r\n'
    "98178\tZ99.3\tDependence on wheelchair\r\n"
)
CODES = (Code("B91"), Code("Q99.812"), Code("Z99.3"))


def zipped(tmp_path: Path, members: dict[str, str | bytes]) -> Path:
    path = tmp_path / "POAexemptCodesFY26.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_the_list_is_found_among_its_companions(tmp_path: Path) -> None:
    path = zipped(
        tmp_path,
        {
            "ReadMePOAexemptFY26.txt": "Description",
            "POAexemptAddCodesFY26.txt": TEXT,
            "POAexemptCodesFY26.xlsx": b"PK",
            "__MACOSX/POAexemptCodesFY26.txt": b"\x00",
            "folder/POAexemptCodesFY26.TXT": TEXT,
        },
    )
    assert read_poa_list(path) == PoaExemptList(2026, CODES)


def test_the_text_alone_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(TEXT.replace("\r\n", "\n").encode("utf-8-sig"))
    assert read_poa_list(path) == PoaExemptList(2026, CODES)


def test_the_year_is_the_lists_own(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"POAexemptCodesFY27.txt": TEXT.replace("Order26", "Order27")})
    assert read_poa_list(path).fiscal_year == 2027


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "Order26",
            "Order",
            r"POAexemptCodesFY26.txt, line 1: the first line must name Order26, POAexemptCode",
        ),
        ("POAexemptCode", "Code", r"line 1: the first line must name"),
        ("Order26", "Order27", r"line 1: its first line is of FY2027"),
        ("\tB91", "\tE888.9", r"line 2: 'E888.9' is not an ICD-10-CM code"),
        ("\tB91", "\tq99.812", r"line 2: 'q99.812' is not in official form"),
        ("01243\tB91", "B91", r"line 2: 2 columns where 3 belong"),
        ("01243\tB91", "\r\n01243\tB91", r"line 2: 0 columns where 3 belong"),
        ("Z99.3", "B91", r"line 4: B91 stands there twice"),
        ('type 2"', "type 2", r"line 4: cannot be read"),
        (TEXT[TEXT.index("01243") :], "", r"POAexemptCodesFY26.txt: the list holds no code"),
        (TEXT, "", r"line 1: the first line must name"),
    ],
)
def test_damage_is_named_and_nothing_is_read(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(SourceError, match=message):
        read_poa_list(zipped(tmp_path, {NAME: TEXT.replace(old, new)}))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, r"POAexemptCodesFY26.zip: it holds 0 files named POAexemptCodesFY….txt instead of one"),
        ({"notes.txt": TEXT}, r"it holds 0 files"),
        ({NAME: TEXT, "a/" + NAME: TEXT}, r"it holds 2 files"),
        ({f"{n}.txt": "" for n in range(101)}, r"it holds 101 files, more than"),
        ({NAME: b"\xff\xfe"}, r"POAexemptCodesFY26.txt: not UTF-8 text \(invalid start byte at byte 0\)"),
    ],
)
def test_another_zip_is_refused(tmp_path: Path, members: dict[str, str | bytes], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_poa_list(zipped(tmp_path, members))


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path, {NAME: b" " * (49 << 20)})
    assert path.stat().st_size < 1 << 20
    with pytest.raises(SourceError, match=r"POAexemptCodesFY26.txt: it is larger than 48 MB"):
        read_poa_list(path)


def test_a_huge_zip_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "POAexemptCodesFY26.zip"
    with path.open("wb") as file:
        file.truncate((16 << 20) + 1)
    with pytest.raises(SourceError, match=r"POAexemptCodesFY26.zip: it is larger than 16 MB"):
        read_poa_list(path)


def test_damaged_zips_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {NAME: TEXT * 50})
    whole = path.read_bytes()
    for damaged in (b"", b"plain text", whole[:100], whole[:60] + b"\x00" * 40 + whole[100:]):
        path.write_bytes(damaged)
        with pytest.raises(SourceError, match=r"POAexemptCodesFY26.zip: cannot be unpacked"):
            read_poa_list(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {NAME: TEXT})
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"cannot be unpacked \(.*encrypted"):
        read_poa_list(path)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent.zip: cannot be read"):
        read_poa_list(tmp_path / "absent.zip")


@pytest.mark.skipif(
    not OFFICIAL.is_file(), reason="needs the list of FY2026 in ../shared/official/poa-fy2026"
)
def test_the_real_list() -> None:
    found = read_poa_list(OFFICIAL)
    with zipfile.ZipFile(OFFICIAL) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read(NAME).decode()), delimiter="\t"))
        stated = archive.read("ReadMePOAexemptFY26.txt").decode()
    assert found.fiscal_year == 2026
    assert [code.text for code in found.codes] == [row["POAexemptCode"] for row in rows]
    assert len(found.codes) == 38_349
    assert "FY2026 (38,349 codes)" in stated
