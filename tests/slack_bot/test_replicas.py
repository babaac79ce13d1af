"""Two real processes, one PostgreSQL, a load balancer, and one of the processes killed under load."""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from core.snapshot import DATA_DIR_VARIABLE
from slack_bot.dispatch import BUSY
from slack_bot.http_server import EVENTS, METRICS, READY
from slack_bot.oauth import INSTALL
from tests.slack_bot.balancer import running_balancer
from tests.slack_bot.fake_slack import SIGNING_SECRET
from tests.slack_bot.installing_slack import (
    CLIENT_ID,
    CLIENT_SECRET,
    InstallingSlack,
    running_installing_slack,
)
from tests.slack_bot.postgresql import PostgreSQL, running_postgresql
from tests.slack_bot.slack_requests import form, json_event, signed
from tests.slack_bot.test_main import ROOT
from tests.slack_bot.workspaces import KEYS, PUBLIC

pytestmark = pytest.mark.asyncio

REQUESTS = 600
AT_ONCE = 16


@pytest.fixture
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@asynccontextmanager
async def replica(
    slack: InstallingSlack, data: Path, database: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A process of the app and its address."""
    environment = {
        "SLACK_CLIENT_ID": CLIENT_ID,
        "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": slack.api_url,
        "ICDLENS_SLACK_PUBLIC_URL": PUBLIC,
        "ICDLENS_SLACK_DATABASE": database,
        "ICDLENS_SLACK_KEYS": KEYS[0],
        "ICDLENS_SLACK_PORT": "0",
        DATA_DIR_VARIABLE: str(data),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from slack_bot.main import run; run(http=True)"),
        env={**os.environ, **environment},
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        said = (await process.stderr.readline()).decode()
        found = re.search(r"http://[\d.:]+", said)
        assert found, said
        yield process, found[0]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def command(client: httpx.AsyncClient, name: str) -> bool:
    """Whether a command is answered with its card. Each is of another person: one may not ask so often.

    Who is told to ask again, as on a machine that others use, asks again.
    """
    body = form("M53.9").replace(b"UPLANTED", f"U{name}".encode())
    while True:
        response = await client.post(EVENTS, content=body, headers={**signed(body), "X-Test-Request": name})
        if response.status_code != 200 or response.json()["text"] != BUSY:
            break
        await asyncio.sleep(0.1)
    return response.status_code == 200 and response.json()["text"].startswith("M53.9 Dorsopathy, unspecified")


async def install(client: httpx.AsyncClient, slack: InstallingSlack) -> int:
    """Install into T1 through the balancer: page and redirect reach different replicas."""
    page = await client.get(INSTALL)
    link = page.text.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    cookie = page.headers["set-cookie"].partition(";")[0]
    back = slack.approve(link, "T1").removeprefix(PUBLIC)
    return (await client.get(back, headers={"Cookie": cookie})).status_code


async def test_a_killed_replica_loses_only_what_it_was_answering(
    postgresql: PostgreSQL, snapshot_data: Path
) -> None:
    database = postgresql.database()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(running_installing_slack())
        # Both at once: both want to make the tables.
        started = await asyncio.gather(
            *(stack.enter_async_context(replica(slack, snapshot_data, database)) for _ in range(2))
        )
        (doomed, first), (_, second) = started
        balancer = await stack.enter_async_context(running_balancer([first, second]))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=balancer.origin, trust_env=False, timeout=30)
        )
        assert await install(client, slack) == 200
        assert min(balancer.served.values()) == 1

        names = iter(range(REQUESTS))
        lost: set[str] = set()

        async def person() -> None:
            for number in names:
                if number == REQUESTS // 2:
                    doomed.kill()
                name = str(number)
                if not await command(client, name):
                    lost.add(name)

        await asyncio.gather(*(person() for _ in range(AT_ONCE)))
        assert await doomed.wait() == -9
        assert balancer.served[first] > REQUESTS // 8
        assert balancer.served[second] > REQUESTS // 2
        assert lost == balancer.broken[first]  # each was handed to it and not answered yet
        assert len(lost) <= AT_ONCE
        assert not balancer.broken[second]

        # The survivor knows the workspace, is ready, and forgets the workspace for all.
        assert (await client.get(READY)).json()["database"] == "ok"
        assert b'outcome="failed"} 0.0' in (await client.get(METRICS)).content
        body = json_event("T1", time.time(), {"type": "app_uninstalled"})
        headers = signed(body, content_type="application/json")
        assert (await client.post(EVENTS, content=body, headers=headers)).status_code == 200
        third, address = await stack.enter_async_context(replica(slack, snapshot_data, database))
        async with httpx.AsyncClient(base_url=address, trust_env=False) as direct:
            assert not await command(direct, "after")
        third.terminate()
        assert await third.wait() == 0
