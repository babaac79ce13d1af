from dataclasses import astuple
from pathlib import Path

import pytest

from slack_bot.settings import InstallSettings, Settings, SettingsError
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


KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MANY = {
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": "plantedclientsecret",
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "SLACK_APP_TOKEN": APP_TOKEN,
    "ICDLENS_SLACK_PUBLIC_URL": "https://icd.example.org/",
    "ICDLENS_SLACK_DATABASE": "postgresql://icdlens:plantedpassword@db/slack?sslmode=require",
    "ICDLENS_SLACK_KEYS": f"{KEY},\n{KEY}",
}


def test_many_workspaces() -> None:
    settings = Settings.read(MANY, http=True)
    assert settings.installs == InstallSettings(
        "111.222",
        "plantedclientsecret",
        "https://icd.example.org",
        "postgresql://icdlens:plantedpassword@db/slack?sslmode=require",
        (KEY, KEY),
    )
    assert settings.bot_token == ""
    for shown in (repr(settings), str(settings.installs)):
        assert "planted" not in shown
        assert KEY not in shown
    # Installing needs a browser, so Socket Mode listens beside it.
    assert Settings.read(MANY, http=False).host == "127.0.0.1"


def test_a_bot_token_serves_one_workspace_and_needs_no_database() -> None:
    assert Settings.read({**MANY, **GOOD}, http=True).installs is None


def test_the_database_is_a_file_where_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ICDLENS_DATA_DIR", str(tmp_path))
    settings = Settings.read({**MANY, "ICDLENS_SLACK_DATABASE": ""}, http=True)
    assert settings.installs is not None
    assert settings.installs.database == f"sqlite:///{(tmp_path / 'slack.sqlite').as_posix()}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_CLIENT_ID", "planted"),
        ("SLACK_CLIENT_SECRET", "planted secret"),
        ("ICDLENS_SLACK_PUBLIC_URL", "http://planted.example"),
        ("ICDLENS_SLACK_PUBLIC_URL", "https://planted.example/slack"),
        ("ICDLENS_SLACK_PUBLIC_URL", "https://planted:secret@example.org"),
        ("ICDLENS_SLACK_PUBLIC_URL", "https://example.org?planted"),
        ("ICDLENS_SLACK_DATABASE", "mysql://planted@db/slack"),
        ("ICDLENS_SLACK_DATABASE", "postgresql://planted:planted@db"),
        ("ICDLENS_SLACK_DATABASE", "postgresql://planted:planted@db:planted/slack"),
        ("ICDLENS_SLACK_DATABASE", "sqlite:///:memory:"),
        ("ICDLENS_SLACK_DATABASE", "sqlite://"),
        ("ICDLENS_SLACK_KEYS", "planted"),
        ("ICDLENS_SLACK_KEYS", KEY + ",planted"),
        ("ICDLENS_SLACK_KEYS", KEY[:-1]),
    ],
)
def test_malformed_values_of_many_workspaces_are_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        Settings.read({**MANY, name: value}, http=True)
    assert "planted" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_every_problem_is_told_at_once() -> None:
    wrong = dict.fromkeys(MANY, "") | {"SLACK_CLIENT_ID": "x", "ICDLENS_SLACK_DATABASE": "x"}
    with pytest.raises(SettingsError) as caught:
        Settings.read({**wrong, "ICDLENS_SLACK_PORT": "x"}, http=True)
    assert [name for name in (*MANY, "ICDLENS_SLACK_PORT") if name not in str(caught.value)] == [
        "SLACK_APP_TOKEN"
    ]


def test_a_file_for_a_secret(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{BOT_TOKEN}\n")
    given = {**GOOD, "SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")}
    assert Settings.read(given, http=True).bot_token == BOT_TOKEN
    # What is said in the environment itself counts first.
    assert Settings.read({**given, "SLACK_BOT_TOKEN": "xoxb-other"}, http=True).bot_token == "xoxb-other"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "planted"
    if content:
        path.write_bytes(content)
    given = {**GOOD, "SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": str(path)}
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN_FILE") as caught:
        Settings.read(given, http=True)
    assert "planted" not in str(caught.value)


def test_a_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "slack.toml"
    path.write_text(f'SLACK_BOT_TOKEN = "{BOT_TOKEN}"\nICDLENS_SLACK_PORT = 8080\n', encoding="utf-8")
    given = {"ICDLENS_SLACK_SETTINGS": str(path), "SLACK_SIGNING_SECRET": SIGNING_SECRET}
    settings = Settings.read(given, http=True)
    assert (settings.bot_token, settings.port) == (BOT_TOKEN, 8080)
    assert Settings.read({**given, "ICDLENS_SLACK_PORT": "8081"}, http=True).port == 8081


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("SLACK_BOT_TOKEN = planted", "is not TOML"),
        ("SLACK_BOT_TOCKEN = 'planted'", "'SLACK_BOT_TOCKEN' in the settings file is no setting"),
        ("SLACK_BOT_TOKEN = ['planted']", "SLACK_BOT_TOKEN in the settings file must be a text or a number"),
        ("ICDLENS_SLACK_PORT = true", "ICDLENS_SLACK_PORT in the settings file must be"),
    ],
)
def test_what_is_wrong_with_a_settings_file_is_said_with_all_else(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "slack.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=said) as caught:
        Settings.read({"ICDLENS_SLACK_SETTINGS": str(path)}, http=True)
    assert "SLACK_SIGNING_SECRET is missing" in str(caught.value)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("database", "is_shared"),
    [
        ("sqlite:////var/lib/slack.sqlite", False),
        ("postgresql://u:p@db/n", True),
        ("postgres://u@db/n", True),
    ],
)
def test_only_a_database_server_is_shared_by_machines(database: str, is_shared: bool) -> None:
    assert InstallSettings("1.2", "s", "https://icd.example.org", database, ()).is_shared is is_shared
