"""What is said of an ICD-9-CM code where an ICD-10-CM code was asked for."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.catalog import Catalog
from core.code import Code
from core.icd9 import Direction, Equivalence, Icd9Code, write_equivalences
from core.icd9_asked import AskedIcd9, asked_icd9
from index.identity import CATALOG_FILE
from index.library import Library


def leads(icd9: str, *targets: str | None) -> list[Equivalence]:
    codes = [Code(target) if target else None for target in targets]
    return [Equivalence(Direction.TO_ICD10, Icd9Code(icd9), code, True, False, 0, 0) for code in codes]


@pytest.fixture(scope="module")
def mapped(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """The release with a few lines of the mappings of 2018; V54.12 has more targets than are shown."""
    path = tmp_path_factory.mktemp("mapped") / "catalog.sqlite"
    shutil.copyfile(library.snapshot.folder / CATALOG_FILE, path)
    rows = [
        *leads("250.00", "E11.9"),
        *leads("724.9", "M53.9", "M43.8X9"),
        *leads("E888.9", "W19.XXXA"),
        *leads("E000.0", None),
        *leads("V54.12", *(f"S42.{n}01D" for n in range(2, 9))),
    ]
    with closing(sqlite3.connect(path)) as db:
        write_equivalences(db, rows)
        db.commit()
    with Catalog(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("written", "code", "targets"),
    [
        ("250.00", "250.00", ("E11.9",)),
        (" 25000 ", "250.00", ("E11.9",)),
        ("724.9", "724.9", ("M53.9", "M43.8X9")),
        ("e888.9", "E888.9", ("W19.XXXA",)),
        ("E000.0", "E000.0", ()),
        ("799.9", "799.9", ()),
    ],
)
def test_where_it_leads(mapped: Catalog, written: str, code: str, targets: tuple[str, ...]) -> None:
    assert asked_icd9(mapped, written) == AskedIcd9(Icd9Code(code), tuple(map(Code, targets)))


@pytest.mark.parametrize("written", ["M53.9", "back pain", "", "2500000", "25.00"])
def test_what_does_not_look_like_one(mapped: Catalog, written: str) -> None:
    assert asked_icd9(mapped, written) is None


def test_without_the_mappings_it_says_how_to_load_them(catalog: Catalog) -> None:
    found = asked_icd9(catalog, "250.00")
    assert found == AskedIcd9(Icd9Code("250.00"), None)
    assert found.sentence().startswith("It looks like the ICD-9-CM code 250.00; ")
    assert found.sentence().endswith("icdlens build --gem DIR")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("724.9", "which leads to M53.9, M43.8X9 in the General Equivalence Mappings of 2018"),
        ("V54.12", "S42.601D and 2 more (icdlens search V54.12) in"),
        ("E000.0", "of which the General Equivalence Mappings of 2018 have no equivalent"),
    ],
)
def test_what_is_said(mapped: Catalog, written: str, said: str) -> None:
    found = asked_icd9(mapped, written)
    assert found
    assert said in found.sentence(f"icdlens search {written}")
