"""Default codes, checked against what the Tabular List and the guidelines say of them."""

import pytest

from core.catalog import Catalog
from core.code import Code
from index.default_codes import Hierarchy, hierarchy_of


@pytest.fixture(scope="module")
def hierarchy(catalog: Catalog) -> Hierarchy:
    return hierarchy_of(catalog)


def number(catalog: Catalog, name: str) -> int:
    entry = catalog.entry(Code(name))
    assert entry is not None
    return entry.number


@pytest.mark.parametrize(
    ("heading", "default"),
    [
        ("A00", "A00.9"),  # Cholera, unspecified
        ("M54.5", "M54.50"),  # Low back pain, unspecified
        ("J45", "J45.909"),  # Unspecified asthma, uncomplicated
        ("E11", "E11.9"),  # Type 2 diabetes mellitus without complications
        ("F10.1", "F10.10"),  # Alcohol abuse, uncomplicated
        ("S72.0", "S72.009"),  # Fracture of unspecified part of neck of unspecified femur
        ("G43.0", "G43.009"),  # Migraine without aura, not intractable, without status migrainosus
        ("K80.2", "K80.20"),  # Calculus of gallbladder without cholecystitis without obstruction
        ("K25", "K25.9"),  # Gastric ulcer, unspecified as acute or chronic, without hemorrhage or perforation
        ("T40.2", "T40.2X1"),  # I.C.20.k: an unknown intent is coded as accidental
        # The heading's title with NOS, among the inclusion terms of the code:
        ("F03", "F03.90"),  # Dementia NOS
        ("I26", "I26.99"),  # Pulmonary embolism NOS
        ("K40", "K40.90"),  # Inguinal hernia NOS
        ("S06.0", "S06.0XA"),  # Concussion NOS
        ("R18", "R18.8"),  # Ascites NOS
        # "Other esophagitis NOS", a term of K20.80, is not all esophagitis.
        ("K20", "K20.90"),  # Esophagitis, unspecified without bleeding
        ("H21.8", "H21.89"),  # Other specified disorders of iris and ciliary body, as the heading
        ("B82", "B82.9"),  # Unspecified intestinal parasitism: Intestinal parasitism, unspecified
        ("S02.10", "S02.109"),  # Unspecified fracture of base of skull: …, unspecified side
        ("I10", "I10"),  # a code of its own
    ],
)
def test_the_unspecified_code(catalog: Catalog, hierarchy: Hierarchy, heading: str, default: str) -> None:
    assert hierarchy.unspecified[number(catalog, heading)] == number(catalog, default)


def test_a_heading_without_an_unspecified_code_has_none(catalog: Catalog, hierarchy: Hierarchy) -> None:
    # 20 to 29 weeks of gestation; the breast of a woman or of a man.
    assert hierarchy.unspecified[number(catalog, "Z3A.2")] == 0
    assert hierarchy.unspecified[number(catalog, "C50.6")] == 0


@pytest.mark.parametrize(
    ("heading", "other"), [("A00", 0), ("I40", "I40.8"), ("K83", "K83.8"), ("A03", "A03.8"), ("I10", 0)]
)
def test_the_other_code(catalog: Catalog, hierarchy: Hierarchy, heading: str, other: str | int) -> None:
    expected = number(catalog, other) if isinstance(other, str) else other
    assert hierarchy.other[number(catalog, heading)] == expected


@pytest.mark.parametrize(
    ("heading", "choice", "code"),
    [
        ("M25.56", "right", "M25.561"),
        ("M25.56", "left", "M25.562"),
        ("H40.03", "bilateral", "H40.033"),
        ("S62.10", "left", "S62.102"),
        ("I10", "left", None),
        ("O99.34", "childbirth", "O99.344"),
        ("O99.34", "puerperium", "O99.345"),
        ("O99.41", "second", "O99.412"),
        ("O26.5", "third", "O26.53"),
        ("T22.0", "first", None),
        # "affecting right non-dominant side" has its side, whatever else it leaves open.
        ("I69.963", "right", None),
    ],
)
def test_the_code_of_a_side_a_trimester_or_a_phase(
    catalog: Catalog, hierarchy: Hierarchy, heading: str, choice: str, code: str | None
) -> None:
    expected = number(catalog, code) if code else None
    assert hierarchy.chosen[choice].get(number(catalog, heading)) == expected
