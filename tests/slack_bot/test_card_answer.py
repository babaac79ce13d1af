from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.code import Code
from core.crosswalk import Crosswalk, crosswalk_source
from core.full_card import OwnFile
from index.library import Library
from slack_bot import card_answer as module
from slack_bot.card_answer import card_answer
from slack_bot.reply import Answer
from slack_bot.state import Part
from tests.conftest import IN_FY2026, IN_FY2027
from tests.slack_bot.block_texts import labels, texts

I10 = Code("I10")


def test_a_glance_is_made_once(library: Library) -> None:
    assert card_answer(library, I10, IN_FY2026) is card_answer(library, I10, IN_FY2026)


def test_the_date_and_the_button_that_shares_are_told_apart(library: Library) -> None:
    alone, shared = (card_answer(library, I10, IN_FY2026, shares=shares) for shares in (True, False))
    assert alone is not None
    assert shared is not None
    assert "Share to channel" in labels(alone.blocks)
    assert "Share to channel" not in labels(shared.blocks)
    later = card_answer(library, I10, IN_FY2027)
    assert later is not None
    assert any("2026-11-22" in text for text in texts(later.blocks))
    whole = card_answer(library, I10, IN_FY2026, Part.WHOLE)
    assert whole is not None
    assert len(whole.blocks) > len(alone.blocks)


def test_no_more_are_kept_than_that(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    monkeypatch.setattr(module, "_GLANCES", {})
    first = card_answer(library, I10, IN_FY2026)
    for code in ("M53.9", "E11.9"):
        card_answer(library, Code(code), IN_FY2026)
    again = card_answer(library, I10, IN_FY2026)
    assert again is not first
    assert again == first


def test_another_file_of_the_users_own_is_another_card(library: Library) -> None:
    own = OwnFile(Crosswalk((), ()), crosswalk_source(Path("own.csv")))
    first = card_answer(library, I10, IN_FY2026)
    try:
        for other in (own, replace(own)):
            library.own = other
            assert card_answer(library, I10, IN_FY2026) is not first
    finally:
        library.own = None


def test_a_library_that_took_up_other_releases(snapshot_data: Path, dated_data: Path) -> None:
    code, day = Code("M54.5"), date(2021, 9, 30)
    with Library.open(snapshot_data) as library, Library.open(dated_data) as other:
        assert said(card_answer(library, code, day)).count("release FY2026 (April 1, 2026)") == 1
        library.change_places(other)
        assert "release FY2021" in said(card_answer(library, code, day))


def said(found: Answer | None) -> str:
    assert found is not None
    return "\n".join(texts(found.blocks))


def test_no_year_knows_it(library: Library) -> None:
    assert card_answer(library, Code("M53.99"), IN_FY2026) is None
