"""Several releases side by side: every answer comes from the one in force on its date of service."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from core.card import CodeCard
from core.code import Code
from core.lives import Standing
from core.release import Release
from core.render.full_outline import full_outline
from core.snapshot import SnapshotStore
from core.title_change import TitleChange
from index import build as compiler
from index.installing import found_releases, install
from index.json_hit import hit_to_dict
from index.library import Library, LibraryNotBuilt
from tests.conftest import IN_FY2027
from tests.small_releases import APRIL_2025, FY2021, FY2022, FY2025, FY2026, SmallRelease

PACKAGED = date(2026, 4, 1)


def test_the_installed_releases_and_the_packaged_one(dated_library: Library) -> None:
    effective = [release.effective for release in dated_library.releases]
    assert effective == [FY2021, FY2022, FY2025, APRIL_2025, FY2026, PACKAGED]
    assert dated_library.release == Release(PACKAGED)


# M54.5 became a heading on 2021-10-01 and G35 on 2025-10-01.
@pytest.mark.parametrize(
    ("code", "on", "standing", "effective"),
    [
        ("M54.5", date(2021, 9, 30), Standing.BILLABLE, FY2021),
        ("M54.5", date(2021, 10, 1), Standing.HEADING, FY2022),
        ("G35", date(2025, 3, 31), Standing.BILLABLE, FY2025),
        ("G35", date(2025, 4, 1), Standing.BILLABLE, APRIL_2025),
        ("G35", date(2025, 9, 30), Standing.BILLABLE, APRIL_2025),
        ("G35", date(2025, 10, 1), Standing.HEADING, FY2026),
        ("G35", date(2026, 4, 1), Standing.HEADING, PACKAGED),
        ("G35", IN_FY2027, Standing.HEADING, PACKAGED),
    ],
)
def test_the_card_is_of_the_release_in_force(
    dated_library: Library, code: str, on: date, standing: Standing, effective: date
) -> None:
    card = dated_library.card(Code(code), on)
    assert card is not None
    assert (card.standing, card.release) == (standing, Release(effective))
    assert not [c for c in card.cautions if "took effect after" in c.text]


def test_the_children_are_those_of_the_year(dated_library: Library) -> None:
    """FY2026's G35 has titles that the release before does not know."""
    before, after = (dated_library.card(Code("G35.A"), day) for day in (date(2025, 9, 30), date(2025, 10, 1)))
    assert before is not None
    assert after is not None
    assert (before.title, before.standing) == (None, Standing.NOT_YET_VALID)
    assert (after.title, after.standing) == ("Relapsing-remitting multiple sclerosis", Standing.BILLABLE)


@pytest.mark.parametrize("on", [date(2025, 9, 30), date(2021, 9, 30)])
def test_a_title_that_another_release_has_is_told_with_its_name(dated_library: Library, on: date) -> None:
    """G35.A is of FY2026, which is installed here, too."""
    older = dated_library.in_force(on)
    for card in (
        dated_library.card(Code("G35.A"), on),
        dated_library.full_card(Code("G35.A"), on),
        older.full_card(Code("G35.A"), on),
    ):
        assert card is not None
        card = card if isinstance(card, CodeCard) else card.card
        assert card.title is None
        told = card.cautions[-1]
        assert told.text == "Its title in FY2026 (October 1, 2025): Relapsing-remitting multiple sclerosis"
        assert told.source in card.sources
        assert told.source.edition == "FY2026 (October 1, 2025)"


def test_the_last_change_of_a_title(
    snapshot_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M54.9 is called otherwise in the first two of four releases, made so for this test."""
    monkeypatch.setattr(compiler, "write_index", lambda _folder, _progress: None)
    data = tmp_path / "data"
    shutil.copytree(snapshot_data, data, copy_function=os.link)
    for effective in (FY2021, FY2022, FY2025):
        folder = SmallRelease(effective).write(tmp_path)
        for file in folder.iterdir() if effective < FY2025 else ():
            text = file.read_text(encoding="utf-8")
            file.write_text(
                text.replace("Dorsalgia, unspecified", "Backache, unspecified "), encoding="utf-8"
            )
        with found_releases(data, [folder]) as found:
            install(data, found[Release(effective)], lambda *_: None, counts={})
    with Library.open(data) as library:
        told = {
            on: full.title_change
            for on in (FY2022, FY2025, PACKAGED)
            if (full := library.full_card(Code("M54.9"), on))
        }
        change = TitleChange("Backache, unspecified", Release(FY2022), Release(FY2025))
        assert told == {FY2022: None, FY2025: change, PACKAGED: change}
        full = library.full_card(Code("M54.9"), PACKAGED)
        assert full is not None
        assert "Title since FY2025 (October 1, 2024)" in [s.heading for s in full_outline(full).sections]
        assert change.source in full.sources
        fall = library.full_card(Code("W19.XXXA"), PACKAGED)
        assert fall is not None
        assert fall.title_change is None


def test_a_title_that_no_release_has_is_not_made_up(dated_library: Library) -> None:
    """T81.4XXA ended in 2018, and no release of that year is installed."""
    card = dated_library.card(Code("T81.4XXA"), PACKAGED)
    assert card is not None
    assert card.title is None
    assert not [caution for caution in card.cautions if "Its title in" in caution.text]


def test_a_date_before_all_of_them_says_so(dated_library: Library) -> None:
    card = dated_library.card(Code("M54.5"), date(2019, 1, 1))
    assert card is not None
    assert card.release == Release(FY2021)
    assert any("took effect after this date" in caution.text for caution in card.cautions)


def test_a_date_in_a_year_that_is_missing_says_so(dated_library: Library) -> None:
    """FY2023 and FY2024 are not installed."""
    card = dated_library.card(Code("M54.5"), date(2023, 1, 1))
    assert card is not None
    assert card.release == Release(FY2022)
    [caution] = card.cautions
    assert "superseded by FY2023 on 2022-10-01" in caution.text
    assert "icdlens update --release FY2023" in caution.text


def test_searches_and_completions_are_of_the_release_in_force(dated_library: Library) -> None:
    on = date(2021, 9, 30)
    [first, *_] = dated_library.search("low back pain", on)
    assert (first.code, first.standing) == (Code("M54.5"), Standing.BILLABLE)
    assert hit_to_dict(dated_library, first, on)["release"] == "FY2021 (October 1, 2020)"
    later = {hit.code for hit in dated_library.search("low back pain", date(2021, 10, 1))}
    assert Code("M54.50") in later
    assert Code("M54.50") not in {hit.code for hit in dated_library.search("low back pain", on)}
    assert Code("M54.5") in {hit.code for hit in dated_library.complete("low back p", on)}


def test_the_index_of_the_release_is_searched(dated_library: Library) -> None:
    """Lumbago stands in the small releases' Alphabetic Index alone."""
    [first, *_] = dated_library.search("lumbago", date(2021, 9, 30))
    assert first.code == Code("M54.5")
    assert "Alphabetic Index term" in first.why


def test_one_release_costs_nothing(library: Library) -> None:
    assert library.in_force(date(2016, 1, 1)) is library
    assert library.in_force(IN_FY2027) is library
    assert library.releases == (library.release,)


def test_the_library_of_a_date_is_opened_once(dated_data: Path) -> None:
    with Library.open(dated_data) as library:
        assert library.in_force(date(2021, 9, 30)) is library.in_force(date(2020, 10, 1))
        assert library.in_force(date(2021, 9, 30)) is not library.in_force(date(2021, 10, 1))
        again = Library.again(library.snapshots)
        assert again.in_force(date(2021, 9, 30)).release == Release(FY2021)
        again.close()


def test_without_the_packaged_release_it_is_compiled_first(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotBuilt, match="icdlens build"):
        Library.open(tmp_path)


def test_a_release_compiled_by_another_version_is_compiled_again(dated_data: Path, tmp_path: Path) -> None:
    import json
    import shutil

    from core.installed import release_store
    from index.installing import are_current, refresh

    data = tmp_path / "data"
    shutil.copytree(dated_data, data)
    snapshot = release_store(data, Release(FY2021)).current()
    assert snapshot is not None
    manifest = snapshot.folder / "snapshot.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**facts, "format": [0, "older"], "identity": "0" * 64}), encoding="utf-8")
    with pytest.raises(LibraryNotBuilt, match=r"FY2021 .* another version of icdlens"):
        Library.open(data)
    assert not are_current(data)
    refresh(data, lambda *_: None)
    assert are_current(data)
    with Library.open(data) as library:
        assert library.in_force(date(2021, 1, 1)).release == Release(FY2021)


def test_a_damaged_release_is_left_out(dated_data: Path, tmp_path: Path) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(dated_data, data)
    [snapshot] = SnapshotStore(data / "releases" / str(FY2022))._snapshots.iterdir()
    (snapshot / "catalog.sqlite").write_bytes(b"")
    with Library.open(data) as library:
        assert Release(FY2022) not in library.releases
        assert library.in_force(date(2022, 1, 1)).release == Release(FY2021)
