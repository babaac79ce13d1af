"""Recent codes in the database that replicas share, a real PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import sqlalchemy

from core.code import Code
from index.library import Library
from slack_bot.installations import opened
from slack_bot.members import Member
from slack_bot.recents import MOST
from slack_bot.shared_recents import SharedRecents
from tests.slack_bot.installing_slack import InstallingSlack, running_installing_slack
from tests.slack_bot.postgresql import PostgreSQL, running_postgresql
from tests.slack_bot.workspaces import KEYS, install_settings, running_workspaces

pytestmark = pytest.mark.asyncio

ONE, OTHER = Member("T1", "UPLANTED"), Member("T2", "UPLANTED")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest.fixture
def database(postgresql: PostgreSQL) -> str:
    return postgresql.database()


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[InstallingSlack]:
    async with running_installing_slack() as running:
        yield running


@asynccontextmanager
async def replica(database: str, *keys: str) -> AsyncIterator[SharedRecents]:
    """The recent codes as one process of several has them."""
    async with opened(install_settings(database, *keys)) as installations:
        await installations.prepare()
        recents = SharedRecents(installations)
        await recents.prepare()
        yield recents


def stored(database: str) -> list[tuple[str, ...]]:
    url = sqlalchemy.make_url(database)
    engine = sqlalchemy.create_engine(url.set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            return [
                tuple(row)
                for row in connection.execute(sqlalchemy.text("SELECT * FROM icdlens_slack_recents"))
            ]
    finally:
        engine.dispose()


async def test_what_one_replica_remembers_another_shows_and_forgets(database: str) -> None:
    async with replica(database) as first, replica(database) as second:
        await first.add(ONE, Code("M53.9"))
        assert await second.codes(ONE) is None
        assert stored(database) == []

        await first.switch_on(ONE)
        assert await second.codes(ONE) == []
        await second.switch_on(ONE)
        for code in ("M53.9", "I10", "M53.9", "J45.909"):
            await second.add(ONE, Code(code))
        assert await first.codes(ONE) == [Code("J45.909"), Code("M53.9"), Code("I10")]
        assert await first.codes(OTHER) is None

        await first.forget(ONE)
        assert await second.codes(ONE) is None
        assert stored(database) == []


async def test_of_many_codes_the_latest_stay(database: str) -> None:
    codes = [Code(f"M{number}") for number in range(10, 10 + MOST + 3)]
    async with replica(database) as recents:
        await recents.switch_on(ONE)
        for code in codes:
            await recents.add(ONE, code)
        assert await recents.codes(ONE) == codes[: -MOST - 1 : -1]


async def test_the_database_says_neither_who_nor_what(database: str) -> None:
    async with replica(database) as recents:
        await recents.switch_on(ONE)
        await recents.add(ONE, Code("M53.9"))
    [row] = stored(database)
    for said in ("UPLANTED", "M53.9", *KEYS):
        assert said not in " ".join(row)
    assert "T1" not in row  # as it is: by chance it may be within what is sealed


async def test_replicas_that_add_and_switch_on_at_once_lose_nothing(database: str) -> None:
    codes = [Code(f"M{number}") for number in range(10, 10 + MOST)]
    async with replica(database) as first, replica(database) as second:
        await asyncio.gather(*(each.switch_on(ONE) for each in (first, second)))
        await asyncio.gather(
            *((first, second)[number % 2].add(ONE, code) for number, code in enumerate(codes))
        )
        assert sorted(await first.codes(ONE) or ()) == codes


async def test_the_keys_change(database: str) -> None:
    old, new = KEYS
    async with replica(database, old) as recents:
        await recents.switch_on(ONE)
        await recents.add(ONE, Code("M53.9"))
        await recents.switch_on(OTHER)
    async with replica(database, new, old) as recents:
        await recents.add(OTHER, Code("I10"))
        assert await recents.codes(ONE) == [Code("M53.9")]
        await recents.renew()
    async with replica(database, new) as recents:
        assert await recents.codes(ONE) == [Code("M53.9")]
        assert await recents.codes(OTHER) == [Code("I10")]
        await recents.forget_team("T1")
        assert await recents.codes(ONE) is None
        assert await recents.codes(OTHER) == [Code("I10")]


async def test_what_no_key_opens_any_more_is_deleted(database: str) -> None:
    old, new = KEYS
    async with replica(database, old) as recents:
        await recents.switch_on(ONE)
    async with replica(database, new) as recents:
        await recents.switch_on(OTHER)
        assert await recents.codes(ONE) is None
    assert len(stored(database)) == 1


async def test_a_workspace_that_removes_the_app_takes_its_own_with_it(
    slack: InstallingSlack, library: Library, database: str
) -> None:
    async with running_workspaces(slack, library, database) as workspaces:
        recents = SharedRecents(workspaces.installations)
        for member in (ONE, OTHER):
            await workspaces.install(member.team)
            await recents.switch_on(member)
            await workspaces.ask("M53.9", member.team)
            assert await recents.codes(member) == [Code("M53.9")]
        removed = await workspaces.event("T1", time.time(), {"type": "app_uninstalled"})
        assert removed.status_code == 200
        assert await recents.codes(ONE) is None
        assert await recents.codes(OTHER) == [Code("M53.9")]
