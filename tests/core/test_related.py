"""Related codes, against the notes as the Tabular List prints them."""

import pytest

from core.card import build_card
from core.catalog import Catalog
from core.code import Code
from core.related import RelatedCode, Relation, related
from tests.conftest import IN_FY2026


def related_to(catalog: Catalog, code: str) -> tuple[RelatedCode, ...]:
    card = build_card(catalog, Code(code), IN_FY2026)
    assert card is not None
    return related(catalog, card)


def names(found: tuple[RelatedCode, ...], relation: Relation) -> list[str]:
    return [code.name for code in found if code.relation is relation]


def test_m53_9(catalog: Catalog) -> None:
    found = related_to(catalog, "M53.9")
    assert names(found, Relation.PARENT) == ["M53"]
    assert names(found, Relation.SIBLING) == ["M53.0", "M53.1", "M53.2", "M53.3", "M53.8"]
    # Excludes1 at M50-M54: discitis NOS (M46.4-); Excludes2 at chapter 13 names L40.5- and T79.A-,
    # and ranges such as (A00-B99), which name no single code.
    assert set(names(found, Relation.NAMED_IN_ITS_NOTES)) == {"M46.4", "L40.5", "T79.A"}
    # G55, Excludes1: nerve root compression (due to) (in) dorsopathies (M53.-, M54.-)
    assert names(found, Relation.ITS_NOTES_NAME_IT) == ["G55"]


@pytest.mark.parametrize(
    ("code", "naming", "via"),
    [
        ("M46.46", "M50-M54", "Excludes1: discitis NOS (M46.4-)"),
        ("N18.6", "N18.5", "Excludes1: chronic kidney disease, stage 5 requiring chronic dialysis (N18.6)"),
        ("N18.6", "D63.1", "Code first underlying chronic kidney disease (CKD) (N18.-)"),
        ("F45.41", "M54", "Excludes1: psychogenic dorsalgia (F45.41)"),
    ],
)
def test_codes_whose_notes_name_it(catalog: Catalog, code: str, naming: str, via: str) -> None:
    found = [r for r in related_to(catalog, code) if r.relation is Relation.ITS_NOTES_NAME_IT]
    assert via in {r.via for r in found if r.name == naming}


def test_a_name_that_no_year_knows_is_left_out(catalog: Catalog) -> None:
    """F02, Code first: "other frontotemporal neurocognitive disorder (G31.90)"; there is no G31.90."""
    assert "G31.90" not in names(related_to(catalog, "F02.80"), Relation.NAMED_IN_ITS_NOTES)


@pytest.mark.timeout(300)
def test_every_code_is_related_without_itself(catalog: Catalog) -> None:
    for entry in list(catalog.codes())[::41]:
        found = related_to(catalog, entry.name)
        assert entry.name not in {r.name for r in found if r.relation is not Relation.ITS_NOTES_NAME_IT}
        keys = [(r.relation, r.name) for r in found if r.relation is not Relation.ITS_NOTES_NAME_IT]
        assert len(keys) == len(set(keys)), entry.name
        assert all(r.via for r in found if r.relation in (Relation.NAMED_IN_ITS_NOTES,))
