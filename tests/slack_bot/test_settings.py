from dataclasses import astuple

import pytest

from slack_bot.settings import Settings, SettingsError
from tests.slack_bot.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

GOOD = {
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_APP_TOKEN": APP_TOKEN,
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
}


def test_defaults() -> None:
    over_http = Settings.read(GOOD, http=True)
    assert astuple(over_http) == (
        BOT_TOKEN,
        "",
        SIGNING_SECRET,
        "127.0.0.1",
        3000,
        "https://slack.com/api/",
        None,
    )
    assert Settings.read(GOOD, http=False).app_token == APP_TOKEN


@pytest.mark.parametrize(
    ("http", "missing"),
    [
        (True, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
        (False, ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]),
    ],
)
@pytest.mark.parametrize("empty", [{}, dict.fromkeys(GOOD, " ")])
def test_everything_that_is_missing_is_named(http: bool, missing: list[str], empty: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read(empty, http=http)
    assert [name for name in GOOD if f"{name} is missing" in str(caught.value)] == missing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-planted-user-token"),
        ("SLACK_BOT_TOKEN", "xoxb-planted\nX-Header: planted"),
        ("SLACK_SIGNING_SECRET", "planted secret"),
        ("SLACK_SIGNING_SECRET", "planted secret with blanks"),
        ("ICDLENS_SLACK_PORT", "planted"),
        ("ICDLENS_SLACK_PORT", "65536"),
        ("ICDLENS_SLACK_PORT", "-1"),
        ("ICDLENS_SLACK_PORT", "٣٠٠٠"),
        ("ICDLENS_SLACK_HOST", "planted host"),
        ("SLACK_API_URL", "http://planted.example/api/"),
        ("SLACK_API_URL", "ftp://planted.example/"),
        ("SLACK_API_URL", "http://[planted"),
        ("SLACK_API_URL", "planted"),
    ],
)
def test_malformed_values_are_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        Settings.read({**GOOD, name: value}, http=True)
    assert value not in str(caught.value)
    assert "planted" not in str(caught.value)


def test_an_app_token_is_needed_only_over_socket_mode() -> None:
    wrong = {**GOOD, "SLACK_APP_TOKEN": "xoxb-planted"}
    assert Settings.read(wrong, http=True).app_token == ""
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN must be an app-level token"):
        Settings.read(wrong, http=False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://slack-gov.com/api", "https://slack-gov.com/api/"),
        ("http://localhost:8000/api/", "http://localhost:8000/api/"),
        ("http://[::1]:8000/api/", "http://[::1]:8000/api/"),
    ],
)
def test_other_api_addresses(written: str, read: str) -> None:
    assert Settings.read({**GOOD, "SLACK_API_URL": written}, http=True).api_url == read


def test_secrets_are_in_no_representation() -> None:
    settings = Settings(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, "127.0.0.1", 3000, "https://slack.com/api/")
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert "planted" not in shown
