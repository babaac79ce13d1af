"""Browsing the whole release as a tree."""

from datetime import date

import pytest

from core.branches import Branch, branches_of_code, branches_of_group, chapters
from core.catalog import Catalog
from core.classification import Level
from core.code import Code
from core.lives import Standing
from tests.conftest import IN_FY2026, IN_FY2027


def names(branches: tuple[Branch, ...] | None) -> list[str]:
    assert branches is not None
    return [branch.name for branch in branches]


def test_the_chapters(catalog: Catalog) -> None:
    found = chapters(catalog)
    assert [branch.name for branch in found] == [str(number) for number in range(1, 23)]
    assert found[12].title == "Diseases of the musculoskeletal system and connective tissue (M00-M99)"
    assert all(branch.level is Level.CHAPTER and branch.standing is None for branch in found)


def test_every_billable_code_is_counted_in_one_chapter(catalog: Catalog) -> None:
    billable = sum(entry.billable for entry in catalog.codes())
    assert sum(branch.codes for branch in chapters(catalog)) == billable == 74_719


def test_the_tree_holds_every_code_once(catalog: Catalog) -> None:
    """Walked from the chapters down: the codes are those of the list, and what lies below adds up."""
    seen: list[str] = []

    def walk(branch: Branch) -> int:
        if branch.level not in (Level.CHAPTER, Level.BLOCK):
            seen.append(branch.name)
        below = [walk(child) for child in _below(catalog, branch)] if branch.has_children else []
        assert branch.has_children == bool(below)
        assert branch.codes == sum(below)
        return branch.codes or 1

    # D50 to E, blocks within blocks (13), placeholders and 7th characters (15), a lone category (22).
    for number in (3, 12, 13, 15, 22):
        walk(chapters(catalog)[number - 1])
    listed = [entry.name for entry in catalog.codes() if entry.name[0] in "LMOU" or "D50" <= entry.name < "E"]
    assert seen == listed


def _below(catalog: Catalog, branch: Branch) -> tuple[Branch, ...]:
    on = catalog.release.effective
    if branch.level in (Level.CHAPTER, Level.BLOCK):
        found = branches_of_group(catalog, branch.level, branch.name, on)
    else:
        found = branches_of_code(catalog, Code(branch.name), on)
    assert found is not None
    return found


def test_a_block_within_a_block(catalog: Catalog) -> None:
    assert "M40-M54" in names(branches_of_group(catalog, Level.CHAPTER, "13", IN_FY2026))
    assert names(branches_of_group(catalog, Level.BLOCK, "M40-M54", IN_FY2026)) == [
        "M40-M43",
        "M45-M49",
        "M50-M54",
    ]


def test_a_block_of_one_category_has_its_name(catalog: Catalog) -> None:
    [category] = branches_of_group(catalog, Level.BLOCK, "B20", IN_FY2026) or ()
    assert (category.level, category.name, category.has_children) == (Level.CATEGORY, "B20", False)


@pytest.mark.parametrize(
    ("on", "standing"),
    [(date(2021, 9, 30), Standing.BILLABLE), (date(2021, 10, 1), Standing.HEADING)],
)
def test_the_standing_is_that_on_the_date(catalog: Catalog, on: date, standing: Standing) -> None:
    below = branches_of_code(catalog, Code("M54"), on) or ()
    [low_back_pain] = [branch for branch in below if branch.name == "M54.5"]
    assert low_back_pain.standing is standing
    assert low_back_pain.has_children


def test_codes_of_another_year_are_there_on_their_dates(catalog: Catalog) -> None:
    """FY2027 divides C78.3: C78.31 and C78.32 are new, without a title in the installed release."""
    assert names(branches_of_code(catalog, Code("C78.3"), IN_FY2026)) == ["C78.30", "C78.39"]
    later = branches_of_code(catalog, Code("C78.3"), IN_FY2027)
    assert names(later) == ["C78.30", "C78.31", "C78.32", "C78.39"]
    assert later is not None
    assert later[1] == Branch(Level.CODE, "C78.31", None, Standing.BILLABLE, 0, False)


def test_what_does_not_exist(catalog: Catalog) -> None:
    assert branches_of_group(catalog, Level.CHAPTER, "23", IN_FY2026) is None
    assert branches_of_group(catalog, Level.BLOCK, "M54", IN_FY2026) is None
    assert branches_of_code(catalog, Code("M53.99"), IN_FY2026) is None
    assert branches_of_code(catalog, Code("M53.9"), IN_FY2026) == ()
