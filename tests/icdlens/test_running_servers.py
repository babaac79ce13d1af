"""Servers that run while a release is installed: they answer from it, and no request fails."""

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import httpx
import pytest

from slack_bot.dispatch import BUSY
from slack_bot.http_server import EVENTS, HEALTH
from tests.lsp_server.test_session import AT, server
from tests.slack_bot.fake_slack import FakeSlack, running_fake_slack
from tests.slack_bot.slack_requests import command, form, signed
from tests.slack_bot.test_main import program
from tests.small_releases import FY2021, SmallRelease

BEFORE, AFTER = "FY2026 (April 1, 2026)", "FY2021 (October 1, 2020)"
ASKED = "M54.5 on 2021-09-30"
_AFTERWARDS = 10  # answers that are still asked for

#: Of requests; in Slack each is another person's, as nobody may ask so much.
numbers = count(1)

Ask = Callable[[], Awaitable[str]]


async def answers(ask: Ask, until: str = AFTER) -> list[str]:
    """Which release each answer names, until one of them has answered for a while."""
    found: list[str] = []
    while found.count(until) < _AFTERWARDS:
        text = await ask()
        if BUSY in text:  # on a slow machine
            await asyncio.sleep(0.2)
            continue
        found += [release for release in (BEFORE, AFTER) if release in text] or [text]
        await asyncio.sleep(0.02)
    return found


#: The command, without the optional packages: to read them takes seconds, and they have no part here.
UPDATE = """
import core.supplements
from core.reimbursement import ReimbursementRows
from icdlens.cli import cli
core.supplements.reimbursement_rows = lambda: ReimbursementRows(None, None, None)
cli()
"""


async def installing(data: Path, folder: Path) -> None:
    arguments = "--data-dir", str(data), "update", "--no-ai", "--quiet", "--from", str(folder)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", UPDATE, *arguments)
    assert await process.wait() == 0


async def origin_of(process: asyncio.subprocess.Process) -> str:
    """Where a program says that it listens."""
    assert process.stderr is not None
    while not (line := await process.stderr.readline()).startswith(b"Listening"):
        assert line
    return line.decode().split()[2].removesuffix(f"{EVENTS},").removesuffix(HEALTH)


@pytest.mark.asyncio
async def test_running_servers_answer_from_a_release_that_is_installed(
    snapshot_data: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(snapshot_data, data, copy_function=os.link)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(running_fake_slack())
        asked = [
            await _over_http(stack, slack, data),
            await _over_socket_mode(stack, slack, data),
            await _in_the_editor(stack, data),
        ]
        for ask in asked:
            assert (await answers(ask, until=BEFORE))[-1] == BEFORE
        folder = SmallRelease(FY2021).write(tmp_path)
        install = asyncio.create_task(installing(data, folder))
        found = await asyncio.gather(*(answers(ask) for ask in asked))
        await install
    for said in found:
        assert said == sorted(said, key=[BEFORE, AFTER].index)  # each is one of the two, and none goes back


async def _over_http(stack: AsyncExitStack, slack: FakeSlack, data: Path) -> Ask:
    process = await stack.enter_async_context(program(slack, data, http=True))
    origin = await origin_of(process)
    client = await stack.enter_async_context(httpx.AsyncClient(base_url=origin, trust_env=False, timeout=60))

    async def ask() -> str:
        body = form(ASKED).replace(b"UPLANTED", b"U%d" % next(numbers))
        response = await client.post(EVENTS, content=body, headers=signed(body))
        assert response.status_code == 200
        return response.text

    return ask


async def _over_socket_mode(stack: AsyncExitStack, slack: FakeSlack, data: Path) -> Ask:
    await stack.enter_async_context(program(slack, data, http=False))
    connection = await slack.connection()

    async def ask() -> str:
        asked = {**command(ASKED), "user_id": f"U{next(numbers)}"}
        return str(await slack.command(connection, asked))

    return ask


async def _in_the_editor(stack: AsyncExitStack, data: Path) -> Ask:
    editor = stack.enter_context(server(data))
    await asyncio.to_thread(editor.start)
    editor.open("M54.5\nDOS: 2021-09-30")

    async def ask() -> str:
        answer = await asyncio.to_thread(editor.ask, next(numbers), "textDocument/hover", AT)
        return str(answer["contents"]["value"])

    return ask
