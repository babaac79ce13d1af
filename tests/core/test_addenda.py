"""The addenda: what a release changes in the order file, and of the billable codes."""

from collections import Counter
from pathlib import Path

import pytest

from core.code import Code
from core.sources import SourceError
from core.sources.addenda import Change, read_codes_addenda, read_order_addenda

_FOLDER = Path(__file__).parents[3] / "shared" / "official" / "addenda-fy2023"
OFFICIAL = _FOLDER / "icd10cm-order-addenda-2023.txt"
OFFICIAL_CODES = _FOLDER / "icd10cm-codes-addenda-2023.txt"

# Lines of the official addenda of FY2023; the counts are those of this excerpt.
ADDENDA = """\
Delete:      1 B373    Candidiasis of vulva and vagina                              Candidiasis of vulva and vagina
Add:         0 B373    Candidiasis of vulva and vagina                              Candidiasis of vulva and vagina
Add:         1 B3731   Acute candidiasis of vulva and vagina                        Acute candidiasis of vulva and vagina
Revise from: 0 C844    Peripheral T-cell lymphoma, not classified                   Peripheral T-cell lymphoma, not classified

Headers
      1 additions
      0 deletions

Codes
      1 additions
      1 deletions
"""  # noqa: E501 - the format's own columns

# The same of the codes addenda.
CODES_ADDENDA = """\
Delete:      B373    Candidiasis of vulva and vagina
Add:         B3731   Acute candidiasis of vulva and vagina

Codes
  72750 codes in icd10cm_order_2022.txt
      1 additions
      1 deletions
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "icd10cm-order-addenda-2023.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_changes(tmp_path: Path, end: str) -> None:
    rows = read_order_addenda(write(tmp_path, ADDENDA.replace("\n", end)))
    assert [(row.change, row.code, row.billable) for row in rows] == [
        (Change.DELETE, Code("B37.3"), True),
        (Change.ADD, Code("B37.3"), False),
        (Change.ADD, Code("B37.31"), True),
        (Change.REVISE_FROM, Code("C84.4"), False),
    ]
    assert rows[2].title == "Acute candidiasis of vulva and vagina"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Add:         1 B3731", "Add:         2 B3731", "line 3: not in the columns of the order addenda"),
        ("Add:         1 B3731", "Added:       1 B3731", "line 3: not in the columns of the order addenda"),
        ("B3731  ", "B.37   ", "line 3: not in the columns"),
        ("      1 deletions", "      2 deletions", "1 deletions of codes where the file itself counts 2"),
    ],
)
def test_what_is_no_addendum_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ADDENDA
    with pytest.raises(SourceError, match=message):
        read_order_addenda(write(tmp_path, ADDENDA.replace(old, new)))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no change"):
        read_order_addenda(write(tmp_path, ""))


def test_changes_of_billable_codes(tmp_path: Path) -> None:
    rows = read_codes_addenda(write(tmp_path, CODES_ADDENDA))
    assert [(row.change, row.code, row.billable, row.title) for row in rows] == [
        (Change.DELETE, Code("B37.3"), True, "Candidiasis of vulva and vagina"),
        (Change.ADD, Code("B37.31"), True, "Acute candidiasis of vulva and vagina"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Add:         B3731", "Added:       B3731", "line 2: not in the columns of the codes addenda"),
        ("      1 additions", "      2 additions", "1 additions of codes where the file itself counts 2"),
        ("B3731  ", "B.37   ", "line 2: not in the columns of the codes addenda"),
    ],
)
def test_what_is_no_codes_addendum_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CODES_ADDENDA
    with pytest.raises(SourceError, match=message):
        read_codes_addenda(write(tmp_path, CODES_ADDENDA.replace(old, new)))


@pytest.mark.skipif(
    not (OFFICIAL.is_file() and OFFICIAL_CODES.is_file()),
    reason="needs the addenda of FY2023 in ../shared/official/addenda-fy2023",
)
def test_both_official_addenda_change_the_same_codes() -> None:
    order = [(row.change, row.code) for row in read_order_addenda(OFFICIAL) if row.billable]
    assert Counter(order) == Counter((row.change, row.code) for row in read_codes_addenda(OFFICIAL_CODES))


@pytest.mark.skipif(
    not OFFICIAL.is_file(), reason="needs the addenda of FY2023 in ../shared/official/addenda-fy2023"
)
def test_the_official_addenda() -> None:
    """The counts are those at the end of the file."""
    rows = read_order_addenda(OFFICIAL)
    assert Counter((row.change, row.billable) for row in rows) == {
        (Change.ADD, True): 1_176,
        (Change.ADD, False): 328,
        (Change.DELETE, True): 287,
        (Change.REVISE_FROM, True): 28,
        (Change.REVISE_TO, True): 28,
        (Change.REVISE_FROM, False): 7,
        (Change.REVISE_TO, False): 7,
    }
