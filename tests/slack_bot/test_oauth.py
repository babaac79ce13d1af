"""Installing the app into workspaces, and taking it away, over SQLite and over PostgreSQL."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy

from core.code import Code
from index.library import Library
from slack_bot.http_server import METRICS, READY
from slack_bot.installations import NotInstalled, Unavailable, opened
from slack_bot.members import Member
from slack_bot.oauth import REDIRECT
from slack_bot.recents import SqliteRecents
from slack_bot.sealing import KeyMissing
from tests.slack_bot.installing_slack import Fault, InstallingSlack, running_installing_slack
from tests.slack_bot.postgresql import PostgreSQL, running_postgresql
from tests.slack_bot.test_privacy import assert_nothing_leaked, everything_at_debug
from tests.slack_bot.workspaces import KEYS, Workspaces, install_settings, running_workspaces

pytestmark = pytest.mark.asyncio

CARD = "M53.9 Dorsopathy, unspecified"
UNINSTALLED: dict[str, object] = {"type": "app_uninstalled"}
REVOKED: dict[str, object] = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UT1"]}}
MENTION: dict[str, object] = {"type": "app_mention", "channel": "C1", "ts": "1.1", "text": "<@UT1> M53.9"}
PERSONS_REVOKED: dict[str, object] = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[InstallingSlack]:
    async with running_installing_slack() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'slack.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.database()


@pytest_asyncio.fixture
async def workspaces(slack: InstallingSlack, library: Library, database: str) -> AsyncIterator[Workspaces]:
    async with running_workspaces(slack, library, database) as running:
        yield running


def stored(database: str) -> str:
    """Everything that is in the database's tables, as one text."""
    url = sqlalchemy.make_url(database)
    drivername = "sqlite" if url.drivername == "sqlite" else "postgresql+psycopg"
    engine = sqlalchemy.create_engine(url.set(drivername=drivername))
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = {name: connection.execute(table.select()).all() for name, table in metadata.tables.items()}
    engine.dispose()
    return repr(rows)


async def test_two_workspaces_install_and_ask(workspaces: Workspaces, database: str) -> None:
    for team in ("T1", "T2"):
        done = await workspaces.install(team)
        assert done.status_code == 200
        assert f"icdlens is installed in Clinic &lt;{team}&gt;" in done.text
        assert done.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in done.headers["content-security-policy"]
    assert (await workspaces.ask("M53.9", "T1")).startswith(CARD)
    assert (await workspaces.ask("M53.9", "T2")).startswith(CARD)
    assert "not installed in this workspace" in await workspaces.ask("M53.9", "T3")
    # Slack was asked for the token and whose it is, and nothing when the commands came.
    assert workspaces.slack.calls == ["oauth.v2.access", "auth.test"] * 2
    for team in ("T1", "T2"):
        bot = await workspaces.installations.async_find_bot(enterprise_id=None, team_id=team)
        assert bot is not None
        assert bot.bot_token is not None
        assert workspaces.slack.tokens[bot.bot_token] == team
    assert "xoxb" not in stored(database)
    assert "UINSTALLER" not in stored(database)


async def test_the_page_names_each_permission_and_loads_nothing(workspaces: Workspaces) -> None:
    page = (await workspaces.browser.get("/slack/install")).text
    assert "<code>commands</code>" in page
    assert "src=" not in page
    assert "<script" not in page


async def test_a_page_with_a_planted_team_or_scope_leads_to_the_same_link(workspaces: Workspaces) -> None:
    page = await workspaces.browser.get("/slack/install?team=T9%26redirect_uri=x&scope=admin")
    assert "T9" not in page.text
    assert "admin" not in page.text


async def test_installing_again_replaces_the_token(workspaces: Workspaces, database: str) -> None:
    await workspaces.install("T1")
    await workspaces.install("T1")
    bot = await workspaces.installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    assert bot.bot_token == list(workspaces.slack.tokens)[-1]
    assert stored(database).count("'T1'") == 1


async def test_forged_used_and_expired_states_are_refused(
    workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, cookie = await workspaces.begin()
    good = workspaces.slack.approve(link, "T1")
    forged = good.replace("state=", "state=0")
    name, _, state = cookie.partition("=")
    cases = {
        "no cookie": (good, None, 400),
        "another browser's cookie": (good, f"{name}=other", 400),
        "a state that was never issued": (forged, f"{name}=0{state}", 401),
        "no state": (good.partition("&state")[0], cookie, 400),
        "two states": (f"{good}&state=1", cookie, 400),
    }
    for case, (address, sent, status) in cases.items():
        refused = await workspaces.finish(address, sent)
        assert refused.status_code == status, case
        assert "Begin again" in refused.text, case
    assert workspaces.slack.calls == []
    assert (await workspaces.finish(good, cookie)).status_code == 200
    again = await workspaces.finish(good, cookie)
    assert again.status_code == 401
    assert "is done already" in again.text

    link, cookie = await workspaces.begin()
    good = workspaces.slack.approve(link, "T2")
    late = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=601)
    monkeypatch.setattr("slack_bot.installations._now", lambda: late)
    expired = await workspaces.finish(good, cookie)
    assert expired.status_code == 401
    assert "more than ten minutes ago" in expired.text
    assert await workspaces.installations.async_find_bot(enterprise_id=None, team_id="T2") is None


async def test_cancelled_unknown_and_missing_codes(workspaces: Workspaces) -> None:
    cancelled = await workspaces.finish(f"{REDIRECT}?error=access_denied&state=", None)
    assert cancelled.status_code == 200
    assert "cancelled" in cancelled.text
    planted = await workspaces.finish(f"{REDIRECT}?error=%3Cscript%3E", None)
    assert "<script" not in planted.text
    for query, said in (("code=planted", "does not know"), ("", "sent no code")):
        _, cookie = await workspaces.begin()
        state = cookie.partition("=")[2]
        refused = await workspaces.finish(f"{REDIRECT}?{query}&state={state}", cookie)
        assert refused.status_code == 401
        assert said in refused.text


@pytest.mark.parametrize("fault", [Fault(500), Fault(429, retry_after=1), Fault(503)])
async def test_a_slack_in_trouble_installs_nothing(workspaces: Workspaces, fault: Fault) -> None:
    workspaces.slack.will("oauth.v2.access", fault)
    refused = await workspaces.install("T1")
    assert refused.status_code in (401, 503)
    assert "Begin again" in refused.text
    assert (await workspaces.install("T1")).status_code == 200


@pytest.mark.parametrize("event", [UNINSTALLED, REVOKED])
async def test_a_removal_forgets_the_token(
    workspaces: Workspaces, database: str, event: dict[str, object]
) -> None:
    await workspaces.install("T1")
    await workspaces.install("T2")
    assert (await workspaces.event("T1", time.time(), event)).status_code == 200
    assert "not installed" in await workspaces.ask("M53.9", "T1")
    assert (await workspaces.ask("M53.9", "T2")).startswith(CARD)
    assert "'T1'" not in stored(database)
    # Slack sends both events when the app is removed, and each of them may come twice.
    assert (await workspaces.event("T1", time.time(), REVOKED, 2)).status_code == 200
    assert (await workspaces.event("T1", time.time(), event)).status_code == 200


@pytest.mark.parametrize(
    ("event", "is_kept"), [(UNINSTALLED, False), (REVOKED, False), (PERSONS_REVOKED, True)]
)
async def test_a_removal_forgets_the_recent_codes_of_its_people(
    slack: InstallingSlack, library: Library, tmp_path: Path, event: dict[str, object], is_kept: bool
) -> None:
    here, elsewhere = Member("T1", "UPLANTED"), Member("T2", "UPLANTED")
    database = f"sqlite:///{tmp_path / 'slack.sqlite'}"
    with closing(SqliteRecents()) as recents:
        async with running_workspaces(slack, library, database, recents=recents) as workspaces:
            for member in (here, elsewhere):
                await workspaces.install(member.team)
                await recents.switch_on(member)
                await workspaces.ask("M53.9", member.team)
            assert await recents.codes(here) == [Code("M53.9")]
            assert (await workspaces.event("T1", time.time(), event)).status_code == 200
        assert await recents.codes(here) == ([Code("M53.9")] if is_kept else None)
        assert await recents.codes(elsewhere) == [Code("M53.9")]


async def test_what_does_not_concern_the_bot_removes_nothing(workspaces: Workspaces) -> None:
    await workspaces.install("T1")
    assert (await workspaces.event("T1", time.time(), PERSONS_REVOKED)).status_code == 200
    # Delivered an hour late: the app was installed anew meanwhile.
    assert (await workspaces.event("T1", time.time() - 3600, UNINSTALLED, 2)).status_code == 200
    assert (await workspaces.ask("M53.9", "T1")).startswith(CARD)


async def test_keys_rotate_without_a_new_installation(
    slack: InstallingSlack, library: Library, database: str
) -> None:
    old, new = KEYS
    async with running_workspaces(slack, library, database, old) as workspaces:
        await workspaces.install("T1")
    async with running_workspaces(slack, library, database, new, old) as workspaces:
        assert (await workspaces.ask("M53.9", "T1")).startswith(CARD)
        await workspaces.install("T2")
        assert await workspaces.installations.renew() == 2
    async with running_workspaces(slack, library, database, new) as workspaces:
        for team in ("T1", "T2"):
            bot = await workspaces.installations.async_find_bot(enterprise_id=None, team_id=team)
            assert bot is not None
            assert slack.tokens[str(bot.bot_token)] == team
    async with opened(install_settings(database, old)) as installations:
        with pytest.raises(KeyMissing, match="ICDLENS_SLACK_KEYS") as caught:
            await installations.prepare()
    assert old not in str(caught.value)


async def test_a_token_of_any_length_is_kept(workspaces: Workspaces) -> None:
    # Tokens that expire have 166 characters; sealed, more than slack_sdk's columns hold.
    link, cookie = await workspaces.begin()
    await workspaces.finish(workspaces.slack.approve(link, "T1"), cookie)
    bot = await workspaces.installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    bot.bot_token = "xoxe.xoxb-1-" + "A" * 400
    await workspaces.installations.async_save_bot(bot)
    kept = await workspaces.installations.async_find_bot(enterprise_id=None, team_id="T1")
    assert kept is not None
    assert kept.bot_token == bot.bot_token


async def test_a_database_that_is_down_is_said_and_comes_back(
    slack: InstallingSlack, library: Library, postgresql: PostgreSQL
) -> None:
    async with running_workspaces(slack, library, postgresql.database()) as workspaces:
        await workspaces.install("T1")
        ready = await workspaces.browser.get(READY)
        assert (ready.status_code, ready.json()) == (
            200,
            {"status": "ok", "snapshot": "ok", "slack": "ok", "database": "ok"},
        )
        link, cookie = await workspaces.begin()
        approved = slack.approve(link, "T2")
        await asyncio.to_thread(postgresql.stop)
        try:
            ready = await workspaces.browser.get(READY)
            assert (ready.status_code, ready.json()["database"]) == (503, "failing")
            assert await workspaces.ask("M53.9", "T1") == Unavailable.FOR_USERS
            for page in (
                await workspaces.browser.get("/slack/install"),
                await workspaces.finish(approved, cookie),
            ):
                assert page.status_code == 503
                assert "its database right now" in page.text
            # Not acknowledged, so Slack delivers it again.
            at = time.time()
            assert (await workspaces.event("T1", at, UNINSTALLED)).status_code == 503
            assert (await workspaces.event("T1", at, MENTION, 2)).status_code == 503
        finally:
            await asyncio.to_thread(postgresql.start)  # a loop that is held up puts commands off
        assert "chat.postMessage" not in slack.calls
        for _ in range(2):
            assert (await workspaces.event("T1", at, MENTION, 2)).status_code == 200
        assert (await workspaces.ask("M53.9", "T1")).startswith(CARD)
        assert (await workspaces.finish(approved, cookie)).status_code == 200
        assert (await workspaces.browser.get(READY)).status_code == 200
        assert (await workspaces.event("T1", at, UNINSTALLED)).status_code == 200
        assert "not installed" in await workspaces.ask("M53.9", "T1")
    assert slack.calls.count("chat.postMessage") == 1


async def test_readiness_tells_a_slack_that_does_not_answer(workspaces: Workspaces) -> None:
    for fault, status in ((Fault(429, retry_after=1), 200), (Fault(500), 503), (Fault(503), 503)):
        workspaces.slack.will("api.test", fault)
        assert (await workspaces.browser.get(READY)).status_code == status
    workspaces.slack.origin = "http://127.0.0.1:9"


async def test_an_unwritable_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Exception, match="ICDLENS_SLACK_DATABASE"):
        async with opened(install_settings(f"sqlite:///{tmp_path}/file/slack.sqlite")):
            pass
    not_one = tmp_path / "text.sqlite"
    not_one.write_text("planted " * 1000)
    with pytest.raises(Unavailable, match="ICDLENS_SLACK_DATABASE") as caught:
        async with opened(install_settings(f"sqlite:///{not_one}")) as installations:
            await installations.prepare()
    assert "planted" not in str(caught.value)


async def test_the_file_is_for_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "slack.sqlite"
    async with opened(install_settings(f"sqlite:///{file}")) as installations:
        await installations.prepare()
    assert file.stat().st_mode & 0o077 == 0
    with sqlite3.connect(file) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    connection.close()
    assert names == {"icdlens_slack_bots", "icdlens_slack_states"}


async def test_nothing_of_an_installation_is_logged_or_counted(
    slack: InstallingSlack,
    library: Library,
    database: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    everything_at_debug(caplog)
    for name in ("sqlalchemy.engine", "sqlalchemy.engine.Engine", "sqlalchemy.pool", "aiosqlite", "psycopg"):
        caplog.set_level(logging.DEBUG, name)
    team = "TPLANTED"
    async with running_workspaces(slack, library, database) as workspaces:
        await workspaces.install(team)
        await workspaces.ask("plantedword", team)
        await workspaces.ask("plantedword", "TPLANTEDTOO")
        await workspaces.finish(f"{REDIRECT}?code=planted&state=planted", "slack-app-oauth-state=planted")
        await workspaces.finish(f"{REDIRECT}?error=planted", None)
        slack.will("oauth.v2.access", Fault(500))
        await workspaces.install(team)
        await workspaces.event(team, time.time(), {**UNINSTALLED, "planted": "planted"})
        figures = (await workspaces.browser.get(METRICS)).text
    assert_nothing_leaked(caplog, capfd)
    assert "planted" not in figures.lower()
    assert 'icdlens_slack_requests_total{kind="command",outcome="answered"} 1.0' in figures
    assert 'icdlens_slack_requests_total{kind="command",outcome="unhandled"} 1.0' in figures
    assert 'icdlens_slack_requests_total{kind="event",outcome="answered"} 1.0' in figures
    assert 'icdlens_slack_installs_total{step="completed"} 1.0' in figures
    assert NotInstalled.FOR_USERS not in figures
