"""The order file: its columns, what is refused, and where the release is told."""

from datetime import date
from pathlib import Path

import pytest

from core.code import Code
from core.release import Release
from core.sources import SourceError
from core.sources.order_file import OrderRow, check_order_file, order_file
from tests.core.order_lines import LINES, NAME, OFFICIAL, line, write_order_file

ROWS = [
    OrderRow(number, Code(code[:3] + "." + code[3:]), flag == 1, short, title)
    for number, code, flag, short, title in OFFICIAL
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_have_the_columns_fields(tmp_path: Path, end: str) -> None:
    assert list(order_file(write_order_file(tmp_path / NAME, end=end)).rows()) == ROWS


def test_a_line_is_in_the_official_columns() -> None:
    """The addenda of FY2023 print the short and the long title of C84.40 so, 61 characters apart."""
    assert LINES[2].endswith(
        "1 Peripheral T-cell lymphoma, NEC, unspecified site            "
        "Peripheral T-cell lymphoma, not elsewhere classified, unspecified site"
    )
    assert (LINES[2][:5], LINES[2][6:13], LINES[2][14], LINES[2][77:87]) == (
        "00014",
        "C8440  ",
        "1",
        "Peripheral",
    )


def test_a_byte_order_mark_and_empty_lines_at_the_end_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*LINES, "", " "]).encode())
    assert list(order_file(path).rows()) == ROWS


@pytest.mark.parametrize(
    ("name", "effective"),
    [
        ("icd10cm-order-2026.txt", date(2025, 10, 1)),
        ("icd10cm_order_2027.txt", date(2026, 10, 1)),
        ("icd10cm-order-April-2025.txt", date(2025, 4, 1)),
        ("ICD10CM-ORDER-APRIL-1-2026.TXT", date(2026, 4, 1)),
    ],
)
def test_the_name_tells_the_release(name: str, effective: date) -> None:
    assert order_file(Path(name)).release == Release(effective)


@pytest.mark.parametrize(
    "name",
    ["icd10cm-order-addenda-2023.txt", "icd10cm-codes-2026.txt", "icd10cm-order.txt", "order-2026.txt"],
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match=rf"{name}: its name must tell the release"):
        order_file(Path(name))


GOOD = LINES[1]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (GOOD.replace(" 1 ", " 2 "), "not in the columns of an order file"),
        (GOOD[1:], "not in the columns of an order file"),
        (GOOD.replace("B3731  ", "B37.31 "), "not in the columns of an order file"),
        (GOOD.replace("B3731  ", "3B731  "), "is not"),
        (GOOD.replace("B3731  ", "B3 731 "), "is not"),
        (GOOD[:50], "not in the columns of an order file"),
        (
            "Add:         1 B3731   Acute candidiasis of vulva and vagina",
            "not in the columns of an order file",
        ),
        (line(13, "B3731", 1, "", "Acute candidiasis of vulva and vagina"), "B3731 has no short title"),
        (line(13, "B3731", 1, "Acute candidiasis of vulva and vagina", ""), "B3731 has no title"),
        (line(12, "B3731", 1, "Acute", "Acute"), "the order number 12 follows 12"),
        (line(13, "B373", 1, "Acute", "Acute"), r"B37\.3 stands there twice"),
        ("", "an empty line"),
        (GOOD + "x" * 2000, "longer than 2000 bytes"),
    ],
)
def test_a_bad_line_is_refused_by_file_line_and_reason(tmp_path: Path, second: str, reason: str) -> None:
    path = write_order_file(tmp_path / NAME, (LINES[0], second, *LINES[2:]))
    with pytest.raises(SourceError, match=rf"{NAME}, line 2: .*{reason}"):
        check_order_file(path)


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes("\n".join([LINES[0], LINES[1].replace("Acute", "Acuté")]).encode("latin-1"))
    with pytest.raises(SourceError, match=rf"{NAME}, line 2: not UTF-8 text \(.* at byte 21\)"):
        check_order_file(path)


def test_an_empty_or_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=rf"{NAME}: cannot be read"):
        check_order_file(tmp_path / NAME)
    with pytest.raises(SourceError, match=rf"{NAME}: the file holds no code"):
        check_order_file(write_order_file(tmp_path / NAME, ()))
