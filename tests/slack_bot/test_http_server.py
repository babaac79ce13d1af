import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.applications import Starlette

from index.library import Library
from slack_bot.app import SORRY
from slack_bot.http_server import (
    EVENTS,
    HEALTH,
    MOST_BYTES,
    READY,
    AddressUnavailable,
    _listening,
    asgi,
    serve,
)
from slack_bot.settings import Settings
from slack_bot.stopping import Stop
from tests.slack_bot.block_texts import assert_valid, texts
from tests.slack_bot.conftest import http_client
from tests.slack_bot.fake_slack import SIGNING_SECRET
from tests.slack_bot.slack_requests import FORM, command, form, signed

pytestmark = pytest.mark.asyncio


def in_process(web: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://127.0.0.1")


async def headline(client: httpx.AsyncClient, body: bytes) -> str:
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert response.status_code == 200
    answer = response.json()
    assert answer["response_type"] == "ephemeral"
    assert_valid(answer["blocks"])
    return texts(answer["blocks"])[0]


async def test_a_signed_command_is_answered_with_the_card(client: httpx.AsyncClient) -> None:
    assert await headline(client, form("M53.9")) == "M53.9 Dorsopathy, unspecified"


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", "ICD-10-CM look-up"),
        ("help", "ICD-10-CM look-up"),
        ("\0", "ICD-10-CM look-up"),
        ("\ud800", "✗ Nothing"),  # a form has no such character: it arrives as U+FFFD
        ("\u202eqqxzzwvj", "✗ Nothing in FY2026 (April 1, 2026) matches “qqxzzwvj”"),
        ("M53.99", "No such code"),
        ("x" * 60_000, "✗ Nothing"),
        # Bolt takes a form with this word in it for an interaction.
        ("qqxzzwvj payload", "✗ Nothing"),
        ("payload=qqxzzwvj", "✗ Nothing"),
        ("{", "✗ Nothing"),
    ],
)
async def test_bad_input_is_answered(client: httpx.AsyncClient, text: str, starts: str) -> None:
    assert (await headline(client, form(text))).startswith(starts)


async def test_forged_and_replayed_requests_are_refused(client: httpx.AsyncClient) -> None:
    body = form("M53.9")
    good = signed(body)
    forged: dict[str, dict[str, str]] = {
        "another secret": signed(body, secret="0" * 32),
        "another body": signed(form("M53.8")),
        "ten minutes old": signed(body, age=600),
        "ten minutes ahead": signed(body, age=-600),
        "another time": {
            **good,
            "X-Slack-Request-Timestamp": signed(body, age=9)["X-Slack-Request-Timestamp"],
        },
        "no signature": {k: v for k, v in good.items() if k != "X-Slack-Signature"},
        "no time": {k: v for k, v in good.items() if k != "X-Slack-Request-Timestamp"},
        "an empty signature": {**good, "X-Slack-Signature": ""},
        "a time that is no number": {**good, "X-Slack-Request-Timestamp": "now"},
        "a time of 5000 digits": {**good, "X-Slack-Request-Timestamp": "9" * 5000},
        "no headers but the type": {"Content-Type": FORM},
    }
    for name, headers in forged.items():
        response = await client.post(EVENTS, content=body, headers=headers)
        assert (response.status_code, response.json()) == (401, {"error": "the signature is not valid"}), name
    for name in ("X-Slack-Signature", "X-Slack-Request-Timestamp"):
        strange = {k.encode(): "é²".encode() if k == name else v.encode() for k, v in good.items()}
        response = await client.post(EVENTS, content=body, headers=strange)
        assert response.status_code == 401


async def test_bytes_that_are_no_text_are_refused(client: httpx.AsyncClient) -> None:
    response = await client.post(EVENTS, content=b"\xff\xfe", headers=signed(b"\xff\xfe"))
    assert response.status_code == 401


class StoppedClock(Clock):
    def __init__(self, now: float) -> None:
        self.stopped = now

    def now(self) -> float:
        return self.stopped


@pytest.mark.parametrize(("age", "taken"), [(300, True), (301, False), (-300, True), (-301, False)])
async def test_the_replay_window_is_five_minutes(
    app: AsyncApp, library: Library, age: int, taken: bool
) -> None:
    body = form("", "/other") + b"&ssl_check=0"
    headers = signed(body)
    now = int(headers["X-Slack-Request-Timestamp"]) + age
    web = asgi(app, library, SignatureVerifier(SIGNING_SECRET, StoppedClock(now)))
    # Bolt, which goes by the real time, has no such command: 404 says that the request reached it.
    async with in_process(web) as client:
        response = await client.post(EVENTS, content=body, headers=headers)
    assert response.status_code == (404 if taken else 401)


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 1_000_000])
async def test_large_bodies_are_refused_before_anything_else(client: httpx.AsyncClient, size: int) -> None:
    body = b"x" * size
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert response.status_code == 413
    assert (await client.get(HEALTH)).status_code == 200


async def test_a_large_body_in_chunks_is_refused(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    response = await client.post(EVENTS, content=chunks(), headers={"Content-Type": FORM})
    assert response.status_code == 413


@pytest.mark.parametrize(
    "content_type", ["application/jsonp", "text/plain", "multipart/form-data", "application/xml", ""]
)
async def test_other_content_types_are_refused(client: httpx.AsyncClient, content_type: str) -> None:
    body = json.dumps(command("M53.9")).encode()
    response = await client.post(EVENTS, content=body, headers=signed(body, content_type=content_type))
    assert response.status_code == 415
    unsigned = await client.post(EVENTS, content=body, headers={"Content-Type": content_type})
    assert unsigned.status_code == 415


async def test_a_charset_is_no_other_content_type(client: httpx.AsyncClient) -> None:
    body = form("M53.9")
    headers = signed(body, content_type=f"{FORM}; charset=utf-8")
    assert (await client.post(EVENTS, content=body, headers=headers)).status_code == 200


async def test_the_certificate_check_needs_no_signature(client: httpx.AsyncClient) -> None:
    response = await client.post(EVENTS, content=b"ssl_check=1&token=x", headers={"Content-Type": FORM})
    assert (response.status_code, response.content) == (200, b"")


async def test_other_commands_paths_and_methods(client: httpx.AsyncClient) -> None:
    body = form("M53.9", "/other")
    assert (await client.post(EVENTS, content=body, headers=signed(body))).status_code == 404
    assert (await client.post("/", content=body, headers=signed(body))).status_code == 404
    assert (await client.get(EVENTS)).status_code == 405
    assert (await client.post(HEALTH)).status_code == 405


async def test_a_signed_body_that_bolt_cannot_read_is_answered(client: httpx.AsyncClient) -> None:
    for body in (b"{", b"payload=%7B", b"[]"):
        response = await client.post(EVENTS, content=body, headers=signed(body))
        if response.status_code != 404:
            assert response.json() == {"response_type": "ephemeral", "text": SORRY}


async def test_health(client: httpx.AsyncClient) -> None:
    response = await client.get(HEALTH)
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "release": "FY2026 (April 1, 2026)"}
    assert "server" not in response.headers


async def test_not_ready_without_a_catalogue(app: AsyncApp, library: Library) -> None:
    def fail(*_: object) -> None:
        raise OSError

    broken = SimpleNamespace(catalog=SimpleNamespace(groups=fail), release=library.release)
    web = asgi(app, broken, SignatureVerifier(SIGNING_SECRET))  # type: ignore[arg-type]  # a stand-in
    async with in_process(web) as client:
        response = await client.get(READY)
        assert (response.status_code, response.json()) == (503, {"status": "failing", "snapshot": "failing"})
        assert (await client.get(HEALTH)).status_code == 200  # the process itself is well: no need to end it


async def test_ready(client: httpx.AsyncClient) -> None:
    response = await client.get(READY)
    assert (response.status_code, response.json()) == (200, {"status": "ok", "snapshot": "ok"})


async def test_concurrent_commands(client: httpx.AsyncClient) -> None:
    found = await asyncio.gather(*(headline(client, form(code)) for code in ("M53.9", "M54.5", "I10") * 5))
    assert [text.split()[0] for text in found] == ["M53.9", "M54.5", "I10"] * 5


async def test_a_taken_port_is_said(settings: Settings, app: AsyncApp, library: Library) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressUnavailable, match=f"127.0.0.1, port {port}.*ICDLENS_SLACK_PORT"):
            await serve(replace(settings, port=port), app, library, Stop(), print)


async def test_another_host(settings: Settings, app: AsyncApp, library: Library) -> None:
    async with http_client(replace(settings, host="localhost"), app, library) as client:
        assert (await client.get(HEALTH)).status_code == 200


async def test_answers_are_not_held_back_by_nagles_algorithm(settings: Settings) -> None:
    # asyncio turns it off for sockets that name their protocol, and accepted ones inherit that.
    with _listening(settings) as listener:
        assert listener.proto == socket.IPPROTO_TCP
