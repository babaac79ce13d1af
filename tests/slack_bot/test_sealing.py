import pytest

from slack_bot.sealing import KeyMissing, Seal, new_key
from slack_bot.settings import split_keys

TOKEN = "xoxb-planted-bot-token"


def test_what_is_sealed_opens_and_shows_nothing() -> None:
    seal = Seal([new_key()])
    sealed = seal.sealed(TOKEN)
    assert TOKEN not in sealed
    assert seal.sealed(TOKEN) != sealed  # so that nobody sees which rows hold the same
    assert seal.opened(sealed) == TOKEN


def test_keys_rotate() -> None:
    old, new = new_key(), new_key()
    sealed = Seal([old]).sealed(TOKEN)
    both = Seal([new, old])
    assert both.opened(sealed) == TOKEN
    assert Seal([new]).opened(both.sealed(TOKEN)) == TOKEN
    assert Seal([new]).opened(both.resealed(sealed)) == TOKEN


@pytest.mark.parametrize("stored", ["", "xoxb-in-the-clear", "gAAAAA", "é"])
def test_what_was_not_sealed_with_a_known_key_is_refused(stored: str) -> None:
    for refuse in (Seal([new_key()]).opened, Seal([new_key()]).resealed):
        for sealed in (stored, Seal([new_key()]).sealed(TOKEN)):
            with pytest.raises(KeyMissing) as caught:
                refuse(sealed)
            assert "planted" not in str(caught.value)


def test_a_changed_text_does_not_open() -> None:
    seal = Seal([new_key()])
    sealed = seal.sealed(TOKEN)
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    with pytest.raises(KeyMissing):
        seal.opened(changed)


def test_keys_are_written_with_commas_or_in_lines() -> None:
    assert split_keys(" a, b\nc\n") == ("a", "b", "c")
