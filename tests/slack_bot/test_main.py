"""The whole program in a process of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from core.snapshot import DATA_DIR_VARIABLE
from index.library import LibraryNotBuilt
from slack_bot import main
from slack_bot.http_server import EVENTS, HEALTH
from slack_bot.settings import SettingsError
from tests.slack_bot.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.slack_bot.slack_requests import command, form, signed

ROOT = Path(main.__file__).parent.parent


def environment(fake_slack: FakeSlack) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "planted",
        "SLACK_API_URL": fake_slack.api_url,
        "ICDLENS_SLACK_PORT": "0",
    }


@asynccontextmanager
async def program(
    slack: FakeSlack, data: Path, *, http: bool, **changed: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "error",
        "-c",
        f"from slack_bot.main import run; run(http={http})",
        env={**os.environ, **environment(slack), DATA_DIR_VARIABLE: str(data), **changed},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def stopped(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Stop the program: it ends in order, and has printed nothing more."""
    process.send_signal(number)
    assert await process.communicate() == (b"", b"")
    assert process.returncode == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_http(fake_slack: FakeSlack, snapshot_data: Path, number: signal.Signals) -> None:
    async with program(fake_slack, snapshot_data, http=True) as process:
        assert process.stderr is not None
        sentence = (await process.stderr.readline()).decode()
        assert sentence.startswith("Listening on http://127.0.0.1:")
        origin = sentence.split()[2].partition(EVENTS)[0]
        async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
            assert (await client.get(HEALTH)).status_code == 200
            body = form("M53.9")
            answer = await client.post(EVENTS, content=body, headers=signed(body))
            assert answer.json()["text"].startswith("M53.9 Dorsopathy, unspecified")
        await stopped(process, number)


@pytest.mark.asyncio
async def test_http_answers_even_where_slack_cannot_be_reached(
    fake_slack: FakeSlack, snapshot_data: Path
) -> None:
    nowhere = {"SLACK_API_URL": "http://127.0.0.1:9/api/"}  # port 9 discards
    async with program(fake_slack, snapshot_data, http=True, **nowhere) as process:
        assert process.stderr is not None
        assert (await process.stderr.readline()).startswith(b"Slack cannot be reached")
        origin = (await process.stderr.readline()).decode().split()[2].partition(EVENTS)[0]
        async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
            body = form("M53.9")
            answer = await client.post(EVENTS, content=body, headers=signed(body))
            assert answer.json()["text"].startswith("M53.9 Dorsopathy, unspecified")
        await stopped(process, signal.SIGTERM)


@pytest.mark.asyncio
async def test_socket_mode(fake_slack: FakeSlack, snapshot_data: Path) -> None:
    async with program(fake_slack, snapshot_data, http=False) as process:
        connection = await fake_slack.connection()
        assert process.stderr is not None
        said = [await process.stderr.readline(), await process.stderr.readline()]
        assert b"Connected to Slack over Socket Mode\n" in said
        # A port was named, so health is served beside it.
        origin = next(line for line in said if line.startswith(b"Listening")).decode().split()[2]
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(origin)).json()["status"] == "ok"
        ack = await fake_slack.command(connection, command("M53.9"))
        assert ack["payload"]["text"].startswith("M53.9 Dorsopathy, unspecified")
        await stopped(process, signal.SIGTERM)


def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch, snapshot_data: Path) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN is missing; SLACK_APP_TOKEN is missing"):
        main.run(http=False, data=snapshot_data)


def test_a_library_that_is_not_built_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    with pytest.raises(LibraryNotBuilt):
        main.run(http=False, data=tmp_path)


@pytest.mark.parametrize("missing", ["slack_bolt", "uvicorn"])
def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == missing or name in ("slack_bot.http_server", "slack_bot.app"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(main.SlackNotInstalled, match=rf"{missing}.*pip install '\.\[slack\]'"):
        main.run(http=True)


def test_the_app_does_without_the_faster_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert main.loop_factory() is None
