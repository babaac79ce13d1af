"""Our table of blocks and specialties: whole, in order, and read strictly."""

from pathlib import Path

import pytest

from core.catalog import Catalog
from core.classification import Level
from core.sources import SourceError
from core.specialties import PATH, read_specialties, specialties
from tests.conftest import IN_FY2027
from tests.core.test_card import card_of


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("M53.9", "Orthopedic Surgery"),
        ("I10", "Cardiology"),
        ("E11.22", "Endocrinology"),
        ("S72.001A", "Orthopedic Surgery"),
        ("F02.80", "Psychiatry"),
        ("R10.9", "Gastroenterology"),
        ("B20", "Infectious Disease"),
        ("O09.01", "Obstetrics and Gynecology"),
        ("T81.4XXA", "General Surgery"),
        ("Z3A.38", "Obstetrics and Gynecology"),
        ("U07.1", "Infectious Disease"),
        ("QA0.0101", "Medical Genetics"),
        ("C4A.0", "Dermatology"),
        ("W21.89XA", "Emergency Medicine"),
        ("M54.5", "Orthopedic Surgery"),
        ("D69.1", "Hematology"),
        ("M06.9", "Rheumatology"),  # M05-M14 lies within M00-M25: the narrower block counts
    ],
)
def test_the_usual_specialty_comes_first(catalog: Catalog, code: str, first: str) -> None:
    found = specialties(card_of(catalog, code))
    assert found[0].name == first
    assert {s.source.publisher for s in found} == {"icdlens"}
    assert all("our own" in s.source.name for s in found)


def test_the_table_has_each_block_once_and_in_order(catalog: Catalog) -> None:
    written = [line.split("\t")[0] for line in PATH.read_text(encoding="utf-8").splitlines()[1:]]
    assert written == sorted(set(written))
    assert set(written) == {block.name for block in catalog.groups(Level.BLOCK)}
    assert len(written) == 297


def test_names_are_written_one_way() -> None:
    for found in read_specialties().values():
        assert 1 <= len(found) <= 3
        assert len(found) == len(set(found))
        assert all(name == name.strip() and ";" not in name for name in found)
    names = {name for found in read_specialties().values() for name in found}
    assert len(names) == len({name.casefold().replace("-", " ") for name in names})


def test_a_code_without_a_block_has_none(catalog: Catalog) -> None:
    assert specialties(card_of(catalog, "K6A", IN_FY2027)) == ()


def test_every_50th_code(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::50]:
        assert specialties(card_of(catalog, entry.name))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("block\n", "line 1: the first line must name block, specialties"),
        ("block\tspecialties\nA00-A09\n", "line 2: a block and its specialties"),
        ("block\tspecialties\nA00-A09\t\n", "line 2: a block and its specialties"),
        ("block\tspecialties\nA00-A09\tX\nA00-A09\tY\n", "line 3: A00-A09 has a row already"),
    ],
)
def test_a_damaged_table_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "specialties.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        read_specialties(path)


def test_a_missing_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_specialties(tmp_path / "specialties.tsv")
