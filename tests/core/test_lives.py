"""Billable periods: the counts that CMS published, and what a code is on a date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import Catalog
from core.classification import Entry, Level, classify
from core.code import Code, dotted
from core.lives import Life, Lives, Standing, ValidityError, lives
from core.release import Release
from core.sources.billable_validity import BillablePeriod, read_billable_validity
from core.sources.code_list import read_code_list
from core.sources.packaged import PackagedRelease
from core.sources.tabular_xml import read_tabular

OCTOBER_2015 = date(2015, 10, 1)


@pytest.mark.parametrize(
    ("on", "billable"),
    [
        (date(2015, 10, 1), 69_823),
        (date(2016, 9, 30), 69_823),
        (date(2026, 4, 1), 74_719),
        (date(2026, 9, 30), 74_719),
        (date(2026, 10, 1), 74_879),
    ],
)
def test_counts_agree_with_the_published_ones(catalog: Catalog, on: date, billable: int) -> None:
    codes = {e.name for e in catalog.codes()} | {c.text for c in read_billable_validity()}
    found = catalog.lives(sorted(codes)[:0])
    for start in range(0, len(codes), 10_000):
        found |= catalog.lives(sorted(codes)[start : start + 10_000])
    assert sum(life.standing(on) is Standing.BILLABLE for life in found.values()) == billable


def entry(number: int, name: str, level: Level, billable: bool) -> Entry:
    return Entry(number, None, level, name, name, billable, True, (), ())


def test_headings_live_as_long_as_what_is_below_them() -> None:
    entries = [
        entry(1, "M54", Level.CATEGORY, False),
        entry(2, "M54.5", Level.SUBCATEGORY, False),
        entry(3, "M54.50", Level.CODE, True),
    ]
    listed = {
        Code("M54.5"): (BillablePeriod(OCTOBER_2015, date(2021, 9, 30)),),
        Code("M54.50"): (BillablePeriod(date(2021, 10, 1), None),),
        Code("M54.51"): (BillablePeriod(date(2030, 10, 1), None),),
    }
    found = lives(entries, listed, Release(date(2026, 4, 1)))
    assert found.heading[Code("M54")] == (BillablePeriod(OCTOBER_2015, None),)
    assert found.heading[Code("M54.5")] == (BillablePeriod(date(2021, 10, 1), None),)


def test_what_always_was_the_same() -> None:
    always = (BillablePeriod(OCTOBER_2015, None),)
    ended = (BillablePeriod(OCTOBER_2015, date(2021, 9, 30)),)
    began = (BillablePeriod(date(2021, 10, 1), None),)
    billable = {Code("A00.0"): always, Code("A00.1"): ended, Code("A00.9"): began, Code("A00"): always}
    heading = {Code("A00"): always, Code("A01"): always, Code("A02"): began}
    assert Lives(billable, heading).always() == {Code("A00.0"), Code("A01")}


def test_the_catalogue_gives_back_what_was_compiled(catalog: Catalog, packaged: PackagedRelease) -> None:
    entries = classify(read_tabular(packaged.tabular), read_code_list(packaged.code_list))
    compiled = lives(entries, read_billable_validity(), packaged.release)
    expected = {
        code.text: Life(compiled.billable.get(code, ()), compiled.heading.get(code, ()))
        for code in compiled.billable.keys() | compiled.heading.keys()
    }
    names = [*expected, "Z99.99"]
    found: dict[str, Life] = {}
    for start in range(0, len(names), 10_000):
        found |= catalog.lives(names[start : start + 10_000])
    assert found == {**expected, "Z99.99": Life()}


@pytest.mark.parametrize("billable", [True, False])
def test_a_table_that_contradicts_the_release_is_refused(billable: bool) -> None:
    ended = BillablePeriod(OCTOBER_2015, date(2020, 9, 30))
    current = BillablePeriod(OCTOBER_2015, None)
    listed = {Code("I10"): (ended if billable else current,)}
    with pytest.raises(ValidityError, match="disagree about I10"):
        lives([entry(1, "I10", Level.CATEGORY, billable)], listed, Release(date(2026, 4, 1)))


days = st.dates(date(2014, 1, 1), date(2030, 1, 1))


@given(days, st.none() | st.integers(0, 3000), days)
def test_a_period_contains_both_its_ends(first: date, length: int | None, on: date) -> None:
    through = None if length is None else first + timedelta(days=length)
    period = BillablePeriod(first, through)
    assert period.contains(first)
    assert through is None or (period.contains(through) and not period.contains(through + timedelta(days=1)))
    assert not period.contains(first - timedelta(days=1))
    standing = Life((period,)).standing(on)
    assert (standing is Standing.BILLABLE) == period.contains(on)
    assert (standing is Standing.NOT_YET_VALID) == (on < first)


def test_the_period_to_show() -> None:
    early = BillablePeriod(OCTOBER_2015, date(2017, 9, 30))
    late = BillablePeriod(date(2020, 10, 1), None)
    life = Life((early, late))
    assert life.billable_period(date(2014, 1, 1)) == early
    assert life.billable_period(date(2018, 1, 1)) == early
    assert life.billable_period(date(2021, 1, 1)) == late
    assert Life().billable_period(date(2021, 1, 1)) is None


def test_everything_that_fy2027_added_and_ended_is_known(catalog: Catalog) -> None:
    """190 codes were added and 30 ended on 2026-10-01: 74,719 + 190 - 30 = 74,879."""
    first_day = date(2026, 10, 1)
    table = read_billable_validity()
    added = [code for code, [period, *_] in table.items() if period.first == first_day]
    ended = [code for code, periods in table.items() if periods[-1].through == date(2026, 9, 30)]
    assert (len(added), len(ended)) == (190, 30)
    assert {catalog.standing(code, first_day) for code in added} == {Standing.BILLABLE}
    assert {catalog.standing(code, first_day - timedelta(days=1)) for code in ended} == {Standing.BILLABLE}
    # 15 became headings, 15 were deleted.
    after = [catalog.standing(code, first_day) for code in ended]
    assert (after.count(Standing.HEADING), after.count(Standing.RETIRED)) == (15, 15)
    for code in added:
        bare = code.undotted
        above = [Code(dotted(bare[:n])) for n in range(3, len(bare)) if bare[n - 1] != "X"]
        assert {catalog.standing(heading, first_day) for heading in above} <= {Standing.HEADING}, code
