"""The user's own crosswalk, for the editor and Slack."""

from pathlib import Path

import pytest

from core.code import Code
from core.own_file import VARIABLE, find_own_file
from index.library import Library
from tests.conftest import IN_FY2026

ROWS = "code,cpt,label,group,note\nM54.5-,97110,ours,,\nM54.50,,no procedure,,\n"


def test_none_is_named() -> None:
    assert find_own_file({}) == (None, "")


def test_its_rows_stand_on_every_full_card(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "planted.csv"
    path.write_text(ROWS, encoding="utf-8")
    own, said = find_own_file({VARIABLE: str(path)})
    assert said.startswith("1 rows of the crosswalk file are left out")
    assert "planted" not in said
    library.own = own
    try:
        full = library.full_card(Code("M54.50"), IN_FY2026)
    finally:
        library.own = None
    assert full
    assert full.own_codes
    assert [(row.cpt, row.label) for row in full.own_codes.rows] == [("97110", "ours")]


@pytest.mark.parametrize("text", [None, "no header at all"])
def test_a_file_that_is_none_is_said_without_its_name(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "planted.csv"
    if text:
        path.write_text(text, encoding="utf-8")
    own, said = find_own_file({VARIABLE: str(path)})
    assert own is None
    assert said.startswith("The crosswalk file that ICDLENS_CROSSWALK names cannot be used")
    assert "planted" not in said
